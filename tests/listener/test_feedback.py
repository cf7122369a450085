"""Feedback is kept, survives a killed process, and can be exported and deleted."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from mien import EMOTIONS, Feedback, MoodError
from mien.errors import (
    FeedbackFileError,
    NoSuchRankError,
    RatingError,
    ReactionError,
    SongIdError,
)
from mien.listener.opinions import Opinion

HAPPY = {emotion: float(emotion == "happy") for emotion in EMOTIONS}


def test_the_latest_feedback_on_a_song_counts() -> None:
    feedback = Feedback()
    feedback.rate("a", 5)
    feedback.rate("b", 2)
    feedback.react("like", "c")
    feedback.react("skip", "d")
    feedback.rate("a", 1)
    assert Feedback().preferences() == {"a": -1.0, "b": -0.5, "c": 1.0, "d": -0.25}


def test_opinions_are_kept_until_they_are_taken_back() -> None:
    feedback = Feedback()
    assert feedback.opinions() == {}
    feedback.rate("a", 5)
    feedback.react("like", "a")
    feedback.rate("a", 2)
    feedback.react("dislike", "b")
    assert Feedback().opinions() == {"a": Opinion(2, "like"), "b": Opinion(None, "dislike")}
    feedback.withdraw("a")
    feedback.withdraw("of nothing")
    assert feedback.opinions() == {"b": Opinion(None, "dislike")}
    assert feedback.preferences() == {"b": -1.0}


def test_songs_of_the_last_list_are_named_by_rank() -> None:
    feedback = Feedback()
    feedback.save_list([("old", "paper")])
    feedback.save_list([("x", "listeners"), ("y", "paper")], blind=True)
    assert [feedback.song_at(rank) for rank in (1, 2)] == ["x", "y"]
    feedback.rate(2, 4)
    feedback.react("dislike", 1)
    assert feedback.preferences() == {"y": 0.5, "x": -1.0}
    assert feedback.opinion_scores(blind=True)["paper"].mean == 4
    for act in (
        lambda: feedback.rate(3, 4),
        lambda: feedback.react("like", 0),
        lambda: feedback.song_at(-1),
    ):
        with pytest.raises(NoSuchRankError, match="the last list has no song number"):
            act()


def test_the_last_rating_of_a_song_in_a_list_counts() -> None:
    feedback = Feedback()
    for _ in range(2):
        feedback.save_list([("x", "paper"), ("y", "paper")])
        feedback.rate(1, 1)
        feedback.rate(1, 5)
    score = feedback.opinion_scores()["paper"]
    assert (score.mean, score.n) == (5.0, 2)


def test_recently_shown_songs_are_those_of_the_lists_of_some_days() -> None:
    feedback = Feedback()
    feedback.save_list([("old", "paper")])
    feedback.save_list([("x", "listeners"), ("y", "paper")])
    assert feedback.recently_shown() == {"old", "x", "y"}
    assert feedback.recently_shown(days=0) == frozenset()


def test_nothing_is_written_before_the_first_feedback(home: Path) -> None:
    feedback = Feedback()
    assert feedback.preferences() == {}
    assert feedback.opinion_scores() == {}
    assert feedback.recently_shown() == frozenset()
    assert all(rows == [] for rows in feedback.export().values())
    assert not home.exists()


def test_a_file_without_tables_is_empty(home: Path) -> None:
    """A process that was killed at the very beginning leaves one."""
    home.mkdir()
    with closing(sqlite3.connect(home / "feedback.sqlite")) as db:
        db.execute("PRAGMA journal_mode = WAL")
    assert (home / "feedback.sqlite").stat().st_size > 0
    assert Feedback().preferences() == {}
    Feedback().react("like", "a")
    assert Feedback().preferences() == {"a": 1.0}


def test_export_has_all_of_it_and_forget_leaves_nothing(home: Path) -> None:
    feedback = Feedback()
    feedback.save_list([("x", "listeners")])
    feedback.rate(1, 5)
    feedback.correct(HAPPY, "sad")
    exported = json.loads(json.dumps(feedback.export()))
    assert exported["shown"] == [{"list": 1, "place": 1, "song": "x", "ranking": "listeners"}]
    assert exported["said"][0]["stars"] == 5
    assert exported["said"][0]["ranking"] == "listeners"
    assert exported["corrections"][0]["said"] == "sad"
    assert json.loads(exported["corrections"][0]["read"])["happy"] == 1
    feedback.forget()
    assert list(home.iterdir()) == []
    assert feedback.preferences() == {}


@pytest.mark.parametrize("stars", [0, 6, 2.5, "3", None])
def test_rejects_other_ratings(stars: int) -> None:
    with pytest.raises(RatingError, match="1 to 5"):
        Feedback().rate("a", stars)


def test_rejects_other_reactions_and_emotions() -> None:
    with pytest.raises(ReactionError, match="like, dislike, skip"):
        Feedback().react("hug", "a")
    with pytest.raises(MoodError, match="no emotion called 'merry'"):
        Feedback().correct({}, "merry")


@pytest.mark.parametrize("song", ["", "\udcff"])
def test_rejects_texts_that_cannot_be_ids(song: str, connections: set[int]) -> None:
    with pytest.raises(SongIdError):
        Feedback().rate(song, 5)
    with pytest.raises(SongIdError):
        Feedback().react("like", song)
    assert Feedback().preferences() == {}
    assert not connections


def test_a_damaged_file_is_one_clear_line(tmp_path: Path, connections: set[int]) -> None:
    path = tmp_path / "feedback.sqlite"
    path.write_text("not a database, but long enough to look like a file with something in it")
    feedback = Feedback(path)
    actions: list[Callable[[], object]] = [
        feedback.preferences,
        feedback.export,
        partial(feedback.rate, "a", 3),
    ]
    for act in actions:
        with pytest.raises(FeedbackFileError, match="cannot be read or written") as error:
            act()
        assert "\n" not in str(error.value)
    assert not connections


def test_every_connection_is_closed(connections: set[int]) -> None:
    feedback = Feedback()
    feedback.save_list([("x", "listeners"), ("y", "paper")])
    feedback.rate(1, 5)
    feedback.react("skip", "y")
    feedback.song_at(1)
    feedback.recently_shown()
    feedback.opinion_scores()
    feedback.export()
    with pytest.raises(NoSuchRankError):
        feedback.song_at(9)
    assert not connections


@pytest.mark.parametrize("after", [0.3, 0.7])
def test_a_kill_loses_no_feedback(tmp_path: Path, after: float) -> None:
    path = tmp_path / "feedback.sqlite"
    script = (
        "import sys; from pathlib import Path; from mien import Feedback\n"
        "feedback = Feedback(Path(sys.argv[1]))\n"
        "for i in range(10_000):\n"
        "    feedback.rate(f'song-{i}', 1 + i % 5)\n"
        "    print(i, flush=True)\n"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", script, str(path)], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    child.stdout.readline()
    time.sleep(after)
    os.kill(child.pid, signal.SIGKILL)
    confirmed = child.stdout.read().split()
    child.wait()
    kept = {int(name.removeprefix("song-")) for name in Feedback(path).preferences()}
    assert {int(number) for number in confirmed} <= kept
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)

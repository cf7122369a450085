"""What is said of songs is kept, survives being killed, and changes what comes next."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from scipy import stats

from mien import (
    Feedback,
    FeedbackError,
    MoodError,
    Store,
    recommend,
)
from mien.cli import main
from mien.listener.opinions import opinion
from mien.recommendation.target import named_expression


class TestKeeping:
    def test_what_was_said_last_counts(self) -> None:
        said = Feedback()
        said.rate("a", 5)
        said.rate("b", 2)
        said.say("like", "c")
        said.say("skip", "d")
        said.rate("a", 1)
        assert Feedback().values() == {"a": -1.0, "b": -0.5, "c": 1.0, "d": -0.25}

    def test_songs_of_the_last_list_by_their_place(self) -> None:
        said = Feedback()
        said.show([("old", "paper")])
        said.show([("x", "listeners"), ("y", "paper")], blind=True)
        said.rate(2, 4)
        said.say("dislike", 1)
        assert said.values() == {"y": 0.5, "x": -1.0}
        assert said.opinions(blind=True)["paper"].mean == 4
        with pytest.raises(FeedbackError, match="no song number 3"):
            said.rate(3, 4)
        assert said.shown_lately() == {"old", "x", "y"}
        assert said.shown_lately(days=0) == frozenset()

    def test_nothing_is_there_before_anything_is_said(self, home: Path) -> None:
        said = Feedback()
        assert said.values() == {}
        assert said.opinions() == {}
        assert said.shown_lately() == frozenset()
        assert all(rows == [] for rows in said.export().values())
        assert not home.exists()

    def test_export_has_all_of_it_and_forget_leaves_nothing(self, home: Path) -> None:
        said = Feedback()
        said.show([("x", "listeners")])
        said.rate(1, 5)
        said.correct(named_expression("happy").as_dict(), "sad")
        everything = json.loads(json.dumps(said.export()))
        assert everything["said"][0]["stars"] == 5
        assert everything["said"][0]["ranking"] == "listeners"
        assert everything["corrections"][0]["said"] == "sad"
        assert json.loads(everything["corrections"][0]["read"])["happy"] == 1
        said.forget()
        assert list(home.iterdir()) == []
        assert said.values() == {}

    @pytest.mark.parametrize("stars", [0, 6, 2.5, "3"])
    def test_refuses_what_is_no_rating(self, stars: int) -> None:
        with pytest.raises(FeedbackError, match="1 to 5"):
            Feedback().rate("a", stars)

    def test_refuses_other_words(self) -> None:
        with pytest.raises(FeedbackError, match="like, dislike, skip"):
            Feedback().say("hug", "a")
        with pytest.raises(MoodError, match="'merry' is not"):
            Feedback().correct({}, "merry")

    def test_says_when_the_file_is_no_store(self, tmp_path: Path) -> None:
        path = tmp_path / "feedback.sqlite"
        path.write_text("not a database, but long enough to look like a file with something in it")
        with pytest.raises(FeedbackError, match="cannot be read or written"):
            Feedback(path).values()
        with pytest.raises(FeedbackError, match="cannot be read or written"):
            Feedback(path).rate("a", 3)

    def test_a_kill_loses_nothing_that_was_said(self, tmp_path: Path) -> None:
        path = tmp_path / "feedback.sqlite"
        script = (
            "import sys; from pathlib import Path; from mien import Feedback\n"
            "said = Feedback(Path(sys.argv[1]))\n"
            "for i in range(10_000):\n"
            "    said.rate(f'song-{i}', 1 + i % 5)\n"
            "    print(i, flush=True)\n"
        )
        for after in (0.3, 0.7):
            child = subprocess.Popen(
                [sys.executable, "-c", script, str(path)], stdout=subprocess.PIPE, text=True
            )
            assert child.stdout is not None
            child.stdout.readline()
            time.sleep(after)
            os.kill(child.pid, signal.SIGKILL)
            told = child.stdout.read().split()
            child.wait()
            values = Feedback(path).values()
            kept = {int(name.removeprefix("song-")) for name in values}
            assert {int(number) for number in told} <= kept
            with sqlite3.connect(path) as db:
                assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


class TestOpinions:
    def test_interval_is_students(self) -> None:
        random = np.random.default_rng(0)
        for n in (2, 3, 4, 7, 30):
            stars = [int(s) for s in random.integers(1, 6, n)]
            stars[:2] = [2, 4]
            found = opinion(stars)
            half = stats.t.ppf(0.975, n - 1) * np.std(stars, ddof=1) / np.sqrt(n)
            assert found.mean == pytest.approx(np.mean(stars))
            assert found.low == pytest.approx(max(found.mean - half, 1), abs=0.01)
            assert found.high == pytest.approx(min(found.mean + half, 5), abs=0.01)
        assert (opinion([4]).low, opinion([4]).high) == (None, None)


class TestTaste:
    def test_songs_like_one_of_the_last_list(self) -> None:
        """By its number there, as in `mien feedback`."""
        runner = CliRunner()
        arguments = ["recommend", "--emotion", "happy", "--json"]
        first = json.loads(runner.invoke(main, arguments).stdout)["songs"]
        by_place = json.loads(runner.invoke(main, [*arguments, "--like", "2"]).stdout)["songs"]
        expected = recommend("happy", like=[first[1]["id"]])
        assert [s["id"] for s in by_place] == [r.song.id for r in expected]
        assert first[1]["id"] not in {s["id"] for s in by_place}
        refused = runner.invoke(main, [*arguments, "--like", "9"])
        assert refused.exit_code == 1
        assert "has no song number 9" in refused.stderr


def test_the_last_rating_of_a_song_in_a_list_counts() -> None:
    said = Feedback()
    for _ in range(2):
        said.show([("x", "paper"), ("y", "paper")])
        said.rate(1, 1)
        said.rate(1, 5)
    assert (said.opinions()["paper"].mean, said.opinions()["paper"].n) == (5.0, 2)


def test_numbers_are_those_of_the_list_that_was_shown_last() -> None:
    """Also of one that is longer than what is remembered; ids may look like numbers."""
    runner = CliRunner()
    runner.invoke(main, ["recommend", "--emotion", "happy"])
    arguments = ["recommend", "--emotion", "sad", "-n", "200", "--json"]
    shown = json.loads(runner.invoke(main, arguments).stdout)["songs"]
    assert runner.invoke(main, ["feedback", "like", "3"]).exit_code == 0
    assert Feedback().values() == {shown[2]["id"]: 1.0}
    for unknown in ("150", "nothing", "\udcff"):
        refused = runner.invoke(main, ["feedback", "like", unknown])
        assert refused.exit_code == 1
        assert refused.stderr.count("\n") == 1
    assert runner.invoke(main, ["feedback", "like", shown[150]["id"]]).exit_code == 0


def test_comparisons_vary_and_spare_what_is_disliked() -> None:
    runner = CliRunner()
    lists = []
    for seed in ("1", "2"):
        runner.invoke(main, ["compare", "--emotion", "sad", "--seed", seed])
        lists.append({row["song"] for row in Feedback().export()["shown"]})
    assert len(lists[1]) > 8  # of both
    disliked = [row["song"] for row in Feedback().export()["shown"]][:6]
    for song in disliked:
        Feedback().say("dislike", song)
    Feedback().export()
    runner.invoke(main, ["compare", "--emotion", "sad", "--seed", "1"])
    last = [row["song"] for row in Feedback().export()["shown"] if row["list"] == 3]
    assert len(last) == 6
    assert not set(last) & set(disliked)


def test_a_file_that_is_only_begun_is_empty(home: Path) -> None:
    """As a process leaves it that was killed at the very beginning, or has not come farther yet."""
    home.mkdir()
    for name in ("feedback.sqlite", "mien.sqlite"):
        with closing(sqlite3.connect(home / name)) as db:
            db.execute("PRAGMA journal_mode = WAL")
        assert (home / name).stat().st_size > 0
    assert len(recommend("happy")) == 6
    assert Feedback().values() == {}
    assert [s.name for s in Store().list()] == ["starter"]
    Feedback().say("like", "a")
    assert Feedback().values() == {"a": 1.0}

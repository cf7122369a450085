"""What is said of songs is kept, survives being killed, and changes what comes next."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from click.testing import CliRunner

from mien import (
    Feedback,
    recommend,
)
from mien.cli import main


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


def test_numbers_are_those_of_the_list_that_was_shown_last() -> None:
    """Also of one that is longer than what is remembered; ids may look like numbers."""
    runner = CliRunner()
    runner.invoke(main, ["recommend", "--emotion", "happy"])
    arguments = ["recommend", "--emotion", "sad", "-n", "200", "--json"]
    shown = json.loads(runner.invoke(main, arguments).stdout)["songs"]
    assert runner.invoke(main, ["feedback", "like", "3"]).exit_code == 0
    assert Feedback().preferences() == {shown[2]["id"]: 1.0}
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
        Feedback().react("dislike", song)
    Feedback().export()
    runner.invoke(main, ["compare", "--emotion", "sad", "--seed", "1"])
    last = [row["song"] for row in Feedback().export()["shown"] if row["list"] == 3]
    assert len(last) == 6
    assert not set(last) & set(disliked)


def test_files_without_tables_are_empty(home: Path) -> None:
    """A process that was killed at the very beginning leaves them."""
    home.mkdir()
    for name in ("feedback.sqlite", "mien.sqlite"):
        with closing(sqlite3.connect(home / name)) as db:
            db.execute("PRAGMA journal_mode = WAL")
    assert len(recommend("happy")) == 6

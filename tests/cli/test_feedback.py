"""`mien feedback`, as a person or a script uses them."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner
from running import answer, mien

from mien import Feedback
from mien.cli import main


def test_a_list_can_be_rated_by_number_and_is_not_shown_again() -> None:
    first = {song["id"] for song in answer("recommend", "--emotion", "happy")["songs"]}  # type: ignore[attr-defined]
    other = {
        song["id"]
        for song in answer("recommend", "--emotion", "happy", "--fresh")["songs"]  # type: ignore[attr-defined]
    }
    assert not first & other
    assert mien("feedback", "rate", "1", "5").exit_code == 0
    assert mien("feedback", "dislike", "2").exit_code == 0
    assert mien("feedback", "rate", "7", "5").exit_code == 1
    assert "no song number 7" in mien("feedback", "rate", "7", "5").stderr
    assert "1 to 5 stars" in mien("feedback", "rate", "1", "6").stderr
    assert (
        "listeners: 5.00 of 5 (one rating gives no interval), 1 rating"
        in mien("feedback", "opinions").stdout
    )
    kept = json.loads(mien("feedback", "export").stdout)
    assert len(kept["said"]) == 2
    assert mien("feedback", "forget", "--yes").exit_code == 0
    assert json.loads(mien("feedback", "export").stdout)["said"] == []
    assert "No song of a list" in mien("feedback", "opinions").stdout


def test_what_was_said_is_repeated_and_can_be_taken_back() -> None:
    title = answer("recommend", "--emotion", "happy")["songs"][1]["title"]  # type: ignore[index]
    for command, said in (
        (("rate", "2", "4"), "4 of 5 stars"),
        (("like", "2"), "liked"),
        (("dislike", "2"), "hidden"),
        (("skip", "2"), "skipped"),
        (("undo", "2"), "taken back"),
    ):
        told = mien("feedback", *command).stdout
        assert title in told
        assert told.endswith(f": {said}\n")
    assert Feedback().opinions() == {}


def test_nothing_is_deleted_without_a_yes() -> None:
    mien("recommend", "--emotion", "happy")
    mien("feedback", "like", "1")
    for answered in ("n\n", "\n", ""):
        refused = CliRunner().invoke(main, ["feedback", "forget"], input=answered)
        assert refused.exit_code
        assert Feedback().opinions()
    assert CliRunner().invoke(main, ["feedback", "forget"], input="y\n").exit_code == 0
    assert not Feedback().opinions()


def test_a_damaged_file_of_feedback_is_reported(home: Path) -> None:
    home.mkdir()
    (home / "feedback.sqlite").write_bytes(b"garbage" * 1000)
    for command in (("rate", "1", "3"), ("like", "1"), ("opinions",)):
        result = mien("feedback", *command)
        assert result.exit_code == 1
        assert "mien feedback forget" in result.stderr
    assert mien("feedback", "forget", "--yes").exit_code == 0
    assert mien("feedback", "opinions").exit_code == 0


def test_a_reading_can_be_corrected(astronaut_jpg: Path) -> None:
    assert mien("feedback", "correct", astronaut_jpg, "Sad").exit_code == 0
    (row,) = json.loads(mien("feedback", "export").stdout)["corrections"]
    assert row["said"] == "sad"
    assert json.loads(row["read"])["happy"] > 0.5


def test_numbers_refer_to_the_last_list() -> None:
    """Also where it is longer than what is remembered; ids may look like numbers."""
    runner = CliRunner()
    runner.invoke(main, ["recommend", "--emotion", "happy"])
    arguments = ["recommend", "--emotion", "sad", "-n", "200", "--json"]
    shown = json.loads(runner.invoke(main, arguments).stdout)["songs"]
    assert runner.invoke(main, ["feedback", "like", "3"]).exit_code == 0
    assert Feedback().preferences() == {shown[2]["id"]: 1.0}
    for unknown in ("150", "nothing", "\udcff"):
        refused = runner.invoke(main, ["feedback", "like", unknown])
        assert refused.exit_code
        assert refused.stderr.count("\n") == 1
    assert runner.invoke(main, ["feedback", "like", shown[150]["id"]]).exit_code == 0

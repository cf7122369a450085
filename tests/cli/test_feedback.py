"""`mien feedback`, as a person or a script uses them."""

from __future__ import annotations

import json
from pathlib import Path

from running import answer, mien


def test_a_list_can_be_rated_by_number_and_is_not_shown_again() -> None:
    first = {song["id"] for song in answer("recommend", "--emotion", "happy")["songs"]}  # type: ignore[attr-defined]
    assert {song["id"] for song in answer("recommend", "--emotion", "happy")["songs"]} == first  # type: ignore[attr-defined]
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
    assert mien("feedback", "forget").exit_code == 0
    assert json.loads(mien("feedback", "export").stdout)["said"] == []
    assert "No song of a list" in mien("feedback", "opinions").stdout


def test_a_damaged_file_of_feedback_is_reported(home: Path) -> None:
    home.mkdir()
    (home / "feedback.sqlite").write_bytes(b"garbage" * 1000)
    for command in (("rate", "1", "3"), ("like", "1"), ("opinions",)):
        result = mien("feedback", *command)
        assert result.exit_code == 1
        assert "mien feedback forget" in result.stderr
    assert mien("feedback", "forget").exit_code == 0
    assert mien("feedback", "opinions").exit_code == 0


def test_a_reading_can_be_corrected(astronaut_jpg: Path) -> None:
    assert mien("feedback", "correct", astronaut_jpg, "Sad").exit_code == 0
    (row,) = json.loads(mien("feedback", "export").stdout)["corrections"]
    assert row["said"] == "sad"
    assert json.loads(row["read"])["happy"] > 0.5

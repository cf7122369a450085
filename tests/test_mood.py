"""Moods, and how they are parsed."""

from __future__ import annotations

import pytest

from mien import Mood, MoodError
from mien.mood import parse_mood


def test_parses_moods() -> None:
    assert parse_mood("0.8, 0.6,120") == Mood(0.8, 0.6, 120)


@pytest.mark.parametrize(
    "text", ["", "1", "a,b,c", "0.1,0.2", "2,0.5,100", "0.5,-1,100", "0.5,0.5,0", "nan,0.5,100"]
)
def test_refuses_what_is_not_a_mood(text: str) -> None:
    with pytest.raises(MoodError):
        parse_mood(text)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ((2, 0.5, 100), "valence must be from 0 to 1, got 2"),
        ((0.5, float("nan"), 100), "energy must be from 0 to 1, got nan"),
        ((0.5, 0.5, 0.5), "tempo must be from 1 to 400 BPM, got 0.5"),
    ],
)
def test_errors_name_the_range(values: tuple[float, float, float], message: str) -> None:
    with pytest.raises(MoodError, match=message):
        Mood(*values)

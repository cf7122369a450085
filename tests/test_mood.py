"""Moods, and how they are parsed."""

from __future__ import annotations

import numpy as np
import pytest

from mien import Mood, MoodError
from mien.catalogue.quantiles import Scale
from mien.mood import parse_mood
from mien.recommendation.target import (
    expected_mood,
    named_expression,
)


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


def test_values_that_many_songs_share_stand_in_the_middle_of_them() -> None:
    """A catalogue that was filled with medians does not turn moods around."""
    valence = np.concatenate([np.linspace(0.1, 0.5, 20), np.full(60, 0.5), np.linspace(0.5, 1, 20)])
    scale = Scale.of(valence, np.linspace(0, 1, 100), np.full(100, 120.0))
    assert scale.quantiles_of(Mood(0.5, 0.5, 120))[0] == pytest.approx(0.5, abs=0.02)
    assert scale.quantiles_of(Mood(0.5, 0.5, 120))[2] == 0.5
    for share in (0.0, 0.05, 0.95, 1.0):
        there = scale.mood_at(share, share, share)
        assert scale.quantiles_of(there)[0] == pytest.approx(share, abs=0.01)
    sad, happy = (
        scale.quantiles_of(expected_mood(named_expression(e), scale))[0] for e in ("sad", "happy")
    )
    assert sad < happy

"""Moods and their quantiles among the songs of a catalogue."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mien import Mood
from mien.catalogue.quantiles import Scale
from mien.recommendation.target import expected_mood, named_expression

SHARE = st.floats(0, 1)
EVEN = Scale.of(
    np.linspace(0.1, 0.9, 201), np.linspace(0.2, 1, 201) ** 0.5, np.linspace(60, 180, 201)
)


@given(SHARE, SHARE, SHARE)
def test_the_mood_at_quantiles_has_these_quantiles(
    valence: float, energy: float, tempo: float
) -> None:
    mood = EVEN.mood_at(valence, energy, tempo)
    assert EVEN.quantiles_of(mood) == pytest.approx((valence, energy, tempo), abs=1e-9)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=50), SHARE)
def test_quantiles_lie_between_the_shares_below_and_not_above(
    values: list[float], value: float
) -> None:
    songs = np.array(values)
    scale = Scale.of(songs, songs, songs + 1)
    quantile, *_ = scale.quantiles_of(Mood(value, value, value + 1))
    slack = 1 / len(songs) + 0.01
    assert (songs < value).mean() - slack <= quantile <= (songs <= value).mean() + slack


def test_moods_beyond_all_songs_are_at_the_ends() -> None:
    assert EVEN.quantiles_of(Mood(0, 0, 1)) == (0, 0, 0)
    assert EVEN.quantiles_of(Mood(1, 1, 300)) == (1, 1, 1)


def test_one_song_is_the_middle_of_itself() -> None:
    one = Scale.of(np.array([0.3]), np.array([0.4]), np.array([100.0]))
    assert one.quantiles_of(Mood(0.3, 0.4, 100)) == (0.5, 0.5, 0.5)
    assert one.mood_at(0, 0.5, 1) == Mood(0.3, 0.4, 100)


def test_a_mood_at_a_shared_value_lies_in_the_middle_of_its_songs() -> None:
    """Values filled in with the median do not reverse moods."""
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

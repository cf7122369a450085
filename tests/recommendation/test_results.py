"""Recommendations are a sequence of songs with a mood."""

from __future__ import annotations

import dataclasses

import pytest

from mien import Mood, Recommendation, Recommendations, Song


def test_length_and_order() -> None:
    songs = tuple(
        Recommendation(rank, Song(str(rank), "T", ("A",), (), 0.5, 0.5, 100), 1 / rank, "Fits")
        for rank in (1, 2, 3)
    )
    found = Recommendations(Mood(0.5, 0.5, 100), "listeners", songs)
    assert len(found) == 3
    assert tuple(found) == songs
    assert found.to is None
    assert len(Recommendations(found.mood, "listeners", ())) == 0
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.ranking = "paper"  # type: ignore[misc]

"""How a catalogue's songs spread over valence, energy and tempo."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mien.mood import Mood
from mien.support.arrays import Float64Array

STEPS: Float64Array = np.linspace(0, 1, 101)
"""The quantiles that a scale knows."""


@dataclass(frozen=True)
class Scale:
    """How a catalogue's songs spread over each feature: its quantiles, float64 [101] each."""

    valence: Float64Array
    energy: Float64Array
    tempo: Float64Array

    @classmethod
    def of(cls, valence: Float64Array, energy: Float64Array, tempo: Float64Array) -> Scale:
        """The scale of songs with these features, float64 [n] each, n >= 1."""
        return cls(*(np.quantile(values, STEPS) for values in (valence, energy, tempo)))

    def mood_at(self, valence: float, energy: float, tempo: float) -> Mood:
        """The mood at these quantiles, each in [0, 1]."""
        return Mood(
            float(np.interp(valence, STEPS, self.valence)),
            float(np.interp(energy, STEPS, self.energy)),
            float(np.interp(tempo, STEPS, self.tempo)),
        )

    def quantiles_of(self, mood: Mood) -> tuple[float, float, float]:
        """The part of the catalogue below the mood, in valence, energy and tempo, in [0, 1]."""
        valence, energy, tempo = self._lists
        return (
            _part_below(mood.valence, valence),
            _part_below(mood.energy, energy),
            _part_below(mood.tempo, tempo),
        )

    @cached_property
    def _lists(self) -> tuple[list[float], list[float], list[float]]:
        """The quantiles as Python's numbers, in which one value is found sooner than by numpy."""
        return self.valence.tolist(), self.energy.tolist(), self.tempo.tolist()


def _part_below(value: float, quantiles: Sequence[float]) -> float:
    """Where a value lies among quantiles, in [0, 1]; the middle where several are equal to it."""
    first, last = bisect_left(quantiles, value), bisect_right(quantiles, value)
    steps = len(quantiles) - 1
    if last > first:
        return (first + last - 1) / 2 / steps
    if not 0 < first <= steps:
        return float(first > 0)
    low, high = quantiles[first - 1], quantiles[first]
    return (first - 1 + (value - low) / (high - low)) / steps

"""The distribution of a catalogue's songs over valence, energy and tempo."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mien.mood import Mood
from mien.support.arrays import Float64Array

STEPS: Float64Array = np.linspace(0, 1, 101)
"""The quantiles of a scale, 0 to 1 in steps of 0.01; float64 [101]."""


@dataclass(frozen=True)
class Scale:
    """The quantiles of each feature among a catalogue's songs.

    Between quantiles, values are interpolated linearly.

    Attributes:
        valence, energy, tempo: float64 [101], the quantiles `STEPS`, ascending.

    >>> scale = Scale.of(*np.linspace(0, [1, 1, 200], 101).T)
    >>> scale.quantiles_of(Mood(0.25, 0.5, 150))
    (0.25, 0.5, 0.75)
    >>> scale.mood_at(0.25, 0.5, 0.75)
    Mood(valence=0.25, energy=0.5, tempo=150.0)
    """

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
        """The share of the songs below a mood in valence, energy and tempo, each in [0, 1]."""
        valence, energy, tempo = self._lists
        return (
            _share_below(mood.valence, valence),
            _share_below(mood.energy, energy),
            _share_below(mood.tempo, tempo),
        )

    @cached_property
    def _lists(self) -> tuple[list[float], list[float], list[float]]:
        """The quantiles as Python lists, in which a single value is found faster."""
        return self.valence.tolist(), self.energy.tolist(), self.tempo.tolist()


def _share_below(value: float, quantiles: Sequence[float]) -> float:
    """The position of a value among quantiles, in [0, 1]; the middle of those equal to it."""
    first, last = bisect_left(quantiles, value), bisect_right(quantiles, value)
    steps = len(quantiles) - 1
    if last > first:
        return (first + last - 1) / 2 / steps
    if not 0 < first <= steps:
        return float(first > 0)
    low, high = quantiles[first - 1], quantiles[first]
    return (first - 1 + (value - low) / (high - low)) / steps

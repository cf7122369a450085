"""Expression -> mood: the valence, energy and tempo that songs should have."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mien.errors import MoodError
from mien.expression import EMOTIONS, Expression
from mien.types import Float64Array


@dataclass(frozen=True)
class Mood:
    """A point in the space that songs are measured in.

    Attributes:
        valence: how positive, in [0, 1].
        energy: how intense, in [0, 1].
        tempo: beats per minute, from 1 to 400.

    Raises:
        MoodError: a value out of range.
    """

    valence: float
    energy: float
    tempo: float

    def __post_init__(self) -> None:
        for name, value, most in (
            ("valence", self.valence, 1.0),
            ("energy", self.energy, 1.0),
            ("tempo", self.tempo, 400.0),
        ):
            if not math.isfinite(value) or not 0 <= value <= most:
                raise MoodError(f"{name} is {value:g}; expected 0 to {most:g}.")
        if self.tempo < 1:
            raise MoodError(f"tempo is {self.tempo:g}; expected beats per minute, such as 120.")


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


PAPER: Mapping[str, Mood] = {
    "angry": Mood(0.2, 0.9, 120),
    "disgust": Mood(0.3, 0.5, 80),
    "fear": Mood(0.2, 0.8, 140),
    "happy": Mood(0.9, 0.8, 140),
    "sad": Mood(0.2, 0.3, 60),
    "surprise": Mood(0.8, 0.7, 160),
    "neutral": Mood(0.5, 0.5, 100),
}
"""The paper's ideal vectors."""

CIRCUMPLEX: Mapping[str, tuple[float, float]] = {
    "angry": (-0.51, 0.59),
    "disgust": (-0.60, 0.35),
    "fear": (-0.64, 0.60),
    "happy": (0.81, 0.51),
    "sad": (-0.63, -0.27),
    "surprise": (0.40, 0.67),
    "neutral": (0.0, -0.5),
}
"""Pleasure and arousal in [-1, 1] (Russell & Mehrabian 1977, "Evidence for a three-factor theory of
emotions", Journal of Research in Personality 11); for neutral ours: calm and unobtrusive."""

TABLES = ("circumplex", "paper")


def mood_of(expression: Expression, scale: Scale, table: str = "circumplex") -> Mood:
    """The mood to expect over the whole expression, not only its top label.

    Args:
        expression: seven probabilities.
        scale: the catalogue that songs are chosen from. `circumplex` puts pleasure on its valence
            and arousal on its energy and tempo: -1 is the lowest quantile, 0 the median, 1 the
            highest.
        table: `circumplex`, or `paper` (the paper's ideal vectors, whatever the catalogue).

    Raises:
        MoodError: no such table.
    """
    p = np.array(expression.probabilities)
    p = p / p.sum()
    if table == "paper":
        rows = [(PAPER[e].valence, PAPER[e].energy, PAPER[e].tempo) for e in EMOTIONS]
        return Mood(*(float(v) for v in p @ np.array(rows)))
    if table == "circumplex":
        pleasure, arousal = (p @ np.array([CIRCUMPLEX[e] for e in EMOTIONS]) + 1) / 2
        return scale.mood_at(float(pleasure), float(arousal), float(arousal))
    raise MoodError(f"no mood table is called {table!r}; use {' or '.join(TABLES)}.")


POLICIES: Mapping[str, tuple[float, float] | None] = {
    "match": None,
    "lift": (0.9, 0.65),
    "calm": (0.6, 0.1),
    "energise": (0.7, 0.95),
}
"""What the listener wants with the mood -> where it leads, as quantiles of valence and energy (and
tempo); `match` leaves it. Our choice; nothing is claimed about what music does to anybody."""

_WAY = 2 / 3  # how much of the way there


def led(mood: Mood, policy: str, scale: Scale) -> Mood:
    """The mood two thirds of the way to where the policy leads.

    Raises:
        MoodError: no such policy.
    """
    if policy not in POLICIES:
        raise MoodError(f"no policy is called {policy!r}; use {', '.join(POLICIES)}.")
    goal = POLICIES[policy]
    if goal is None:
        return mood
    valence, energy = goal
    end = scale.mood_at(valence, energy, energy)
    return between(mood, end, _WAY, scale)


def between(start: Mood, end: Mood, share: float, scale: Scale) -> Mood:
    """The mood a share of the way from one to another, even in the catalogue's quantiles."""
    ways = zip(scale.quantiles_of(start), scale.quantiles_of(end), strict=True)
    return scale.mood_at(*(a + (b - a) * share for a, b in ways))


def emotion(name: str) -> Expression:
    """The expression of a named emotion.

    Raises:
        MoodError: not one of the seven.
    """
    if name.lower() not in EMOTIONS:
        raise MoodError(f"{name!r} is not an emotion that mien knows; use {', '.join(EMOTIONS)}.")
    return Expression.certain(name.lower())


def parse_mood(text: str) -> Mood:
    """`"V,E,BPM"`, such as `"0.8,0.6,120"`, as a mood.

    Raises:
        MoodError: not three numbers, or out of range.
    """
    try:
        valence, energy, tempo = (float(part) for part in text.split(","))
    except ValueError:
        raise MoodError(
            f"{text!r} is not a mood; give valence, energy and tempo, such as 0.8,0.6,120."
        ) from None
    return Mood(valence, energy, tempo)

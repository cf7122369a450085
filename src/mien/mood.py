"""A mood: the valence, energy and tempo that songs should have."""

from __future__ import annotations

from dataclasses import dataclass

from mien.errors import MoodError

MOODS = ("happy", "angry", "sad", "calm")
"""The quadrants of valence and arousal; together they are all songs."""


@dataclass(frozen=True)
class Mood:
    """What songs should sound like: a point in the space of their features.

    Attributes:
        valence: how positive, in [0, 1].
        energy: how intense, in [0, 1].
        tempo: beats per minute, from 1 to 400.

    Raises:
        MoodError: a value is out of range.

    >>> Mood(valence=0.8, energy=0.6, tempo=120)
    Mood(valence=0.8, energy=0.6, tempo=120)
    """

    valence: float
    energy: float
    tempo: float

    def __post_init__(self) -> None:
        for name, value, low, high, unit in (
            ("valence", self.valence, 0, 1, ""),
            ("energy", self.energy, 0, 1, ""),
            ("tempo", self.tempo, 1, 400, " BPM"),
        ):
            if not low <= value <= high:  # NaN is in no range
                raise MoodError(
                    f"{name} must be from {low} to {high}{unit}, got {value:g}",
                    "give a number in that range",
                )


def parse_mood(text: str) -> Mood:
    """Parse "valence,energy,tempo".

    Raises:
        MoodError: it is not three numbers, or one is out of range.

    >>> parse_mood("0.8,0.6,120")
    Mood(valence=0.8, energy=0.6, tempo=120.0)
    """
    try:
        valence, energy, tempo = (float(part) for part in text.split(","))
    except ValueError:
        raise MoodError(
            f"{text!r} is not a mood", "give valence, energy and tempo, such as 0.8,0.6,120"
        ) from None
    return Mood(valence, energy, tempo)

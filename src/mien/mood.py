"""A mood: the valence, energy and tempo that songs should have."""

from __future__ import annotations

import math
from dataclasses import dataclass

from mien.errors import MoodError


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
                raise MoodError(f"{name} is {value:g}", f"expected 0 to {most:g}")
        if self.tempo < 1:
            raise MoodError(f"tempo is {self.tempo:g}", "expected beats per minute, such as 120")


def parse_mood(text: str) -> Mood:
    """`"V,E,BPM"`, such as `"0.8,0.6,120"`, as a mood.

    Raises:
        MoodError: not three numbers, or out of range.
    """
    try:
        valence, energy, tempo = (float(part) for part in text.split(","))
    except ValueError:
        raise MoodError(
            f"{text!r} is not a mood", "give valence, energy and tempo, such as 0.8,0.6,120"
        ) from None
    return Mood(valence, energy, tempo)

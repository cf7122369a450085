"""Expression and policy -> the mood that songs are chosen for."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from mien.catalogue.quantiles import Scale
from mien.emotions import CIRCUMPLEX, EMOTIONS, require_emotion
from mien.errors import MoodError
from mien.face.expression import Expression
from mien.mood import Mood

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


TABLES = ("circumplex", "paper")


def expected_mood(expression: Expression, scale: Scale, table: str = "circumplex") -> Mood:
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
    raise MoodError(f"no mood table is called {table!r}", f"use {' or '.join(TABLES)}")


POLICIES: Mapping[str, tuple[float, float] | None] = {
    "match": None,
    "lift": (0.9, 0.65),
    "calm": (0.6, 0.1),
    "energise": (0.7, 0.95),
}
"""What the listener wants with the mood -> where it leads, as quantiles of valence and energy (and
tempo); `match` leaves it. Our choice; nothing is claimed about what music does to anybody."""


_WAY = 2 / 3  # how much of the way there


def shift(mood: Mood, policy: str, scale: Scale) -> Mood:
    """The mood two thirds of the way to where the policy leads.

    Raises:
        MoodError: no such policy.
    """
    if policy not in POLICIES:
        raise MoodError(f"no policy is called {policy!r}", f"use {', '.join(POLICIES)}")
    goal = POLICIES[policy]
    if goal is None:
        return mood
    valence, energy = goal
    end = scale.mood_at(valence, energy, energy)
    return interpolate(mood, end, _WAY, scale)


def interpolate(start: Mood, end: Mood, share: float, scale: Scale) -> Mood:
    """The mood a share of the way from one to another, even in the catalogue's quantiles."""
    ways = zip(scale.quantiles_of(start), scale.quantiles_of(end), strict=True)
    return scale.mood_at(*(a + (b - a) * share for a, b in ways))


def named_expression(name: str) -> Expression:
    """The expression of a named emotion.

    Raises:
        MoodError: not one of the seven.
    """
    return Expression.certain(require_emotion(name))

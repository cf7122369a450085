"""Expression and policy -> the mood that songs are chosen for.

NumPy is not imported, so that the names of the policies are there without it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from mien.emotions import EMOTIONS, require_emotion
from mien.errors import MoodError, PolicyError
from mien.mood import Mood

if TYPE_CHECKING:
    from mien.catalogue.quantiles import Scale
    from mien.face.expression import Expression

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

POLICIES: Mapping[str, tuple[float, float] | None] = {
    "match": None,
    "lift": (0.9, 0.65),
    "calm": (0.6, 0.1),
    "energise": (0.7, 0.95),
}
"""What the listener wants with the mood -> the goal: a quantile of valence, and one of both energy
and tempo; `match` has none. We chose the goals; they claim no effect of music on people."""

_SHIFT = 2 / 3
"""How far a policy moves a mood, as a share of the way to its goal."""


def mood_of(subject: Mood | Expression | str, scale: Scale, table: str = "circumplex") -> Mood:
    """The mood of a query's subject.

    Args:
        subject: a mood, which stays as it is, an expression, or the name of an emotion.
        scale: that of the catalogue.
        table: as for `expected_mood`.

    Raises:
        MoodError: no such emotion or table.
    """
    if isinstance(subject, Mood):
        return subject
    expression = named_expression(subject) if isinstance(subject, str) else subject
    return expected_mood(expression, scale, table)


def expected_mood(expression: Expression, scale: Scale, table: str = "circumplex") -> Mood:
    """The expected mood over all probabilities, not that of the top label alone.

    Args:
        expression: what a face shows. The stronger it is, the farther its mood is from neutral.
        scale: that of the catalogue.
        table: `circumplex` maps the expression's valence to a quantile of the catalogue's, and
            arousal to one of its energy and tempo: -1 is the lowest, 0 the median, 1 the highest.
            `paper` has the paper's ideal vectors, whatever the catalogue.

    Raises:
        MoodError: no such table.
    """
    if table == "circumplex":
        pleasure, arousal = ((value + 1) / 2 for value in expression.position)
        return scale.mood_at(pleasure, arousal, arousal)
    if table == "paper":
        moods = (PAPER[emotion] for emotion in EMOTIONS)
        rows = [(mood.valence, mood.energy, mood.tempo) for mood in moods]
        weighted = zip(expression.probabilities, rows, strict=True)
        total = sum(expression.probabilities)
        columns = zip(*([p * value / total for value in row] for p, row in weighted), strict=True)
        return Mood(*(sum(column) for column in columns))
    raise MoodError(f"there is no mood table called {table!r}", f"use {' or '.join(TABLES)}")


def shift(mood: Mood, policy: str, scale: Scale) -> Mood:
    """The mood two thirds of the way to the policy's goal.

    Raises:
        PolicyError: no such policy.
    """
    if policy not in POLICIES:
        raise PolicyError(f"there is no policy called {policy!r}", f"use {', '.join(POLICIES)}")
    goal = POLICIES[policy]
    if goal is None:
        return mood
    valence, energy = goal
    return interpolate(mood, scale.mood_at(valence, energy, energy), _SHIFT, scale)


def interpolate(start: Mood, end: Mood, share: float, scale: Scale) -> Mood:
    """The mood a share, in [0, 1], of the way from one to another in the catalogue's quantiles."""
    ends = zip(scale.quantiles_of(start), scale.quantiles_of(end), strict=True)
    return scale.mood_at(*(a + (b - a) * share for a, b in ends))


def named_expression(name: str) -> Expression:
    """The expression in which one emotion is certain.

    Raises:
        MoodError: it is not one of the seven.
    """
    from mien.face.expression import Expression

    return Expression.certain(require_emotion(name))

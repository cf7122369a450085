"""Subject and policy -> the target that songs are scored for.

NumPy is not imported, so that the names of the policies are there without it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mien.emotions import CIRCUMPLEX, CONTEMPT, EMOTIONS, RATED
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

PLACES: Mapping[str, tuple[float, float]] = {
    "happy": CIRCUMPLEX["happy"],
    "angry": CIRCUMPLEX["angry"],
    "sad": CIRCUMPLEX["sad"],
    "calm": CIRCUMPLEX["neutral"],
    "party": (0.7, 0.75),
    "romantic": (0.35, -0.25),
    "nostalgic": (0.1, -0.25),
    "focused": (0.1, -0.4),
    "dark": (-0.6, 0.1),
}
"""The moods of songs (`mien.recommendation.rankings.moods`), with pleasure and arousal in [-1, 1].
The first four are an emotion's; we placed the others. They only mark a mood on maps of songs."""

WORDS = tuple(PLACES)[3:]
"""The moods that a query can name beside emotions."""

_SUITING: Mapping[str, Mapping[str, float]] = {
    "angry": {"angry": 1},
    "disgust": {"angry": 0.5, "sad": 0.5},
    "fear": {"calm": 0.75, "happy": 0.25},
    "happy": {"happy": 1},
    "sad": {"sad": 1},
    "surprise": {"party": 0.5, "happy": 0.5},
    "neutral": {"calm": 1},
    "contempt": {"calm": 0.5, "angry": 0.25, "sad": 0.25},
}
_MATCHING = {
    **_SUITING,
    "disgust": {"angry": 0.6, "dark": 0.4},
    "fear": {"dark": 0.6, "angry": 0.4},
    "surprise": {"happy": 0.6, "angry": 0.4},
}

MIXTURES: Mapping[str, Mapping[str, Mapping[str, float]]] = {"suit": _SUITING, "match": _MATCHING}
"""Policy -> emotion -> the moods of songs that answer it, with their weights.

Listeners' labels exist for happy, angry, sad and calm songs. No listeners' labels of songs exist
for fear, disgust and surprise (among 7,071 names of playlists, four): `suit` answers fear with
calm, reassuring songs and surprise with lively ones, `match` with tense and harsh ones.
"""

GOALS: Mapping[str, tuple[str, tuple[float, float]]] = {
    "lift": ("happy", (0.9, 0.65)),
    "calm": ("calm", (0.6, 0.1)),
    "energise": ("party", (0.7, 0.95)),
}
"""The other policies -> the goal: a mood of songs, and as a place a quantile of valence, and one of
both energy and tempo. We chose the goals; they claim no effect of music on people."""

POLICIES = (*MIXTURES, *GOALS)
"""What the listener wants with the mood."""

_SHIFT = 2 / 3
"""How far a policy moves a mood, as a share of the way to its goal, which has this share of the
moods of songs, too."""


@dataclass(frozen=True)
class Target(Mood):
    """A mood, and what songs are scored for.

    Attributes:
        moods: moods of songs and their weights, which sum to 1; songs are scored by how probable
            these are. Empty: by how near they are to the mood.
        familiarity: how much it counts that people know a song: 1, or 0 for not at all, or a
            negative number for songs that few know.
        languages: ISO 639-1 codes of the languages that come first; none: all are the same.
    """

    moods: tuple[tuple[str, float], ...] = ()
    familiarity: float = 1.0
    languages: tuple[str, ...] = ()

    @property
    def mood(self) -> Mood:
        """The mood alone."""
        return Mood(self.valence, self.energy, self.tempo)


def make_target(
    subject: Mood | Expression | str,
    policy: str,
    scale: Scale,
    table: str = "circumplex",
    *,
    familiarity: float = 1.0,
    languages: tuple[str, ...] = (),
) -> Target:
    """The target for a subject.

    Args:
        subject: a mood, an expression, or the name of an emotion or of one of `WORDS`.
        policy: one of `POLICIES`.
        scale: that of the catalogue.
        table: as for `expected_mood`.
        familiarity, languages: as in `Target`.

    Raises:
        PolicyError: no such policy.
        MoodError: no such emotion or table.
    """
    if policy not in POLICIES:
        raise PolicyError(f"there is no policy called {policy!r}", f"use {', '.join(POLICIES)}")
    moods = mix(subject, policy)
    if policy in GOALS:
        mood = _shift(mood_of(subject, scale, table), GOALS[policy][1], scale)
    elif table == "circumplex" and isinstance(subject, str):
        mood = _mood_at(_middle(moods), scale)
    else:
        mood = mood_of(subject, scale, table)
    parts = tuple(sorted(moods.items()))
    return Target(mood.valence, mood.energy, mood.tempo, parts, familiarity, languages)


def mix(subject: Mood | Expression | str, policy: str) -> dict[str, float]:
    """The moods of songs that answer a subject, and their weights; none for a mood.

    An expression mixes those of all its emotions, by their probabilities.

    >>> mix("fear", "suit")
    {'calm': 0.75, 'happy': 0.25}
    """
    if isinstance(subject, Mood):
        return {}
    if policy in GOALS:
        mixed = {mood: (1 - _SHIFT) * share for mood, share in mix(subject, "suit").items()}
        goal = GOALS[policy][0]
        return {**mixed, goal: mixed.get(goal, 0.0) + _SHIFT}
    if isinstance(subject, str):
        emotions = {subject: 1.0}
        if subject not in RATED:
            return {subject: 1.0}
    else:
        own = 1 - subject.contempt
        total = sum(subject.probabilities)
        emotions = {e: own * p / total for e, p in subject.as_dict().items()}
        emotions["contempt"] = subject.contempt
    mixed = {}
    for emotion, share in emotions.items():
        for mood, weight in MIXTURES[policy][emotion].items():
            if share:
                mixed[mood] = mixed.get(mood, 0.0) + share * weight
    return mixed


def mood_of(subject: Mood | Expression | str, scale: Scale, table: str = "circumplex") -> Mood:
    """The mood of a query's subject.

    Args:
        subject: a mood, which stays as it is, an expression, or the name of an emotion or of one
            of `WORDS`.
        scale: that of the catalogue.
        table: as for `expected_mood`. The paper has no vector for contempt and `WORDS`; they have
            that of their place in the circumplex.

    Raises:
        MoodError: no such table.
    """
    if isinstance(subject, Mood):
        return subject
    if isinstance(subject, str):
        if subject not in EMOTIONS:
            return _mood_at(CONTEMPT if subject == "contempt" else PLACES[subject], scale)
        subject = named_expression(subject)
    return expected_mood(subject, scale, table)


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
        return _mood_at(expression.position, scale)
    if table == "paper":
        moods = (PAPER[emotion] for emotion in EMOTIONS)
        rows = [(mood.valence, mood.energy, mood.tempo) for mood in moods]
        weighted = zip(expression.probabilities, rows, strict=True)
        total = sum(expression.probabilities)
        columns = zip(*([p * value / total for value in row] for p, row in weighted), strict=True)
        return Mood(*(sum(column) for column in columns))
    raise MoodError(f"there is no mood table called {table!r}", f"use {' or '.join(TABLES)}")


def _middle(moods: Mapping[str, float]) -> tuple[float, float]:
    pleasure = sum(weight * PLACES[mood][0] for mood, weight in moods.items())
    arousal = sum(weight * PLACES[mood][1] for mood, weight in moods.items())
    return pleasure, arousal


def _mood_at(position: tuple[float, float], scale: Scale) -> Mood:
    pleasure, arousal = ((value + 1) / 2 for value in position)
    return scale.mood_at(pleasure, arousal, arousal)


def _shift(mood: Mood, goal: tuple[float, float], scale: Scale) -> Mood:
    """The mood two thirds of the way to a goal."""
    valence, energy = goal
    return interpolate(mood, scale.mood_at(valence, energy, energy), _SHIFT, scale)


def interpolate(start: Mood, end: Mood, share: float, scale: Scale) -> Mood:
    """The mood a share, in [0, 1], of the way from one to another in the catalogue's quantiles."""
    ends = zip(scale.quantiles_of(start), scale.quantiles_of(end), strict=True)
    return scale.mood_at(*(a + (b - a) * share for a, b in ends))


def named_expression(name: str) -> Expression:
    """The expression in which one of the seven emotions is certain.

    Raises:
        MoodError: it is not one of them.
    """
    from mien.emotions import require_emotion
    from mien.face.expression import Expression

    return Expression.certain(require_emotion(name))

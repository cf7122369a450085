"""A request for songs, validated once. All limits and choices of a request are here.

Importing this costs nothing: the command line builds its help from it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from numbers import Integral
from typing import TYPE_CHECKING, TypeAlias, Union

from mien.catalogue.filters import NO_FILTER, Filter
from mien.emotions import require_emotion
from mien.errors import (
    CountError,
    JourneyError,
    MoodError,
    PolicyError,
    QueryError,
    RankingError,
    SeedError,
)
from mien.mood import Mood
from mien.recommendation.target import POLICIES

if TYPE_CHECKING:
    from mien.face.expression import Expression

Subject: TypeAlias = Union[Mood, "Expression", str]
"""What songs are wanted for: a mood, an expression, or the name of an emotion."""

RANKINGS = (
    "listeners",
    "nearness",
    "cosine",
    "paper",
    "collaborative",
    "popularity",
    "random",
)
"""The names of the rankings (`mien.recommendation.rankings`)."""

DEFAULT_RANKING = "listeners"
DEFAULT_POLICY = "match"
DEFAULT_COUNT = 6

MAX_JOURNEY = 1000
"""Songs of a journey: each is a search of its own."""

MAX_SEED = 1 << 53
"""Up to here every reader of JSON has whole numbers exactly."""


@dataclass(frozen=True)
class Query:
    """A request for songs.

    Attributes:
        subject: what the songs are for: a mood, an expression, or the name of an emotion.
        n: how many songs; None: all songs of the catalogue, best first.
        ranking: how songs are ranked, of `RANKINGS`.
        policy: what the listener wants with the mood, of `mien.recommendation.target.POLICIES`.
        to: the end of a journey from the subject, in even steps, of at most `MAX_JOURNEY` songs.
        where: which songs may come.
        like: ids of songs; songs near them come first, they themselves do not.
        never: ids of songs that must not come, nor other versions of them.
        personal: whether the listener's opinions count.
        seed: None: the best songs. A number: others that fit nearly as well, the same for the same
            seed.
        catalogue: the name of the catalogue; None: the one in use.

    Raises:
        QueryError: (a subclass) a field is out of range, or fields contradict each other.

    >>> Query("Sad", n=3.0).n, Query("Sad").subject
    (3, 'sad')
    """

    subject: Subject
    n: int | None = DEFAULT_COUNT
    ranking: str = DEFAULT_RANKING
    policy: str = DEFAULT_POLICY
    to: Subject | None = None
    where: Filter = NO_FILTER
    like: tuple[str, ...] = ()
    never: frozenset[str] = frozenset()
    personal: bool = True
    seed: int | None = None
    catalogue: str | None = None

    def __post_init__(self) -> None:
        def put(name: str, value: object) -> None:
            object.__setattr__(self, name, value)

        put("subject", _subject(self.subject))
        put("to", None if self.to is None else _subject(self.to))
        if self.ranking not in RANKINGS:
            raise RankingError(
                f"there is no ranking called {self.ranking!r}", f"use {', '.join(RANKINGS)}"
            )
        if self.policy not in POLICIES:
            raise PolicyError(
                f"there is no policy called {self.policy!r}", f"use {', '.join(POLICIES)}"
            )
        if self.n is not None:
            put("n", _whole(self.n, "n", 1, CountError, "ask for a whole number of songs"))
        if self.seed is not None:
            put("seed", _whole(self.seed, "seed", 0, SeedError, "give a whole number"))
        put("like", _ids("like", self.like))
        put("never", frozenset(_ids("never", self.never)))
        if self.to is not None:
            self._validate_journey()

    def _validate_journey(self) -> None:
        if self.policy != DEFAULT_POLICY:
            raise JourneyError(
                f"a journey ends where you say, so the policy {self.policy!r} cannot apply",
                "leave out the policy or the end",
            )
        if self.n is None:
            raise JourneyError("a journey needs a number of songs", "say how many")
        if self.n > MAX_JOURNEY:
            raise JourneyError(
                f"a journey has at most {MAX_JOURNEY} songs, got {self.n}", "ask for fewer"
            )


def _subject(value: Subject) -> Subject:
    if isinstance(value, str):
        return require_emotion(value)
    if isinstance(value, Mood):
        return value
    from mien.face.expression import Expression  # late: it needs NumPy

    if isinstance(value, Expression):
        return value
    raise MoodError(
        f"songs cannot be chosen for a {type(value).__name__}",
        "give a reading, an expression, a mien.Mood, or the name of an emotion",
    )


def _whole(value: object, name: str, lowest: int, error: type[QueryError], hint: str) -> int:
    """A whole number; 5.0 is one."""
    whole = not isinstance(value, bool) and (
        isinstance(value, Integral) or (isinstance(value, float) and value.is_integer())
    )
    if not whole or value < lowest:  # type: ignore[operator]
        raise error(f"{name} must be {lowest} or more, got {value!r}", hint)
    return int(value)  # type: ignore[call-overload,no-any-return]


def _ids(name: str, value: Iterable[str]) -> tuple[str, ...]:
    ids = (value,) if isinstance(value, str) else tuple(value)
    if not all(isinstance(one, str) for one in ids):
        raise QueryError(f"{name} must hold ids of songs, got {value!r}", "give texts")
    return ids

"""A request for songs, validated once. All limits and choices of a request are here.

Importing this module loads no heavy package: the command line builds its help from it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from numbers import Integral
from typing import TYPE_CHECKING, TypeAlias, Union

from mien.catalogue.filters import NO_FILTER, Filter, as_texts
from mien.emotions import EMOTIONS, RATED
from mien.errors import (
    CountError,
    FamiliarityError,
    FilterError,
    JourneyError,
    LanguageError,
    MoodError,
    PolicyError,
    QueryError,
    RankingError,
    SeedError,
)
from mien.mood import Mood
from mien.recommendation.target import POLICIES, WORDS

if TYPE_CHECKING:
    from mien.face.expression import Expression

Subject: TypeAlias = Union[Mood, "Expression", str]
"""What the songs are for: a mood, an expression, or one of `SUBJECTS`."""

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
DEFAULT_POLICY = "suit"
DEFAULT_COUNT = 6

FAMILIARITY = {"familiar": 2.0, "balanced": 1.0, "any": 0.0, "obscure": -1.0}
"""How much it counts that people know a song -> the weight of that in a target."""

DEFAULT_FAMILIARITY = "balanced"

SUBJECTS = (*RATED, *WORDS)
"""The names that songs can be chosen for: the emotions, contempt, and moods of songs."""

MAX_JOURNEY = 1000
"""Songs in a journey: each takes a search of its own."""

MAX_SEED = 1 << 53
"""Every JSON reader represents whole numbers up to this one exactly."""

_FAMILIARITIES = tuple(FAMILIARITY)
_COUNT_HINT = f"leave it out for {DEFAULT_COUNT} songs"
_SEED_HINT = "leave it out for the best songs"


@dataclass(frozen=True)
class Query:
    """A request for songs.

    Attributes:
        subject: what the songs are for: a mood, an expression, or one of `SUBJECTS`.
        n: how many songs; None: all songs of the catalogue, best first.
        ranking: how songs are ranked, one of `RANKINGS`.
        policy: what the listener wants with the mood, one of
            `mien.recommendation.target.POLICIES`.
        familiarity: how much it counts that people know a song, one of `FAMILIARITY`.
        languages: ISO 639-1 codes of the listener's languages; songs that are known to be in others
            come later. None: the language does not matter.
        to: the end of a journey that starts at the subject and takes n even steps, at most
            `MAX_JOURNEY`.
        where: conditions that each song must meet.
        like: ids of songs; songs like these rank higher, these themselves are left out.
        never: ids of songs to leave out, together with other versions of them.
        personal: whether the listener's feedback counts.
        seed: None: the best songs. A number from 0 to `MAX_SEED`: others that fit nearly as well,
            the same ones for the same seed.
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
    familiarity: str = DEFAULT_FAMILIARITY
    languages: tuple[str, ...] = ()
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
        if self.to is not None:
            put("to", _subject(self.to))
        _require_choice("ranking", self.ranking, RANKINGS, RankingError)
        _require_choice("policy", self.policy, POLICIES, PolicyError)
        _require_choice("familiarity", self.familiarity, _FAMILIARITIES, FamiliarityError)
        put("languages", _languages(self.languages))
        if self.n is not None:
            put("n", _whole_number("n", self.n, CountError, _COUNT_HINT, lowest=1))
        if self.seed is not None:
            limits = {"lowest": 0, "highest": MAX_SEED}
            put("seed", _whole_number("seed", self.seed, SeedError, _SEED_HINT, **limits))
        put("like", as_texts("like", self.like, QueryError))
        put("never", frozenset(as_texts("never", self.never, QueryError)))
        _require_type("where", self.where, Filter, FilterError, "give a mien.Filter")
        _require_type("personal", self.personal, bool, QueryError, "give True or False")
        if self.catalogue is not None:
            _require_type("catalogue", self.catalogue, str, QueryError, "give its name")
        if self.to is not None:
            self._validate_journey()

    def _validate_journey(self) -> None:
        if self.policy != DEFAULT_POLICY:
            raise JourneyError(
                f"a journey ends where you choose, so the policy {self.policy!r} cannot apply",
                "leave out the policy or the end",
            )
        if self.n is None:
            raise JourneyError("a journey needs a number of songs", "choose one")
        if self.n > MAX_JOURNEY:
            raise JourneyError(
                f"a journey has at most {MAX_JOURNEY} songs, got {self.n}", "ask for fewer"
            )


def require_subject(name: str) -> str:
    """Validate the name of an emotion or mood, and return it in lower case.

    Raises:
        MoodError: songs cannot be chosen for it.

    >>> require_subject("Calm")
    'calm'
    """
    if name.lower() not in SUBJECTS:
        raise MoodError(
            f"there is no emotion or mood called {name!r}", f"use {', '.join(SUBJECTS)}"
        )
    return name.lower()


def _subject(value: Subject) -> Subject:
    if isinstance(value, str):
        return require_subject(value)
    if isinstance(value, Mood):
        return value
    if not isinstance(value, _expression_type()):
        raise MoodError(
            f"songs cannot be chosen for a value of type {type(value).__name__}",
            "give an expression, a mien.Mood, or the name of an emotion",
        )
    p = value.probabilities
    if len(p) != len(EMOTIONS) or min(p) < 0 or not 0 < sum(p) < math.inf:  # NaN has no sum
        raise MoodError(
            f"an expression cannot have the probabilities {p!r}",
            f"give one of 0 or more for each of {', '.join(EMOTIONS)}",
        )
    return value


def _languages(value: object) -> tuple[str, ...]:
    codes = tuple(dict.fromkeys(c.lower() for c in as_texts("languages", value, LanguageError)))
    for code in codes:
        if not (len(code) == 2 and code.isascii() and code.isalpha()):
            raise LanguageError(
                f"{code!r} is not the code of a language", "use ISO 639-1 codes, such as en or pt"
            )
    return codes


@cache
def _expression_type() -> type[Expression]:
    from mien.face.expression import Expression  # late: it needs NumPy

    return Expression


def _whole_number(
    name: str,
    value: object,
    error: type[QueryError],
    hint: str,
    *,
    lowest: int,
    highest: int | None = None,
) -> int:
    """A whole number in range; 5.0 is one."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise error(f"{name} must be a whole number, got {value!r}", hint)
    number = int(value)
    if number < lowest:
        raise error(f"{name} must be {lowest} or more, got {number}", hint)
    if highest is not None and number > highest:
        raise error(f"{name} must be {highest} or less, got {number}", hint)
    return number


def _require_choice(
    name: str, value: object, choices: tuple[str, ...], error: type[QueryError]
) -> None:
    if value not in choices:
        raise error(f"there is no {name} called {value!r}", f"use {', '.join(choices)}")


def _require_type(
    name: str, value: object, expected: type, error: type[QueryError], hint: str
) -> None:
    if not isinstance(value, expected):
        raise error(f"{name} cannot be {value!r}", hint)

"""Conditions on the songs that a query returns."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING

from mien.errors import FilterError, QueryError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from mien.catalogue.songs import Catalogue

MAX_POPULARITY = 100.0


@dataclass(frozen=True)
class Filter:
    """Conditions on songs; a song must meet all of them.

    A condition on popularity or length excludes songs whose popularity or length is unknown.

    Attributes:
        genres: at least one of these genres; empty: any.
        without: none of these genres.
        clean: not marked as explicit.
        popularity: from lowest to highest; songs have 0 (obscure) to 100.
        minutes: from shortest to longest.

    Raises:
        FilterError: bounds that are not two numbers in order, or that no song can meet; genres
            that are not text.

    >>> Filter(genres="rock", minutes=[2, 5])
    Filter(genres=('rock',), without=(), clean=False, popularity=None, minutes=(2.0, 5.0))
    """

    genres: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    clean: bool = False
    popularity: tuple[float, float] | None = None
    minutes: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        def put(name: str, value: object) -> None:
            object.__setattr__(self, name, value)

        put("genres", as_texts("genres", self.genres, FilterError))
        put("without", as_texts("without", self.without, FilterError))
        if not isinstance(self.clean, bool):
            raise FilterError(f"clean cannot be {self.clean!r}", "give True or False")
        put("popularity", _bounds("popularity", self.popularity, MAX_POPULARITY))
        put("minutes", _bounds("minutes", self.minutes, math.inf))

    def mask(self, catalogue: Catalogue) -> npt.NDArray[np.bool_]:
        """The songs that pass, bool [n].

        Raises:
            NoSuchGenreError: the catalogue lacks a genre.
        """
        import numpy as np

        passes = np.ones(len(catalogue), dtype=bool)
        if self.genres:
            passes &= catalogue.in_genres(self.genres)
        if self.without:
            passes &= ~catalogue.in_genres(self.without)
        if self.clean:
            passes &= catalogue.column("explicit") != 1  # NaN, unknown, passes
        for name, bounds, unit in (
            ("popularity", self.popularity, 1),
            ("duration", self.minutes, 60),
        ):
            if bounds is not None:
                values = catalogue.column(name)
                passes &= (values >= bounds[0] * unit) & (values <= bounds[1] * unit)
        return passes


def as_texts(name: str, value: object, error: type[QueryError]) -> tuple[str, ...]:
    """A field that holds texts as a tuple; a single text counts as one of them.

    Raises:
        QueryError: (`error`) it holds something else.
    """
    if isinstance(value, str):
        return (value,)
    if isinstance(value, Iterable):
        texts = tuple(value)
        if all(isinstance(text, str) for text in texts):
            return texts
    raise error(f"{name} must hold texts, got {value!r}", "give a list of them")


def _bounds(name: str, value: object, highest: float) -> tuple[float, float] | None:
    if value is None:
        return None
    try:
        low, high = (_number(bound) for bound in value)  # type: ignore[attr-defined]
    except (TypeError, ValueError, OverflowError):
        raise FilterError(
            f"{name} must be two numbers, got {value!r}", "give the lowest and the highest"
        ) from None
    if not 0 <= low <= min(high, highest):
        limit = "" if highest == math.inf else f" from 0 to {highest:g}"
        raise FilterError(
            f"no song can have {name} from {low:g} to {high:g}",
            f"give two numbers{limit}, the lower one first",
        )
    return low, high


def _number(value: object) -> float:
    if not isinstance(value, Real):
        raise TypeError
    return float(value)


NO_FILTER = Filter()
"""Every song passes."""

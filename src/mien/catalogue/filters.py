"""Which songs of a catalogue a query may return."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mien.errors import FilterError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from mien.catalogue.songs import Catalogue

MAX_POPULARITY = 100.0


@dataclass(frozen=True)
class Filter:
    """Conditions on songs; a song must meet all of them.

    Where a catalogue lacks the popularity or length of a song, a filter on it excludes the song.

    Attributes:
        genres: only songs of any of these; empty: of all.
        without: none of these genres.
        clean: exclude songs marked as explicit.
        popularity: lowest and highest, in [0, 100]; 0 is obscure.
        minutes: shortest and longest.

    Raises:
        FilterError: bounds that are not two numbers in order, or out of range.

    >>> Filter(genres="rock", minutes=[2, 5])
    Filter(genres=('rock',), without=(), clean=False, popularity=None, minutes=(2.0, 5.0))
    """

    genres: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    clean: bool = False
    popularity: tuple[float, float] | None = None
    minutes: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        for name in ("genres", "without"):  # lists are accepted, too, and a single genre
            value = getattr(self, name)
            object.__setattr__(self, name, (value,) if isinstance(value, str) else tuple(value))
        object.__setattr__(
            self, "popularity", _bounds("popularity", self.popularity, MAX_POPULARITY)
        )
        object.__setattr__(self, "minutes", _bounds("minutes", self.minutes, math.inf))

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


def _bounds(name: str, bounds: object, highest: float) -> tuple[float, float] | None:
    if bounds is None:
        return None
    try:
        low, high = (float(bound) for bound in bounds)  # type: ignore[attr-defined]
    except (TypeError, ValueError):
        raise FilterError(
            f"{name} must be two numbers, got {bounds!r}", "give the lowest and the highest"
        ) from None
    if not 0 <= low <= min(high, highest):
        limit = "" if highest == math.inf else f" from 0 to {highest:g}"
        raise FilterError(
            f"no song can have {name} from {low:g} to {high:g}",
            f"give two numbers{limit}, the lower one first",
        )
    return low, high


NO_FILTER = Filter()
"""Every song passes."""

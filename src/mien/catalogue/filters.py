"""Which songs of a catalogue may be recommended."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mien.catalogue.songs import Catalogue
from mien.errors import MoodError


@dataclass(frozen=True)
class Filter:
    """Which songs may come.

    Where a catalogue does not say how popular or long a song is, a filter on that leaves it out.

    Attributes:
        genres: only songs of any of these; empty: of all.
        without: none of these genres.
        clean: leave out songs that are marked as explicit.
        popularity: from and to, in [0, 100]; 0 is obscure.
        minutes: from and to.
        never: ids of songs that must not come, nor other versions of them: disliked, or just heard.

    Raises:
        MoodError: a range that is none, or holds nothing.
    """

    genres: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    clean: bool = False
    popularity: tuple[float, float] | None = None
    minutes: tuple[float, float] | None = None
    never: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        for name in ("genres", "without"):  # lists are welcome, too, and a single one
            value = getattr(self, name)
            object.__setattr__(self, name, (value,) if isinstance(value, str) else tuple(value))
        object.__setattr__(self, "never", frozenset(self.never))
        for name, most in (("popularity", 100.0), ("minutes", math.inf)):
            bounds = getattr(self, name)
            if bounds is None:
                continue
            try:
                low, high = bounds
                fits = 0 <= low <= min(high, most)
            except (TypeError, ValueError):
                raise MoodError(f"{name} is {bounds!r}", "give two numbers, from and to") from None
            if not fits:
                to = "" if most == math.inf else f" from 0 to {most:g}"
                raise MoodError(
                    f"{name} from {low:g} to {high:g} holds no song",
                    f"give two numbers{to}, the lower one first",
                )
            object.__setattr__(self, name, (low, high))

    def mask(self, catalogue: Catalogue) -> npt.NDArray[np.bool_]:
        """Which of a catalogue's songs may come, bool [n]; `never` aside.

        Raises:
            NotFoundError: the catalogue does not know a genre.
        """
        fits = np.ones(len(catalogue), dtype=bool)
        if self.genres:
            fits &= catalogue.in_genres(self.genres)
        if self.without:
            fits &= ~catalogue.in_genres(self.without)
        if self.clean:
            fits &= catalogue.column("explicit") != 1  # NaN: nobody says
        for name, bounds, unit in (
            ("popularity", self.popularity, 1),
            ("duration", self.minutes, 60),
        ):
            if bounds is not None:
                values = catalogue.column(name)
                fits &= (values >= bounds[0] * unit) & (values <= bounds[1] * unit)
        return fits

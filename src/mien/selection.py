"""Which songs may come, and six of them that are not six times the same."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mien.catalogue.songs import Catalogue, Kind
from mien.errors import MoodError

POOL = 10
"""n songs are chosen among the n x POOL that fit best."""

LOSS = 0.05
"""How much lower than the n-th best a chosen song's score may be."""


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
                raise MoodError(f"{name} is {bounds!r}; give two numbers, from and to.") from None
            if not fits:
                to = "" if most == math.inf else f" from 0 to {most:g}"
                raise MoodError(
                    f"{name} from {low:g} to {high:g} holds no song; give two numbers{to}, the "
                    "lower one first."
                )
            object.__setattr__(self, name, (low, high))

    def mask(self, catalogue: Catalogue) -> npt.NDArray[np.bool_]:
        """Which of a catalogue's songs may come, bool [n]; `never` aside.

        Raises:
            NotThereError: the catalogue does not know a genre.
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


def various(kinds: Iterable[Kind], n: int) -> list[int]:
    """The places of n songs that come early and differ: one an artist, and where enough songs are
    there, a third of one genre and half of one decade at most (at least one each).

    Args:
        kinds: of the songs in the order of preference; the first always comes. No more are taken
            from it than are needed.
        n: how many, at least 1.

    Returns:
        Places in `kinds`, in the order of preference; fewer than n where there are fewer.
    """
    seen: list[Kind] = []
    chosen: list[int] = []
    artists: set[int] = set()
    genres: defaultdict[int, int] = defaultdict(int)
    decades: defaultdict[int, int] = defaultdict(int)
    most_of_genre, most_of_decade = math.ceil(n / 3), math.ceil(n / 2)

    def has_other_artists(kind: Kind) -> bool:
        return artists.isdisjoint(kind.artists)

    def differs(kind: Kind) -> bool:
        return (
            has_other_artists(kind)
            and (kind.genre < 0 or genres[kind.genre] < most_of_genre)
            and (kind.decade < 0 or decades[kind.decade] < most_of_decade)
        )

    def take(place: int) -> None:
        kind = seen[place]
        chosen.append(place)
        artists.update(kind.artists)
        genres[kind.genre] += 1
        decades[kind.decade] += 1

    for kind in kinds:
        seen.append(kind)
        if differs(kind):
            take(len(seen) - 1)
            if len(chosen) == n:
                return chosen
    for suits in (has_other_artists, lambda _: True):
        left = sorted(set(range(len(seen))) - set(chosen))
        for place in left:
            if len(chosen) < n and suits(seen[place]):
                take(place)
    return sorted(chosen)

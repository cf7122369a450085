"""Which songs may come, and six of them that are not six times the same."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from mien.catalogue.store import Catalogue, Song
from mien.errors import MoodError
from mien.nearest import Allows

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
        never: ids of songs that must not come: disliked, or just heard.

    Raises:
        MoodError: a range that holds nothing.
    """

    genres: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    clean: bool = False
    popularity: tuple[float, float] | None = None
    minutes: tuple[float, float] | None = None
    never: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        for name, bounds in (("popularity", self.popularity), ("minutes", self.minutes)):
            if bounds is not None and not 0 <= bounds[0] <= bounds[1]:
                raise MoodError(
                    f"{name} from {bounds[0]:g} to {bounds[1]:g} holds no song; give the lower "
                    "number first."
                )

    def of(self, catalogue: Catalogue) -> Allows | None:
        """Which of a catalogue's songs may come; None for all of them.

        Raises:
            CatalogueError: the catalogue does not know a genre.
        """
        if self == Filter():
            return None
        genres = catalogue.in_genres(self.genres) if self.genres else None
        without = catalogue.in_genres(self.without) if self.without else None
        explicit = catalogue.column("explicit") if self.clean else None
        spans = []
        if self.popularity is not None:
            spans.append((catalogue.column("popularity"), *self.popularity))
        if self.minutes is not None:
            low, high = self.minutes
            spans.append((catalogue.column("duration"), low * 60, high * 60))
        never = catalogue.rows_of(self.never)

        def allows(rows: np.ndarray) -> np.ndarray:
            fits = np.isin(rows, never, invert=True)
            if genres is not None:
                fits &= genres[rows]
            if without is not None:
                fits &= ~without[rows]
            if explicit is not None:
                fits &= explicit[rows] != 1  # NaN: nobody says
            for values, low, high in spans:
                fits &= (values[rows] >= low) & (values[rows] <= high)
            return fits

        return allows


def various(songs: Iterable[Song], n: int) -> list[int]:
    """The places of n songs that come early and differ: one an artist, and where enough songs are
    there, a third of one genre and half of one decade at most (at least one each).

    Args:
        songs: in the order of preference; the first always comes. No more are taken from it than
            are needed.
        n: how many, at least 1.

    Returns:
        Places in `songs`, in the order of preference; fewer than n where there are fewer.
    """
    seen: list[Song] = []
    chosen: list[int] = []
    artists: set[str] = set()
    genres: Counter[str] = Counter()
    decades: Counter[int] = Counter()

    def has_other_artists(song: Song) -> bool:
        return artists.isdisjoint(a.lower() for a in song.artists)

    def differs(song: Song) -> bool:
        return (
            has_other_artists(song)
            and all(genres[genre] < math.ceil(n / 3) for genre in song.genres[:1])
            and (song.year is None or decades[song.year // 10] < math.ceil(n / 2))
        )

    def take(place: int) -> None:
        song = seen[place]
        chosen.append(place)
        artists.update(a.lower() for a in song.artists)
        genres.update(song.genres[:1])
        if song.year is not None:
            decades[song.year // 10] += 1

    for song in songs:
        seen.append(song)
        if differs(song):
            take(len(seen) - 1)
            if len(chosen) == n:
                break
    for suits in (has_other_artists, lambda _: True):
        left = sorted(set(range(len(seen))) - set(chosen))
        for place in left:
            if len(chosen) < n and suits(seen[place]):
                take(place)
    return sorted(chosen)


def in_parts(
    rows: np.ndarray, fetch: Callable[[np.ndarray], list[Song]], size: int
) -> Iterator[Song]:
    """The songs at these rows, fetched as they are needed."""
    for start in range(0, len(rows), size):
        yield from fetch(rows[start : start + size])

"""Six songs that are not six times the same."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable

from mien.catalogue.songs import Kind

POOL = 10
"""n songs are chosen among the n x POOL that fit best."""


LOSS = 0.05
"""How much lower than the n-th best a chosen song's score may be."""


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

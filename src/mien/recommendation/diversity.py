"""Songs that fit, but are not all alike."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable

from mien.catalogue.songs import Kind

POOL = 10
"""n songs are chosen from the n x POOL best."""

LOSS = 0.05
"""How far below the n-th best score a chosen song's score may lie."""


def diversify(kinds: Iterable[Kind], n: int) -> list[int]:
    """Choose n songs that come early and differ.

    One an artist and, where there are enough songs, at most a third of one genre and half of one
    decade (at least one each).

    Args:
        kinds: of the songs, in order of preference; the first is always chosen. No more are
            consumed than needed.
        n: how many, at least 1.

    Returns:
        Indices into `kinds`, ascending; fewer than n where there are fewer songs.

    >>> diversify([Kind((1,), 7, 199), Kind((1,), 8, 200), Kind((2,), 9, 201)], 2)
    [0, 2]
    """
    seen: list[Kind] = []
    chosen: list[int] = []
    artists: set[int] = set()
    genres: defaultdict[int, int] = defaultdict(int)
    decades: defaultdict[int, int] = defaultdict(int)
    max_of_genre, max_of_decade = math.ceil(n / 3), math.ceil(n / 2)

    def has_new_artists(kind: Kind) -> bool:
        return artists.isdisjoint(kind.artists)

    def differs(kind: Kind) -> bool:
        return (
            has_new_artists(kind)
            and (kind.genre < 0 or genres[kind.genre] < max_of_genre)
            and (kind.decade < 0 or decades[kind.decade] < max_of_decade)
        )

    def choose(index: int) -> None:
        kind = seen[index]
        chosen.append(index)
        artists.update(kind.artists)
        genres[kind.genre] += 1
        decades[kind.decade] += 1

    for kind in kinds:
        seen.append(kind)
        if differs(kind):
            choose(len(seen) - 1)
            if len(chosen) == n:
                return chosen
    for fits in (has_new_artists, lambda _: True):
        for index in sorted(set(range(len(seen))) - set(chosen)):
            if len(chosen) < n and fits(seen[index]):
                choose(index)
    return sorted(chosen)

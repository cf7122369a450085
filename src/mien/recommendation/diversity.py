"""Choose songs that differ among those that fit."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable

from mien.catalogue.songs import Kind

POOL = 10
"""n songs are chosen from the n x POOL best."""


def diversify(kinds: Iterable[Kind], n: int) -> list[int]:
    """Choose n early songs that differ.

    No artist has two, no genre more than a third (rounded up) and no decade more than half. Where
    that leaves too few songs, the limits on genre and decade go first, then the one on artists.

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
    genre_limit, decade_limit = math.ceil(n / 3), math.ceil(n / 2)

    def has_new_artists(kind: Kind) -> bool:
        return artists.isdisjoint(kind.artists)

    def differs(kind: Kind) -> bool:
        return (
            has_new_artists(kind)
            and (kind.genre < 0 or genres[kind.genre] < genre_limit)
            and (kind.decade < 0 or decades[kind.decade] < decade_limit)
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

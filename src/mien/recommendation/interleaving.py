"""Mix the songs of two rankings for a blind comparison."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mien.catalogue.song import Song
from mien.recommendation.results import Recommendations


@dataclass(frozen=True)
class Pick:
    """A song and the name of the ranking that picked it."""

    song: Song
    ranking: str


def interleave(one: Recommendations, other: Recommendations, n: int, seed: int) -> list[Pick]:
    """Team-draft interleaving (Radlinski et al. 2008).

    In each round both rankings, in random order, pick their best song that is not picked yet.

    Args:
        one, other: the songs of two rankings for one mood, best first.
        n: how many songs in all.
        seed: of the random order.

    Returns:
        At most n songs, none twice. While neither ranking runs out, each has the same number of
        picks, or one more than the other.
    """
    random = np.random.default_rng(seed)
    left = {r.ranking: [song.song for song in r] for r in (one, other)}
    names = list(left)
    picks: list[Pick] = []
    picked: set[str] = set()
    while len(picks) < n and any(left.values()):
        for name in random.permutation(names):
            fresh = [song for song in left[name] if song.id not in picked]
            left[name] = fresh[1:]
            if fresh and len(picks) < n:
                picked.add(fresh[0].id)
                picks.append(Pick(fresh[0], str(name)))
    return picks

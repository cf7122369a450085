"""Two rankings in one list, blind: the listener rates songs without knowing which chose which."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mien.catalogue.songs import Song
from mien.recommendation.results import Recommendations


@dataclass(frozen=True)
class Arm:
    """A song and the ranking that chose it."""

    song: Song
    ranking: str


def interleaved(one: Recommendations, other: Recommendations, n: int, seed: int) -> list[Arm]:
    """Team-draft interleaving (Radlinski et al. 2008).

    In each round the two rankings, in an order that is drawn, take the best song of theirs that is
    not taken yet.

    Args:
        one, other: the songs of two rankings for one mood, best first.
        n: how many songs in all.
        seed: of the draw.

    Returns:
        At most n songs, none twice; each ranking has the same number, or one more than the other.
    """
    random = np.random.default_rng(seed)
    left = {r.ranking: [song.song for song in r] for r in (one, other)}
    names = list(left)
    arms: list[Arm] = []
    taken: set[str] = set()
    while len(arms) < n and any(left.values()):
        for name in random.permutation(names):
            fresh = [song for song in left[name] if song.id not in taken]
            left[name] = fresh[1:]
            if fresh and len(arms) < n:
                taken.add(fresh[0].id)
                arms.append(Arm(fresh[0], str(name)))
    return arms

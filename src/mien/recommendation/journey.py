"""Songs on the way from one mood to another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mien.catalogue.songs import Catalogue
from mien.mood import Mood
from mien.recommendation.index import Allows
from mien.recommendation.rankings.base import Ranking, Scores
from mien.recommendation.target import interpolate

Search = Callable[[Mood, Allows], tuple[np.ndarray, Scores]]
"""Mood, allowed rows -> rows that fit it and their scores, best first."""


@dataclass(frozen=True)
class Step:
    """One song of a journey.

    Attributes:
        row: the song's.
        mood: the target of this step.
        score: of the song for that target.
    """

    row: int
    mood: Mood
    score: float


def plan_journey(
    catalogue: Catalogue,
    search: Search,
    start: Mood,
    end: Mood,
    n: int,
    *,
    allows: Allows | None = None,
    seed: int | None = None,
) -> list[Step]:
    """One song for each of n even steps from start to end: the best by an artist not heard yet.

    Args:
        catalogue: the songs.
        search: finds songs for a step.
        start, end: the moods.
        n: how many steps.
        allows: which songs may come; None: all.
        seed: None: the best songs; a number: others that fit nearly as well.
    """
    random = None if seed is None else np.random.default_rng(seed)
    heard: list[int] = []
    artists: set[int] = set()
    steps: list[Step] = []

    def unheard(rows: np.ndarray) -> np.ndarray:
        fits = np.ones(len(rows), bool) if allows is None else allows(rows)
        for row in heard:
            fits &= rows != row
        return fits

    for i in range(n):
        mood = interpolate(start, end, i / (n - 1) if n > 1 else 1.0, catalogue.scale)
        rows, scores = search(mood, unheard)
        if not len(rows):
            continue
        order = np.arange(len(rows)) if random is None else random.permutation(len(rows))
        kinds = list(catalogue.kinds(rows[order]))
        new = (i for i, kind in enumerate(kinds) if artists.isdisjoint(kind.artists))
        chosen = next(new, 0)
        artists.update(kinds[chosen].artists)
        heard.append(int(rows[order[chosen]]))
        steps.append(Step(heard[-1], mood, float(scores[order[chosen]])))
    return steps


def put_in_order(steps: list[Step], ranking: Ranking, start: Mood, end: Mood) -> list[Step]:
    """The steps by how far their songs lie from start to end, each target staying in its place.

    Where the end lies beyond all songs, the second best song for it may lie before another.
    """
    way = ranking.position_of(end) - ranking.position_of(start)
    along = way @ ranking.positions()[:, [step.row for step in steps]]
    return [steps[i] for i in np.argsort(along, kind="stable")]

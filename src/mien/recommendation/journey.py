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
    """One song for each of n even steps from start to end: the best by a new artist, if any.

    Args:
        catalogue: the songs.
        search: finds songs for a step.
        start, end: the moods.
        n: how many steps.
        allows: the rows that are allowed; None: all.
        seed: None: the best songs; a number: others that fit nearly as well.

    Returns:
        At most n steps, no song twice; a step for which no song is left is skipped.
    """
    random = None if seed is None else np.random.default_rng(seed)
    artists: set[int] = set()
    steps: list[Step] = []

    def allows_new(rows: np.ndarray) -> np.ndarray:
        allowed = np.ones(len(rows), bool) if allows is None else allows(rows)
        for step in steps:
            allowed &= rows != step.row
        return allowed

    for i in range(n):
        mood = interpolate(start, end, i / (n - 1) if n > 1 else 1.0, catalogue.scale)
        rows, scores = search(mood, allows_new)
        if not len(rows):
            continue
        order = np.arange(len(rows)) if random is None else random.permutation(len(rows))
        kinds = list(catalogue.kinds(rows[order]))
        by_new_artists = (i for i, kind in enumerate(kinds) if artists.isdisjoint(kind.artists))
        chosen = next(by_new_artists, 0)
        artists.update(kinds[chosen].artists)
        index = order[chosen]
        steps.append(Step(int(rows[index]), mood, float(scores[index])))
    return steps


def sort_steps(steps: list[Step], ranking: Ranking, start: Mood, end: Mood) -> list[Step]:
    """The steps in the order of their songs along the line from start to end.

    Where the end lies beyond all songs, the second best song for it may lie before an earlier one.
    """
    direction = ranking.position_of(end) - ranking.position_of(start)
    along = direction @ ranking.positions()[:, [step.row for step in steps]]
    return [steps[i] for i in np.argsort(along, kind="stable")]

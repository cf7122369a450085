"""Baselines: popularity and chance."""

from __future__ import annotations

import numpy as np

from mien.catalogue.songs import Catalogue
from mien.mood import Mood
from mien.recommendation.rankings.base import Ranking, Scores


class PopularityRanking(Ranking):
    """The catalogue's popularity, whatever the mood; 0 where it is unknown."""

    name = "popularity"

    def __init__(self, catalogue: Catalogue) -> None:
        super().__init__(catalogue)
        self._shares = np.nan_to_num(catalogue.column("popularity")).clip(0, 100) / 100

    def scores(self, mood: Mood) -> Scores:
        del mood
        return self._shares.copy()


class RandomRanking(Ranking):
    """Chance; the same scores for the same mood.

    Args:
        catalogue: the songs.
        draw: the number of the draw; each gives other scores.
    """

    name = "random"

    def __init__(self, catalogue: Catalogue, draw: int = 0) -> None:
        super().__init__(catalogue)
        self._draw = draw

    def scores(self, mood: Mood) -> Scores:
        seed = np.array([mood.valence, mood.energy, mood.tempo]).view(np.uint64)
        random = np.random.default_rng([*seed, self._draw] if self._draw else seed)
        return random.random(len(self.catalogue))

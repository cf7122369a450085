"""Baselines: popularity and chance."""

from __future__ import annotations

import numpy as np

from mien.catalogue.songs import Catalogue
from mien.mood import Mood
from mien.recommendation.rankings.base import Ranking, Scores


class PopularityRanking(Ranking):
    """What most people play, whatever the mood: a baseline."""

    name = "popularity"

    def __init__(self, catalogue: Catalogue) -> None:
        super().__init__(catalogue)
        self._shares = np.nan_to_num(catalogue.column("popularity")).clip(0, 100) / 100

    def scores(self, mood: Mood) -> Scores:
        del mood
        return self._shares.copy()


class RandomRanking(Ranking):
    """Chance, the same for the same mood: a baseline.

    Args:
        catalogue: the songs.
        draw: another number, another order.
    """

    name = "random"

    def __init__(self, catalogue: Catalogue, draw: int = 0) -> None:
        super().__init__(catalogue)
        self._draw = draw

    def scores(self, mood: Mood) -> Scores:
        seed = np.array([mood.valence, mood.energy, mood.tempo]).view(np.uint64)
        random = np.random.default_rng([*seed, self._draw] if self._draw else seed)
        return random.random(len(self.catalogue))

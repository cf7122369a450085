"""Collaborative filtering: songs that share playlists with songs that fit the mood."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from mien.catalogue.songs import Catalogue
from mien.errors import NoPlaylistsError
from mien.mood import Mood
from mien.recommendation.rankings.base import Ranking, Scores
from mien.recommendation.rankings.listeners import ListenersRanking
from mien.support.arrays import Float32Array


class CollaborativeRanking(Ranking):
    """Collaborative filtering, which the paper compares with: mean similarity to six seed songs.

    The similarity is the cosine of the songs' factors (`mien.catalogue.playlists`). The six are the
    best of another ranking, `seeds`, that are in playlists. Songs in no playlist score -1 and are
    not recommended.

    Raises:
        NoPlaylistsError: the catalogue has no factors.
    """

    name = "collaborative"
    threshold = -0.99
    seed_ranking: ClassVar[type[Ranking]] = ListenersRanking

    def __init__(self, catalogue: Catalogue) -> None:
        super().__init__(catalogue)
        if catalogue.factors is None:
            raise NoPlaylistsError(
                f"the catalogue {catalogue.ref.name!r} has no playlists",
                "add some to it, or use another ranking",
            )
        self._factors = catalogue.factors
        self._known = np.asarray(self._factors.any(axis=1))
        self.seeds = self.seed_ranking(catalogue)

    def scores(self, mood: Mood) -> Scores:
        similarity = self._similarity(self._factors, mood)
        return np.where(self._known, similarity.clip(-0.98, 1), np.float32(-1))

    def similarity(self, rows: np.ndarray, mood: Mood) -> list[float]:
        """The mean similarity of the songs in these rows to the six, in [-1, 1]."""
        similarity: list[float] = self._similarity(self._factors[rows], mood).tolist()
        return similarity

    def _similarity(self, factors: Float32Array, mood: Mood) -> Float32Array:
        six, _ = self.seeds.top(mood, 6, self._known.__getitem__)
        return np.asarray((factors @ self._factors[six].T).mean(axis=1))

"""Rankings by valence, energy and tempo: the paper's cosine similarity and two like it."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from mien.catalogue.quantiles import STEPS
from mien.catalogue.songs import Catalogue
from mien.mood import Mood
from mien.recommendation.rankings.base import Ranking, Scores, unit_columns


class PaperRanking(Ranking):
    """The paper's: cosine similarity of min-max normalised (valence, tempo, energy), at least 0.85.

    The mood is normalised with the catalogue's extremes, too. A feature with the same value in all
    songs becomes 0, as in scikit-learn's `minmax_scale`.
    """

    name = "paper"
    mood_table = "paper"
    threshold = 0.85
    as_published = True

    def __init__(self, catalogue: Catalogue) -> None:
        super().__init__(catalogue)
        features = np.stack([catalogue.valence, catalogue.tempo, catalogue.energy])
        self._low = features.min(axis=1, keepdims=True)
        span = features.max(axis=1, keepdims=True) - self._low
        self._span = np.where(span > 0, span, 1.0)
        self._directions = unit_columns((features - self._low) / self._span)  # [3, n]

    def scores(self, mood: Mood) -> Scores:
        target = np.array([[mood.valence], [mood.tempo], [mood.energy]])
        similarity: Scores = (
            unit_columns((target - self._low) / self._span)[:, 0] @ self._directions
        )
        return similarity


class NearnessRanking(Ranking):
    """1 minus the distance to the mood in the catalogue's quantiles, as a share of the largest one.

    Quantiles spread each feature evenly, so that none dominates the distance. Unlike with cosine
    similarity, magnitude counts as well as proportion. Tempo has half the weight, because listeners
    may feel the same music at half or double the tempo that an algorithm detects.
    """

    name = "nearness"
    weights: ClassVar[tuple[float, float, float]] = (1.0, 1.0, 0.5)

    def __init__(self, catalogue: Catalogue) -> None:
        super().__init__(catalogue)
        scale = catalogue.scale
        self._points = [
            (weight * np.interp(values, quantiles, STEPS)).astype(np.float32)
            for weight, values, quantiles in zip(
                self.weights,
                (catalogue.valence, catalogue.energy, catalogue.tempo),
                (scale.valence, scale.energy, scale.tempo),
                strict=True,
            )
        ]
        self._farthest = np.float32(np.linalg.norm(self.weights))

    def scores(self, mood: Mood) -> Scores:
        target = self.catalogue.scale.quantiles_of(mood)
        total = np.zeros(len(self.catalogue), np.float32)
        for weight, point, goal in zip(self.weights, self._points, target, strict=True):
            difference = point - np.float32(weight * goal)
            difference *= difference
            total += difference
        np.sqrt(total, out=total)
        total /= -self._farthest
        total += 1
        return total


class CosineRanking(Ranking):
    """Cosine similarity of standardised features: the paper's, about the average song, not zero.

    Valence, energy and tempo have mean 0 and deviation 1 each, so that songs on opposite sides of
    the average are dissimilar. Magnitude still does not count.
    """

    name = "cosine"

    def __init__(self, catalogue: Catalogue) -> None:
        super().__init__(catalogue)
        features = np.stack([catalogue.valence, catalogue.energy, catalogue.tempo])
        self._mean = features.mean(axis=1, keepdims=True)
        deviation = features.std(axis=1, keepdims=True)
        self._deviation = np.where(deviation > 0, deviation, 1.0)
        self._directions = unit_columns((features - self._mean) / self._deviation)

    def scores(self, mood: Mood) -> Scores:
        target = np.array([[mood.valence], [mood.energy], [mood.tempo]])
        similarity: Scores = (
            unit_columns((target - self._mean) / self._deviation)[:, 0] @ self._directions
        )
        return similarity

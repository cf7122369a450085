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

    The mood is normalised with the catalogue's extremes too. A feature that is the same for all
    songs is 0, as in scikit-learn's `minmax_scale`.
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
        self._directions = unit_columns(
            (features - self._low) / self._span
        )  # [3, n]: read row by row

    def scores(self, mood: Mood) -> Scores:
        target = np.array([[mood.valence], [mood.tempo], [mood.energy]])
        similarity: Scores = (
            unit_columns((target - self._low) / self._span)[:, 0] @ self._directions
        )
        return similarity


class NearnessRanking(Ranking):
    """1 less the distance to the mood, in the catalogue's own quantiles.

    In quantiles each feature is spread evenly, so that none rules the distance, and how much counts
    as well as in which proportion. Tempo counts half as much: the same music is felt at half and
    at double the beats that an algorithm hears.
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
    """Cosine similarity of centred features: the paper's, about the average song instead of zero.

    Each of valence, energy and tempo has mean 0 and deviation 1, so that a song on the other side
    of the average is unlike. How much still does not count.
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

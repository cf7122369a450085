"""How well each song of a catalogue fits a mood: several rankings, one interface.

A ranking is made for one catalogue and prepares what it can; it then scores all songs for any mood.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from mien.catalogue.store import Catalogue
from mien.errors import MoodError
from mien.mood import Mood
from mien.types import Float64Array

Scores = npt.NDArray[np.floating[Any]]


class Ranking(ABC):
    """Scores for all songs of one catalogue.

    Attributes:
        name: as in `--ranking`.
        mood_table: the table that turns expressions into moods for it (see `mien.mood.mood_of`).
        least: songs with a lower score are not recommended.
    """

    name: ClassVar[str]
    mood_table: ClassVar[str] = "circumplex"
    least: ClassVar[float] = -np.inf

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue

    @abstractmethod
    def scores(self, mood: Mood) -> Scores:
        """One score a song, floats [n], finite; higher is better, at most 1."""


class PaperRanking(Ranking):
    """The paper's: cosine similarity of min-max normalised (valence, tempo, energy), at least 0.85.

    The mood is normalised with the catalogue's extremes too. A feature that is the same for all
    songs is 0, as in scikit-learn's `minmax_scale`.
    """

    name = "paper"
    mood_table = "paper"
    least = 0.85

    def __init__(self, catalogue: Catalogue) -> None:
        super().__init__(catalogue)
        features = np.stack([catalogue.valence, catalogue.tempo, catalogue.energy])
        self._low = features.min(axis=1, keepdims=True)
        span = features.max(axis=1, keepdims=True) - self._low
        self._span = np.where(span > 0, span, 1.0)
        self._directions = _unit((features - self._low) / self._span)  # [3, n]: read row by row

    def scores(self, mood: Mood) -> Scores:
        target = np.array([[mood.valence], [mood.tempo], [mood.energy]])
        similarity: Scores = _unit((target - self._low) / self._span)[:, 0] @ self._directions
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
        steps = np.linspace(0, 1, 101)
        scale = catalogue.scale
        self._points = [
            (weight * np.interp(values, quantiles, steps)).astype(np.float32)
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


RANKINGS: dict[str, type[Ranking]] = {r.name: r for r in (NearnessRanking, PaperRanking)}
DEFAULT_RANKING = NearnessRanking.name


def ranking(name: str, catalogue: Catalogue) -> Ranking:
    """A ranking by name, prepared for a catalogue.

    Raises:
        MoodError: no such ranking.
    """
    if name not in RANKINGS:
        raise MoodError(f"no ranking is called {name!r}; use {' or '.join(RANKINGS)}.")
    return RANKINGS[name](catalogue)


def best(scores: Scores, count: int) -> np.ndarray:
    """The rows of the `count` highest scores, int64, best first; of equals the lower row first.

    Exact, and faster than a partition of all scores: the count-th highest of the maxima of groups
    is a bound that the wanted scores reach and few others do.
    """
    n, group = len(scores), 128
    count = min(count, n)
    groups = n // group
    if groups < 2 * count:
        return np.argsort(-scores, kind="stable")[:count]
    # A group is every `groups`-th row: the maxima are then taken over contiguous stretches.
    maxima = scores[: groups * group].reshape(group, groups).max(axis=0)
    bound = np.partition(maxima, groups - count)[groups - count]
    rows = np.flatnonzero(scores >= bound)
    return rows[np.argsort(-scores[rows], kind="stable")][:count]


def _unit(vectors: Float64Array) -> Float64Array:
    """Columns at length 1; a column of zeros stays."""
    length = np.linalg.norm(vectors, axis=0)
    return vectors / np.where(length > 0, length, 1.0)

"""How well each song of a catalogue fits a mood: what all rankings have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from mien.catalogue.songs import Catalogue
from mien.mood import Mood
from mien.recommendation.index import Allows
from mien.support.arrays import Float32Array, Float64Array

Scores = npt.NDArray[np.floating[Any]]
"""One score a song, floats [n]."""


class Ranking(ABC):
    """Scores all songs of one catalogue for a mood.

    Attributes:
        name: as in `mien.recommendation.query.RANKINGS`.
        mood_table: how expressions become moods (`mien.recommendation.target.expected_mood`).
        threshold: songs with a lower score are not recommended.
        loss: how much lower than the n-th best score one of n songs may score, so that they differ.
        as_published: whether it reproduces a publication. If so, noise and spoken word take part,
            songs are not diversified, and taste does not count.
        in_plane: whether songs for a point are found by their place in the plane of `positions`.
        axes: what the axes of that plane measure.

    Args:
        catalogue: the songs.
    """

    name: ClassVar[str]
    mood_table: ClassVar[str] = "circumplex"
    threshold: ClassVar[float] = -np.inf
    loss: ClassVar[float] = 0.05
    as_published: ClassVar[bool] = False
    in_plane: ClassVar[bool] = False
    axes: ClassVar[tuple[str, str]] = ("valence", "energy")

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue

    @abstractmethod
    def scores(self, mood: Mood) -> Scores:
        """One score a song, floats [n], finite; higher is better, at most 1."""

    def top(
        self, mood: Mood, count: int, allows: Allows | None = None
    ) -> tuple[np.ndarray, Scores]:
        """The rows and scores of the best songs, best first; ties go to the lower row.

        Args:
            mood: the target.
            count: how many; fewer are returned where fewer are allowed.
            allows: the rows that are allowed; None: all.

        Returns:
            Rows, integers [count], and their scores, floats [count].
        """
        return best_allowed(self.scores(mood), count, allows)

    def positions(self) -> Float32Array:
        """The songs' positions in a plane of moods, float32 [2, n]."""
        return np.stack([self.catalogue.valence, self.catalogue.energy]).astype(np.float32)

    def position_of(self, mood: Mood) -> Float32Array:
        """A mood's position in that plane, float32 [2]."""
        return np.array([mood.valence, mood.energy], np.float32)


def best(scores: Scores, count: int) -> np.ndarray:
    """The rows of the `count` highest scores, int64, best first; ties go to the lower row.

    Exact, and faster than a partition of all scores: the `count`-th highest of the maxima of groups
    of scores is a bound that the highest scores reach and few others do.

    >>> best(np.array([0.1, 0.9, 0.5, 0.9]), 3)
    array([1, 3, 2])
    """
    n, group = len(scores), 128
    count = min(count, n)
    groups = n // group
    if not count or groups < 2 * count:
        return np.argsort(-scores, kind="stable")[:count]
    # A group is every `groups`-th row, so that the maxima are taken over contiguous memory.
    maxima = scores[: groups * group].reshape(group, groups).max(axis=0)
    bound = np.partition(maxima, groups - count)[groups - count]
    rows = np.flatnonzero(scores >= bound)
    return rows[np.argsort(-scores[rows], kind="stable")][:count]


def best_allowed(
    scores: Scores, count: int, allows: Allows | None = None
) -> tuple[np.ndarray, Scores]:
    """The rows and scores of the best songs among those allowed, as in `Ranking.top`."""
    if allows is None:
        rows = best(scores, count)
    else:
        allowed = np.flatnonzero(allows(np.arange(len(scores))))
        rows = allowed[best(scores[allowed], count)]
    return rows, scores[rows]


def unit_columns(vectors: Float64Array) -> Float64Array:
    """Columns scaled to length 1; a column of zeros stays."""
    length = np.linalg.norm(vectors, axis=0)
    return vectors / np.where(length > 0, length, 1.0)

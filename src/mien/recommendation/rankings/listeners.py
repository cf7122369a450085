"""Nearness in the valence and arousal that listeners would give a song."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mien.catalogue.perceived import FEATURES, perceived_model
from mien.catalogue.songs import Catalogue
from mien.mood import Mood
from mien.recommendation.index import Allows, PlaneIndex, distances
from mien.recommendation.rankings.base import Ranking, Scores
from mien.support.arrays import Float32Array

STRENGTH = 2.5
"""How many times farther from the median than the mood's quantile the target lies.

Estimates from features correlate with what listeners hear by about 0.5 (valence) and 0.6 (arousal),
so songs that listeners hear alike have scattered estimates. Chosen with
`mien.research.fit.listeners`.
"""

_SPAN = np.float32(4 * np.sqrt(2))  # standard deviations over which a score falls from 1 to 0


_HIGHEST = 0.99  # shares are rounded, and no song is happier than itself


class Standing(NamedTuple):
    """Shares of a catalogue's songs, in [0, 0.99], than which a song or a mood is..."""

    happier: float
    sadder: float
    livelier: float
    calmer: float


class ListenersRanking(Ranking):
    """Nearness in the valence and arousal that listeners would give a song
    (`mien.catalogue.perceived`).

    The target lies on the line from the median song through the song at the mood's quantile,
    `STRENGTH` times as far out: a middling mood gets middling songs, and the farther a mood is from
    the middle, the more extreme its songs.
    """

    name = "listeners"
    in_plane = True
    axes = ("valence, as listeners would tag it (sd)", "arousal, as listeners would tag it (sd)")

    def __init__(self, catalogue: Catalogue) -> None:
        super().__init__(catalogue)
        perceived = perceived_model().predict(catalogue.features(FEATURES), catalogue.genre_rows())
        self._index = PlaneIndex(np.ascontiguousarray(perceived.T, dtype=np.float32))
        self._sorted = np.sort(self._index.points, axis=1)

    def scores(self, mood: Mood) -> Scores:
        return _score(distances(self._index.points, self.position_of(mood)))

    def top(
        self, mood: Mood, count: int, allows: Allows | None = None
    ) -> tuple[np.ndarray, Scores]:
        rows, found = self._index.nearest(self.position_of(mood), count, allows)
        return rows, _score(found)

    def positions(self) -> Float32Array:
        return self._index.points

    def position_of(self, mood: Mood) -> Float32Array:
        quantiles = self.catalogue.scale.quantiles_of(mood)
        return np.array(
            [target(values, q) for values, q in zip(self._sorted, quantiles, strict=False)],
            np.float32,
        )

    def standings(self, positions: Float32Array) -> list[Standing]:
        """How positions [2, k] compare with the catalogue's songs."""
        n = len(self.catalogue)
        shares = []
        for values, at in zip(self._sorted, positions, strict=True):
            below, upto = values.searchsorted(at), values.searchsorted(at, "right")
            shares += [np.minimum(below / n, _HIGHEST), np.minimum(1 - upto / n, _HIGHEST)]
        return [Standing(*each) for each in np.stack(shares, axis=1).tolist()]


def target(ordered: npt.NDArray[np.floating[Any]], quantile: float) -> float:
    """Where along one axis the songs for a mood are searched.

    Args:
        ordered: the coordinates of all songs, ascending, floats [n], n >= 1.
        quantile: of the mood, in [0, 1].

    >>> target(np.array([0.0, 1.0, 2.0]), 0.5), target(np.array([0.0, 1.0, 2.0]), 1.0)
    (1.0, 3.5)
    """

    def at(share: float) -> float:
        exact = share * (len(ordered) - 1)
        low = int(exact)
        here = float(ordered[low])
        above = float(ordered[min(low + 1, len(ordered) - 1)])
        return here + (exact - low) * (above - here)

    median = at(0.5)
    return median + STRENGTH * (at(quantile) - median)


def _score(distance: Float32Array) -> Scores:
    return 1 - distance / _SPAN

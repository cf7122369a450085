"""Nearness in the valence and arousal that listeners would perceive in a song."""

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

Estimates from features correlate with what listeners perceive by about 0.5 (valence) and 0.6
(arousal), so the estimates of songs that listeners perceive alike are scattered. Chosen with
`mien.research.fit.listeners`.
"""

_SPAN = np.float32(4 * np.sqrt(2))
"""The distance, in standard deviations, over which a score falls from 1 to 0."""


class Standing(NamedTuple):
    """Shares of a catalogue's songs, in [0, 1], than which a song or a mood is..."""

    happier: float
    sadder: float
    livelier: float
    calmer: float


class ListenersRanking(Ranking):
    """Nearness in the valence and arousal that listeners would perceive in a song.

    Both are estimated by `mien.catalogue.perceived`. The target lies on the line from the median
    through the mood's quantile, `STRENGTH` times as far out: a middling mood gets middling songs,
    and the farther a mood is from the middle, the more extreme its songs.
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
        valence, energy, _ = self.catalogue.scale.quantiles_of(mood)
        valences, energies = self._sorted
        return np.array([extrapolate(valences, valence), extrapolate(energies, energy)], np.float32)

    def standings(self, positions: Float32Array) -> list[Standing]:
        """How positions, float32 [2, k], compare with those of the catalogue's songs."""
        n = len(self.catalogue)
        counts = [
            values.searchsorted(at, side).tolist()
            for values, at in zip(self._sorted, positions, strict=True)
            for side in ("left", "right")
        ]
        return [
            Standing(below_v / n, 1 - upto_v / n, below_a / n, 1 - upto_a / n)
            for below_v, upto_v, below_a, upto_a in zip(*counts, strict=True)
        ]


def extrapolate(coordinates: npt.NDArray[np.floating[Any]], quantile: float) -> float:
    """The coordinate `STRENGTH` times as far from the median as a quantile.

    Args:
        coordinates: those of all songs along one axis, ascending, floats [n], n >= 1.
        quantile: in [0, 1].

    >>> extrapolate(np.array([0.0, 1.0, 2.0]), 0.5), extrapolate(np.array([0.0, 1.0, 2.0]), 1.0)
    (1.0, 3.5)
    """

    def at(share: float) -> float:
        exact = share * (len(coordinates) - 1)
        low = int(exact)
        here = float(coordinates[low])
        above = float(coordinates[min(low + 1, len(coordinates) - 1)])
        return here + (exact - low) * (above - here)

    median = at(0.5)
    return median + STRENGTH * (at(quantile) - median)


def _score(distance: Float32Array) -> Scores:
    return 1 - distance / _SPAN

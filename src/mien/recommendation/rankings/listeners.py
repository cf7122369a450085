"""Nearness in the valence and arousal that listeners would give a song."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from mien.catalogue.perceived import FEATURES, perceived_model
from mien.catalogue.songs import Catalogue, Song
from mien.mood import Mood
from mien.recommendation.plane import Allows, Plane, distances
from mien.recommendation.rankings.base import Ranking, Scores
from mien.support.arrays import Float32Array

STRENGTH = 2.5
"""How much farther from the middle than a mood the songs for it are looked for. What features tell
of a song correlates with what listeners hear by about 0.5 (valence) and 0.6 (arousal), so songs
that are heard alike are spread by their estimates. Chosen with `research/fit/listeners.py`."""


_ACROSS = np.float32(4 * np.sqrt(2))  # standard deviations that take a song's fit from 1 to 0


class ListenersRanking(Ranking):
    """Nearness in the valence and arousal that listeners would give the song
    (`mien.catalogue.perceived`).

    A mood stands where the song of its quantile stands among the catalogue's songs, and `STRENGTH`
    times as far from the median song: the middling mood gets middling songs; the farther a mood is
    from the middle, the farther in that direction are its songs, up to the last.
    """

    name = "listeners"
    in_plane = True

    def __init__(self, catalogue: Catalogue) -> None:
        super().__init__(catalogue)
        places = perceived_model().predict(catalogue.features(FEATURES), catalogue.genre_rows())
        self._plane = Plane(np.ascontiguousarray(places.T, dtype=np.float32))
        self._sorted = np.sort(self._plane.points, axis=1)

    def scores(self, mood: Mood) -> Scores:
        return _fit(distances(self._plane.points, self.position_of(mood)))

    def top(
        self, mood: Mood, count: int, allows: Allows | None = None
    ) -> tuple[np.ndarray, Scores]:
        rows, apart = self._plane.nearest(self.position_of(mood), count, allows)
        return rows, _fit(apart)

    def plane(self) -> tuple[Float32Array, tuple[str, str]]:
        names = (
            "valence, as listeners would tag it (sd)",
            "arousal, as listeners would tag it (sd)",
        )
        return self._plane.points, names

    def position_of(self, mood: Mood) -> Float32Array:
        quantiles = self.catalogue.scale.quantiles_of(mood)
        return np.array(
            [sought(values, q) for values, q in zip(self._sorted, quantiles, strict=False)],
            np.float32,
        )

    def characters(self, rows: np.ndarray, songs: Sequence[Song]) -> list[tuple[float, float]]:
        del songs
        return self._shares_below(self._plane.points[:, rows])

    def character_of(self, mood: Mood) -> tuple[float, float]:
        return self._shares_below(self.position_of(mood)[:, None])[0]

    def _facts(self, character: tuple[float, float], song: Song, mood: Mood) -> str:
        del mood
        gladder, livelier = character
        return (
            f"to listeners gladder than {gladder:.0%} of the songs and livelier than "
            f"{livelier:.0%}; valence {song.valence:.2f}, energy {song.energy:.2f}, "
            f"{song.tempo:.0f} BPM"
        )

    def _shares_below(self, places: Float32Array) -> list[tuple[float, float]]:
        """The shares of the songs that are less glad, and less lively, than these places [2, k]."""
        n = len(self.catalogue)
        below = (
            values.searchsorted(at).tolist()
            for values, at in zip(self._sorted, places, strict=True)
        )
        most = 0.99  # no song is gladder than itself
        return [(min(v / n, most), min(a / n, most)) for v, a in zip(*below, strict=True)]


def sought(ordered: npt.NDArray[np.floating[Any]], quantile: float) -> float:
    """Where among these values songs for a mood of this quantile are looked for.

    Args:
        ordered: of all songs, ascending, floats [n], n >= 1.
        quantile: of the mood, in [0, 1].
    """

    def at(share: float) -> float:
        place = share * (len(ordered) - 1)
        low = int(place)
        here = float(ordered[low])
        above = float(ordered[min(low + 1, len(ordered) - 1)])
        return here + (place - low) * (above - here)

    middle = at(0.5)
    return middle + STRENGTH * (at(quantile) - middle)


def _fit(apart: Float32Array) -> Scores:
    """1 less the distance, as part of the longest one that moods can be apart."""
    return 1 - apart / _ACROSS

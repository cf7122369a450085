"""How probable it is that listeners hear a mood in a song, and how known the song is."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mien.catalogue.moods import perceive_moods
from mien.catalogue.perceived import places
from mien.catalogue.songs import Catalogue
from mien.mood import Mood
from mien.recommendation.index import Allows, BlockIndex
from mien.recommendation.rankings.base import Ranking, Scores
from mien.recommendation.rankings.moods import SONG_MOODS, familiarity, fit_of, languages_of
from mien.recommendation.target import Target
from mien.support.arrays import Float32Array

_SPREAD = 0.2
"""How far from a mood songs still fit it, in standard deviations of the catalogue's songs."""

_GENTLY = 0.3
"""How much it counts for a point that a song is known, as a share of what it counts for moods: few
songs are near a point."""


_KEPT_FACTORS = 8
_STRETCH, _EDGE = 1.4, 0.03


class Standing(NamedTuple):
    """Shares of a catalogue's songs, in [0, 1], than which a song or a mood is..."""

    happier: float
    sadder: float
    livelier: float
    calmer: float


class ListenersRanking(Ranking):
    """How probable it is that listeners hear a mood in a song, times how known the song is.

    The probabilities are those of `mien.catalogue.moods`. They saturate, so that among songs in
    which a mood is clear the known ones come first, and not the most extreme. A target without
    moods of songs is a point in the plane of valence and arousal; songs near it fit.
    """

    name = "listeners"
    in_plane = True
    loss = 0.15
    axes = ("valence, as listeners hear it (log-odds)", "arousal, as listeners hear it (log-odds)")

    def __init__(self, catalogue: Catalogue) -> None:
        super().__init__(catalogue)
        moods = perceive_moods(catalogue)
        self._probabilities = np.exp(moods)
        self._places = places(moods)
        self._sorted = np.sort(self._places, axis=1)
        self._deviation = np.maximum(self._places.std(axis=1, keepdims=True), np.float32(1e-6))
        known = familiarity(catalogue)
        self._index = BlockIndex(self._places, known)
        self._known = self._index.arrange(known, np.nan)
        self._plane = _Plane.of(self._index, self._places / self._deviation)
        self._fits: dict[str, _Blocks] = {}
        self._factors: dict[tuple[float, tuple[str, ...]], _Blocks] = {}

    def scores(self, mood: Mood) -> Scores:
        everything = np.arange(len(self._index))
        return self._index.restore(self._parts(mood).score(everything))

    def top(
        self, mood: Mood, count: int, allows: Allows | None = None
    ) -> tuple[np.ndarray, Scores]:
        parts = self._parts(mood)
        return self._index.top(parts.bounds(), parts.score, count, allows)

    def _parts(self, mood: Mood) -> _Match:
        """What a mood's scores are made of."""
        target = mood if isinstance(mood, Target) else Target(mood.valence, mood.energy, mood.tempo)
        if target.moods:
            fits = [(np.float32(weight), self._fit(name)) for name, weight in target.moods]
            return _Mixture(fits, self._factor(target.familiarity, target.languages))
        position: Float32Array = self.position_of(target) / self._deviation[:, 0]
        factor = self._factor(_GENTLY * target.familiarity, target.languages)
        return _Nearness(self._plane, position, factor)

    def _fit(self, name: str) -> _Blocks:
        """How well songs fit a mood, made when it is first needed."""
        if name not in self._fits:
            fit = fit_of(SONG_MOODS[name], self._probabilities, self.catalogue)
            self._fits[name] = _Blocks.of(self._index.arrange(fit, 1.0))
        return self._fits[name]

    def _factor(self, weight: float, languages: tuple[str, ...]) -> _Blocks:
        """What songs' scores are multiplied with for how known they are and for their language."""
        key = weight, languages
        if key not in self._factors:
            while len(self._factors) >= _KEPT_FACTORS:
                self._factors.pop(next(iter(self._factors)), None)
            powers = np.float32(weight) * self._known
            factor = np.exp(powers - np.nanmax(powers))
            if languages:
                factor *= self._index.arrange(languages_of(self.catalogue, languages), 1.0)
            factor[np.isnan(factor)] = -np.inf
            self._factors[key] = _Blocks.of(factor)
        return self._factors[key]

    def positions(self) -> Float32Array:
        return self._places

    def position_of(self, mood: Mood) -> Float32Array:
        valence, energy, _ = self.catalogue.scale.quantiles_of(mood)
        valences, energies = self._sorted
        return np.array(
            [_at(valences, _stretch(valence)), _at(energies, _stretch(energy))], np.float32
        )

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


class _Blocks(NamedTuple):
    """One number of each song, and the highest of each block."""

    values: Float32Array  # [blocks, songs]
    highest: Float32Array  # [blocks]

    @classmethod
    def of(cls, values: Float32Array) -> _Blocks:
        return cls(values, values.max(axis=1))


class _Mixture(NamedTuple):
    """Scores by the probabilities of moods."""

    fits: list[tuple[np.float32, _Blocks]]
    factor: _Blocks

    def bounds(self) -> Float32Array:
        return self._total([fit.highest for _, fit in self.fits]) * self.factor.highest

    def score(self, blocks: np.ndarray) -> Float32Array:
        scores = self._total([fit.values[blocks] for _, fit in self.fits])
        scores *= self.factor.values[blocks]
        return scores

    def _total(self, values: list[Float32Array]) -> Float32Array:
        """The weighted sum, in one order, so that bounds hold in spite of rounding."""
        total = values[0] * self.fits[0][0]
        for (weight, _), more in zip(self.fits[1:], values[1:], strict=True):
            total += more * weight
        return total


class _Plane(NamedTuple):
    """Songs in the plane, both axes in standard deviations, and the boxes of the blocks."""

    x: Float32Array  # [blocks, songs], as y
    y: Float32Array
    centre: Float32Array  # [2, blocks], as half
    half: Float32Array

    @classmethod
    def of(cls, index: BlockIndex, points: Float32Array) -> _Plane:
        x, y = (index.arrange(values, np.nan) for values in points)
        low = np.stack([np.fmin.reduce(v, axis=1) for v in (x, y)])
        high = np.stack([np.fmax.reduce(v, axis=1) for v in (x, y)])
        return cls(x, y, (low + high) / 2, (high - low) / 2 * np.float32(1.0001) + _SLACK)


class _Nearness(NamedTuple):
    """Scores by nearness in the plane."""

    plane: _Plane
    position: Float32Array
    factor: _Blocks

    def bounds(self) -> Float32Array:
        outside = np.abs(self.plane.centre - self.position[:, None]) - self.plane.half
        nearest = np.maximum(outside, 0)
        return self._decay(nearest[0], nearest[1]) * self.factor.highest * _ABOVE_ROUNDING

    def score(self, blocks: np.ndarray) -> Float32Array:
        x, y = self.plane.x[blocks], self.plane.y[blocks]
        scores = self._decay(x - self.position[0], y - self.position[1])
        scores *= self.factor.values[blocks]
        scores[np.isnan(scores)] = -np.inf
        return scores

    def _decay(self, x: Float32Array, y: Float32Array) -> Float32Array:
        """1 at the position, a half at `_SPREAD` from it."""
        one = np.float32(1)
        return np.asarray(one / (one + (x * x + y * y) / np.float32(_SPREAD * _SPREAD)), np.float32)


_Match = _Mixture | _Nearness

_SLACK = np.float32(1e-5)  # more than rounding can move a song
_ABOVE_ROUNDING = np.float32(1 + 1e-5)


def _stretch(quantile: float) -> float:
    """A quantile farther from the middle, in (0, 1): what is sad by its features is sad to some
    listeners only, so a sad mood's place is nearer to the edge among what listeners hear."""
    return min(max(0.5 + _STRETCH * (quantile - 0.5), _EDGE), 1 - _EDGE)


def _at(coordinates: Float32Array, quantile: float) -> float:
    """The coordinate at a quantile, in [0, 1], of ascending ones."""
    exact = quantile * (len(coordinates) - 1)
    low = int(exact)
    here = float(coordinates[low])
    above = float(coordinates[min(low + 1, len(coordinates) - 1)])
    return here + (exact - low) * (above - here)

"""Audio features, genres and artists -> the mood that listeners would hear in a song.

A small network, fitted by `mien.research.fit.listeners` to listeners' tags (Deezer's mood data set;
Delbouys et al. 2018, "Music Mood Detection Based on Audio and Lyrics with Deep Neural Net") and to
what playlists tell about the moods of other songs. Missing features are estimated from the others.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mien.mood import MOODS
from mien.support.arrays import Float32Array, Float64Array

FEATURES = (
    "valence",
    "energy",
    "tempo",
    "danceability",
    "loudness",
    "speechiness",
    "acousticness",
    "instrumentalness",
    "liveness",
    "mode",
)
"""The features, in the order of the model's inputs; in Spotify's units (loudness in dB, tempo in
BPM)."""

CONSTANTS = Path(__file__).parent.parent / "data" / "listeners.json"
"""The file of the fitted model."""

_STATISTICS = ("mean", "deviation", "correlation")
_CHUNK = 1 << 17  # songs at once, so that memory stays bounded


@dataclass(frozen=True)
class PerceivedModel:
    """A network of three layers.

    Attributes:
        mean, deviation: float64 [10], of the transformed features of a large catalogue.
        correlation: float64 [10, 10], between these features.
        genres: the names that the network knows.
        layers: weights [inputs, outputs] and bias [outputs] of each layer, float32. The inputs of
            the first are the song's standardised features, the means of its first artist's, and
            its share in each genre; the last has one output for each of `MOODS`.
    """

    mean: Float64Array
    deviation: Float64Array
    correlation: Float64Array
    genres: tuple[str, ...]
    layers: tuple[tuple[Float32Array, Float32Array], ...]

    def predict(
        self,
        features: Float64Array,
        genres: Mapping[str, np.ndarray],
        artists: npt.NDArray[np.integer[Any]],
    ) -> Float32Array:
        """The logarithm of the probability of each mood, float32 [n, 4] (`MOODS`).

        Args:
            features: float64 [n, 10], the columns `FEATURES`; NaN where unknown.
            genres: genre -> rows of its songs, ascending; genres that the network does not know
                are ignored.
            artists: the number of each song's first artist, int [n]; -1 where unknown.
        """
        z = self.standardise(features).astype(np.float32)
        artist = means_by(artists, z)
        rows_of = self._known_rows(genres)
        counts = np.zeros(len(z), np.float32)
        for _, rows in rows_of:
            counts[rows] += 1
        (weights, bias), *rest = self.layers
        ours, theirs, by_genre = np.split(weights, [len(FEATURES), 2 * len(FEATURES)])
        found = np.empty((len(z), len(MOODS)), np.float32)
        for start in range(0, len(z), _CHUNK):
            part = slice(start, start + _CHUNK)
            x = z[part] @ ours + artist[part] @ theirs + bias
            for genre, rows in rows_of:
                first, last = rows.searchsorted((start, start + _CHUNK))
                inside = rows[first:last]
                x[inside - start] += by_genre[genre] / counts[inside, None]
            for layer, layer_bias in rest:
                x = np.maximum(x, 0) @ layer + layer_bias
            found[part] = log_softmax(x)
        return found

    def _known_rows(self, genres: Mapping[str, np.ndarray]) -> list[tuple[int, np.ndarray]]:
        numbers = {_letters(name): number for number, name in enumerate(self.genres)}
        return [
            (numbers[_letters(name)], rows)
            for name, rows in genres.items()
            if _letters(name) in numbers
        ]

    def standardise(self, features: Float64Array) -> Float64Array:
        """Features with mean 0 and deviation 1 over a large catalogue; float64 [n, 10], finite.

        Missing ones get their conditional mean, given the others, in a normal distribution.

        Args:
            features: float64 [n, 10], the columns `FEATURES`; NaN where unknown.
        """
        z = (transform_features(features) - self.mean) / self.deviation
        is_missing = np.isnan(z)
        patterns = is_missing @ (1 << np.arange(len(FEATURES)))  # one bit a feature
        for pattern in np.unique(patterns[patterns > 0]):
            rows = np.flatnonzero(patterns == pattern)
            missing = is_missing[rows[0]]
            known = ~missing
            within = self.correlation[np.ix_(known, known)]
            across = self.correlation[np.ix_(known, missing)]
            z[np.ix_(rows, missing)] = z[np.ix_(rows, known)] @ np.linalg.solve(within, across)
        return z

    def as_json(self) -> dict[str, Any]:
        """The content of `CONSTANTS`."""
        return {
            "features": list(FEATURES),
            "moods": list(MOODS),
            **{name: getattr(self, name).round(4).tolist() for name in _STATISTICS},
            "genres": list(self.genres),
            "layers": [[_rounded(weights), _rounded(bias)] for weights, bias in self.layers],
        }

    @classmethod
    def from_json(cls, constants: Mapping[str, Any]) -> PerceivedModel:
        """The model from what `as_json` gives."""
        layers = (
            (np.array(weights, np.float32), np.array(bias, np.float32))
            for weights, bias in constants["layers"]
        )
        mean, deviation, correlation = (np.array(constants[name]) for name in _STATISTICS)
        return cls(mean, deviation, correlation, tuple(constants["genres"]), tuple(layers))


def transform_features(features: Float64Array) -> Float64Array:
    """Features with loudness clipped to -40 to 0 dB, and speechiness and instrumentalness less
    skewed; float64 [n, 10].

    Args:
        features: float64 [n, 10], the columns `FEATURES`.
    """
    x = features.copy()
    loudness, speechiness, instrumentalness = (
        FEATURES.index(name) for name in ("loudness", "speechiness", "instrumentalness")
    )
    x[:, loudness] = np.clip(x[:, loudness], -40, 0)
    x[:, speechiness] = np.log(x[:, speechiness] + 0.02)
    x[:, instrumentalness] = np.sqrt(x[:, instrumentalness])
    return x


def means_by(groups: npt.NDArray[np.integer[Any]], values: Float32Array) -> Float32Array:
    """The mean of each row's group, float32 [n, k]; rows of the group -1 stay as they are.

    >>> means_by(np.array([0, 0, -1]), np.array([[1.0], [3.0], [9.0]], np.float32)).ravel()
    array([2., 2., 9.], dtype=float32)
    """
    known = groups >= 0
    counts = np.maximum(np.bincount(groups[known]), 1)
    means = values.copy()
    for column in range(values.shape[1]):
        sums = np.bincount(groups[known], values[known, column])
        means[known, column] = (sums / counts)[groups[known]]
    return means


def log_softmax(logits: Float32Array) -> Float32Array:
    """The logarithms of the probabilities, float32 [n, k].

    >>> np.exp(log_softmax(np.zeros((1, 4), np.float32))).tolist()
    [[0.25, 0.25, 0.25, 0.25]]
    """
    shifted = logits - logits.max(axis=1, keepdims=True)
    result: Float32Array = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return result


def places(moods: Float32Array) -> Float32Array:
    """The songs' valence and arousal, float32 [2, n]: the log-odds that listeners hear a song as
    positive, and as aroused.

    Args:
        moods: log-probabilities, float32 [n, 4] (`MOODS`).
    """
    happy, angry, sad, calm = moods.T
    add = np.logaddexp
    return np.stack([add(happy, calm) - add(angry, sad), add(happy, angry) - add(sad, calm)])


@cache
def perceived_model() -> PerceivedModel:
    """The fitted model that mien ships."""
    return PerceivedModel.from_json(json.loads(CONSTANTS.read_text()))


@cache
def fingerprint() -> str:
    """A text that tells one fitted model from another."""
    return hashlib.sha256(CONSTANTS.read_bytes()).hexdigest()[:8]


def _letters(name: str) -> str:
    """A genre as it is compared: 'Hip Hop' is 'hip-hop'."""
    return "".join(_lower_letters(name)) or name


def _lower_letters(name: str) -> Iterator[str]:
    return (letter for letter in name.lower() if letter.isalnum())


def _rounded(values: Float32Array) -> list[Any]:
    rounded: list[Any] = values.astype(np.float64).round(3).tolist()
    return rounded

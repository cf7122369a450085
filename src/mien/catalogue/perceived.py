"""Audio features and genres -> the valence and arousal that listeners perceive in a song.

A small linear model, fitted by `mien.research.fit.listeners` to listeners' tags (Deezer's mood data
set; Delbouys et al. 2018, "Music Mood Detection Based on Audio and Lyrics with Deep Neural Net").
Missing features are estimated from the others; songs without a known genre have separate weights.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from mien.support.arrays import Float64Array

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

_ARRAYS = ("mean", "deviation", "correlation", "weights", "weights_with_genre")


@dataclass(frozen=True)
class PerceivedModel:
    """A linear model of perceived valence and arousal.

    Its outputs are in standard deviations of listeners' tags; 0 is the average tagged song.

    Attributes:
        mean, deviation: float64 [10], of the transformed features of a large catalogue.
        correlation: float64 [10, 10], between these features.
        weights: float64 [11, 2], of the standardised features and a constant, for songs without a
            known genre.
        weights_with_genre: float64 [11, 2], the same for songs with a known genre.
        genres: genre -> what it adds to valence and arousal.
    """

    mean: Float64Array
    deviation: Float64Array
    correlation: Float64Array
    weights: Float64Array
    weights_with_genre: Float64Array
    genres: Mapping[str, tuple[float, float]]

    def predict(self, features: Float64Array, genres: Mapping[str, np.ndarray]) -> Float64Array:
        """The valence and arousal that listeners would perceive, float64 [n, 2].

        Args:
            features: float64 [n, 10], the columns `FEATURES`; NaN where unknown.
            genres: genre -> rows of its songs; a song of several genres gets the mean of those
                that the model knows.
        """
        x = np.column_stack([self.standardise(features), np.ones(len(features))])
        added, known = np.zeros((len(features), 2)), np.zeros(len(features))
        for name, rows in genres.items():
            if name in self.genres:
                added[rows] += self.genres[name]
                known[rows] += 1
        perceived = x @ self.weights
        has_genre = known > 0
        perceived[has_genre] = (
            x[has_genre] @ self.weights_with_genre + added[has_genre] / known[has_genre, None]
        )
        return perceived

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
            **{name: getattr(self, name).round(4).tolist() for name in _ARRAYS},
            "genres": {name: [round(v, 3) for v in added] for name, added in self.genres.items()},
        }


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


@cache
def perceived_model() -> PerceivedModel:
    """The fitted model that mien ships."""
    constants = json.loads(CONSTANTS.read_text())
    return PerceivedModel(
        **{name: np.array(constants[name]) for name in _ARRAYS},
        genres={name: (v, a) for name, (v, a) in constants["genres"].items()},
    )

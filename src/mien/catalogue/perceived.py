"""Audio features and genres -> where listeners place a song, in valence and arousal.

A linear model with few constants, fitted by `research/fit/listeners.py` to what listeners' tags say
of songs (Deezer's mood data set, Delbouys et al. 2018). A feature that a catalogue lacks is what
the others let expect; a song of no known genre has weights of its own.
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
"""What is looked at, in this order; units as Spotify's (loudness in dB, tempo in BPM)."""

CONSTANTS = Path(__file__).parent.parent / "data" / "listeners.json"


@dataclass(frozen=True)
class PerceivedModel:
    """The fitted constants.

    Places are in standard deviations of listeners' tags; 0 is the average tagged song.

    Attributes:
        mean, deviation: float64 [10], of the prepared features over a large catalogue.
        correlation: float64 [10, 10], of the prepared features there.
        alone: float64 [11, 2], from standardised features and a constant to valence and arousal.
        beside_genres: float64 [11, 2], the same where the genre is known.
        genres: genre -> what it adds to valence and arousal.
    """

    mean: Float64Array
    deviation: Float64Array
    correlation: Float64Array
    alone: Float64Array
    beside_genres: Float64Array
    genres: Mapping[str, tuple[float, float]]

    def predict(self, features: Float64Array, genres: Mapping[str, np.ndarray]) -> Float64Array:
        """Valence and arousal as listeners would tag them, float64 [n, 2].

        Args:
            features: float64 [n, 10], the columns `FEATURES`; NaN where not known.
            genres: genre -> its songs' rows; a song of several has the mean of those known.
        """
        x = np.column_stack([self.standardised(features), np.ones(len(features))])
        added, known = np.zeros((len(features), 2)), np.zeros(len(features))
        for name, rows in genres.items():
            if name in self.genres:
                added[rows] += self.genres[name]
                known[rows] += 1
        places = x @ self.alone
        has = known > 0
        places[has] = x[has] @ self.beside_genres + added[has] / known[has, None]
        return places

    def standardised(self, features: Float64Array) -> Float64Array:
        """Mean 0 and deviation 1 over a large catalogue; what is missing, as the rest lets expect
        (the conditional mean of a normal distribution). Float64 [n, 10], finite."""
        z = (prepared(features) - self.mean) / self.deviation
        missing = np.isnan(z)
        kinds = missing @ (1 << np.arange(len(FEATURES)))  # which are missing, as bits
        for kind in np.unique(kinds[kinds > 0]):
            rows = np.flatnonzero(kinds == kind)
            pattern = missing[rows[0]]
            there = ~pattern
            within = self.correlation[np.ix_(there, there)]
            across = self.correlation[np.ix_(there, pattern)]
            z[np.ix_(rows, pattern)] = z[np.ix_(rows, there)] @ np.linalg.solve(within, across)
        return z

    def as_json(self) -> dict[str, Any]:
        """What `research/fit/listeners.py` writes."""
        return {
            "features": list(FEATURES),
            **{
                name: getattr(self, name).round(4).tolist()
                for name in ("mean", "deviation", "correlation", "alone", "beside_genres")
            },
            "genres": {name: [round(v, 3) for v in added] for name, added in self.genres.items()},
        }


def prepared(features: Float64Array) -> Float64Array:
    """Loudness cut at -40 dB, speechiness and instrumentalness less skewed. Float64 [n, 10]."""
    x = features.copy()
    loudness, speech, instruments = (
        FEATURES.index(name) for name in ("loudness", "speechiness", "instrumentalness")
    )
    x[:, loudness] = np.clip(x[:, loudness], -40, 0)
    x[:, speech] = np.log(x[:, speech] + 0.02)
    x[:, instruments] = np.sqrt(x[:, instruments])
    return x


@cache
def perceived_model() -> PerceivedModel:
    """The constants in the package."""
    facts = json.loads(CONSTANTS.read_text())
    arrays = {
        name: np.array(facts[name])
        for name in ("mean", "deviation", "correlation", "alone", "beside_genres")
    }
    return PerceivedModel(
        **arrays, genres={name: (v, a) for name, (v, a) in facts["genres"].items()}
    )

"""What is measured in a sound -> its mood, energy and valence, on the scales of the catalogue.

`mien.research.fit.sound` fits the model: a bag of small networks that learnt the quadrants of
valence and arousal from 30-second clips, and linear models of Spotify's features. Their scales are
those of other songs by the same artists in the Spotify Tracks Dataset, so that files and songs of
a catalogue can stand in one list.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from mien.errors import ModelError
from mien.mood import MOODS
from mien.support.arrays import Float32Array, Float64Array

CONSTANTS = Path(__file__).parent.parent / "models" / "sound.npz"
"""The file of the fitted model."""

QUALITIES = ("energy", "valence", "danceability", "acousticness", "instrumentalness")
"""The features of Spotify's that are estimated, each in [0, 1]."""

CLIP = 4.0
"""Standard deviations beyond which a measurement says no more."""

AXES = np.array([[1, -1, -1, 1], [1, 1, -1, -1], [1, -1, 1, -1]]) / 2
"""Valence, arousal and their product, as sums of the logits of `MOODS`; orthonormal."""


@dataclass(frozen=True, eq=False)
class SoundModel:
    """The fitted model.

    Attributes:
        mean, deviation: of the vectors of `mien.audio.hearing`, float32 [n].
        layers: of `members` networks: weights [members, inputs, outputs] and bias
            [members, 1, outputs].
        scale: float64 [2, 3], factor and offset of each of `AXES`, from the quadrants of balanced
            clips to the catalogue's moods.
        qualities: float64 [n + 1, 5], linear models of the transformed `QUALITIES`; the last row
            is the intercept.
        shape: float64 [5, q], quantiles of each quality among songs of the same artists.
        ranks: float64 [5, q], the same quantiles of what the linear models say of the clips.
        loudness: what is added to LUFS to give Spotify's dB.
    """

    mean: Float32Array
    deviation: Float32Array
    layers: tuple[tuple[Float32Array, Float32Array], ...]
    scale: Float64Array
    qualities: Float64Array
    shape: Float64Array
    ranks: Float64Array
    loudness: float

    def standardise(self, vectors: Float32Array) -> Float32Array:
        """Vectors as the networks see them, float32 [k, n]."""
        z = np.clip((vectors - self.mean) / self.deviation, -CLIP, CLIP)
        return np.asarray(z, np.float32)

    def quadrants(self, vectors: Float32Array) -> Float64Array:
        """Logits of `MOODS` where each is as likely as the others, float64 [k, 4].

        Args:
            vectors: float32 [k, n], of `mien.audio.hearing.Heard.vector`.
        """
        x = np.broadcast_to(
            self.standardise(vectors), (len(self.layers[0][0]), len(vectors), len(self.mean))
        )
        for number, (weights, bias) in enumerate(self.layers):
            x = x @ weights + bias
            if number < len(self.layers) - 1:
                x = np.maximum(x, 0)
        logits = x.mean(axis=0, dtype=np.float64)
        centred: Float64Array = logits - logits.mean(axis=1, keepdims=True)
        return centred

    def moods(self, vectors: Float32Array) -> Float64Array:
        """The logarithms of the probabilities of `MOODS` that listeners would hear, on the scale of
        `mien.catalogue.perceived`, float64 [4].

        Args:
            vectors: of the excerpts of one sound, float32 [k, n].
        """
        axes = self.quadrants(vectors).mean(axis=0) @ AXES.T
        logits = (axes * self.scale[0] + self.scale[1]) @ AXES
        shifted: Float64Array = logits - np.logaddexp.reduce(logits)
        return shifted

    def features(self, vectors: Float32Array) -> dict[str, float]:
        """`QUALITIES` -> values on Spotify's scale, in [0, 1].

        Args:
            vectors: of the excerpts of one sound, float32 [k, n].
        """
        found = self.raw_features(vectors).mean(axis=0)
        return {
            name: float(np.clip(np.interp(value, ranks, shape), 0, 1))
            for name, value, ranks, shape in zip(
                QUALITIES, found, self.ranks, self.shape, strict=True
            )
        }

    def raw_features(self, vectors: Float32Array) -> Float64Array:
        """What the linear models say, float64 [k, 5]; ranks count, values do not."""
        z = self.standardise(vectors).astype(np.float64)
        found: Float64Array = z @ self.qualities[:-1] + self.qualities[-1]
        return found

    def as_arrays(self) -> dict[str, np.ndarray]:
        """The content of `CONSTANTS`."""
        arrays: dict[str, np.ndarray] = {
            "mean": self.mean,
            "deviation": self.deviation,
            "scale": self.scale,
            "qualities": self.qualities.astype(np.float32),
            "shape": self.shape,
            "ranks": self.ranks,
            "loudness": np.array(self.loudness),
        }
        for number, (weights, bias) in enumerate(self.layers):
            arrays[f"weights{number}"] = weights.astype(np.float16)
            arrays[f"bias{number}"] = bias.astype(np.float16)
        return arrays

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> SoundModel:
        """The model from what `as_arrays` gives."""
        count = sum(name.startswith("bias") for name in arrays)
        layers = tuple(
            (
                arrays[f"weights{number}"].astype(np.float32),
                arrays[f"bias{number}"].astype(np.float32),
            )
            for number in range(count)
        )
        return cls(
            arrays["mean"],
            arrays["deviation"],
            layers,
            arrays["scale"],
            arrays["qualities"].astype(np.float64),
            arrays["shape"],
            arrays["ranks"],
            float(arrays["loudness"]),
        )


@cache
def sound_model() -> SoundModel:
    """The fitted model that mien ships.

    Raises:
        ModelError: its file is missing.
    """
    if not CONSTANTS.is_file():
        raise ModelError(f"{CONSTANTS} is missing", "install mien again")
    with np.load(CONSTANTS) as arrays:
        return SoundModel.from_arrays(dict(arrays))


@cache
def fingerprint() -> str:
    """A text that tells one fitted model from another."""
    return hashlib.sha256(CONSTANTS.read_bytes()).hexdigest()[:8]


def likeliest(moods: Sequence[float]) -> str:
    """The likeliest of `MOODS`.

    >>> likeliest((-2.0, -1.0, -3.0, -0.9))
    'calm'
    """
    return MOODS[int(np.argmax(moods))]

"""An excerpt -> all that is measured in it: what `mien.audio.model` predicts from, and more."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mien.audio.features import describe
from mien.audio.rhythm import Rhythm, find_rhythm
from mien.audio.spectrum import mel_bands, power_spectra
from mien.audio.tagging import Tagged, tag
from mien.support.arrays import Float32Array

LEVEL = 0.1
"""The root mean square to which excerpts are brought: mood is not a matter of volume."""


@dataclass(frozen=True, eq=False)
class Heard:
    """What is measured in an excerpt.

    Attributes:
        power: the channels' power spectra, summed, float32 [n, bins]; at the level of the file.
        level: root mean square of the mean of the channels, in [0, 1].
        rhythm: tempo and onsets.
        tagged: what musicnn hears.
        described: features by hand, float32 [k].
    """

    power: Float32Array
    level: float
    rhythm: Rhythm
    tagged: Tagged
    described: Float32Array

    @property
    def vector(self) -> Float32Array:
        """Tags, layers, and features by hand, float32 [n]."""
        return np.concatenate([self.tagged.tags, self.tagged.layers, self.described])


def hear(samples: Float32Array) -> Heard:
    """Measure an excerpt.

    Args:
        samples: float32 [2, n], in [-1, 1], at `mien.audio.decoding.RATE`.
    """
    both = sum(power_spectra(channel) for channel in samples)
    mono = samples.mean(axis=0)
    if not mono.any():  # the channels cancel each other
        mono = samples[0]
    level = float(np.sqrt(np.mean(mono.astype(np.float64) ** 2)))
    mono = (mono * (LEVEL / max(level, 1e-6))).astype(np.float32)
    power = power_spectra(mono)
    bands = mel_bands(power)
    rhythm = find_rhythm(bands)
    described = describe(mono, power, bands, rhythm)
    return Heard(np.asarray(both, np.float32), level, rhythm, tag(bands), described)

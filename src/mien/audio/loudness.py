"""Power spectra -> loudness, in LUFS.

ITU-R BS.1770-4, with its filters applied to spectra instead of samples, and to what lies below 8
kHz alone. What is quieter than -70 LUFS, or 10 LU quieter than the rest, does not count.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from mien.audio.decoding import RATE
from mien.audio.spectrum import HOP, WINDOW
from mien.support.arrays import Float32Array, Float64Array

QUIETEST = -60.0
"""What the loudness of nearly silent sounds is set to."""

_BLOCK = round(0.4 * RATE / HOP)  # frames
_OFFSET = -0.691


def loudness(powers: list[Float32Array]) -> float:
    """The integrated loudness of one sound, LUFS, `QUIETEST` to 0.

    Args:
        powers: of each excerpt, the sum of the channels' power spectra, float32
            [n, WINDOW // 2 + 1], from `mien.audio.spectrum.power_spectra`.
    """
    blocks = np.concatenate([_blocks(power) for power in powers])
    loud = blocks[blocks > _power_at(-70.0)]
    if len(loud):
        loud = loud[loud > 0.1 * loud.mean()]
    if not len(loud):
        return QUIETEST
    return float(np.clip(_OFFSET + 10 * np.log10(loud.mean()), QUIETEST, 0.0))


def _blocks(power: Float32Array) -> Float64Array:
    """Mean square of the weighted sound in blocks of 0.4 s that overlap by three quarters."""
    frames = (power @ _weights()).astype(np.float64)
    if len(frames) <= _BLOCK:
        return frames.mean(keepdims=True) if len(frames) else np.zeros(0)
    sums = np.concatenate([[0.0], np.cumsum(frames)])
    starts = np.arange(0, len(frames) - _BLOCK + 1, max(1, _BLOCK // 4))
    means: Float64Array = (sums[starts + _BLOCK] - sums[starts]) / _BLOCK
    return means


def _power_at(lufs: float) -> float:
    return float(10 ** ((lufs - _OFFSET) / 10))


@cache
def _weights() -> Float32Array:
    """What each bin's power counts for in the mean square: K-weighting by the filters' analogue
    prototypes, Parseval's theorem and the window's energy, float32 [bins]."""
    hertz = np.arange(WINDOW // 2 + 1) * RATE / WINDOW
    s = 2j * np.pi * hertz
    shelf, gain, quality = 2 * np.pi * 1681.97, 10 ** (3.99984 / 20), 0.70718
    lifted = (gain * s**2 + np.sqrt(gain) * s * shelf / quality + shelf**2) / (
        s**2 + s * shelf / quality + shelf**2
    )
    high, high_quality = 2 * np.pi * 38.1355, 0.500327
    passed = s**2 / (s**2 + s * high / high_quality + high**2)
    both_sides = np.full(len(hertz), 2.0)
    both_sides[[0, -1]] = 1.0
    energy = 0.375 * WINDOW**2  # of a Hann window, and of the transform
    result: Float32Array = (np.abs(lifted * passed) ** 2 * both_sides / energy).astype(np.float32)
    return result

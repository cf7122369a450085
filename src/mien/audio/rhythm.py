"""Mel bands -> tempo, and how clear the beat is.

The tempo is the period at which onsets repeat: an autocorrelation of the spectral flux, summed over
multiples of the period, and weighted towards the tempi at which people tap (Moelants 2002).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mien.audio.decoding import RATE
from mien.audio.spectrum import HOP
from mien.support.arrays import Float32Array

SLOWEST, FASTEST = 50.0, 210.0
"""Beats per minute."""

_FRAMES = RATE / HOP  # a second
_TAPPED, _WIDTH = 120.0, 1.2  # beats per minute, octaves
_GRID = 2000
_PARTS = 8
_BLUR = np.array([1, 8, 28, 56, 70, 56, 28, 8, 1]) / 256


@dataclass(frozen=True, eq=False)
class Rhythm:
    """The rhythm of an excerpt.

    Attributes:
        tempo: beats per minute.
        clarity: how periodic onsets are, in [0, 1].
        features: float32 [8], what else describes onsets.
    """

    tempo: float
    clarity: float
    features: Float32Array


def find_rhythm(bands: Float32Array) -> Rhythm:
    """The rhythm of an excerpt.

    Args:
        bands: power in mel bands, float32 [n, BANDS].
    """
    flux = onset_strength(bands)
    # Drums differ in pitch: bands of their own tell a bar of kicks and snares from eighth notes.
    parts = [flux, *map(onset_strength, np.array_split(bands, _PARTS, axis=1))]
    correlation = np.mean([_autocorrelation(part) for part in parts], axis=0)
    tempi = np.geomspace(SLOWEST, FASTEST, _GRID)
    lags = 60 * _FRAMES / tempi
    # A beat also repeats after two, three, four and six beats: half a bar, and bars.
    score = sum(_at(correlation, k * lags) / k**0.25 for k in (1, 2, 3, 4, 6))
    weight = np.exp(-0.5 * (np.log2(tempi / _TAPPED) / _WIDTH) ** 2)
    best = int(np.argmax(score * weight))
    clarity = float(np.clip(_at(correlation, lags[best : best + 1])[0], 0, 1))
    peaks = _peaks(flux)
    rate = len(peaks) / max(1.0, len(flux) / _FRAMES)
    heights = flux[peaks] if len(peaks) else np.zeros(1)
    spectrum = np.sort(score)[::-1]
    features = np.array(
        [
            np.log(tempi[best]),
            clarity,
            rate,
            flux.mean(),
            flux.std(),
            heights.mean(),
            heights.std(),
            spectrum[0] - spectrum[_GRID // 2],
        ]
    )
    return Rhythm(float(tempi[best]), clarity, features.astype(np.float32))


def onset_strength(bands: Float32Array) -> Float32Array:
    """How much louder than before the sound is at each moment, float32 [n], 0 or more."""
    logs = np.log10(1e4 * bands + 1)
    rise = np.maximum(0, logs[1:] - logs[:-1]).mean(axis=1) if len(logs) > 1 else np.zeros(1)
    return np.concatenate([[0.0], rise]).astype(np.float32)[: max(1, len(logs))]


def _autocorrelation(flux: Float32Array) -> np.ndarray:
    """Normalised autocorrelation of the flux without its slow changes, float64 [n]."""
    width = int(_FRAMES)
    slow = (
        np.convolve(flux, np.ones(width) / width, mode="same") if len(flux) > width else flux.mean()
    )
    # Periods are no whole frames: blurred onsets meet all the same.
    x = np.convolve(flux - slow, _BLUR, mode="same")
    size = 1 << (2 * len(x) - 1).bit_length()
    spectrum = np.fft.rfft(x, size)
    found = np.fft.irfft(np.abs(spectrum) ** 2)[: len(x)]
    overlap = np.maximum(len(x) - np.arange(len(x)), 1) / len(x)
    result: np.ndarray = found / overlap / (found[0] + 1e-9)
    return result


def _at(correlation: np.ndarray, lags: np.ndarray) -> np.ndarray:
    """The correlation at fractional lags, and 0 beyond its end."""
    result: np.ndarray = np.interp(lags, np.arange(len(correlation)), correlation, right=0.0)
    return result


def _peaks(flux: Float32Array) -> np.ndarray:
    """Frames that are louder than those around them, and than the mean of a second."""
    if len(flux) < 3:
        return np.empty(0, np.int64)
    width = min(int(_FRAMES), len(flux))
    mean = np.convolve(flux, np.ones(width) / width, mode="same")
    inner = flux[1:-1]
    is_peak = (inner > flux[:-2]) & (inner >= flux[2:]) & (inner > 1.5 * mean[1:-1] + 0.01)
    return np.flatnonzero(is_peak) + 1

"""Samples -> power spectra and mel bands, as musicnn was trained on them."""

from __future__ import annotations

from functools import cache

import numpy as np

from mien.audio.decoding import RATE
from mien.support.arrays import Float32Array

WINDOW, HOP, BANDS = 512, 256, 96
"""Samples in a window and between two of them, and mel bands."""

_LINEAR_TO, _LOG_STEP = 1000.0, np.log(6.4) / 27  # Slaney's mel scale
_CHUNK = 4096  # windows at once, so that memory stays bounded


def power_spectra(samples: Float32Array) -> Float32Array:
    """Power of the short-time Fourier transform, float32 [n // HOP + 1, WINDOW // 2 + 1].

    Windows (Hann) are centred on every `HOP`th sample, with zeros beyond both ends.

    Args:
        samples: float32 [n].
    """
    padded = np.pad(samples, WINDOW // 2)
    windows = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP]
    taper = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)).astype(np.float32)
    found = np.empty((len(windows), WINDOW // 2 + 1), np.float32)
    for start in range(0, len(windows), _CHUNK):
        part = slice(start, start + _CHUNK)
        spectrum = np.fft.rfft(windows[part] * taper, axis=1)
        found[part] = spectrum.real**2 + spectrum.imag**2
    return found


def mel_bands(power: Float32Array) -> Float32Array:
    """Power in mel bands, float32 [n, BANDS].

    Args:
        power: float32 [n, WINDOW // 2 + 1], from `power_spectra`.
    """
    bands: Float32Array = power @ _filters()
    return bands


@cache
def _filters() -> Float32Array:
    """Triangles of equal area on Slaney's mel scale from 0 to RATE / 2, float32 [bins, BANDS]."""
    edges = _hertz(np.linspace(0.0, _mel(RATE / 2), BANDS + 2))
    bins = np.arange(WINDOW // 2 + 1) * RATE / WINDOW
    low, centre, high = edges[:-2], edges[1:-1], edges[2:]
    rising = (bins[:, None] - low) / (centre - low)
    falling = (high - bins[:, None]) / (high - centre)
    triangles = np.maximum(0, np.minimum(rising, falling))
    result: Float32Array = (triangles * 2 / (high - low)).astype(np.float32)
    return result


def _mel(hertz: float) -> float:
    """A frequency of 1000 Hz or more in Slaney's mel (Auditory Toolbox, 1998)."""
    return float(_LINEAR_TO * 3 / 200 + np.log(hertz / _LINEAR_TO) / _LOG_STEP)


def _hertz(mel: np.ndarray) -> np.ndarray:
    knee = _LINEAR_TO * 3 / 200
    return np.where(mel < knee, mel * 200 / 3, _LINEAR_TO * np.exp(_LOG_STEP * (mel - knee)))

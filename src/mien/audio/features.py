"""Samples -> what can be said of music by hand: timbre, dynamics, harmony, rhythm.

The features are those of music emotion recognition (Panda, Malheiro, Paiva, "Novel Audio Features
for Music Emotion Recognition", IEEE TAC 2018), as far as they survive other encodings and levels:
MFCC, spectral contrast and moments, chroma against keys (Krumhansl 1990), pulse and onsets.
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import numpy as np

from mien.audio.decoding import RATE
from mien.audio.rhythm import Rhythm
from mien.audio.spectrum import BANDS, HOP, WINDOW
from mien.support.arrays import Float32Array

_CEPSTRA = 20
_OCTAVES = np.array([0, 200, 400, 800, 1600, 3200, 6400, 8000])
_LONG, _LONG_HOP = 8192, 4096
_MAJOR = np.array([6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88])
_MINOR = np.array([6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17])
_FLOOR = 1e-7


def describe(
    samples: Float32Array, power: Float32Array, bands: Float32Array, rhythm: Rhythm
) -> Float32Array:
    """The features of an excerpt, float32 [k], finite.

    Args:
        samples: float32 [n], at a root mean square of 0.1, so that levels make no difference.
        power, bands: from `mien.audio.spectrum`.
        rhythm: of the same excerpt.
    """
    parts = [
        *_timbre(bands),
        *_spectrum(power),
        *_dynamics(samples),
        *_harmony(samples),
        *_modulation(bands),
        rhythm.features,
    ]
    result: Float32Array = np.nan_to_num(np.concatenate([np.ravel(p) for p in parts])).astype(
        np.float32
    )
    return result


def _timbre(bands: Float32Array) -> list[np.ndarray]:
    logs = np.log10(1e4 * bands + 1)
    cepstra = logs @ _cosines()
    change = np.abs(np.diff(cepstra, axis=0)) if len(cepstra) > 1 else np.zeros((1, _CEPSTRA))
    # Sounds that last against sounds that strike: medians along time and along frequency.
    some = logs[::4]
    lasting, striking = _running_median(some, 5, axis=0), _running_median(some, 9, axis=1)
    share = np.array([(lasting > striking).mean(), lasting.sum() / (striking.sum() + 1e-6)])
    return [cepstra.mean(0), cepstra.std(0), change.mean(0), share]


def _spectrum(power: Float32Array) -> list[np.ndarray]:
    amplitude = np.sqrt(power) + _FLOOR
    hertz = np.arange(amplitude.shape[1]) * RATE / WINDOW
    total = amplitude.sum(1)
    centroid = amplitude @ hertz / total
    spread = np.sqrt(np.maximum(0, amplitude @ hertz**2 / total - centroid**2))
    cumulated = np.cumsum(amplitude, axis=1)
    rolloff = (cumulated < 0.85 * total[:, None]).sum(1) * RATE / WINDOW
    flatness = np.exp(np.log(power + _FLOOR).mean(1)) / (power.mean(1) + _FLOOR)
    contrast, level = [], []
    for low, high in pairwise(_OCTAVES):
        part = np.sort(power[:, (hertz >= low) & (hertz < high)], axis=1)
        few = max(1, part.shape[1] // 5)
        top, bottom = (
            np.log10(part[:, -few:].mean(1) + _FLOOR),
            np.log10(part[:, :few].mean(1) + _FLOOR),
        )
        contrast.append(top - bottom)
        level.append(bottom)
    rows = [np.log(centroid + 1), spread / 1000, np.log(rolloff + 1), np.log(flatness + 1e-6)]
    rows += contrast + level
    table = np.stack(rows)
    return [table.mean(1), table.std(1)]


def _dynamics(samples: Float32Array) -> list[np.ndarray]:
    frame = RATE // 20
    frames = samples[: len(samples) // frame * frame].reshape(-1, frame)
    if not len(frames):
        frames = samples[None]
    level = np.sqrt((frames**2).mean(1)) + 1e-5
    decibel = 20 * np.log10(level)
    crossings = (np.diff(np.signbit(frames), axis=1)).mean(1)
    peak = np.abs(samples).max() + 1e-6
    percentiles = np.percentile(decibel, [5, 25, 75, 95])
    return [
        percentiles,
        np.array(
            [
                decibel.std(),
                np.abs(np.diff(decibel)).mean() if len(decibel) > 1 else 0.0,
                (level < 0.5 * level.mean()).mean(),
                20 * np.log10(peak),
                crossings.mean(),
                crossings.std(),
            ]
        ),
    ]


def _harmony(samples: Float32Array) -> list[np.ndarray]:
    if len(samples) < _LONG:
        samples = np.pad(samples, (0, _LONG - len(samples)))
    windows = np.lib.stride_tricks.sliding_window_view(samples, _LONG)[::_LONG_HOP]
    amplitude = np.abs(np.fft.rfft(windows * np.hanning(_LONG).astype(np.float32), axis=1))
    # Peaks alone, compressed, so that noise and drums count little.
    peaks = amplitude[:, 1:-1]
    is_peak = (peaks > amplitude[:, :-2]) & (peaks > amplitude[:, 2:])
    chroma = np.sqrt(peaks * is_peak) @ _pitch_classes()[1:-1]
    chroma /= chroma.sum(1, keepdims=True) + 1e-6
    mean = chroma.mean(0)
    turned = np.stack([np.roll(mean, -i) for i in range(12)])
    major, minor = _correlations(turned, _MAJOR), _correlations(turned, _MINOR)
    key = int(np.argmax(np.maximum(major, minor)))
    frames = np.stack([np.roll(chroma, -i, axis=1) for i in range(12)], axis=1)
    by_frame = np.stack(
        [_correlations(frames, _MAJOR).max(1), _correlations(frames, _MINOR).max(1)]
    )
    change = np.abs(np.diff(chroma, axis=0)).sum(1) if len(chroma) > 1 else np.zeros(1)
    tonal = chroma @ _tonal_space()
    entropy = -(chroma * np.log(chroma + 1e-6)).sum(1)
    return [
        turned[key],
        np.array(
            [
                major.max(),
                minor.max(),
                major.max() - minor.max(),
                (by_frame[0] - by_frame[1]).mean(),
                (by_frame[0] > by_frame[1]).mean(),
                by_frame.max(0).mean(),
                change.mean(),
                change.std(),
                entropy.mean(),
                entropy.std(),
            ]
        ),
        np.hypot(tonal[:, 0::2], tonal[:, 1::2]).mean(0),
        tonal.std(0),
    ]


def _modulation(bands: Float32Array) -> list[np.ndarray]:
    """How much four parts of the spectrum swell at speeds of a phrase, a beat, and a roughness."""
    logs = np.log10(1e4 * bands + 1)
    parts = np.stack([p.mean(1) for p in np.array_split(logs, 4, axis=1)])
    length = 512
    if parts.shape[1] < length:
        parts = np.pad(parts, ((0, 0), (0, length - parts.shape[1])), mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(parts, length, axis=1)[:, :: length // 2]
    windows = windows - windows.mean(2, keepdims=True)
    spectrum = np.abs(np.fft.rfft(windows * np.hanning(length), axis=2)).mean(1)
    hertz = np.arange(length // 2 + 1) * RATE / HOP / length
    speeds = ((0.2, 1), (1, 3), (3, 8), (8, 15), (15, 31))
    found = [spectrum[:, (hertz >= low) & (hertz < high)].mean(1) for low, high in speeds]
    return [np.log(np.stack(found) + 1e-3)]


def _running_median(values: np.ndarray, size: int, axis: int) -> np.ndarray:
    pad = [(0, 0), (0, 0)]
    pad[axis] = (size // 2, size // 2)
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(values, pad, "edge"), size, axis=axis)
    median: np.ndarray = np.median(windows, axis=-1)
    return median


def _correlations(chroma: np.ndarray, profile: np.ndarray) -> np.ndarray:
    centred = chroma - chroma.mean(-1, keepdims=True)
    shape = profile - profile.mean()
    norm = np.linalg.norm(centred, axis=-1) * np.linalg.norm(shape) + 1e-9
    found: np.ndarray = centred @ shape / norm
    return found


@cache
def _cosines() -> Float32Array:
    """The first vectors of a discrete cosine transform, float32 [BANDS, _CEPSTRA]."""
    angles = np.pi * (np.arange(BANDS)[:, None] + 0.5) * np.arange(_CEPSTRA) / BANDS
    result: Float32Array = (np.cos(angles) * np.sqrt(2 / BANDS)).astype(np.float32)
    return result


@cache
def _pitch_classes() -> Float32Array:
    """How much each bin counts for each pitch class (0: C), float32 [bins, 12], from 60 Hz to
    2 kHz."""
    hertz = np.arange(_LONG // 2 + 1) * RATE / _LONG
    inside = (hertz > 60) & (hertz < 2000)
    pitch = 12 * np.log2(np.maximum(hertz, 1) / 440) + 69
    distance = np.abs((pitch[:, None] - np.arange(12) + 6) % 12 - 6)
    result: Float32Array = (np.exp(-0.5 * (distance / 0.35) ** 2) * inside[:, None]).astype(
        np.float32
    )
    return result


@cache
def _tonal_space() -> Float32Array:
    """Fifths, minor and major thirds on circles (Harte et al. 2006), float32 [12, 6]."""
    classes = np.arange(12)[:, None]
    angles = np.pi * classes * np.array([7 / 6, 3 / 2, 2 / 3])
    result: Float32Array = (
        np.stack([np.sin(angles), np.cos(angles)], axis=2).reshape(12, 6).astype(np.float32)
    )
    return result

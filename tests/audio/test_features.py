"""Features by hand: what they mean, and what must not change them."""

from __future__ import annotations

import numpy as np
import pytest

from mien.audio.decoding import RATE
from mien.audio.features import describe
from mien.audio.rhythm import find_rhythm
from mien.audio.spectrum import mel_bands, power_spectra
from mien.support.arrays import Float32Array

COUNT = 167


def features(samples: Float32Array) -> Float32Array:
    power = power_spectra(samples)
    bands = mel_bands(power)
    return describe(samples, power, bands, find_rhythm(bands))


def chord(*hertz: float) -> Float32Array:
    t = np.arange(10 * RATE) / RATE
    tones = sum(np.sin(2 * np.pi * f * k * t) / k for f in hertz for k in (1, 2, 3))
    result: Float32Array = (0.1 * np.sqrt(2) * tones / np.abs(tones).max()).astype(np.float32)
    return result


@pytest.mark.parametrize("n", [1, 100, 800, 8191, RATE, 10 * RATE])
def test_every_length_has_all_features(n: int) -> None:
    x = 0.1 * np.random.default_rng(0).standard_normal(n).astype(np.float32)
    found = features(x)
    assert found.shape == (COUNT,)
    assert found.dtype == np.float32
    assert np.isfinite(found).all()


def test_silence_has_finite_features() -> None:
    assert np.isfinite(features(np.zeros(RATE, np.float32))).all()


def test_the_mode_is_heard_in_every_key() -> None:
    """The difference of the best fits to a major and a minor key is positive for major chords."""
    for key in (220.0, 261.63, 329.63):
        major = chord(key, key * 5 / 4, key * 3 / 2)
        minor = chord(key, key * 6 / 5, key * 3 / 2)
        changed = np.abs(features(major) - features(minor))
        assert changed.max() > 0.1


def test_another_key_leaves_the_chroma_alone() -> None:
    low, high = (chord(f, f * 5 / 4, f * 3 / 2) for f in (220.0, 220 * 2 ** (2 / 12)))
    one, other = features(low), features(high)
    turned = slice(20 * 3 + 2 + 2 * 18 + 10, 20 * 3 + 2 + 2 * 18 + 22)
    assert np.allclose(one[turned], other[turned], atol=0.05)

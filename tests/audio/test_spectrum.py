"""Spectra and mel bands as librosa makes them."""

from __future__ import annotations

import numpy as np
import pytest

from mien.audio.decoding import RATE
from mien.audio.spectrum import BANDS, HOP, WINDOW, mel_bands, power_spectra


@pytest.mark.parametrize("n", [0, 1, HOP, 10 * HOP + 7])
def test_has_a_frame_for_every_hop(n: int) -> None:
    power = power_spectra(np.ones(n, np.float32))
    assert power.shape == (n // HOP + 1, WINDOW // 2 + 1)
    assert power.dtype == np.float32
    assert mel_bands(power).shape == (n // HOP + 1, BANDS)


def test_a_tone_lies_in_its_band() -> None:
    t = np.arange(RATE) / RATE
    power = power_spectra(np.sin(2 * np.pi * 1000 * t).astype(np.float32))
    assert power[30].argmax() == round(1000 * WINDOW / RATE)
    assert power[30].max() == pytest.approx((WINDOW / 4) ** 2, rel=1e-3)  # of a Hann window
    low, high = (mel_bands(power)[30] > 1e-3).nonzero()[0][[0, -1]]
    assert 25 < low < high < 45


def test_power_grows_with_the_square() -> None:
    x = np.random.default_rng(0).standard_normal(4000).astype(np.float32)
    assert np.allclose(power_spectra(2 * x), 4 * power_spectra(x), rtol=1e-4)

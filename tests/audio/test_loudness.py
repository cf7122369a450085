"""Loudness against the reference signals of ITU-R BS.1770 and EBU Tech 3341."""

from __future__ import annotations

import numpy as np
import pytest

from mien.audio.decoding import RATE
from mien.audio.loudness import QUIETEST, loudness
from mien.audio.spectrum import power_spectra
from mien.support.arrays import Float32Array


def sine(hertz: float, decibel: float, seconds: float = 10.0) -> Float32Array:
    t = np.arange(round(seconds * RATE)) / RATE
    return (10 ** (decibel / 20) * np.sin(2 * np.pi * hertz * t)).astype(np.float32)


@pytest.mark.parametrize("decibel", [-3.0, -23.0, -33.0])
def test_a_stereo_sine_of_1_khz_is_as_loud_as_its_peak(decibel: float) -> None:
    power = power_spectra(sine(997, decibel))
    assert loudness([power + power]) == pytest.approx(decibel, abs=0.1)


def test_silence_between_does_not_count() -> None:
    loud = sine(997, -23)
    both = np.concatenate([loud, np.zeros_like(loud)])
    assert loudness([2 * power_spectra(both)]) == pytest.approx(-23, abs=0.15)


def test_bass_counts_less_and_treble_more() -> None:
    bass, middle, treble = (loudness([power_spectra(sine(f, -20))]) for f in (40, 997, 4000))
    assert bass < middle - 3 < middle < treble - 2


def test_what_is_hardly_there_is_at_the_floor() -> None:
    assert loudness([power_spectra(np.zeros(RATE, np.float32))]) == QUIETEST
    assert loudness([power_spectra(np.zeros(0, np.float32))]) == QUIETEST

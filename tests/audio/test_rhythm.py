"""Tempi of click tracks and drums that are known."""

from __future__ import annotations

import numpy as np
import pytest

from mien.audio.decoding import RATE
from mien.audio.rhythm import FASTEST, SLOWEST, find_rhythm, onset_strength
from mien.audio.spectrum import BANDS, mel_bands, power_spectra
from mien.support.arrays import Float32Array

TEMPI = [60, 71, 80, 92, 100, 113, 120, 133, 140, 155, 168, 180, 200]
OCTAVES = (1 / 3, 0.5, 1, 2, 3)
_T = np.arange(round(0.15 * RATE)) / RATE


def play(tempo: float, pattern: str, seconds: float = 30.0) -> Float32Array:
    """Clicks, or drums over a hum: one letter of the pattern a half beat (k kick, s snare, h hat,
    c click, - nothing)."""
    noise = np.random.default_rng(round(tempo))
    drums = {
        "k": np.sin(2 * np.pi * 60 * _T) * np.exp(-20 * _T),
        "s": noise.standard_normal(len(_T)) * np.exp(-30 * _T),
        "h": 0.4 * noise.standard_normal(len(_T)) * np.exp(-120 * _T),
        "c": np.sin(2 * np.pi * 1000 * _T) * np.exp(-200 * _T),
        "-": np.zeros(len(_T)),
    }
    x = 0.01 * noise.standard_normal(round(seconds * RATE))
    if pattern != "c-":
        x += 0.1 * np.sin(2 * np.pi * 220 * np.arange(len(x)) / RATE)
    offset = noise.uniform(0, 60 / tempo)
    for number in range(int(2 * seconds * tempo / 60)):
        start = round((offset + number * 30 / tempo) * RATE)
        sound = drums[pattern[number % len(pattern)]][: max(0, len(x) - start)]
        x[start : start + len(sound)] += sound
    result: Float32Array = (0.1 * x / np.sqrt(np.mean(x**2))).astype(np.float32)
    return result


@pytest.mark.parametrize("pattern", ["c-", "khsh", "khkh", "khshkhsk", "k-h-h-", "k-k-s-h-"])
@pytest.mark.parametrize("tempo", TEMPI)
def test_hears_tempi_within_four_percent_up_to_octaves(tempo: int, pattern: str) -> None:
    found = find_rhythm(mel_bands(power_spectra(play(tempo, pattern)))).tempo
    assert any(found == pytest.approx(tempo * k, rel=0.04) for k in OCTAVES)


@pytest.mark.parametrize("tempo", TEMPI)
def test_hears_the_beat_of_swing(tempo: int) -> None:
    """A ride on each beat, and on the last third of each."""
    x = play(1.5 * tempo, "h-h")
    found = find_rhythm(mel_bands(power_spectra(x))).tempo
    assert any(found == pytest.approx(tempo * k, rel=0.04) for k in OCTAVES)


def test_a_beat_is_clearer_than_noise() -> None:
    noise = np.random.default_rng(0).standard_normal(20 * RATE).astype(np.float32)
    beat, hiss = (
        find_rhythm(mel_bands(power_spectra(x))) for x in (play(120, "khsh"), 0.1 * noise)
    )
    assert beat.clarity > hiss.clarity + 0.2


@pytest.mark.parametrize("frames", [0, 1, 2, 3, 20, 61, 62, 63, 200])
def test_every_length_has_a_tempo(frames: int) -> None:
    bands = np.random.default_rng(0).random((frames, BANDS)).astype(np.float32)
    found = find_rhythm(bands)
    assert SLOWEST <= found.tempo <= FASTEST
    assert 0 <= found.clarity <= 1
    assert np.isfinite(found.features).all()


def test_silence_has_no_onsets() -> None:
    assert not onset_strength(np.zeros((10, BANDS), np.float32)).any()

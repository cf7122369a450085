"""musicnn in ONNX says what musicnn said."""

from __future__ import annotations

import numpy as np
import pytest

from mien.audio.spectrum import BANDS, mel_bands, power_spectra
from mien.audio.tagging import GENRES, LAYERS, NETWORK, PATCH, TAGS, genres_of, tag
from mien.support.arrays import Float32Array
from mien.support.inference import shared_session

RATE = 16_000

ORIGINAL = {"rock": 0.0387, "electronic": 0.4373, "dance": 0.0341, "pop": 0.0088, "House": 0.0293}
"""What musicnn 0.1.0 (MSD_musicnn, TensorFlow, with librosa's spectrogram) says of the first three
seconds of `humming`."""

OTHER = {2: 0.1958, 24: 0.1631, 6: 0.1504, 25: 0.1380, 10: 0.1227, 5: 0.1087}
"""What MTT_musicnn says of them: number of a tag (slow, quiet, electronic...) -> probability."""


def humming() -> Float32Array:
    """Nine seconds of two tones that swell, and of noise at their loudest."""
    noise = np.random.default_rng(0)
    t = np.arange(RATE * 9) / RATE
    swell = np.sin(2 * np.pi * 2 * t)
    tones = 0.3 * np.sin(2 * np.pi * 220 * t) * (1 + swell) / 2 + 0.1 * np.sin(2 * np.pi * 1760 * t)
    hiss = 0.05 * noise.standard_normal(len(t)) * (swell > 0.9)
    result: Float32Array = (0.25 * (tones + hiss)).astype(np.float32)
    return result


def test_says_what_the_original_says() -> None:
    logs = np.log10(1e4 * mel_bands(power_spectra(humming())) + 1)
    patches = logs[None, :PATCH]
    tags, layers = shared_session(NETWORK).run(None, {"patches": patches})
    assert tags.shape == (1, len(TAGS)) == (1, 50)
    assert layers.shape == (1, LAYERS)
    chances = dict(zip(TAGS, 1 / (1 + np.exp(-tags[0])), strict=True))
    for name, chance in ORIGINAL.items():
        assert chances[name] == pytest.approx(chance, abs=5e-4), name
    others = 1 / (1 + np.exp(-layers[0, 200:250]))
    for number, chance in OTHER.items():
        assert others[number] == pytest.approx(chance, abs=5e-4), number


def test_the_network_is_small() -> None:
    assert NETWORK.stat().st_size < 4 * 2**20


@pytest.mark.parametrize("frames", [0, 1, PATCH - 1, PATCH, 5 * PATCH])
def test_sounds_of_every_length_are_tagged(frames: int) -> None:
    found = tag(np.full((frames, BANDS), 0.01, np.float32))
    assert np.isfinite(found.tags).all()
    assert np.isfinite(found.layers).all()


def test_names_no_genre_without_being_sure() -> None:
    assert genres_of(np.full(50, -3.0, np.float32), 0.2) == ()


def test_names_each_genre_once_and_no_moods() -> None:
    found = genres_of(np.full(50, 3.0, np.float32), 0.2)
    assert len(set(found)) == len(found) == 3
    assert set(found) <= set(GENRES.values())


def test_genres_come_from_tags() -> None:
    assert set(GENRES) <= set(TAGS)

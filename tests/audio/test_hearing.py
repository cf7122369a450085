"""What is measured in an excerpt."""

from __future__ import annotations

import numpy as np
import pytest

from mien.audio.decoding import RATE
from mien.audio.hearing import hear
from mien.audio.model import sound_model
from mien.support.arrays import Float32Array


def noise(seconds: float = 5.0) -> Float32Array:
    swell = 1 + np.sin(2 * np.pi * 2 * np.arange(round(seconds * RATE)) / RATE)
    x = np.random.default_rng(0).standard_normal((2, len(swell))) * swell
    result: Float32Array = (0.05 * x).astype(np.float32)
    return result


def test_the_vector_fits_the_model() -> None:
    found = hear(noise()).vector
    assert found.shape == sound_model().mean.shape
    assert np.isfinite(found).all()


@pytest.mark.parametrize("gain", [0.01, 0.1, 3.0])
def test_volume_changes_the_level_alone(gain: float) -> None:
    one, other = hear(noise()), hear(noise() * np.float32(gain))
    assert other.level == pytest.approx(one.level * gain, rel=1e-4)
    assert np.allclose(one.vector, other.vector, atol=2e-3)


def test_channels_that_cancel_each_other_are_heard() -> None:
    left = noise()[0]
    assert hear(np.stack([left, -left])).level > 0.01

"""The fitted model: ranges, scales, and how it is stored."""

from __future__ import annotations

import numpy as np
import pytest

from mien.audio.model import AXES, CONSTANTS, QUALITIES, SoundModel, likeliest, sound_model
from mien.mood import MOODS
from mien.support.arrays import Float32Array


def vectors(n: int, seed: int = 0) -> Float32Array:
    model = sound_model()
    z = np.random.default_rng(seed).standard_normal((n, len(model.mean)))
    return (model.mean + model.deviation * z).astype(np.float32)


def test_moods_are_probabilities() -> None:
    for vector in vectors(5):
        assert np.exp(sound_model().moods(vector[None])).sum() == pytest.approx(1)


def test_features_are_in_their_ranges_even_for_nonsense() -> None:
    for scale in (1, 1e6):
        found = sound_model().features(vectors(3) * np.float32(scale))
        assert list(found) == list(QUALITIES)
        assert all(0 <= value <= 1 for value in found.values())


def test_axes_are_orthonormal() -> None:
    assert np.allclose(AXES @ AXES.T, np.eye(3))
    assert np.allclose(AXES.sum(axis=1), 0)


def test_survives_being_stored() -> None:
    model = sound_model()
    again = SoundModel.from_arrays(model.as_arrays())
    assert np.array_equal(again.quadrants(vectors(3)), model.quadrants(vectors(3)))


def test_scales_keep_the_order_of_axes() -> None:
    """A song that is more aroused than another stays so on the catalogue's scale."""
    assert (sound_model().scale[0] > 0).all()


def test_the_file_is_small() -> None:
    assert CONSTANTS.stat().st_size < 2**20


def test_names_the_likeliest_mood() -> None:
    for number, mood in enumerate(MOODS):
        assert likeliest(np.eye(4)[number].tolist()) == mood

"""Weights in four bits."""

from __future__ import annotations

import numpy as np

from mien.research.training.quantise import round_to_four_bits


def test_four_bits_have_less_error_than_the_widest_steps() -> None:
    kernels = np.random.default_rng(0).normal(size=(5, 40, 3, 3)).astype(np.float32)
    kernels[4] = 0
    rounded = round_to_four_bits(kernels)
    assert rounded.shape == kernels.shape
    assert not rounded[4].any()
    for channel, ours in zip(kernels[:4], rounded[:4], strict=True):
        step = np.abs(channel).max() / 7
        plain = np.round(channel / step) * step
        assert np.square(ours - channel).sum() <= np.square(plain - channel).sum()
        assert len(np.unique(ours)) <= 15

"""Dark photos are brightened, bright ones are left alone."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mien.face.light import BRIGHT, LEAST, MOST, brighten
from mien.support.arrays import UInt8Array


@given(st.integers(0, 255))
def test_a_plain_photo_is_brightened_up_to_a_level(level: int) -> None:
    image = np.full((20, 30, 3), level, np.uint8)
    bright = brighten(image)
    if level * LEAST > BRIGHT:
        assert bright is image
    else:
        assert int(bright.max()) <= max(BRIGHT, level * MOST) + 1
        assert int(bright.max()) >= min(BRIGHT, level * MOST) - 1


def test_a_darkened_portrait_gets_its_light_back(astronaut: UInt8Array) -> None:
    assert brighten(astronaut) is astronaut
    dark = np.asarray(astronaut // 16, np.uint8)
    bright = brighten(dark)
    assert bright.mean() > 5 * dark.mean()
    assert np.corrcoef(bright.ravel(), astronaut.ravel())[0, 1] > 0.95

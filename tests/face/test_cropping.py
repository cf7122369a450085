"""Crops are framed alike, upright, and defined beyond the photo's edge."""

from __future__ import annotations

import numpy as np
import pytest

from mien.face.cropping import Framing, crop_face
from mien.support.arrays import UInt8Array

BOX = (175.0, 75.0, 100.0, 100.0)
EYES = ((204.0, 102.0), (246.0, 105.0))


def test_a_crop_at_the_edge_repeats_it(hopper: UInt8Array) -> None:
    crop = crop_face(hopper, (-60, -60, 120, 120), ((-20, -10), (20, -10)))
    assert crop.shape == (48, 48)
    assert (crop[0, :8] == crop[0, 0]).all()


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_turned_photo_gives_nearly_the_same_crop(astronaut: UInt8Array, turns: int) -> None:
    """`numpy.rot90` turns to the left; a point (x, y) goes to (y, 511 - x)."""
    (x, y, w, h), eyes = BOX, EYES
    centre = (x + w / 2, y + h / 2)
    for _ in range(turns):
        centre = (centre[1], 512 - centre[0])
        eyes = ((eyes[0][1], 512 - eyes[0][0]), (eyes[1][1], 512 - eyes[1][0]))
    box = (centre[0] - w / 2, centre[1] - h / 2, w, h)
    turned = np.ascontiguousarray(np.rot90(astronaut, turns))
    level = Framing(tilt=0)
    upright = crop_face(astronaut, BOX, EYES, level).astype(float)
    crop = crop_face(turned, box, eyes, level).astype(float)
    assert np.corrcoef(upright.ravel(), crop.ravel())[0, 1] > 0.95
    assert np.corrcoef(crop_face(turned, box, eyes).ravel(), upright.ravel())[0, 1] > 0.93

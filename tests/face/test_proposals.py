"""Where a photo is searched, and at which sizes."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mien.face.blazeface import FULL_RANGE_SIDE, SMALLEST_FULL_RANGE
from mien.face.proposals import MAX_PROPOSALS, MAX_SIDE, level_sides, propose
from mien.support.arrays import UInt8Array

LARGEST = 110  # pixels of the largest faces that the full-range network detects well


@given(st.integers(1, 20_000), st.integers(10, 400))
def test_every_size_of_face_is_searched_for(longer: int, smallest: int) -> None:
    """From the smallest, or from a 64th of the photo, to half of it."""
    sides = level_sides(longer, smallest, thorough=True)
    assert sides == sorted(sides, reverse=True)
    assert sides[-1] <= 1.25 * FULL_RANGE_SIDE
    assert sides[0] <= MAX_SIDE
    asked = max(smallest, longer * SMALLEST_FULL_RANGE / MAX_SIDE)
    assert sides[0] * asked / longer >= SMALLEST_FULL_RANGE - 0.5 * asked / longer
    for fine, coarse in pairwise(sides):
        assert fine / coarse < LARGEST / SMALLEST_FULL_RANGE / 2


def test_proposes_the_face_first(astronaut: UInt8Array) -> None:
    for thorough in (True, False):
        best, *others = propose(astronaut, smallest=24, thorough=thorough)
        x, y, side, _ = best.box
        assert np.hypot(x + side / 2 - 224, y + side / 2 - 124) < 12
        assert best.score > 0.8
        assert len(others) < MAX_PROPOSALS


def test_proposes_nothing_on_a_wall() -> None:
    assert propose(np.full((400, 700, 3), 120, np.uint8), smallest=24, thorough=True) == []

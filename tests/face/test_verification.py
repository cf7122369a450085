"""A closer look: which way up a face is, and how certain."""

from __future__ import annotations

import numpy as np
import pytest

from mien.face.boxes import Proposal
from mien.face.cropping import crop_face
from mien.face.verification import certainties, look_closely
from mien.support.arrays import UInt8Array

AROUND_FACE = Proposal((175, 75, 100, 100), 0.9)


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_a_turned_face_is_found_the_right_way_up(astronaut: UInt8Array, turns: int) -> None:
    box = AROUND_FACE.box
    for _ in range(turns):
        box = (box[1], 512 - box[0] - box[2], box[3], box[2])
    turned = np.ascontiguousarray(np.rot90(astronaut, turns))
    (candidate,) = look_closely(turned, [Proposal(box, 0.9)])
    assert candidate.box == pytest.approx(box, abs=12)
    (ax, ay), (bx, by) = candidate.eyes
    expected = -90 * turns
    angle = np.degrees(np.arctan2(by - ay, bx - ax))
    assert abs((angle - expected + 180) % 360 - 180) < 25


def test_a_face_is_certain_and_a_blob_is_not(astronaut: UInt8Array) -> None:
    elsewhere = [Proposal((60, 300, 90, 90), 0.3), Proposal((330, 400, 127, 127), 0.3)]
    candidates = look_closely(astronaut, [AROUND_FACE, *elsewhere])
    crops = [crop_face(astronaut, c.box, c.eyes) for c in candidates]
    face, *others = certainties(crops, candidates)
    assert face > 0.95
    assert all(other < 0.3 for other in others)


def test_nothing_is_looked_at_without_proposals(astronaut: UInt8Array) -> None:
    assert look_closely(astronaut, []) == []

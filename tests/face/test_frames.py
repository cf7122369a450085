"""Small faces are not lost between two thorough searches, and only faces are kept."""

from __future__ import annotations

import pytest
from crowds import STEP, bust, row_of

from mien.face.boxes import iou
from mien.face.frames import find_again, find_in_frame
from mien.support.arrays import UInt8Array

Crowd = list[UInt8Array]


@pytest.fixture(scope="module")
def crowd(astronaut: UInt8Array, hopper: UInt8Array) -> Crowd:
    """Eight people whose faces are about 45 pixels large."""
    return [bust(astronaut[0:250, 110:360], 96), bust(hopper[0:400, 60:460], 90)] * 4


def test_known_faces_are_found_in_a_quick_frame(crowd: Crowd) -> None:
    known = [face.box for face in find_in_frame(row_of(crowd), [], thorough=True)]
    assert len(known) == 8
    for shift in ((0, 0), (6, 3), (22, -5)):  # the last one is half a face away
        faces = find_in_frame(row_of(crowd, shift), known, thorough=False)
        assert len(faces) == 8
        for x, y, w, h in known:
            moved = (x + shift[0], y + shift[1], w, h)
            assert max(iou(moved, face.box) for face in faces) > 0.6


def test_no_face_is_found_twice(crowd: Crowd) -> None:
    frame = row_of(crowd)
    known = [face.box for face in find_in_frame(frame, [], thorough=True)]
    nearby = [(x + 5, y - 5, w, h) for x, y, w, h in known]
    for thorough in (True, False):
        assert len(find_in_frame(frame, known + nearby, thorough=thorough)) == 8


def test_a_face_that_has_left_is_not_kept(crowd: Crowd) -> None:
    known = [face.box for face in find_in_frame(row_of(crowd), [], thorough=True)]
    assert find_in_frame(row_of([]), known, thorough=False) == []
    left = max(known)
    assert find_again(row_of(crowd[:-1]), left) is None  # nor is it taken for its neighbour
    assert len(find_in_frame(row_of(crowd[:-1]), known, thorough=False)) == 7


def test_faces_come_with_their_crops_largest_first(crowd: Crowd) -> None:
    faces = find_in_frame(row_of(crowd), [(STEP, 310, 50, 50)], thorough=True)
    sizes = [face.box[2] * face.box[3] for face in faces]
    assert sizes == sorted(sizes, reverse=True)
    assert all(face.crop.shape == (48, 48) for face in faces)

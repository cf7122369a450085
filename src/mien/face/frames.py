"""A frame of a film -> its faces, also the small ones that earlier frames showed.

A quick search sees only large faces. Small ones are found by a thorough search now and then, and in
between around the places where they were last.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from mien.face.boxes import SAME_FACE_IOU, Box, iou, is_same_face, window_around
from mien.face.detection import Face, find_faces, rank
from mien.support.arrays import UInt8Array

_ZOOM = 3.0  # side of the window in which a known face is searched for, in sides of its box
_MIN_IOU = 0.1  # with where it was


def find_in_frame(image: UInt8Array, known: Iterable[Box], *, thorough: bool) -> list[Face]:
    """Detect the faces in a frame.

    Args:
        image: uint8 [h, w, 3], upright RGB.
        known: where earlier frames showed faces; a face is searched for around each.
        thorough: search the whole frame for small faces (see `mien.face.detection.find_faces`).

    Returns:
        The faces in the order of `mien.face.detection.rank`; an empty list if there are none.

    Raises:
        ModelError: the weights of the detector are missing.
    """
    found = find_faces(image, thorough=thorough)
    for box in known:
        if all(iou(face.box, box) <= SAME_FACE_IOU for face in found):
            face = find_again(image, box)
            if face is not None:
                found.append(face)
    faces: list[Face] = []
    for face in sorted(found, key=lambda face: -face.score):  # the surest box of each face
        if not any(is_same_face(face.box, other.box) for other in faces):
            faces.append(face)
    return rank(faces)


def find_again(image: UInt8Array, box: Box) -> Face | None:
    """The face that was in a box a moment ago, or None if it is neither there nor near.

    Args:
        image: uint8 [h, w, 3], upright RGB.
        box: where it was.
    """
    left, top, side = window_around(box, _ZOOM)
    x, y = max(0, left), max(0, top)
    window = image[y : top + side, x : left + side] if min(left, top) + side > 0 else image[:0]
    if not window.size:
        return None
    faces = find_faces(window, smallest=round(box[2] / 2), thorough=False)
    moved = [_shifted(face, x, y) for face in faces]
    return min(
        (face for face in moved if iou(face.box, box) > _MIN_IOU),
        key=lambda face: -iou(face.box, box),
        default=None,
    )


def _shifted(face: Face, x: float, y: float) -> Face:
    left, top, width, height = face.box
    (ax, ay), (bx, by) = face.eyes
    box = (left + x, top + y, width, height)
    return replace(face, box=box, eyes=((ax + x, ay + y), (bx + x, by + y)))

"""A photo -> the faces in it, each with the 48x48 crop that the expression network reads.

Three steps: two detectors propose boxes (`mien.face.proposals`), a closer look finds out which way
up each face is and how certain (`mien.face.verification`), and the certain ones are cropped
(`mien.face.cropping`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from mien.face.boxes import Box, is_same_face
from mien.face.cropping import FRAMING, Eyes, Framing, crop_face
from mien.face.light import brighten
from mien.face.proposals import propose
from mien.face.verification import Candidate, certainties, is_plausible, look_closely
from mien.support.arrays import UInt8Array

# Chosen on faces of FER2013's Training split, on half of the London set, and on made-up pictures
# without people; see mien.research.fit.faces.
MIN_SCORE = 0.65
SURE_SCORE = 0.9

__all__ = ["FRAMING", "Face", "Framing", "crop_face", "find_faces"]


@dataclass(frozen=True)
class Face:
    """One face in a photo.

    Attributes:
        box: x, y, width and height in pixels; may reach beyond the photo's edge.
        score: how certain it is that this is a face, in [0, 1].
        eyes: the eye on the left of the upright face, then the one on its right, as (x, y) in
            pixels; in a photo that is upside down, the first is on the photo's right.
        crop: uint8 [48, 48], grey, upright, framed as FER2013's faces are.
    """

    box: Box
    score: float
    eyes: Eyes
    crop: UInt8Array = field(repr=False, compare=False)


def find_faces(
    image: UInt8Array, *, smallest: int = 24, thorough: bool = True, framing: Framing = FRAMING
) -> list[Face]:
    """Detect all faces in a photo.

    Args:
        image: uint8 [h, w, 3], RGB.
        smallest: side in pixels of the smallest faces to detect; in large photos at least 1/64 of
            the longer side.
        thorough: search for small and for turned faces too. Without it, only upright faces of about
            a sixteenth of the longer side and larger are found, in a fraction of the time: right
            for a camera.
        framing: how a box becomes a crop.

    Returns:
        The faces that are certain (a score of 0.9 or more), largest first, then the doubtful ones,
        most certain first; an empty list if there are none.

    Raises:
        ModelError: the weights of the detectors are missing.
    """
    light = brighten(image)
    proposals = propose(light, smallest=smallest, thorough=thorough)
    looked = look_closely(light, proposals, (0, 2, 1, 3) if thorough else (0,))
    candidates = [candidate for candidate in looked if is_plausible(candidate)]
    if not candidates:
        return []
    scores = certainties([crop_face(light, c.box, c.eyes) for c in candidates], candidates)
    kept: list[tuple[float, Candidate]] = []
    for score, found in sorted(zip(scores, candidates, strict=True), key=lambda each: -each[0]):
        if score >= MIN_SCORE and not any(is_same_face(found.box, c.box) for _, c in kept):
            kept.append((score, found))
    faces = (Face(c.box, s, c.eyes, crop_face(image, c.box, c.eyes, framing)) for s, c in kept)
    return rank(faces)


def rank(faces: Iterable[Face]) -> list[Face]:
    """Certain faces first, largest first; then doubtful ones, most certain first."""

    def key(face: Face) -> tuple[bool, float, float]:
        _, _, width, height = face.box
        sure = face.score >= SURE_SCORE
        return not sure, -width * height if sure else 0.0, -face.score

    return sorted(faces, key=key)

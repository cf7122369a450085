"""A photo -> the faces in it, each with the 48x48 crop that the expression network reads.

BlazeFace (`mien.face.blazeface`) sees only faces that fill a good part of its window, so the photo
is searched through square windows of several sizes. What a window proposes is verified: the network
runs again on a window centred on the proposal, at the best size, and must still see a face there.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from mien.face.blazeface import Predictions, cut_window, run_blazeface, sigmoid
from mien.face.boxes import (
    Box,
    Proposal,
    Window,
    is_same_face,
    merge,
    square_windows,
    tile_windows,
    whole_window,
    window_around,
)
from mien.support.arrays import UInt8Array

CROP_SIDE = 48

Eyes = tuple[tuple[float, float], tuple[float, float]]

# Chosen on faces of FER2013's Training split and on photos without people (scikit-image's); see
# mien.research.fit.faces.
MIN_SCORE = 0.2  # of a proposal
MAX_PROPOSALS = 64  # verified for each set of windows, best first
MIN_LOGIT = 0.0  # at verification
CLEAR_LOGIT = 1.3  # from here on, the logit alone accepts a face
MIN_EVIDENCE = -1.0  # for less clear faces (see `measure_evidence`)
MIN_EVIDENCE_IN_TILES = -0.25  # the same in small tiles, which are many and propose more
VERIFICATION_ZOOM = 2.2  # side of the window of verification, in sides of the proposed box
FURTHER_ZOOMS = (1.8, 2.7)  # the same for the other windows that evidence is measured in

_MIRRORED = [1, 0, 2, 3, 5, 4]  # landmarks of a mirrored face, in the order of the original


@dataclass(frozen=True)
class Face:
    """One face in a photo.

    Attributes:
        box: x, y, width and height in pixels; may reach beyond the photo's edge.
        score: how much it looks like a face, in [0, 1].
        eyes: the eye on the photo's left, then the one on its right, as (x, y) in pixels.
        crop: uint8 [48, 48], grey, upright, framed as FER2013's faces are.
    """

    box: Box
    score: float
    eyes: Eyes
    crop: UInt8Array = field(repr=False, compare=False)


@dataclass(frozen=True)
class Framing:
    """How a detected box becomes a crop like FER2013's.

    Attributes:
        side: side of the crop, in sides of the box.
        up: how far the crop's centre lies above the box's, in sides of the box.
        tilt: degrees by which the line of the eyes may be tilted; the excess is rotated back.
    """

    side: float = 1.10
    up: float = 0.05
    tilt: float = 12.0


FRAMING = Framing()


@dataclass(frozen=True)
class View:
    """A proposal seen through a window centred on it.

    Attributes:
        window: in the photo's pixels.
        pixels: uint8 [128, 128, 3], the window.
        predictions: those that match the proposal, best first; may be empty.
    """

    window: Window
    pixels: UInt8Array
    predictions: Predictions


@dataclass(frozen=True)
class _Detection:
    """A `Face` that is not cropped yet."""

    box: Box
    eyes: Eyes
    score: float


def find_faces(
    image: UInt8Array, *, smallest: int = 40, thorough: bool = True, framing: Framing = FRAMING
) -> list[Face]:
    """Detect all faces in a photo.

    Args:
        image: uint8 [h, w, 3], upright RGB.
        smallest: side in pixels of the smallest faces to detect; in large photos at least 1/32 of
            the longer side.
        thorough: search small windows too. Without it, only faces of about a seventh of the shorter
            side and larger are found, in a fraction of the time: right for a camera.
        framing: how a box becomes a crop.

    Returns:
        The faces, largest first; an empty list if there are none.

    Raises:
        ModelError: the weights of the detector are missing.
    """
    height, width = image.shape[:2]
    smallest = max(smallest, max(height, width) // 32)
    coarse = [[whole_window(width, height)], square_windows(width, height, smallest)]
    found: list[_Detection] = []
    for windows in coarse:
        if thorough or not found:
            found += _accept(image, propose(image, windows), MIN_EVIDENCE, found)
    if thorough:
        proposals = propose(image, tile_windows(width, height, smallest))
        large_enough = [p for p in proposals if p.box[2] >= 0.75 * smallest]
        found += _accept(image, large_enough, MIN_EVIDENCE_IN_TILES, found)
    found.sort(key=lambda d: (-d.box[2] * d.box[3], d.box))
    return [Face(d.box, d.score, d.eyes, crop_face(image, d.box, d.eyes, framing)) for d in found]


def crop_face(image: UInt8Array, box: Box, eyes: Eyes, framing: Framing = FRAMING) -> UInt8Array:
    """Cut out a face as FER2013 does; beyond the photo's edge, the edge is repeated.

    Args:
        image: uint8 [h, w, 3], RGB.
        box, eyes: as in `Face`.
        framing: how the box becomes a crop.

    Returns:
        uint8 [48, 48], grey, upright.
    """
    import cv2

    x, y, w, h = box
    (ax, ay), (bx, by) = eyes
    tilt = math.atan2(by - ay, bx - ax)
    tilt = math.copysign(max(0.0, abs(tilt) - math.radians(framing.tilt)), tilt)
    side = max(w, h) * framing.side
    up = (math.sin(tilt), -math.cos(tilt))  # the person's "up" in the photo
    lift = max(w, h) * framing.up
    centre = (x + w / 2 + up[0] * lift, y + h / 2 + up[1] * lift)
    # Sampled at a whole multiple of 48 and averaged down, so that fine detail does not alias.
    fold = max(1, min(16, math.floor(side / CROP_SIDE)))
    out = CROP_SIDE * fold
    scale = out / side
    cos, sin = math.cos(tilt) * scale, math.sin(tilt) * scale
    matrix = np.array(
        [
            [cos, sin, out / 2 - 0.5 - cos * centre[0] - sin * centre[1]],
            [-sin, cos, out / 2 - 0.5 + sin * centre[0] - cos * centre[1]],
        ]
    )
    rotated = cv2.warpAffine(
        image, matrix, (out, out), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    grey = cv2.cvtColor(rotated, cv2.COLOR_RGB2GRAY)
    if fold > 1:
        grey = cv2.resize(grey, (CROP_SIDE, CROP_SIDE), interpolation=cv2.INTER_AREA)
    return np.asarray(grey, dtype=np.uint8)


def propose(image: UInt8Array, windows: Iterable[Window]) -> list[Proposal]:
    """Boxes that look at least a little like a face in any of the windows, best first.

    Args:
        image: uint8 [h, w, 3], upright RGB.
        windows: where to search.

    Returns:
        At most `MAX_PROPOSALS`, overlapping ones merged.
    """
    found = [proposal for window in windows for proposal in _propose_in(image, window)]
    return merge(found)[:MAX_PROPOSALS]


def view_proposal(image: UInt8Array, box: Box, zoom: float = VERIFICATION_ZOOM) -> View:
    """Run the network on the window centred on a box, `zoom` times as large."""
    window = window_around(box, zoom)
    pixels = cut_window(image, window)
    return View(window, pixels, run_blazeface(pixels).central(zoom))


def measure_evidence(image: UInt8Array, box: Box, view: View) -> float:
    """How much more than a chance resemblance a proposal is; higher is surer.

    A face looks like one at several anchors and from several distances, keeps its landmarks when
    mirrored, and looks less like a face upside down. Blobs and textures differ.

    Args:
        image: uint8 [h, w, 3], upright RGB.
        box: of the proposal.
        view: of the box at `VERIFICATION_ZOOM`, with at least one prediction; not computed again.
    """
    fifth, shifts = [], []
    for zoom in (VERIFICATION_ZOOM, *FURTHER_ZOOMS):
        seen = view if zoom == VERIFICATION_ZOOM else view_proposal(image, box, zoom)
        plain = seen.predictions
        mirrored = run_blazeface(np.ascontiguousarray(seen.pixels[:, ::-1])).central(zoom)
        if not len(plain) or not len(mirrored):
            return -math.inf
        fifth += [float(p.logits[min(4, len(p) - 1)]) for p in (plain, mirrored)]
        _, _, landmarks = plain.blend()
        _, _, back = mirrored.blend()
        back = np.stack([1 - back[:, 0], back[:, 1]], axis=1)[_MIRRORED]
        shifts.append(zoom * math.sqrt(float(np.mean(np.sum((landmarks - back) ** 2, axis=1)))))
    rotated = run_blazeface(np.ascontiguousarray(view.pixels[::-1, ::-1]))
    rotated = rotated.central(VERIFICATION_ZOOM)
    upside_down = float(rotated.logits[0]) if len(rotated) else 0.0
    return float(np.mean(fifth) - 8 * np.median(shifts) - 0.5 * upside_down)


def _propose_in(image: UInt8Array, window: Window) -> list[Proposal]:
    left, top, side = window
    predictions = run_blazeface(cut_window(image, window))
    scores = sigmoid(predictions.logits)
    rows = np.flatnonzero(scores >= MIN_SCORE)
    sides = predictions.sides[rows] * side
    x, y = (predictions.centres[rows] * side + np.array([left, top])).T - sides / 2
    found = zip(*(v.tolist() for v in (x, y, sides, scores[rows])), strict=True)
    return merge(Proposal((x, y, s, s), score) for x, y, s, score in found)


def _accept(
    image: UInt8Array, proposals: Iterable[Proposal], evidence: float, known: Sequence[_Detection]
) -> list[_Detection]:
    """The proposals that verification accepts, without the known faces."""
    fresh: list[_Detection] = []
    for proposal in proposals:
        if any(is_same_face(proposal.box, face.box) for face in (*known, *fresh)):
            continue
        view = view_proposal(image, proposal.box)
        logit = view.predictions.logits[0] if len(view.predictions) else -math.inf
        if logit < MIN_LOGIT:
            continue
        if logit < CLEAR_LOGIT and measure_evidence(image, proposal.box, view) < evidence:
            continue
        face = _detect(view)
        if not any(is_same_face(face.box, other.box) for other in (*known, *fresh)):
            fresh.append(face)
    return fresh


def _detect(view: View) -> _Detection:
    """The face that the predictions agree on, in the photo's pixels."""
    centre, side, landmarks = view.predictions.blend()
    left, top, scale = view.window
    origin = np.array([left, top], np.float32)
    x, y = (centre - side / 2) * scale + origin
    box = (float(x), float(y), side * scale, side * scale)
    (ax, ay), (bx, by) = (landmarks[:2] * scale + origin).tolist()
    score = float(sigmoid(view.predictions.logits[:1])[0])
    return _Detection(box, ((ax, ay), (bx, by)), score)

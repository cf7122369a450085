"""A photograph -> the faces in it, each with the 48x48 crop that the expression network reads.

Faces are found by BlazeFace short-range (Bazarevsky et al. 2019; weights from Google's MediaPipe,
Apache-2.0) through OpenCV's DNN module. It looks at 128x128 pixels and sees faces that fill
between a fifth and nine tenths of them, so the photograph is looked at through square windows of
several sizes. What a window suggests is looked at once more, centred and at the best size, and kept
if it still looks like a face.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mien.errors import ModelError
from mien.support.arrays import Float32Array, UInt8Array

if TYPE_CHECKING:
    import cv2

WEIGHTS_PATH = Path(__file__).parent.parent / "models" / "blazeface_short_range.tflite"

CROP_SIDE = 48
Box = tuple[float, float, float, float]
Eyes = tuple[tuple[float, float], tuple[float, float]]

_INPUT_SIDE = 128
_GRIDS = ((16, 2), (8, 6))  # (cells per side, anchors per cell), as BlazeFace's heads are laid out

# Chosen on faces of FER2013's Training split and on photographs without people (scikit-image's).
SUGGESTED = 0.2  # score from which what a window shows is looked at again
MOST_SUGGESTIONS = 64  # how many suggestions are looked at again; the best ones
POSSIBLE = 0.0  # logit that the second look must reach
CLEAR = 1.3  # logit from which the second look alone says that it is a face
EVIDENCE = -1.0  # the evidence that less clear faces need (see `_evidence`)
EVIDENCE_SMALL = -0.25  # the same for what only the small tiles saw: there are many of them
SECOND_LOOK = 2.2  # side of the second look's window, in sides of the suggested box
FURTHER_LOOKS = (1.8, 2.7)  # the same for the further looks that less clear faces get
OVERLAP = 0.3  # boxes that overlap more (intersection over union) are the same face


@dataclass(frozen=True)
class Face:
    """One face in a photograph.

    Attributes:
        box: x, y, width and height in pixels; may reach beyond the photograph's edge.
        score: how much it looks like a face, in [0, 1].
        eyes: the eye on the photograph's left, then the one on its right, as (x, y) in pixels.
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
        tilt: degrees to which the eyes' line may be tilted; what is more is turned back.
    """

    side: float = 1.10
    up: float = 0.05
    tilt: float = 12.0


FRAMING = Framing()


@dataclass(frozen=True)
class _Suggestion:
    """A box that looked a little like a face."""

    box: Box
    score: float


@dataclass(frozen=True)
class _Detection:
    """A box that is a face, and its eyes."""

    box: Box
    eyes: Eyes
    score: float


@dataclass(frozen=True)
class _Anchors:
    """What BlazeFace says at each of its anchors, in parts of the window's side.

    Logits [n], centres [n, 2], sides [n], landmarks [n, 6, 2]: the eyes, nose, mouth and ears.
    """

    logits: Float32Array
    centres: Float32Array
    sides: Float32Array
    landmarks: Float32Array

    def __getitem__(self, rows: np.ndarray | slice) -> _Anchors:
        return _Anchors(
            self.logits[rows], self.centres[rows], self.sides[rows], self.landmarks[rows]
        )


def find_faces(
    image: UInt8Array, *, smallest: int = 40, thorough: bool = True, framing: Framing = FRAMING
) -> list[Face]:
    """All faces in a photograph, largest first.

    Args:
        image: uint8 [h, w, 3], upright RGB.
        smallest: side in pixels of the smallest faces to look for, in large photographs at least
            1/32 of the longer side.
        thorough: look through small windows too. Without it, only faces of about a seventh of the
            shorter side and more are found, in a fraction of the time: right for a camera.
        framing: how a box becomes a crop.

    Returns:
        The faces; an empty list where there are none.
    """
    height, width = image.shape[:2]
    smallest = max(smallest, max(height, width) // 32)
    coarse = [_whole(width, height), _squares(width, height, smallest)]
    found: list[_Detection] = []
    for windows in coarse:
        if thorough or not found:
            found += _accept(image, _suggest(image, windows), EVIDENCE, found)
    if thorough:
        tiles = _suggest(image, _small_tiles(width, height, smallest))
        large_enough = [s for s in tiles if s.box[2] >= 0.75 * smallest]
        found += _accept(image, large_enough, EVIDENCE_SMALL, found)
    found.sort(key=lambda d: (-d.box[2] * d.box[3], d.box))
    return [Face(d.box, d.score, d.eyes, crop_face(image, d.box, d.eyes, framing)) for d in found]


def crop_face(
    image: UInt8Array,
    box: Box,
    eyes: Eyes,
    framing: Framing = FRAMING,
) -> UInt8Array:
    """Cut a face out as FER2013 does: grey, 48x48, upright. Beyond the edge the edge is repeated.

    Args:
        image: uint8 [h, w, 3], RGB.
        box, eyes: as in `Face`.
    """
    import cv2

    x, y, w, h = box
    (ax, ay), (bx, by) = eyes
    tilt = math.atan2(by - ay, bx - ax)
    tilt = math.copysign(max(0.0, abs(tilt) - math.radians(framing.tilt)), tilt)
    side = max(w, h) * framing.side
    # The photograph's direction "up" for the person.
    up = (math.sin(tilt), -math.cos(tilt))
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
    turned = cv2.warpAffine(
        image, matrix, (out, out), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    grey = cv2.cvtColor(turned, cv2.COLOR_RGB2GRAY)
    if fold > 1:
        grey = cv2.resize(grey, (CROP_SIDE, CROP_SIDE), interpolation=cv2.INTER_AREA)
    return np.asarray(grey, dtype=np.uint8)


_Window = tuple[int, int, int]
"""Left, top and side of a square in the photograph's pixels; may reach beyond its edge."""


def _whole(width: int, height: int) -> list[_Window]:
    side = max(width, height)
    return [((width - side) // 2, (height - side) // 2, side)]


def _squares(width: int, height: int, smallest: int) -> list[_Window]:
    """Squares of the photograph's shorter side.

    None where it is nearly square itself, and none on a strip too narrow for a face: the longer
    side bounds the smallest face, and so how many squares there can be.
    """
    side = min(width, height)
    return list(_tiles(width, height, side)) if smallest <= side < 0.9 * max(width, height) else []


def _small_tiles(width: int, height: int, smallest: int) -> list[_Window]:
    """Tiles of shrinking size, down to where the smallest face fills a fifth of one."""
    square, last = min(width, height), round(4.5 * smallest)
    if square <= last:
        return []
    steps = math.ceil(math.log2(square / last))
    sides = [round(square * (last / square) ** (i / steps)) for i in range(1, steps + 1)]
    return [tile for side in sides for tile in _tiles(width, height, side)]


def _tiles(width: int, height: int, side: int) -> Iterator[_Window]:
    """Squares that cover the photograph, overlapping by a quarter or more."""
    for top in _starts(height, side):
        for left in _starts(width, side):
            yield left, top, side


def _starts(length: int, side: int) -> list[int]:
    if length <= side:
        return [(length - side) // 2]
    count = math.ceil((length - side) / (0.75 * side)) + 1
    return [round(i * (length - side) / (count - 1)) for i in range(count)]


def _suggest(image: UInt8Array, windows: list[_Window]) -> list[_Suggestion]:
    """What looks a little like a face in any of the windows, best first."""
    found = [s for window in windows for s in _look(image, window)]
    return _merge(found)[:MOST_SUGGESTIONS]


def _look(image: UInt8Array, window: _Window) -> list[_Suggestion]:
    """What looks a little like a face in one window, best first."""
    left, top, side = window
    anchors = _run_blazeface(_cut(image, window))
    scores = _sigmoid(anchors.logits)
    rows = np.flatnonzero(scores >= SUGGESTED)
    sides = anchors.sides[rows] * side
    x, y = (anchors.centres[rows] * side + np.array([left, top])).T - sides / 2
    found = zip(*(v.tolist() for v in (x, y, sides, scores[rows])), strict=True)
    return _merge([_Suggestion((x, y, s, s), score) for x, y, s, score in found])


def _merge(suggestions: list[_Suggestion]) -> list[_Suggestion]:
    """Non-maximum suppression that averages what it suppresses, weighted by score; best first."""
    left = sorted(suggestions, key=lambda s: -s.score)
    merged = []
    while left:
        same = [s for s in left if s is left[0] or _overlap(s.box, left[0].box) > OVERLAP]
        left = [s for s in left if s not in same]
        total = sum(s.score for s in same)
        x, y, w, h = (sum(s.box[i] * s.score for s in same) / total for i in range(4))
        merged.append(_Suggestion((x, y, w, h), same[0].score))
    return merged


def _accept(
    image: UInt8Array, suggestions: list[_Suggestion], evidence: float, known: list[_Detection]
) -> list[_Detection]:
    """The suggestions that still look like a face when looked at again, less the known faces."""
    fresh: list[_Detection] = []
    for suggestion in suggestions:
        if any(_same(suggestion.box, face.box) for face in (*known, *fresh)):
            continue
        window = _around(suggestion.box, SECOND_LOOK)
        pixels = _cut(image, window)
        seen = _central(_run_blazeface(pixels), SECOND_LOOK)
        if not len(seen.logits) or seen.logits[0] < POSSIBLE:
            continue
        if seen.logits[0] < CLEAR and _evidence(image, suggestion.box, pixels, seen) < evidence:
            continue
        face = _detection(seen, window)
        if not any(_same(face.box, other.box) for other in (*known, *fresh)):
            fresh.append(face)
    return fresh


def _around(box: Box, zoom: float) -> _Window:
    """The window of `zoom` times the box's side with the box in its middle."""
    x, y, w, h = box
    side = max(8, round(zoom * max(w, h)))
    return round(x + w / 2 - side / 2), round(y + h / 2 - side / 2), side


def _evidence(image: UInt8Array, box: Box, pixels: UInt8Array, seen: _Anchors) -> float:
    """How much more than a chance resemblance a face is; larger is surer.

    A face looks like one at several anchors and from several distances, has its landmarks in the
    same places when mirrored, and is less of a face upside down. Blobs and textures differ. The
    second look's pixels, and what it saw in them, are looked at no second time.
    """
    fifth, apart = [], []
    for zoom in (SECOND_LOOK, *FURTHER_LOOKS):
        again = zoom == SECOND_LOOK
        view = pixels if again else _cut(image, _around(box, zoom))
        plain = seen if again else _central(_run_blazeface(view), zoom)
        mirrored = _central(_run_blazeface(np.ascontiguousarray(view[:, ::-1])), zoom)
        if not len(plain.logits) or not len(mirrored.logits):
            return -math.inf
        fifth += [float(a.logits[min(4, len(a.logits) - 1)]) for a in (plain, mirrored)]
        _, _, here = _average(plain)
        _, _, there = _average(mirrored)
        there = np.stack([1 - there[:, 0], there[:, 1]], axis=1)[[1, 0, 2, 3, 5, 4]]
        apart.append(zoom * math.sqrt(float(np.mean(np.sum((here - there) ** 2, axis=1)))))
    turned = _central(_run_blazeface(np.ascontiguousarray(pixels[::-1, ::-1])), SECOND_LOOK)
    upside_down = float(turned.logits[0]) if len(turned.logits) else 0.0
    return float(np.mean(fifth) - 8 * np.median(apart) - 0.5 * upside_down)


def _central(anchors: _Anchors, zoom: float) -> _Anchors:
    """Those whose box overlaps the one that a look at `zoom` expects, best first."""
    half = anchors.sides[:, None] / 2
    expected = 1 / zoom
    low = np.maximum(anchors.centres - half, 0.5 - expected / 2)
    high = np.minimum(anchors.centres + half, 0.5 + expected / 2)
    common = np.clip(high - low, 0, None).prod(axis=1)
    rows = np.flatnonzero(common / (anchors.sides**2 + expected**2 - common) > OVERLAP)
    return anchors[rows[np.argsort(-anchors.logits[rows], kind="stable")]]


def _average(anchors: _Anchors) -> tuple[Float32Array, float, Float32Array]:
    """Centre, side and landmarks over the best anchors, weighted by score.

    Averaging (as MediaPipe does) keeps boxes steady from frame to frame.
    """
    best = anchors[np.arange(min(8, len(anchors.logits)))]
    weights = _sigmoid(best.logits)
    return (
        np.average(best.centres, axis=0, weights=weights),
        float(np.average(best.sides, weights=weights)),
        np.average(best.landmarks, axis=0, weights=weights),
    )


def _detection(anchors: _Anchors, window: _Window) -> _Detection:
    """The face that the anchors agree on, in the photograph's pixels."""
    centre, side, landmarks = _average(anchors)
    left, top, scale = window
    origin = np.array([left, top], np.float32)
    x, y = (centre - side / 2) * scale + origin
    box = (float(x), float(y), side * scale, side * scale)
    (ax, ay), (bx, by) = (landmarks[:2] * scale + origin).tolist()
    return _Detection(box, ((ax, ay), (bx, by)), float(_sigmoid(anchors.logits[:1])[0]))


def _sigmoid(logits: Float32Array) -> Float32Array:
    return np.asarray(1 / (1 + np.exp(-np.clip(logits, -60, 60))), np.float32)


def _cut(image: UInt8Array, window: _Window) -> UInt8Array:
    """The window at 128x128; black beyond the photograph's edge."""
    import cv2

    left, top, side = window
    height, width = image.shape[:2]
    x0, y0, x1, y1 = max(0, left), max(0, top), min(width, left + side), min(height, top + side)
    out = np.zeros((_INPUT_SIDE, _INPUT_SIDE, 3), np.uint8)
    scale = _INPUT_SIDE / side
    u0, v0, u1, v1 = (
        round((x0 - left) * scale),
        round((y0 - top) * scale),
        round((x1 - left) * scale),
        round((y1 - top) * scale),
    )
    if u1 > u0 and v1 > v0 and x1 > x0 and y1 > y0:
        how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        out[v0:v1, u0:u1] = cv2.resize(image[y0:y1, x0:x1], (u1 - u0, v1 - v0), interpolation=how)
    return out


def _same(a: Box, b: Box) -> bool:
    """Whether two boxes are one face: they overlap, or one has its middle in the other."""
    (ax, ay, aw, ah), (bx, by, bw, bh) = a, b
    apart = max(abs(ax + aw / 2 - bx - bw / 2), abs(ay + ah / 2 - by - bh / 2))
    return apart < max(aw, bw) / 2 or _overlap(a, b) > OVERLAP


def _overlap(a: Box, b: Box) -> float:
    """Intersection over union, in [0, 1]."""
    (ax, ay, aw, ah), (bx, by, bw, bh) = a, b
    across = max(0.0, min(ax + aw, bx + bw) - max(ax, bx))
    common = across * max(0.0, min(ay + ah, by + bh) - max(ay, by))
    return common / (aw * ah + bw * bh - common)


@cache
def _anchors() -> Float32Array:
    """The centres of BlazeFace's 896 anchors, float32 [896, 2], in parts of the window's side."""
    centres = []
    for cells, per_cell in _GRIDS:
        middle = (np.arange(cells, dtype=np.float32) + 0.5) / cells
        x, y = np.meshgrid(middle, middle)
        grid = np.stack([x.ravel(), y.ravel()], axis=1)
        centres.append(np.repeat(grid, per_cell, axis=0))
    return np.concatenate(centres)


_local = threading.local()  # an OpenCV network must not be run by two threads at once


def _blazeface() -> cv2.dnn.Net:
    import cv2

    if not hasattr(_local, "network"):
        if not WEIGHTS_PATH.is_file():
            raise ModelError(f"{WEIGHTS_PATH} is missing", "install mien again")
        # OpenCV 5's new engine gives one output per run; the classic one gives both at once.
        _local.network = cv2.dnn.readNetFromTFLite(str(WEIGHTS_PATH), cv2.dnn.ENGINE_CLASSIC)
    network: cv2.dnn.Net = _local.network
    return network


def _run_blazeface(pixels: UInt8Array) -> _Anchors:
    """uint8 [128, 128, 3] -> what the 896 anchors say."""
    network = _blazeface()
    blob = (pixels.astype(np.float32) / 127.5 - 1).transpose(2, 0, 1)[None]
    network.setInput(np.ascontiguousarray(blob))
    logits, offsets = network.forward(["classificators", "regressors"])
    values = np.asarray(offsets, np.float32).reshape(-1, 16) / np.float32(_INPUT_SIDE)
    anchors = _anchors()
    landmarks = values[:, 4:].reshape(-1, 6, 2) + anchors[:, None]
    return _Anchors(
        np.asarray(logits, np.float32).ravel(), values[:, :2] + anchors, values[:, 2], landmarks
    )

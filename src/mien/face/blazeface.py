"""BlazeFace: pixels -> scored boxes with landmarks. Two networks of Google's MediaPipe.

The short-range one (Bazarevsky et al. 2019, arXiv:1907.05047) reads 128x128 pixels and detects
faces that fill between a tenth and all of them. The full-range one, made for 192x192 pixels,
detects faces of 14 to about 110 pixels; it is fully convolutional, so it reads a photo of any size
at once.
Both are Apache-2.0, converted to ONNX by `mien.research.fit.detectors`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from mien.face.boxes import SAME_FACE_IOU, Window
from mien.support.arrays import Float32Array, UInt8Array
from mien.support.inference import shared_session

FOLDER = Path(__file__).parent.parent / "models"

INPUT_SIDE = 128
"""Side in pixels of the window that the short-range network reads."""

FULL_RANGE_SIDE = 192
"""Side in pixels of the photo that the full-range network was made for."""

SMALLEST_FULL_RANGE = 14
"""Side in pixels of the smallest faces that the full-range network detects well."""

MULTIPLE = 32
"""The full-range network reads photos whose sides are multiples of this."""

_GRIDS = ((16, 2), (8, 6))  # (cells per side, anchors per cell), in the order of the outputs
_STRIDE = 4  # pixels between the anchors of the full-range network
_BLENDED = 8  # how many of the best anchors are averaged


@dataclass(frozen=True)
class Predictions:
    """A network's output at some of its anchors, relative to the window: [0, 1] is inside.

    Those of the full-range network are in pixels.

    Attributes:
        logits: float32 [n], of there being a face; `sigmoid` turns them into scores.
        centres: float32 [n, 2], x and y of the boxes' centres.
        sides: float32 [n], sides of the boxes, which are square.
        landmarks: float32 [n, 6, 2], x and y of the left and right eye, nose, mouth, left and right
            ear; left and right as in the photo.
    """

    logits: Float32Array
    centres: Float32Array
    sides: Float32Array
    landmarks: Float32Array

    def __len__(self) -> int:
        return len(self.logits)

    def __getitem__(self, rows: np.ndarray | slice) -> Predictions:
        return Predictions(
            self.logits[rows], self.centres[rows], self.sides[rows], self.landmarks[rows]
        )

    def central(self, zoom: float) -> Predictions:
        """Those for a face in the middle of a window `zoom` times its size, best first."""
        half = self.sides[:, None] / 2
        expected = 1 / zoom
        low = np.maximum(self.centres - half, 0.5 - expected / 2)
        high = np.minimum(self.centres + half, 0.5 + expected / 2)
        common = np.clip(high - low, 0, None).prod(axis=1)
        rows = np.flatnonzero(common / (self.sides**2 + expected**2 - common) > SAME_FACE_IOU)
        return self[rows[np.argsort(-self.logits[rows], kind="stable")]]

    def blend(self) -> tuple[Float32Array, float, Float32Array]:
        """Centre [2], side and landmarks [6, 2] of one face: the mean, weighted by score.

        Only the first eight count, so the best should come first.
        """
        best = self[:_BLENDED]
        weights = sigmoid(best.logits)
        return (
            np.average(best.centres, axis=0, weights=weights),
            float(np.average(best.sides, weights=weights)),
            np.average(best.landmarks, axis=0, weights=weights),
        )


def run_short_range(windows: Sequence[UInt8Array]) -> list[Predictions]:
    """Detect faces in windows.

    Args:
        windows: each uint8 [128, 128, 3], RGB (see `cut_window`).

    Returns:
        For each window the predictions at all 896 anchors, also where there is no face.

    Raises:
        ModelError: the weights are missing.
    """
    if not windows:
        return []
    logits, values = _run("blazeface_short_range", np.stack(windows))
    values = values / np.float32(INPUT_SIDE)
    anchors = _anchors()
    centres = values[..., :2] + anchors
    landmarks = values[..., 4:].reshape(len(windows), -1, 6, 2) + anchors[:, None]
    each = zip(logits, centres, values[..., 2], landmarks, strict=True)
    return [Predictions(*parts) for parts in each]


def run_full_range(image: UInt8Array, least: float) -> Predictions:
    """Detect faces of 14 to about 110 pixels in a photo.

    Args:
        image: uint8 [h, w, 3], RGB, of any size; costs time in proportion to its area.
        least: the least logit of predictions to return.

    Returns:
        The predictions with at least that logit, in pixels.

    Raises:
        ModelError: the weights are missing.
    """
    height, width = image.shape[:2]
    rows, columns = (-(-n // MULTIPLE) * MULTIPLE for n in (height, width))
    padded = np.zeros((1, rows, columns, 3), np.uint8)
    padded[0, :height, :width] = image
    logits, values = _run("blazeface_full_range", padded)
    found = np.flatnonzero(logits[0] >= least)
    values = values[0, found]
    y, x = np.divmod(found, columns // _STRIDE)
    anchors = np.asarray((np.stack([x, y], axis=1) + 0.5) * _STRIDE, np.float32)
    landmarks = values[:, 4:].reshape(-1, 6, 2) + anchors[:, None]
    return Predictions(logits[0, found], values[:, :2] + anchors, values[:, 2], landmarks)


def cut_window(image: UInt8Array, window: Window) -> UInt8Array:
    """A window of a photo as the short-range network reads it; black beyond the photo's edge.

    Args:
        image: uint8 [h, w, 3], RGB.
        window: in the photo's pixels.

    Returns:
        uint8 [128, 128, 3], RGB.
    """
    import cv2

    left, top, side = window
    height, width = image.shape[:2]
    x0, y0, x1, y1 = max(0, left), max(0, top), min(width, left + side), min(height, top + side)
    out = np.zeros((INPUT_SIDE, INPUT_SIDE, 3), np.uint8)
    scale = INPUT_SIDE / side
    u0, v0, u1, v1 = (
        round((x0 - left) * scale),
        round((y0 - top) * scale),
        round((x1 - left) * scale),
        round((y1 - top) * scale),
    )
    if u1 > u0 and v1 > v0 and x1 > x0 and y1 > y0:
        method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        out[v0:v1, u0:u1] = cv2.resize(
            image[y0:y1, x0:x1], (u1 - u0, v1 - v0), interpolation=method
        )
    return out


def sigmoid(logits: Float32Array) -> Float32Array:
    """Logits -> scores in [0, 1], float32."""
    return np.asarray(1 / (1 + np.exp(-np.clip(logits, -60, 60))), np.float32)


@cache
def _anchors() -> Float32Array:
    """The centres of the short-range anchors, float32 [896, 2], relative to the window."""
    centres = []
    for cells, per_cell in _GRIDS:
        middle = (np.arange(cells, dtype=np.float32) + 0.5) / cells
        x, y = np.meshgrid(middle, middle)
        grid = np.stack([x.ravel(), y.ravel()], axis=1)
        centres.append(np.repeat(grid, per_cell, axis=0))
    return np.concatenate(centres)


def _run(name: str, images: UInt8Array) -> tuple[Float32Array, Float32Array]:
    session = shared_session(FOLDER / f"{name}.onnx")
    logits, values = session.run(["logits", "values"], {"images": images})
    return logits, values

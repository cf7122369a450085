"""Faces that are in FER2013 more than once."""

from __future__ import annotations

from functools import cache

import numpy as np

from mien.research.data.fer2013 import Split
from mien.support.arrays import Float32Array, UInt8Array

MAX_HASH_DISTANCE = 12
"""Bits, of 64, by which the hashes of two images may differ for their pixels to be compared."""

MIN_CORRELATION = 0.8
"""Two images whose details correlate at least so much are the same photograph. Between PrivateTest
and Training, different people are below 0.7, copies above 0.8, and hardly any pair in between."""

_EDGE = 6  # pixels by which two cuts of a photograph may be offset
_SHIFT = 2  # pixels; few hashes survive a larger shift


def shifted(crops: UInt8Array, y: int, x: int) -> UInt8Array:
    """The images as if cut `y` pixels further down and `x` further right; edges are repeated."""
    height, width = crops.shape[1:]
    y_edge, x_edge = abs(y), abs(x)
    padded = np.pad(crops, ((0, 0), (y_edge, y_edge), (x_edge, x_edge)), mode="edge")
    return padded[:, y_edge + y : y_edge + y + height, x_edge + x : x_edge + x + width]


def copy_groups(split: Split) -> np.ndarray:
    """A group number for each face, int64 [n]; exact copies of one image share a number."""
    first: dict[bytes, int] = {}
    return np.array([first.setdefault(crop.tobytes(), len(first)) for crop in split.crops])


def without_copies(split: Split, training: Split) -> np.ndarray:
    """A mask, bool [n]: True for images without an exact copy in `training`."""
    seen = {crop.tobytes() for crop in training.crops}
    return np.array([crop.tobytes() not in seen for crop in split.crops], dtype=bool)


def without_near_copies(split: Split, training: Split) -> np.ndarray:
    """A mask, bool [n]: True for images that show no photograph of `training`.

    A near copy may be brighter, written upon, compressed again, cut a few pixels aside, or
    mirrored. At one of nine offsets its perceptual hash differs by at most `MAX_HASH_DISTANCE`
    bits, and its details correlate by at least `MIN_CORRELATION`.
    """
    fresh = without_copies(split, training)
    details = _details(split.crops)
    offsets = [(y, x) for y in (-_SHIFT, 0, _SHIFT) for x in (-_SHIFT, 0, _SHIFT)]
    hashes = np.stack([perceptual_hash(shifted(split.crops, y, x)) for y, x in offsets], axis=1)
    for crops in (training.crops, training.crops[:, :, ::-1]):
        other_details, other_hashes = _details(crops), perceptual_hash(crops)
        for row in np.flatnonzero(fresh):
            distance = np.bitwise_count(other_hashes ^ hashes[row][:, None]).min(axis=0)
            near = np.flatnonzero(distance <= MAX_HASH_DISTANCE)
            fresh[row] = all(
                _correlation(details[row], other_details[other]) < MIN_CORRELATION for other in near
            )
    return fresh


def perceptual_hash(crops: UInt8Array) -> np.ndarray:
    """64 bits for each image, uint64 [n]: which of 8x8 low frequencies are above their median.

    The frequencies are those of the discrete cosine transform, as in pHash (Zauner 2010); the
    median leaves out the mean grey.
    """
    basis = _cosines(crops.shape[1])
    low = np.einsum("ki,nij,lj->nkl", basis, crops.astype(np.float32), basis, optimize=True)
    frequencies = low.reshape(len(crops), -1)
    bits = frequencies > np.median(frequencies[:, 1:], axis=1, keepdims=True)
    return np.packbits(bits, axis=1).view(np.uint64)[:, 0]


@cache
def _cosines(side: int, count: int = 8) -> Float32Array:
    """The lowest basis functions of the discrete cosine transform, float32 [count, side]."""
    angles = (np.arange(side) + 0.5) * np.pi / side
    basis: Float32Array = np.cos(np.arange(count)[:, None] * angles).astype(np.float32)
    return basis


def _details(crops: UInt8Array) -> Float32Array:
    """The images without their slow changes in brightness, float32 [n, h, w]."""
    import cv2

    exact = np.ascontiguousarray(crops, np.float32)
    return np.stack([crop - cv2.GaussianBlur(crop, (0, 0), 4) for crop in exact])


def _correlation(a: Float32Array, b: Float32Array) -> float:
    """The best correlation of the middle of `a` with any window of `b`, in [-1, 1]."""
    import cv2

    middle = a[_EDGE:-_EDGE, _EDGE:-_EDGE]
    return float(cv2.matchTemplate(b, middle, cv2.TM_CCOEFF_NORMED).max())

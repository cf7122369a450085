"""Faces of FER2013 that are in it more than once."""

from __future__ import annotations

from functools import cache

import numpy as np

from mien.research.data.fer2013 import Split
from mien.support.arrays import Float32Array, UInt8Array

NEAR = 12
"""Hashes that differ in at most so many of their 64 bits are worth a look at the pixels."""

ALIKE = 0.8
"""Details that correlate at least so well are the same photograph: between PrivateTest and Training
hardly any pair lies between 0.7 and 0.8, different people below, and copies above."""

_EDGE = 6  # pixels that two cuts of a photograph may lie apart
_SHIFT = 2  # pixels by which hashes are tried, since few survive more


def shifted(crops: UInt8Array, y: int, x: int) -> UInt8Array:
    """The images as if cut so many pixels further down and right; edges are repeated."""
    height, width = crops.shape[1:]
    y_edge, x_edge = abs(y), abs(x)
    padded = np.pad(crops, ((0, 0), (y_edge, y_edge), (x_edge, x_edge)), mode="edge")
    return padded[:, y_edge + y : y_edge + y + height, x_edge + x : x_edge + x + width]


def copy_groups(split: Split) -> np.ndarray:
    """A number for each face, int64 [n], the same for exact copies of one image."""
    first: dict[bytes, int] = {}
    return np.array([first.setdefault(crop.tobytes(), len(first)) for crop in split.crops])


def without_copies(split: Split, training: Split) -> np.ndarray:
    """A mask, bool [n]: True where the image has no exact copy in `training`."""
    seen = {crop.tobytes() for crop in training.crops}
    return np.array([crop.tobytes() not in seen for crop in split.crops], dtype=bool)


def without_near_copies(split: Split, training: Split) -> np.ndarray:
    """A mask, bool [n]: True where no image of `training` is the same photograph.

    Such as one that was brightened, written upon, compressed again, cut some pixels aside, or
    mirrored: perceptual hashes at most `NEAR` bits apart, at one of nine places, and details that
    correlate by `ALIKE`.
    """
    fresh = without_copies(split, training)
    mine = _details(split.crops)
    places = [(y, x) for y in (-_SHIFT, 0, _SHIFT) for x in (-_SHIFT, 0, _SHIFT)]
    codes = np.stack([perceptual_hash(shifted(split.crops, y, x)) for y, x in places], axis=1)
    for crops in (training.crops, training.crops[:, :, ::-1]):
        theirs, their_codes = _details(crops), perceptual_hash(crops)
        for row in np.flatnonzero(fresh):
            apart = np.bitwise_count(their_codes ^ codes[row][:, None]).min(axis=0)
            near = np.flatnonzero(apart <= NEAR)
            fresh[row] = all(_likeness(mine[row], theirs[other]) < ALIKE for other in near)
    return fresh


def perceptual_hash(crops: UInt8Array) -> np.ndarray:
    """64 bits an image, uint64 [n]: which of 8x8 low frequencies lie above their median.

    Those of the discrete cosine transform, as in pHash (Zauner 2010); for the median, the mean grey
    does not count.
    """
    basis = _cosines(crops.shape[1])
    low = np.einsum("ki,nij,lj->nkl", basis, crops.astype(np.float32), basis, optimize=True)
    waves = low.reshape(len(crops), -1)
    bits = waves > np.median(waves[:, 1:], axis=1, keepdims=True)
    return np.packbits(bits, axis=1).view(np.uint64)[:, 0]


@cache
def _cosines(side: int, count: int = 8) -> Float32Array:
    """The lowest basis functions of the discrete cosine transform, float32 [count, side]."""
    places = (np.arange(side) + 0.5) * np.pi / side
    waves: Float32Array = np.cos(np.arange(count)[:, None] * places).astype(np.float32)
    return waves


def _details(crops: UInt8Array) -> Float32Array:
    """The images less their light and shade, float32 [n, h, w]."""
    import cv2

    exact = np.ascontiguousarray(crops, np.float32)
    return np.stack([crop - cv2.GaussianBlur(crop, (0, 0), 4) for crop in exact])


def _likeness(a: Float32Array, b: Float32Array) -> float:
    """The best correlation of the middle of `a` with any place of `b`, in [-1, 1]."""
    import cv2

    middle = a[_EDGE:-_EDGE, _EDGE:-_EDGE]
    return float(cv2.matchTemplate(b, middle, cv2.TM_CCOEFF_NORMED).max())

"""A detected face -> the 48x48 crop that the expression network reads."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from mien.face.boxes import Box
from mien.support.arrays import UInt8Array

CROP_SIDE = 48

Eyes = tuple[tuple[float, float], tuple[float, float]]

_TURNED = math.radians(60)  # from here on, the person is turned and not just tilted


@dataclass(frozen=True)
class Framing:
    """How a detected box becomes a crop like FER2013's.

    Attributes:
        side: side of the crop, in sides of the box.
        up: how far the crop's centre lies above the box's, in sides of the box.
        tilt: degrees by which the line of the eyes may be tilted; the excess is rotated back. A
            face that is turned by more than 60 degrees is rotated wholly.
    """

    side: float = 1.10
    up: float = 0.05
    tilt: float = 12.0


FRAMING = Framing()


def crop_face(image: UInt8Array, box: Box, eyes: Eyes, framing: Framing = FRAMING) -> UInt8Array:
    """Cut out a face as FER2013 does; beyond the photo's edge, the edge is repeated.

    Args:
        image: uint8 [h, w, 3], RGB.
        box: x, y, width and height in pixels.
        eyes: the eye on the left of the upright face, then the one on its right, in pixels.
        framing: how the box becomes a crop.

    Returns:
        uint8 [48, 48], grey, upright.
    """
    import cv2

    x, y, w, h = box
    (ax, ay), (bx, by) = eyes
    tilt = math.atan2(by - ay, bx - ax)
    if abs(tilt) < _TURNED:
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

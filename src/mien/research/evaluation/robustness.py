"""How accuracy falls when faces are blurred, noisy, dark, turned, covered, compressed or small."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Protocol

import cv2
import numpy as np

from mien.research.data.fer2013 import SIDE, Split
from mien.support.arrays import Float32Array, UInt8Array


class Predictor(Protocol):
    """Anything that reads FER2013's seven labels off crops."""

    def predict(self, crops: UInt8Array, head: str | None = None) -> Float32Array:
        """uint8 [n, 48, 48] -> float32 [n, classes]."""


Corruption = Callable[[UInt8Array], UInt8Array]
"""uint8 [48, 48] -> uint8 [48, 48]."""

_EYES = slice(13, 24)  # rows; in FER2013 the eyes are 0.39 down
_MOUTH = slice(32, 44)
_SIDES = slice(8, 40)


def blurred(crop: UInt8Array, deviation: float) -> UInt8Array:
    """Gaussian blur of `deviation` pixels."""
    return _bytes(cv2.GaussianBlur(crop.astype(np.float32), (0, 0), deviation))


def noisy(crop: UInt8Array, deviation: float) -> UInt8Array:
    """Gaussian noise of `deviation` grey levels, the same for the same face."""
    random = np.random.default_rng(int(crop.astype(np.int64).sum()))
    return _bytes(crop + random.normal(0, deviation, crop.shape))


def exposed(crop: UInt8Array, factor: float) -> UInt8Array:
    """Darker below 1, brighter above; what is brighter than white is lost."""
    return _bytes(crop * factor)


def turned(crop: UInt8Array, degrees: float) -> UInt8Array:
    """Turned about its middle, anticlockwise."""
    middle = (SIDE - 1) / 2
    turn = cv2.getRotationMatrix2D((middle, middle), degrees, 1)
    out = cv2.warpAffine(crop, turn, (SIDE, SIDE), borderMode=cv2.BORDER_REPLICATE)
    return _bytes(out)


def covered(crop: UInt8Array, rows: slice) -> UInt8Array:
    """A band of mean grey over the eyes or the mouth."""
    out = crop.copy()
    out[rows, _SIDES] = round(float(crop.mean()))
    return out


def compressed(crop: UInt8Array, quality: int) -> UInt8Array:
    """As a JPEG of that quality."""
    _, stored = cv2.imencode(".jpg", crop, [cv2.IMWRITE_JPEG_QUALITY, quality])
    opened = cv2.imdecode(stored, cv2.IMREAD_GRAYSCALE)
    assert opened is not None
    return _bytes(opened)


def small(crop: UInt8Array, side: int) -> UInt8Array:
    """Seen with so many pixels, and enlarged again."""
    few = cv2.resize(crop, (side, side), interpolation=cv2.INTER_AREA)
    return _bytes(cv2.resize(few, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC))


CORRUPTIONS: Mapping[str, Corruption] = {
    "as it is": lambda crop: crop,
    "blur, 1 pixel": partial(blurred, deviation=1),
    "blur, 2 pixels": partial(blurred, deviation=2),
    "noise, 10 grey levels": partial(noisy, deviation=10),
    "noise, 25 grey levels": partial(noisy, deviation=25),
    "darker, a quarter": partial(exposed, factor=0.25),
    "darker, half": partial(exposed, factor=0.5),
    "brighter, 1.5 times": partial(exposed, factor=1.5),
    "turned by -30 degrees": partial(turned, degrees=-30),
    "turned by -15 degrees": partial(turned, degrees=-15),
    "turned by 15 degrees": partial(turned, degrees=15),
    "turned by 30 degrees": partial(turned, degrees=30),
    "eyes covered": partial(covered, rows=_EYES),
    "mouth covered": partial(covered, rows=_MOUTH),
    "JPEG, quality 30": partial(compressed, quality=30),
    "24 pixels": partial(small, side=24),
}
"""What is done to the faces -> how."""


def evaluate_robustness(model: Predictor, split: Split) -> dict[str, float]:
    """Corruption -> the share of FER2013's labels that is still right, in [0, 1]."""
    scores = {}
    for name, corrupt in CORRUPTIONS.items():
        crops = np.stack([corrupt(crop) for crop in split.crops])
        answers = model.predict(crops, "fer2013").argmax(axis=1)
        scores[name] = float((answers == split.labels).mean())
    return scores


def _bytes(values: np.ndarray) -> UInt8Array:
    whole: UInt8Array = np.clip(np.rint(values), 0, 255).astype(np.uint8)
    return whole

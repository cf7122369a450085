"""Accuracy on faces that are blurred, noisy, dark, rotated, covered, compressed or small."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import cv2
import numpy as np

from mien.face.expression import fold
from mien.research.data.fer2013 import SIDE, Split
from mien.research.data.truth import majority_emotions
from mien.research.evaluation.expression import class_scores, confusion_matrix, mean_recall
from mien.support.arrays import Float32Array, UInt8Array


@dataclass(frozen=True)
class BalanceScores:
    """Scores of readings.

    Attributes:
        accuracy: in [0, 1].
        balanced_accuracy: the mean recall of the emotions that have faces, in [0, 1].
        recalls: emotion -> its recall, in [0, 1]; 0 without faces.
    """

    accuracy: float
    balanced_accuracy: float
    recalls: dict[str, float]

    def __str__(self) -> str:
        return f"{self.accuracy:.1%} / {self.balanced_accuracy:.1%}"

    @classmethod
    def of(cls, predicted: np.ndarray, truth: np.ndarray) -> BalanceScores:
        """From indices into `EMOTIONS`, int [n]; rows whose truth is -1 do not count."""
        predicted, truth = predicted[truth >= 0], truth[truth >= 0]
        confusion = confusion_matrix(predicted, truth)
        recalls = {name: s.recall for name, s in class_scores(confusion).items()}
        return cls(float((predicted == truth).mean()), mean_recall(confusion), recalls)


class Predictor(Protocol):
    """A network that predicts FER2013's labels, and maybe the raters' votes."""

    @property
    def heads(self) -> tuple[str, ...]:
        """Its heads, of `mien.face.network.HEADS`."""

    def predict(self, crops: UInt8Array, head: str | None = None) -> Float32Array:
        """uint8 [n, 48, 48] -> float32 [n, classes]."""


Corruption = Callable[[UInt8Array], UInt8Array]
"""uint8 [48, 48] -> uint8 [48, 48]."""

_EYES = slice(13, 24)  # rows; in FER2013 the eyes are at 0.39 of the height
_MOUTH = slice(32, 44)
_SIDES = slice(8, 40)


def blurred(crop: UInt8Array, deviation: float) -> UInt8Array:
    """Blur with a Gaussian of `deviation` pixels."""
    return _bytes(cv2.GaussianBlur(crop.astype(np.float32), (0, 0), deviation))


def noisy(crop: UInt8Array, deviation: float) -> UInt8Array:
    """Add Gaussian noise of `deviation` grey levels, always the same for a face."""
    random = np.random.default_rng(int(crop.astype(np.int64).sum()))
    return _bytes(crop + random.normal(0, deviation, crop.shape))


def exposed(crop: UInt8Array, factor: float) -> UInt8Array:
    """Multiply the brightness; values above white are clipped."""
    return _bytes(crop * factor)


def rotated(crop: UInt8Array, degrees: float) -> UInt8Array:
    """Rotate about the middle, anticlockwise."""
    middle = (SIDE - 1) / 2
    rotation = cv2.getRotationMatrix2D((middle, middle), degrees, 1)
    out = cv2.warpAffine(crop, rotation, (SIDE, SIDE), borderMode=cv2.BORDER_REPLICATE)
    return _bytes(out)


def covered(crop: UInt8Array, rows: slice) -> UInt8Array:
    """Cover these rows with a band of mean grey."""
    out = crop.copy()
    out[rows, _SIDES] = round(float(crop.mean()))
    return out


def compressed(crop: UInt8Array, quality: int) -> UInt8Array:
    """Compress as a JPEG of that quality."""
    _, stored = cv2.imencode(".jpg", crop, [cv2.IMWRITE_JPEG_QUALITY, quality])
    opened = cv2.imdecode(stored, cv2.IMREAD_GRAYSCALE)
    assert opened is not None
    return _bytes(opened)


def small(crop: UInt8Array, side: int) -> UInt8Array:
    """Reduce to `side` pixels, and enlarge again."""
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
    "turned by -30 degrees": partial(rotated, degrees=-30),
    "turned by -15 degrees": partial(rotated, degrees=-15),
    "turned by 15 degrees": partial(rotated, degrees=15),
    "turned by 30 degrees": partial(rotated, degrees=30),
    "eyes covered": partial(covered, rows=_EYES),
    "mouth covered": partial(covered, rows=_MOUTH),
    "JPEG, quality 30": partial(compressed, quality=30),
    "24 pixels": partial(small, side=24),
}
"""Name -> what it does to a face."""

CAMERA = (
    "as it is",
    "blur, 1 pixel",
    "blur, 2 pixels",
    "noise, 10 grey levels",
    "noise, 25 grey levels",
    "darker, a quarter",
    "JPEG, quality 30",
    "24 pixels",
)
"""Of `CORRUPTIONS`: the clean faces, and what cameras do to them."""


@dataclass(frozen=True)
class RobustnessScores:
    """Scores on faces with one corruption.

    Attributes:
        labels: against FER2013's labels.
        readings: of the seven emotions against the raters' majority; None for networks that do not
            predict the raters' votes.
    """

    labels: BalanceScores
    readings: BalanceScores | None


def evaluate_robustness(model: Predictor, split: Split) -> dict[str, RobustnessScores]:
    """Corruption -> scores."""
    scores = {}
    for name, corrupt in CORRUPTIONS.items():
        crops = np.stack([corrupt(crop) for crop in split.crops])
        labels = BalanceScores.of(model.predict(crops, "fer2013").argmax(axis=1), split.labels)
        readings = None
        if "raters" in model.heads and split.votes is not None:
            answers = fold(model.predict(crops)).argmax(axis=1)
            readings = BalanceScores.of(answers, majority_emotions(split))
        scores[name] = RobustnessScores(labels, readings)
    return scores


def _bytes(values: np.ndarray) -> UInt8Array:
    whole: UInt8Array = np.clip(np.rint(values), 0, 255).astype(np.uint8)
    return whole

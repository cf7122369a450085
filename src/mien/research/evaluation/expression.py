"""Expression networks against FER2013's labels and against the ten raters of FER+."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mien.emotions import EMOTIONS
from mien.errors import DataError
from mien.face.expression import fold
from mien.face.network import HEADS, ExpressionModel
from mien.research.data.copies import shifted, without_copies, without_near_copies
from mien.research.data.fer2013 import Fer2013, Split
from mien.research.data.truth import majority_emotions, truth_of
from mien.support.arrays import Float32Array, UInt8Array

SPLITS = ("public", "private")
CONFIDENT = 0.7
"""The share of the most confident faces whose accuracy is measured apart."""

_BINS = 15  # of confidence, as in Guo et al. 2017
_DRAWS = 400  # of outcomes of calibrated confidences
_SHIFT = 2  # pixels, of the views at the corners


@dataclass(frozen=True)
class ClassScore:
    """Precision, recall and F1 of one class, in [0, 1]; 0 if undefined."""

    precision: float
    recall: float
    f1: float


@dataclass(frozen=True)
class Part:
    """A part of the faces: its size, and the accuracy on it, in [0, 1]."""

    n: int
    accuracy: float

    @classmethod
    def of(cls, right: np.ndarray) -> Part:
        """From whether each face is classified correctly, bool [n]."""
        return cls(len(right), float(right.mean()) if len(right) else 0.0)


@dataclass(frozen=True)
class Chance:
    """Mean and standard deviation of a measure under chance alone."""

    mean: float
    deviation: float

    def __str__(self) -> str:
        return f"{self.mean:.1%} ± {self.deviation:.1%}"


@dataclass(frozen=True)
class HeadScores:
    """Scores of one head, without test-time augmentation unless stated.

    Attributes:
        n: faces that have a true class.
        accuracy: in [0, 1].
        balanced_accuracy: the mean recall of the classes that have faces, in [0, 1].
        mirrored: accuracy of the mean over each face and its mirror image.
        ten_views: accuracy of the mean over ten views: five offsets and their mirror images.
        without_copies: the faces without an exact copy in Training.
        without_near_copies: the faces without an exact or near copy in Training.
        loss: mean cross-entropy in nats.
        calibration_error: expected calibration error, 15 bins (Guo et al. 2017), in [0, 1].
        honest_error: the same if every confidence were the true probability of being right.
        confident: the 70 % of faces with the highest confidence.
        per_class: class -> its scores.
        confusion: counts; rows are true classes, columns predicted ones.
    """

    n: int
    accuracy: float
    balanced_accuracy: float
    mirrored: float
    ten_views: float
    without_copies: Part
    without_near_copies: Part
    loss: float
    calibration_error: float
    honest_error: Chance
    confident: Part
    per_class: dict[str, ClassScore]
    confusion: list[list[int]]


@dataclass(frozen=True)
class ReadingScores:
    """Scores of `ExpressionModel.read`, against the raters' majority among the seven emotions.

    Attributes:
        n: faces with such a majority.
        accuracy: in [0, 1].
        balanced_accuracy: the mean recall of the emotions that have faces, in [0, 1].
        calibration_error: expected calibration error, 15 bins, in [0, 1].
        honest_error: the same if every confidence were the true probability of being right.
        confident: the 70 % of faces with the highest confidence.
        unsure_below: the confidence below which the label is withheld.
        unsure: share of faces whose label is withheld, in [0, 1].
        sure: the other faces.
        per_class: emotion -> its scores, also where the label is withheld.
        confusion: counts; rows are true emotions, columns the most probable ones.
    """

    n: int
    accuracy: float
    balanced_accuracy: float
    calibration_error: float
    honest_error: Chance
    confident: Part
    unsure_below: float
    unsure: float
    sure: Part
    per_class: dict[str, ClassScore]
    confusion: list[list[int]]


@dataclass(frozen=True)
class ExpressionScores:
    """A network on one split of FER2013.

    Attributes:
        split: `public` or `private`.
        fer2013: against FER2013's labels.
        raters: against the raters' majority of eight classes; None without that head or the votes.
        reads_with: the head that `ExpressionModel.read` uses.
        reading: of that; None without the votes.
        parameters: number of the network's parameters.
        bytes: size of the network's file.
    """

    split: str
    fer2013: HeadScores
    raters: HeadScores | None
    reads_with: str
    reading: ReadingScores | None
    parameters: int
    bytes: int

    def as_json(self) -> dict[str, Any]:
        """The scores as JSON values, rounded to six decimals."""
        rounded: dict[str, Any] = _rounded(dataclasses.asdict(self))
        return rounded


def evaluate_expression(model: ExpressionModel, data: Fer2013, split: str) -> ExpressionScores:
    """Score a network on one split of FER2013.

    Args:
        model: the network.
        data: all splits, to find copies of Training.
        split: `public` or `private`.

    Raises:
        DataError: there is no such split to score.
    """
    if split not in SPLITS:
        raise DataError(f"{split!r} cannot be scored", f"use {' or '.join(SPLITS)}")
    faces = data.split(split)
    originals = without_copies(faces, data.training), without_near_copies(faces, data.training)
    by_view = [model.predict_heads(view) for view in views(faces.crops)]
    scores = {
        head: score_head(head, [view[head] for view in by_view], faces, *originals)
        for head in model.heads
        if head == "fer2013" or faces.votes is not None
    }
    reading = None
    if faces.votes is not None:
        seven = fold(by_view[0][model.default_head])
        reading = score_reading(seven, majority_emotions(faces), model.unsure_below)
    return ExpressionScores(
        split=split,
        fer2013=scores["fer2013"],
        raters=scores.get("raters"),
        reads_with=model.default_head,
        reading=reading,
        parameters=model.parameters,
        bytes=model.path.stat().st_size,
    )


def score_reading(seven: Float32Array, truth: np.ndarray, unsure_below: float) -> ReadingScores:
    """Score readings.

    Args:
        seven: probabilities of the seven emotions, float32 [n, 7].
        truth: the true emotions, int64 [n]; rows with -1 do not count.
        unsure_below: the confidence below which a label is withheld.
    """
    seven, truth = seven[truth >= 0], truth[truth >= 0]
    confidence, right = seven.max(axis=1), seven.argmax(axis=1) == truth
    sure = confidence >= unsure_below
    confusion = confusion_matrix(seven.argmax(axis=1), truth)
    return ReadingScores(
        n=len(right),
        accuracy=float(right.mean()),
        balanced_accuracy=mean_recall(confusion),
        calibration_error=calibration_error(confidence, right),
        honest_error=honest_error(confidence),
        confident=Part.of(most_confident(confidence, right, CONFIDENT)),
        unsure_below=unsure_below,
        unsure=float(1 - sure.mean()),
        sure=Part.of(right[sure]),
        per_class=class_scores(confusion),
        confusion=confusion.tolist(),
    )


def score_head(
    head: str,
    by_view: Sequence[Float32Array],
    faces: Split,
    no_copy: np.ndarray,
    no_near_copy: np.ndarray,
) -> HeadScores:
    """Score one head by its probabilities.

    Args:
        head: of `HEADS`.
        by_view: float32 [n, classes] for each of the `views`.
        faces: the split.
        no_copy: bool [n], whether a face has no exact copy in Training.
        no_near_copy: bool [n], whether it has no exact or near copy there.
    """
    truth = truth_of(faces, head)
    clear = truth >= 0
    truth, no_copy, no_near_copy = truth[clear], no_copy[clear], no_near_copy[clear]
    by_view = [view[clear] for view in by_view]
    probabilities = by_view[0]
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == truth
    confusion = confusion_matrix(probabilities.argmax(axis=1), truth, len(HEADS[head]))

    def accuracy_of_mean(count: int) -> float:
        mean = np.mean(by_view[:count], axis=0)
        return float((mean.argmax(axis=1) == truth).mean())

    of_truth = probabilities[np.arange(len(truth)), truth]
    return HeadScores(
        n=len(truth),
        accuracy=float(right.mean()),
        balanced_accuracy=mean_recall(confusion),
        mirrored=accuracy_of_mean(2),
        ten_views=accuracy_of_mean(10),
        without_copies=Part.of(right[no_copy]),
        without_near_copies=Part.of(right[no_near_copy]),
        loss=float(-np.log(np.clip(of_truth, 1e-12, 1)).mean()),
        calibration_error=calibration_error(confidence, right),
        honest_error=honest_error(confidence),
        confident=Part.of(most_confident(confidence, right, CONFIDENT)),
        per_class=class_scores(confusion, HEADS[head]),
        confusion=confusion.tolist(),
    )


def views(crops: UInt8Array) -> Iterator[UInt8Array]:
    """The faces and their mirror images, unshifted first, then shifted to each of four corners."""
    corners = [(y, x) for y in (-_SHIFT, _SHIFT) for x in (-_SHIFT, _SHIFT)]
    for y, x in ((0, 0), *corners):
        view = shifted(crops, y, x)
        yield np.ascontiguousarray(view)
        yield np.ascontiguousarray(view[:, :, ::-1])


def most_confident(confidence: np.ndarray, right: np.ndarray, share: float) -> np.ndarray:
    """`right` of the `share` most confident faces, bool [k], the most confident first."""
    order = np.argsort(-confidence, kind="stable")
    return right[order][: round(share * len(right))]


def calibration_error(confidence: np.ndarray, right: np.ndarray) -> float:
    """Expected calibration error: the mean difference of confidence and accuracy over the bins."""
    return sum(n * abs(c - a) for n, c, a in reliability(confidence, right)) / len(right)


def honest_error(confidence: np.ndarray) -> Chance:
    """The calibration error of perfectly calibrated confidences, by chance.

    It is not zero: the accuracy in a bin of few faces varies. An error within two deviations of the
    mean does not differ from it.

    Args:
        confidence: float [n] in [0, 1].
    """
    random = np.random.default_rng(0)
    draws = [random.random(len(confidence)) < confidence for _ in range(_DRAWS)]
    errors = [calibration_error(confidence, right) for right in draws]
    return Chance(float(np.mean(errors)), float(np.std(errors)))


def reliability(confidence: np.ndarray, right: np.ndarray) -> list[tuple[int, float, float]]:
    """(faces, mean confidence, accuracy) of each bin of confidence that has any."""
    bins = np.minimum((confidence * _BINS).astype(int), _BINS - 1)
    found = [bins == b for b in range(_BINS) if (bins == b).any()]
    return [(int(b.sum()), float(confidence[b].mean()), float(right[b].mean())) for b in found]


def confusion_matrix(
    predicted: np.ndarray, truth: np.ndarray, size: int = len(EMOTIONS)
) -> np.ndarray:
    """Counts, int64 [size, size]; rows are true classes, columns predicted ones.

    >>> confusion_matrix(np.array([0, 1]), np.array([1, 1]), 2)
    array([[0, 0],
           [1, 1]])
    """
    cells = truth.astype(np.int64) * size + predicted
    return np.bincount(cells, minlength=size * size).reshape(size, size)


def mean_recall(confusion: np.ndarray) -> float:
    """The balanced accuracy: the mean recall of the classes that have faces, in [0, 1].

    >>> mean_recall(np.array([[3, 1, 0], [1, 1, 0], [0, 0, 0]]))
    0.625
    """
    faces = confusion.sum(axis=1)
    return float((confusion.diagonal()[faces > 0] / faces[faces > 0]).mean())


def class_scores(
    confusion: np.ndarray, classes: tuple[str, ...] = EMOTIONS
) -> dict[str, ClassScore]:
    """Precision, recall and F1 of each class from the confusion matrix."""
    scores = {}
    for i, name in enumerate(classes):
        hit = float(confusion[i, i])
        predicted, actual = float(confusion[:, i].sum()), float(confusion[i].sum())
        precision = hit / predicted if predicted else 0.0
        recall = hit / actual if actual else 0.0
        f1 = 2 * hit / (predicted + actual) if predicted + actual else 0.0
        scores[name] = ClassScore(precision, recall, f1)
    return scores


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, dict):
        return {key: _rounded(v) for key, v in value.items()}
    return value

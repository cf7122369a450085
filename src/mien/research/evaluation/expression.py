"""The expression network against FER2013's labels and against the ten raters of FER+."""

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
"""Of this share of faces, the most confident ones, we ask how many are read right."""

_BINS = 15  # of confidence, as Guo et al. 2017
_DRAWS = 400  # of what chance makes of honest confidences
_SHIFT = 2  # pixels, of the corner views


@dataclass(frozen=True)
class ClassScore:
    """Precision, recall and F1 of one class, in [0, 1]; 0 where there is nothing to divide by."""

    precision: float
    recall: float
    f1: float


@dataclass(frozen=True)
class Part:
    """A part of the faces: how many, and the share read right, in [0, 1]."""

    n: int
    accuracy: float

    @classmethod
    def of(cls, right: np.ndarray) -> Part:
        """From whether each face is read right."""
        return cls(len(right), float(right.mean()) if len(right) else 0.0)


@dataclass(frozen=True)
class Chance:
    """What chance alone would give: mean and standard deviation."""

    mean: float
    deviation: float

    def __str__(self) -> str:
        return f"{self.mean:.1%} ± {self.deviation:.1%}"


@dataclass(frozen=True)
class HeadScores:
    """What one head gets right, without test-time augmentation where nothing else is said.

    Attributes:
        n: faces that have a true class.
        accuracy: share right, in [0, 1].
        mirrored: the same for the mean of each face and its mirror image.
        ten_views: the same for the mean of ten: five places, two pixels apart, and their mirrors.
        without_copies: the faces that have no exact copy in Training.
        without_near_copies: those of which Training has no other version, either.
        loss: mean cross-entropy in nats.
        calibration_error: expected calibration error, 15 bins (Guo et al. 2017), in [0, 1].
        honest_error: what that would be, were every confidence the true chance of being right.
        confident: the 70 % of faces with the highest confidence.
        per_class: class -> its scores.
        confusion: counts; rows are the true classes, columns the network's.
    """

    n: int
    accuracy: float
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
    """What users are told (`ExpressionModel.read`) against what most raters saw of the seven.

    Attributes:
        n: faces that most raters gave one of the seven emotions.
        accuracy: share right, in [0, 1].
        calibration_error: expected calibration error, 15 bins, in [0, 1].
        honest_error: what that would be, were every confidence the true chance of being right.
        confident: the 70 % of faces with the highest confidence.
        unsure_below: the confidence under which the label is withheld.
        unsure: share of faces whose label is withheld, in [0, 1].
        sure: the others.
    """

    n: int
    accuracy: float
    calibration_error: float
    honest_error: Chance
    confident: Part
    unsure_below: float
    unsure: float
    sure: Part


@dataclass(frozen=True)
class ExpressionScores:
    """A network on one split of FER2013.

    Attributes:
        split: `public` or `private`.
        fer2013: against FER2013's labels.
        raters: against the raters' majority, eight classes; None without that head or the votes.
        reads_with: the head by which faces are read.
        reading: what users are told, against the raters; None without the votes.
        parameters: learned numbers in the network.
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
        """The documented shape of `mien evaluate expression --json`."""
        rounded: dict[str, Any] = _rounded(dataclasses.asdict(self))
        return rounded


def evaluate_expression(model: ExpressionModel, data: Fer2013, split: str) -> ExpressionScores:
    """Score a network on one split of FER2013.

    Raises:
        DataError: the split is neither `public` nor `private`.
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
    """Probabilities float32 [n, 7] against emotions int64 [n]; rows with truth -1 do not count."""
    seven, truth = seven[truth >= 0], truth[truth >= 0]
    confidence, right = seven.max(axis=1), seven.argmax(axis=1) == truth
    sure = confidence >= unsure_below
    return ReadingScores(
        n=len(right),
        accuracy=float(right.mean()),
        calibration_error=calibration_error(confidence, right),
        honest_error=honest_error(confidence),
        confident=Part.of(most_confident(confidence, right, CONFIDENT)),
        unsure_below=unsure_below,
        unsure=float(1 - sure.mean()),
        sure=Part.of(right[sure]),
    )


def score_head(
    head: str,
    by_view: Sequence[Float32Array],
    faces: Split,
    no_copy: np.ndarray,
    no_near_copy: np.ndarray,
) -> HeadScores:
    """One head's scores from its probabilities.

    Args:
        head: of `HEADS`.
        by_view: float32 [n, classes] for each of the `views`.
        faces: the split.
        no_copy: bool [n], whether a face has no exact copy in Training.
        no_near_copy: bool [n], whether it has no near copy there, either.
    """
    truth = truth_of(faces, head)
    clear = truth >= 0
    truth, no_copy, no_near_copy = truth[clear], no_copy[clear], no_near_copy[clear]
    by_view = [view[clear] for view in by_view]
    probabilities = by_view[0]
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == truth
    confusion = confusion_matrix(probabilities.argmax(axis=1), truth, len(HEADS[head]))

    def together(count: int) -> float:
        mean = np.mean(by_view[:count], axis=0)
        return float((mean.argmax(axis=1) == truth).mean())

    of_truth = probabilities[np.arange(len(truth)), truth]
    return HeadScores(
        n=len(truth),
        accuracy=float(right.mean()),
        mirrored=together(2),
        ten_views=together(10),
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
    """The faces as they are, their mirror images, then shifted to four corners, each mirrored."""
    corners = [(y, x) for y in (-_SHIFT, _SHIFT) for x in (-_SHIFT, _SHIFT)]
    for y, x in ((0, 0), *corners):
        view = shifted(crops, y, x)
        yield np.ascontiguousarray(view)
        yield np.ascontiguousarray(view[:, :, ::-1])


def most_confident(confidence: np.ndarray, right: np.ndarray, share: float) -> np.ndarray:
    """Whether each of the `share` most confident faces is read right, the surest first."""
    order = np.argsort(-confidence, kind="stable")
    return right[order][: round(share * len(right))]


def calibration_error(confidence: np.ndarray, right: np.ndarray) -> float:
    """Expected calibration error: by how much confidence and accuracy differ, bin by bin."""
    return sum(n * abs(c - a) for n, c, a in reliability(confidence, right)) / len(right)


def honest_error(confidence: np.ndarray) -> Chance:
    """The calibration error that chance leaves to honest confidences, float [n] in [0, 1].

    It is not zero: of so many faces in a bin, never exactly the promised share is right. An error
    within two deviations of the mean cannot be told from it.
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
    answers: np.ndarray, labels: np.ndarray, size: int = len(EMOTIONS)
) -> np.ndarray:
    """Counts, int64 [size, size]; rows are the labels, columns the answers, both indices."""
    cells = labels.astype(np.int64) * size + answers
    return np.bincount(cells, minlength=size * size).reshape(size, size)


def class_scores(
    confusion: np.ndarray, classes: tuple[str, ...] = EMOTIONS
) -> dict[str, ClassScore]:
    """Precision, recall and F1 of each class from the confusion matrix."""
    scores = {}
    for i, name in enumerate(classes):
        hit = float(confusion[i, i])
        guessed, present = float(confusion[:, i].sum()), float(confusion[i].sum())
        precision = hit / guessed if guessed else 0.0
        recall = hit / present if present else 0.0
        f1 = 2 * hit / (guessed + present) if guessed + present else 0.0
        scores[name] = ClassScore(precision, recall, f1)
    return scores


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, dict):
        return {key: _rounded(v) for key, v in value.items()}
    return value

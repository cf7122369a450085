"""The expression network against FER2013's labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mien.errors import DataError
from mien.expression import EMOTIONS, ExpressionModel
from mien.training.fer2013 import Fer2013, without_copies
from mien.types import Float32Array, UInt8Array

SPLITS = ("public", "private")


@dataclass(frozen=True)
class ClassScore:
    """Precision, recall and F1 of one emotion, in [0, 1]; 0 where there is nothing to divide by."""

    precision: float
    recall: float
    f1: float


@dataclass(frozen=True)
class ExpressionScores:
    """What the network gets right on one split, without test-time augmentation.

    Attributes:
        split: `public` or `private`.
        n: faces scored.
        accuracy: share right, in [0, 1].
        accuracy_without_copies: the same on the faces that have no exact copy in Training.
        n_without_copies: how many those are.
        loss: mean cross-entropy in nats.
        per_class: emotion -> its scores.
        confusion: counts, 7 x 7; rows are FER2013's labels, columns the network's.
        unsure: share of faces whose label is withheld, in [0, 1].
        accuracy_when_sure: share right of the others.
        parameters: learned numbers in the network.
        bytes: size of the network's file.
    """

    split: str
    n: int
    accuracy: float
    accuracy_without_copies: float
    n_without_copies: int
    loss: float
    per_class: dict[str, ClassScore]
    confusion: list[list[int]]
    unsure: float
    accuracy_when_sure: float
    parameters: int
    bytes: int

    def as_json(self) -> dict[str, Any]:
        """The documented shape of `mien evaluate expression --json`."""
        rounded = {
            key: round(value, 6) if isinstance(value, float) else value
            for key, value in self.__dict__.items()
        }
        per_class = {
            emotion: {key: round(value, 6) for key, value in score.__dict__.items()}
            for emotion, score in self.per_class.items()
        }
        return {**rounded, "per_class": per_class}


def evaluate_expression(model: ExpressionModel, data: Fer2013, split: str) -> ExpressionScores:
    """Score a network on one split of FER2013.

    Raises:
        DataError: the split is neither `public` nor `private`.
    """
    if split not in SPLITS:
        raise DataError(f"{split!r} cannot be scored; use {' or '.join(SPLITS)}.")
    faces = data.split(split)
    probabilities = model.predict(faces.crops)
    right = probabilities.argmax(axis=1) == faces.labels
    fresh = without_copies(faces, data.training)
    sure = probabilities.max(axis=1) >= model.unsure_below
    confusion = confusion_matrix(probabilities, faces.labels)
    of_label = probabilities[np.arange(len(faces)), faces.labels]
    return ExpressionScores(
        split=split,
        n=len(faces),
        accuracy=float(right.mean()),
        accuracy_without_copies=float(right[fresh].mean()) if fresh.any() else 0.0,
        n_without_copies=int(fresh.sum()),
        loss=float(-np.log(np.clip(of_label, 1e-12, 1)).mean()),
        per_class=class_scores(confusion),
        confusion=confusion.tolist(),
        unsure=float(1 - sure.mean()),
        accuracy_when_sure=float(right[sure].mean()) if sure.any() else 0.0,
        parameters=model.parameters,
        bytes=model.path.stat().st_size,
    )


def confusion_matrix(probabilities: Float32Array, labels: UInt8Array) -> np.ndarray:
    """Counts, int64 [7, 7]; rows are the labels, columns the most probable emotions."""
    size = len(EMOTIONS)
    cells = labels.astype(np.int64) * size + probabilities.argmax(axis=1)
    return np.bincount(cells, minlength=size * size).reshape(size, size)


def class_scores(confusion: np.ndarray) -> dict[str, ClassScore]:
    """Precision, recall and F1 of each emotion from the confusion matrix."""
    scores = {}
    for i, emotion in enumerate(EMOTIONS):
        hit = float(confusion[i, i])
        guessed, present = float(confusion[:, i].sum()), float(confusion[i].sum())
        precision = hit / guessed if guessed else 0.0
        recall = hit / present if present else 0.0
        f1 = 2 * hit / (guessed + present) if guessed + present else 0.0
        scores[emotion] = ClassScore(precision, recall, f1)
    return scores

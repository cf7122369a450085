"""What one face shows: a probability for each emotion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mien.emotions import EMOTIONS
from mien.support.arrays import Float32Array

if TYPE_CHECKING:
    pass


@dataclass(frozen=True)
class Expression:
    """What one face shows: a probability for each of the seven emotions.

    Attributes:
        probabilities: seven numbers in [0, 1] that sum to 1, in the order of `EMOTIONS`.
        label: the most probable emotion, or None where the model is unsure.
        confidence: the probability of the most probable emotion, in [0, 1].
        contempt: how probable contempt, which the seven leave out, was beside them, in [0, 1].
    """

    probabilities: tuple[float, ...]
    label: str | None
    confidence: float
    contempt: float = 0.0

    @classmethod
    def of(
        cls, probabilities: np.ndarray, unsure_below: float = 0.0, contempt: float = 0.0
    ) -> Expression:
        """An expression from seven probabilities; unsure where none reaches `unsure_below`."""
        values = tuple(float(p) for p in probabilities)
        top = int(np.argmax(probabilities))
        sure = values[top] >= unsure_below
        return cls(values, EMOTIONS[top] if sure else None, values[top], contempt)

    @classmethod
    def certain(cls, emotion: str) -> Expression:
        """The expression of somebody who says which of the seven emotions it is."""
        return cls(tuple(float(e == emotion) for e in EMOTIONS), emotion, 1.0)

    def as_dict(self) -> Mapping[str, float]:
        """Emotion -> probability."""
        return dict(zip(EMOTIONS, self.probabilities, strict=True))


def fold(probabilities: Float32Array) -> Float32Array:
    """Either head's probabilities -> those of the seven emotions, given that it is one of them.

    float32 [n, 7] or [n, 8] -> float32 [n, 7], rows sum to 1.
    """
    seven = probabilities[:, : len(EMOTIONS)]
    if probabilities.shape[1] == len(EMOTIONS):
        return seven
    seven = seven + np.float32(1e-7)  # where contempt is all, the seven are alike
    folded: Float32Array = seven / seven.sum(axis=1, keepdims=True)
    return folded


def percent(p: float) -> str:
    """A probability in whole per cent; short of 1, no more than 99, as no network is certain."""
    return f"{round(p * 100) if p == 1 else min(round(p * 100), 99)} %"

"""What one face shows: a probability for each emotion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from mien.emotions import EMOTIONS
from mien.support.arrays import Float32Array


@dataclass(frozen=True)
class Expression:
    """What one face shows: a probability for each of the seven emotions.

    Attributes:
        probabilities: seven numbers in [0, 1] that sum to 1, in the order of `EMOTIONS`.
        label: the most probable emotion, or None where the network is unsure.
        confidence: the probability of the most probable emotion, in [0, 1].
        contempt: the probability of contempt, which the seven leave out, in [0, 1].

    >>> Expression.certain("happy").label
    'happy'
    """

    probabilities: tuple[float, ...]
    label: str | None
    confidence: float
    contempt: float = 0.0

    @classmethod
    def of(
        cls, probabilities: np.ndarray, unsure_below: float = 0.0, contempt: float = 0.0
    ) -> Expression:
        """An expression from seven probabilities; unsure if none reaches `unsure_below`.

        >>> mixed = np.array([0.0, 0.0, 0.0, 0.6, 0.0, 0.4, 0.0])
        >>> Expression.of(mixed, unsure_below=0.5).label
        'happy'
        >>> Expression.of(mixed, unsure_below=0.7).label is None
        True
        """
        values = tuple(float(p) for p in probabilities)
        top = int(np.argmax(probabilities))
        sure = values[top] >= unsure_below
        return cls(values, EMOTIONS[top] if sure else None, values[top], contempt)

    @classmethod
    def certain(cls, emotion: str) -> Expression:
        """An expression that is one of the seven emotions with probability 1."""
        return cls(tuple(float(e == emotion) for e in EMOTIONS), emotion, 1.0)

    def as_dict(self) -> Mapping[str, float]:
        """Emotion -> probability, in the order of `EMOTIONS`."""
        return dict(zip(EMOTIONS, self.probabilities, strict=True))


def fold(probabilities: Float32Array) -> Float32Array:
    """The seven emotions' probabilities, given that it is one of them.

    Args:
        probabilities: of either head: float32 [n, 7], or [n, 8] with contempt last.

    Returns:
        float32 [n, 7]; rows sum to 1.
    """
    seven = probabilities[:, : len(EMOTIONS)]
    if probabilities.shape[1] == len(EMOTIONS):
        return seven
    seven = seven + np.float32(1e-7)  # all contempt becomes seven equal probabilities
    folded: Float32Array = seven / seven.sum(axis=1, keepdims=True)
    return folded


def percent(p: float) -> str:
    """A probability in whole per cent; below 1, at most 99, as no network is certain.

    >>> percent(0.424), percent(0.998)
    ('42 %', '99 %')
    """
    return f"{round(p * 100) if p == 1 else min(round(p * 100), 99)} %"

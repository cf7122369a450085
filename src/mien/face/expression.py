"""What one face shows: a probability for each emotion, and where that is in the circumplex."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mien.emotions import CIRCUMPLEX, CONTEMPT, EMOTIONS, RATED
from mien.support.arrays import Float32Array, Float64Array

CLOSE = 0.25
"""The probability from which on the second guess is worth a mention."""

TEMPERATURE = 1.4
"""What the logarithms of probabilities are divided by for valence, arousal and strength. Between
neutral and happy the probabilities jump; the logarithms of their ratios rise evenly with a smile.
With this temperature, the positions of PublicTest's faces are as near as possible to those of the
raters' votes (`mien.research.fit.neutral`)."""

_NEUTRAL = EMOTIONS.index("neutral")
_PLANE = np.array([*(CIRCUMPLEX[emotion] for emotion in EMOTIONS), CONTEMPT])  # [8, 2]


@dataclass(frozen=True)
class Expression:
    """What one face shows: a probability for each of the seven emotions.

    Attributes:
        probabilities: seven numbers in [0, 1] that sum to 1, in the order of `EMOTIONS`.
        label: the most probable emotion, or None where the network is unsure. "contempt" where that
            is more probable than each of the seven, and at least as probable as a label must be.
        confidence: the probability of the most probable emotion, in [0, 1].
        contempt: the probability of contempt, which the seven leave out, in [0, 1].
        valence: how pleasant the face looks, in [-1, 1] (see `position`).
        arousal: how excited the face looks, in [-1, 1].

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
        >>> Expression.of(mixed, unsure_below=0.5, contempt=0.8).label
        'contempt'
        """
        values = tuple(float(p) for p in probabilities)
        top = int(np.argmax(probabilities))
        if contempt > values[top] * (1 - contempt) and contempt >= unsure_below:
            return cls(values, "contempt", contempt, contempt)
        sure = values[top] >= unsure_below
        return cls(values, EMOTIONS[top] if sure else None, values[top], contempt)

    @classmethod
    def certain(cls, emotion: str) -> Expression:
        """An expression that is one of the seven emotions with probability 1."""
        return cls(tuple(float(e == emotion) for e in EMOTIONS), emotion, 1.0)

    @property
    def second(self) -> str | None:
        """The second guess: of the seven and contempt the most probable one after the label.

        None where its probability is below `CLOSE`, or there is no label. Where the network has a
        second guess, that is the raters' majority on a third of PublicTest's faces.

        >>> mixed = np.array([0.3, 0.0, 0.0, 0.0, 0.0, 0.0, 0.7])
        >>> Expression.of(mixed).label, Expression.of(mixed).second
        ('neutral', 'angry')
        """
        if self.label is None:
            return None
        shares = self._eight
        others = [i for i, emotion in enumerate(RATED) if emotion != self.label]
        best = max(others, key=lambda i: shares[i])
        return RATED[best] if shares[best] >= CLOSE else None

    @property
    def valence(self) -> float:
        """How pleasant the face looks, in [-1, 1]."""
        return self.position[0]

    @property
    def arousal(self) -> float:
        """How excited the face looks, in [-1, 1]."""
        return self.position[1]

    @cached_property
    def position(self) -> tuple[float, float]:
        """Valence and arousal, each in [-1, 1].

        The mean of the emotions' places in the circumplex (`mien.emotions.CIRCUMPLEX`), weighted
        with their probabilities at `TEMPERATURE`: a slight smile is a little way from neutral to
        happy.

        >>> Expression.certain("happy").position
        (0.81, 0.51)
        """
        valence, arousal = circumplex_positions(self._eight, TEMPERATURE).tolist()
        return valence, arousal

    @property
    def strength(self) -> float:
        """How strong the expression is, in [0, 1]: all but the weight of neutral, as in `position`.

        The neutral faces of 51 people have 0.05 on average, and no more than 0.2 (DeBruine &
        Jones 2017).
        """
        return float(1 - _soften(self._eight, TEMPERATURE)[_NEUTRAL])

    def as_dict(self) -> Mapping[str, float]:
        """Emotion -> probability, in the order of `EMOTIONS`."""
        return dict(zip(EMOTIONS, self.probabilities, strict=True))

    @property
    def _eight(self) -> Float64Array:
        """The probabilities of `RATED`."""
        return np.array([*(p * (1 - self.contempt) for p in self.probabilities), self.contempt])


def circumplex_positions(probabilities: Float64Array, temperature: float) -> Float64Array:
    """Valence and arousal.

    Args:
        probabilities: of `RATED`, or numbers in proportion to them, float64 [..., 8].
        temperature: what their logarithms are divided by.

    Returns:
        float64 [..., 2], each in [-1, 1].
    """
    positions: Float64Array = _soften(probabilities, temperature) @ _PLANE
    return positions


def _soften(probabilities: Float64Array, temperature: float) -> Float64Array:
    weights = probabilities ** (1 / temperature)
    softened: Float64Array = weights / weights.sum(axis=-1, keepdims=True)
    return softened


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

"""The choices made on PublicTest after a training: readout, scalings and threshold.

They are made on its faces as they are and as cameras take them, with its own shares of the emotions
and with others, so that what is said confidently is right wherever the face comes from.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from mien.emotions import EMOTIONS
from mien.face.expression import fold
from mien.face.network import READING
from mien.research.data.fer2013 import Fer2013, Split
from mien.research.data.truth import majority_emotions, truth_of
from mien.research.evaluation.robustness import CAMERA, CORRUPTIONS
from mien.research.training.balance import frequencies_in
from mien.research.training.readout import Readout, Scaling
from mien.support.arrays import Float32Array, UInt8Array

MIN_SURE_ACCURACY = 0.85
"""The accuracy that labels must have that are not withheld, in each group."""

MAX_LOSS = 0.01
"""How much of the best plain accuracy on the clean faces a readout may give up."""

_EXPONENTS = tuple(np.linspace(0, 1.2, 13).tolist())
_LABEL_WEIGHTS = tuple(np.linspace(0, 0.5, 11).tolist())

Logits = Mapping[str, Tensor]
"""Head -> float [n, classes]."""


@dataclass(frozen=True)
class Calibration:
    """The choices made on PublicTest.

    Attributes:
        scalings: head -> how its logits become probabilities.
        default_head: what reads expressions: `reading`, or without a readout the head that agrees
            better with the raters on the seven emotions.
        unsure_below: the confidence below which its label is withheld.
        readout: how the heads are combined; None for networks without the raters' head.
    """

    scalings: Mapping[str, Scaling]
    default_head: str
    unsure_below: float
    readout: Readout | None = None


@dataclass(frozen=True)
class Group:
    """Faces on which labels must be right often enough.

    Attributes:
        confidence: float [n], the probability of the top label.
        right: bool [n], whether the top label is the true one.
        weights: float [n], how much each face counts.
    """

    confidence: np.ndarray
    right: np.ndarray
    weights: np.ndarray


@dataclass(frozen=True)
class Frequencies:
    """How common the emotions are in Training.

    Attributes:
        labels: among FER2013's labels, float32 [7].
        votes: among the raters' votes, float32 [8] (`frequencies_in`); None without votes.
    """

    labels: Float32Array
    votes: Float32Array | None

    @classmethod
    def of(cls, training: Split) -> Frequencies:
        """Those of a split; each label is counted once more, so that none is absent."""
        counts = np.bincount(training.labels, minlength=len(EMOTIONS)) + 1.0
        votes = None if training.votes is None else frequencies_in(training)
        return cls((counts / counts.sum()).astype(np.float32), votes)

    def readout(self, exponent: float, label_weight: float) -> Readout:
        """The readout that divides the frequencies of the votes to this power."""
        assert self.votes is not None
        offsets = -exponent * np.log(self.votes)
        label_offsets = -np.log(self.labels)
        return Readout(tuple(offsets.tolist()), tuple(label_offsets.tolist()), label_weight)


def see(predict: Callable[[UInt8Array], Logits], split: Split) -> dict[str, Logits]:
    """What a network sees in a split: corruption (of `CAMERA`, the clean faces first) -> logits.

    Args:
        predict: uint8 [n, 48, 48] -> head -> logits.
        split: the faces.
    """
    corrupted = {name: np.stack([CORRUPTIONS[name](c) for c in split.crops]) for name in CAMERA}
    return {name: predict(crops) for name, crops in corrupted.items()}


def calibrate(seen: Mapping[str, Logits], faces: Fer2013) -> Calibration:
    """Choose readout, scalings, what reads, and the threshold.

    Args:
        seen: corruption -> head -> logits of PublicTest (`see`), the clean faces first.
        faces: FER2013; PublicTest's truth and Training's frequencies are used.
    """
    clean = next(iter(seen.values()))
    public, frequencies = faces.public, Frequencies.of(faces.training)
    scalings = {
        head: fit_scaling(z, torch.from_numpy(truth_of(public, head))) for head, z in clean.items()
    }
    truth = truth_of(public, "fer2013") if public.votes is None else majority_emotions(public)
    readout = None
    if "raters" in clean and public.votes is not None:
        reads_with = READING
        readout = choose_readout(seen, public, frequencies)
        pooled = torch.cat([readout.logits(logits)[:, : len(EMOTIONS)] for logits in seen.values()])
        truths = torch.from_numpy(np.tile(truth, len(seen)))
        readout = replace(readout, scaling=fit_scaling(pooled, truths))
        found = [fold(readout(logits).numpy()) for logits in seen.values()]
    else:
        seven = {head: fold(scalings[head](z).numpy()) for head, z in clean.items()}
        reads_with = max(seven, key=lambda h: _right(seven[h], truth)[truth >= 0].mean())
        scale = scalings[reads_with]
        found = [fold(scale(logits[reads_with]).numpy()) for logits in seen.values()]
    unsure_below = choose_threshold(_groups(found, truth, frequencies.labels))
    return Calibration(scalings, reads_with, unsure_below, readout)


def choose_readout(seen: Mapping[str, Logits], public: Split, frequencies: Frequencies) -> Readout:
    """The readout with the best balanced accuracy among those that lose at most `MAX_LOSS`.

    The plain accuracy is that on the clean faces, against the raters' majority among the seven
    emotions. The balanced one is the mean of that and of the one against FER2013's labels, since
    what raters call neutral most of the time was often meant to be sad or angry; and the mean over
    the corruptions.
    """
    truths = (majority_emotions(public), public.labels.astype(np.int64))
    scores = {}
    for exponent in _EXPONENTS:
        for weight in _LABEL_WEIGHTS:
            readout = frequencies.readout(exponent, weight)
            plain, recalls = [], []
            for logits in seen.values():
                seven = readout.logits(logits)[:, : len(EMOTIONS)].numpy()
                for truth in truths:
                    right = _right(seven, truth)
                    plain.append(right[truth >= 0].mean())
                    recalls += [right[truth == k].mean() for k in set(truth[truth >= 0].tolist())]
            scores[readout] = plain[0], np.mean(recalls)
    least = max(plain for plain, _ in scores.values()) - MAX_LOSS
    good = [readout for readout in scores if scores[readout][0] >= least]
    return max(good, key=lambda readout: scores[readout][1])


def fit_scaling(logits: Tensor, labels: Tensor) -> Scaling:
    """Find the scaling with the least cross-entropy.

    Temperatures from 0.2 to 5 and exponents from 0.5 to 2 are tried: every fourth of a grid, then
    all around the best.

    Args:
        logits: float [n, classes].
        labels: int64 [n]; rows below 0 are left out.
    """
    logits, labels = logits[labels >= 0], labels[labels >= 0]
    differences = logits.amax(dim=1, keepdim=True) - logits
    temperatures = torch.exp(torch.linspace(math.log(0.2), math.log(5), 161)).tolist()
    exponents = torch.linspace(0.5, 2, 31).tolist()

    def best(rows: Iterable[int], columns: Iterable[int]) -> tuple[int, int]:
        columns, losses = list(columns), {}
        for i in rows:
            powers = -differences.pow(exponents[i])
            for j in columns:
                losses[i, j] = F.cross_entropy(powers / temperatures[j], labels).item()
        return min(losses, key=lambda cell: losses[cell])

    i, j = best(range(0, 31, 4), range(0, 161, 4))
    i, j = best(range(max(0, i - 3), min(31, i + 4)), range(max(0, j - 6), min(161, j + 7)))
    return Scaling(temperatures[j], exponents[i])


def choose_threshold(groups: Sequence[Group], width: float = 0.08) -> float:
    """The lowest threshold for which labels are right often enough.

    All labels above it must be right in `MIN_SURE_ACCURACY` of the cases in each group, and labels
    just above it at least as often as wrong in the first.

    Args:
        groups: at least one.
        width: of the range of confidences just above a threshold.

    Returns:
        A threshold in hundredths, in [0.15, 1].
    """
    first = groups[0]
    for threshold in np.arange(0.15, 1.0, 0.01):
        near = (first.confidence >= threshold) & (first.confidence < threshold + width)
        if near.sum() < 20 or np.average(first.right[near], weights=first.weights[near]) < 0.5:
            continue
        if all(_accuracy_above(group, threshold) >= MIN_SURE_ACCURACY for group in groups):
            return round(float(threshold), 2)
    return 1.0


def _accuracy_above(group: Group, threshold: float) -> float:
    """The accuracy of the labels that are not withheld, in [0, 1]; 1 if all are."""
    above = group.confidence >= threshold
    total = group.weights[above].sum()
    return float((group.right * group.weights)[above].sum() / total) if total else 1.0


def _groups(found: Sequence[Float32Array], truth: np.ndarray, labels: Float32Array) -> list[Group]:
    """Groups of faces that differ in their corruptions and in their shares of the emotions.

    Args:
        found: probabilities for each corruption, float32 [n, 7], the clean faces first.
        truth: int64 [n]; rows with -1 do not count.
        labels: the shares of FER2013's labels, float32 [7].

    Returns:
        Each corruption with the shares as they are and with those of FER2013's labels; and the
        clean faces with even shares.
    """
    clear = truth >= 0
    counts = np.bincount(truth[clear], minlength=len(EMOTIONS))
    even = 1.0 / counts[truth[clear]]

    def group(seven: Float32Array, weights: np.ndarray) -> Group:
        return Group(seven[clear].max(axis=1), _right(seven, truth)[clear], weights)

    shares = (np.ones_like(even), even * labels[truth[clear]])
    groups = [group(seven, weights) for weights in shares for seven in found]
    return [*groups, group(found[0], even)]


def _right(scores: np.ndarray, truth: np.ndarray) -> np.ndarray:
    right: np.ndarray = scores.argmax(axis=1) == truth
    return right

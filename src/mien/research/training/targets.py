"""The targets of a training: distributions from labels, votes and teachers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mien.emotions import EMOTIONS, RATED
from mien.face.network import HEADS
from mien.research.data import raters
from mien.research.data.copies import copy_groups
from mien.research.data.fer2013 import Split
from mien.support.arrays import Float32Array


@dataclass(frozen=True)
class Targets:
    """The distribution to learn for each face, by head.

    Attributes:
        fer2013: float32 [n, 7], rows sum to 1.
        raters: float32 [n, 8], rows sum to at most 1 (less if votes went to no emotion).
    """

    fer2013: Float32Array
    raters: Float32Array


def make_targets(
    split: Split, heads: tuple[str, ...], *, merge_copies: bool = True, smoothing: float = 0.0
) -> Targets:
    """The targets of a split.

    Args:
        split: the faces.
        heads: of the network.
        merge_copies: whether copies of one image share the mean of their labels and of their votes,
            so that contradicting labels become a mixture.
        smoothing: how much of a label is spread evenly over all emotions, in [0, 1].

    Raises:
        MissingDataError: there is a raters' head, and the split has no votes.
    """
    if "raters" in heads:
        split.require_votes()
    labels = np.eye(len(EMOTIONS), dtype=np.float32)[split.labels]
    labels = labels * np.float32(1 - smoothing) + np.float32(smoothing / len(EMOTIONS))
    votes = np.zeros((len(split), len(RATED)), np.float32)
    if split.votes is not None:
        votes = raters.distribution(split.votes)
    if not merge_copies:
        return Targets(labels, votes)
    groups = copy_groups(split)
    return Targets(_mean_by(groups, labels), _mean_by(groups, votes))


def distil(
    targets: Targets, teachers: Targets, weight: float, heads: tuple[str, ...] = tuple(HEADS)
) -> Targets:
    """Interpolate between targets (weight 0) and the teachers' predictions (weight 1).

    Args:
        targets: from labels and votes.
        teachers: their predictions.
        weight: in [0, 1].
        heads: those whose targets change.
    """

    def interpolate(head: str) -> Float32Array:
        own: Float32Array = getattr(targets, head)
        taught: Float32Array = getattr(teachers, head)
        return own + np.float32(weight) * (taught - own) if head in heads else own

    return Targets(interpolate("fer2013"), interpolate("raters"))


def _mean_by(groups: np.ndarray, rows: Float32Array) -> Float32Array:
    """Each row replaced by the mean of its group."""
    sums = np.zeros((int(groups.max(initial=-1)) + 1, rows.shape[1]), np.float64)
    np.add.at(sums, groups, rows)
    counts = np.bincount(groups, minlength=len(sums))[:, None]
    mean: Float32Array = (sums / counts)[groups].astype(np.float32)
    return mean

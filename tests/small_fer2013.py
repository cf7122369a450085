"""A small FER2013 that networks learn in seconds, and its files."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from mien.research.data.fer2013 import SPLITS, Fer2013, Split
from mien.research.data.raters import VOTED
from mien.support.arrays import UInt8Array

_FER_PLUS_COLUMNS = {  # in the file's order
    "neutral": "neutral",
    "happiness": "happy",
    "surprise": "surprise",
    "sadness": "sad",
    "anger": "angry",
    "disgust": "disgust",
    "fear": "fear",
    "contempt": "contempt",
    "unknown": "unknown",
    "NF": "not a face",
}


def small(counts: tuple[int, int, int] = (84, 21, 14), *, votes: bool = True) -> Fer2013:
    """Faces whose label is visible: the brightest of seven stripes.

    Of ten raters, eight vote for it, one for 'unknown', and one for another emotion.
    """
    random = np.random.default_rng(0)

    def split(n: int) -> Split:
        labels = (np.arange(n) % 7).astype(np.uint8)
        crops = random.integers(0, 120, (n, 48, 48), dtype=np.uint8)
        for crop, label in zip(crops, labels, strict=True):
            crop[6 + 5 * label : 11 + 5 * label] += 130
        counts = np.zeros((n, len(VOTED)), np.uint8)
        counts[np.arange(n), labels] = 8
        counts[np.arange(n), (labels + 1) % 8] = 1
        counts[:, VOTED.index("unknown")] = 1
        return Split(crops, labels, counts if votes else None)

    return Fer2013(*(split(n) for n in counts))


def splits_of(data: Fer2013) -> list[tuple[str, Split]]:
    """Each split with its name in the file."""
    return list(zip(SPLITS, (data.training, data.public, data.private), strict=True))


def csv_text(data: Fer2013) -> str:
    """As Kaggle's fer2013.csv has it."""
    lines = ["emotion,pixels,Usage"]
    for usage, split in splits_of(data):
        for crop, label in zip(split.crops, split.labels, strict=True):
            lines.append(f"{label},{' '.join(map(str, crop.ravel()))},{usage}")
    return "\n".join(lines) + "\n"


def votes_text(data: Fer2013) -> str:
    """As FER+'s fer2013new.csv has it: other names, another order."""
    order = [VOTED.index(name) for name in _FER_PLUS_COLUMNS.values()]
    lines = [",".join(["Usage", "Image name", *_FER_PLUS_COLUMNS])]
    for usage, split in splits_of(data):
        votes = split.require_votes()
        lines += [f"{usage},x.png,{','.join(str(v) for v in row[order])}" for row in votes]
    return "\n".join(lines) + "\n"


def votes_of(*rows: Mapping[str, int]) -> UInt8Array:
    """Votes, from what each face got of some of `VOTED`."""
    return np.array([[row.get(name, 0) for name in VOTED] for row in rows], np.uint8)


def every(split: Split, step: int) -> Split:
    """Every nth face of a split."""
    return split.take(np.arange(0, len(split), step))

"""The votes of ten people on each FER2013 face (FER+).

Barsoum et al. 2016, "Training Deep Networks for Facial Expression Recognition with Crowd-Sourced
Label Distribution". The file has one row for each of FER2013's, in the same order.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from mien.emotions import EMOTIONS, RATED
from mien.errors import DataError
from mien.support.arrays import Float32Array, UInt8Array

FILE = "fer2013new.csv"
VOTED = (*RATED, "unknown", "not a face")
"""What a rater could answer, in the order of our columns."""

_COLUMNS = {
    "angry": "anger",
    "disgust": "disgust",
    "fear": "fear",
    "happy": "happiness",
    "sad": "sadness",
    "surprise": "surprise",
    "neutral": "neutral",
    "contempt": "contempt",
    "unknown": "unknown",
    "not a face": "NF",
}
_REMEDY = "Get the file of FER+, whose rows have FER2013's order, or move this one away."
_LEAST_AGREEMENT = 0.4  # the real one has 0.66; shuffled rows have 0.2


def read_votes(path: Path, usage: list[str], labels: UInt8Array) -> UInt8Array:
    """The votes, uint8 [n, 10], columns in the order of `VOTED`.

    Args:
        path: FER+'s `fer2013new.csv`.
        usage: the split of each FER2013 row, by which the pairing is checked.
        labels: FER2013's label of each row, uint8 [n]; a pairing in which people hardly ever
            agree with them is refused.

    Raises:
        DataError: not such a file, or not of these rows.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file))
        votes = np.array([[int(r[_COLUMNS[name]]) for name in VOTED] for r in rows], np.int64)
        seen = [r["Usage"].strip() for r in rows]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError) as e:
        raise DataError(f"{path} cannot be read as FER+ votes ({e}). {_REMEDY}") from e
    except csv.Error as e:
        raise DataError(f"{path} is no CSV file ({e}). {_REMEDY}") from e
    if seen != usage:
        raise DataError(f"{path} has other rows than this FER2013. {_REMEDY}")
    if votes.min() < 0 or votes.max() > 255:
        raise DataError(f"{path} has votes that are no counts. {_REMEDY}")
    counts = votes.astype(np.uint8)
    top = majority(counts)
    clear = (top >= 0) & (top < len(EMOTIONS))
    if clear.sum() > 100 and (top == labels)[clear].mean() < _LEAST_AGREEMENT:
        raise DataError(f"{path} does not fit these faces. {_REMEDY}")
    return counts


def majority(votes: UInt8Array) -> np.ndarray:
    """The emotion with the most votes, int64 [n], an index into `RATED`.

    -1 where another answer has as many ('unknown' and 'not a face' count) or nobody voted.
    """
    top = votes.argmax(axis=1)
    most = votes.max(axis=1, keepdims=True)
    alone = (votes == most).sum(axis=1) == 1
    return np.where(alone & (top < len(RATED)) & (most[:, 0] > 0), top, -1)


def distribution(votes: UInt8Array) -> Float32Array:
    """The shares of the eight emotions among a face's votes, float32 [n, 8].

    A vote that nobody shares is an outlier and left out, as by Barsoum et al. Rows sum to the share
    of the remaining votes that went to an emotion: 0 where all said 'unknown' or 'not a face'.
    """
    shared = np.where(votes > 1, votes, 0)
    # Where nobody agrees with anybody, all votes are kept.
    shared = np.where(shared.any(axis=1, keepdims=True), shared, votes).astype(np.float32)
    shares: Float32Array = shared[:, : len(RATED)] / np.maximum(shared.sum(1, keepdims=True), 1)
    return shares

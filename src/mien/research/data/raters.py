"""FER+: the votes of ten raters for each FER2013 face.

Barsoum et al. 2016, "Training Deep Networks for Facial Expression Recognition with Crowd-Sourced
Label Distribution". The file has a row for each row of FER2013, in the same order.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from mien.emotions import EMOTIONS, RATED
from mien.errors import DataError
from mien.support.arrays import Float32Array, UInt8Array

VOTED = (*RATED, "unknown", "not a face")
"""What a rater could vote for, in the order of the columns of `read_votes`."""

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
_HINT = "use the file of FER+, whose rows have FER2013's order, or move this one away"
_MIN_AGREEMENT = 0.4  # of votes and labels: 0.66 in FER+, 0.2 for shuffled rows


def read_votes(path: Path, usage: list[str], labels: UInt8Array) -> UInt8Array:
    """Read the votes, and check that they belong to these rows of FER2013.

    Args:
        path: FER+'s `fer2013new.csv`.
        usage: the split of each FER2013 row, which must be the same in the file.
        labels: FER2013's label of each row, uint8 [n]; votes that hardly ever agree with them are
            refused.

    Returns:
        uint8 [n, 10], the columns in the order of `VOTED`.

    Raises:
        DataError: the file is damaged, not FER+'s, or its rows are others.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file))
        votes = np.array([[int(r[_COLUMNS[name]]) for name in VOTED] for r in rows], np.int64)
        their_usage = [r["Usage"].strip() for r in rows]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError) as e:
        raise DataError(f"{path} cannot be read as FER+ votes ({e})", _HINT) from e
    except csv.Error as e:
        raise DataError(f"{path} is not a CSV file ({e})", _HINT) from e
    if their_usage != usage:
        raise DataError(f"{path} has other rows than this FER2013", _HINT)
    if votes.min() < 0 or votes.max() > 255:
        raise DataError(f"{path} has votes that are not counts", _HINT)
    counts = votes.astype(np.uint8)
    top = majority(counts)
    clear = (top >= 0) & (top < len(EMOTIONS))
    if clear.sum() > 100 and (top == labels)[clear].mean() < _MIN_AGREEMENT:
        raise DataError(f"{path} does not fit these faces", _HINT)
    return counts


def majority(votes: UInt8Array) -> np.ndarray:
    """The emotion with the most votes, int64 [n], an index into `RATED`.

    -1 for a tie ('unknown' and 'not a face' count) and for faces without a vote.

    >>> majority(np.array([[0, 0, 0, 6, 4, 0, 0, 0, 0, 0], [5, 0, 0, 5, 0, 0, 0, 0, 0, 0]]))
    array([ 3, -1])
    """
    top = votes.argmax(axis=1)
    most = votes.max(axis=1, keepdims=True)
    alone = (votes == most).sum(axis=1) == 1
    return np.where(alone & (top < len(RATED)) & (most[:, 0] > 0), top, -1)


def distribution(votes: UInt8Array) -> Float32Array:
    """The shares of the eight emotions among a face's votes, float32 [n, 8].

    An emotion with a single vote is an outlier and left out, as by Barsoum et al. A row sums to the
    share of the remaining votes that went to an emotion: 0 if all went to 'unknown' or 'not a
    face'.
    """
    kept = np.where(votes > 1, votes, 0)
    # If no two raters agree, all votes are kept.
    kept = np.where(kept.any(axis=1, keepdims=True), kept, votes).astype(np.float32)
    shares: Float32Array = kept[:, : len(RATED)] / np.maximum(kept.sum(1, keepdims=True), 1)
    return shares

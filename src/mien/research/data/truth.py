"""What a face shows, by FER2013's label or by the majority of ten people."""

from __future__ import annotations

import numpy as np

from mien.emotions import EMOTIONS
from mien.errors import DataError
from mien.research.data.fer2013 import Split
from mien.research.data.raters import majority
from mien.support.arrays import UInt8Array


def truth_of(split: Split, head: str) -> np.ndarray:
    """The class that a head should give, int64 [n]; -1 where there is none.

    Raises:
        DataError: the split has no votes, and `head` is `raters`.
    """
    if head == "fer2013":
        return split.labels.astype(np.int64)
    return majority(_votes(split))


def seen_by_people(split: Split) -> np.ndarray:
    """The one of the seven emotions with the most votes, int64 [n]; -1 where there is none.

    Votes for contempt are left out.

    Raises:
        DataError: the split has no votes.
    """
    seven = _votes(split).copy()
    seven[:, len(EMOTIONS)] = 0
    return majority(seven)


def _votes(split: Split) -> UInt8Array:
    if split.votes is None:
        raise DataError("the raters' votes are missing: fer2013new.csv is not beside FER2013")
    return split.votes

"""The true class of a face: FER2013's label, or the majority of ten raters."""

from __future__ import annotations

import numpy as np

from mien.emotions import EMOTIONS
from mien.research.data.fer2013 import Split
from mien.research.data.raters import majority


def truth_of(split: Split, head: str) -> np.ndarray:
    """The true class of each face for a head, int64 [n]; -1 where there is none.

    Args:
        split: the faces.
        head: `fer2013` for the labels, `raters` for the majority of the votes.

    Raises:
        MissingDataError: `head` is `raters`, and the split has no votes.
    """
    if head == "fer2013":
        return split.labels.astype(np.int64)
    return majority(split.require_votes())


def majority_emotions(split: Split) -> np.ndarray:
    """The one of the seven emotions with the most votes, int64 [n]; -1 where there is none.

    Votes for contempt are left out.

    Raises:
        MissingDataError: the split has no votes.
    """
    seven = split.require_votes().copy()
    seven[:, len(EMOTIONS)] = 0
    return majority(seven)

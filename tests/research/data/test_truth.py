"""The true classes of faces."""

from __future__ import annotations

import numpy as np
import pytest
from row_counts import FER2013_CLEAR
from small_fer2013 import votes_of

from mien import EMOTIONS
from mien.errors import MissingDataError
from mien.research.data.fer2013 import Fer2013, Split
from mien.research.data.raters import majority
from mien.research.data.truth import majority_emotions, truth_of


def test_truth_is_the_label_or_the_majority() -> None:
    votes = votes_of({"happy": 6, "sad": 4}, {"contempt": 5, "angry": 3}, {"happy": 5, "sad": 5})
    labels = np.array([0, 1, 2], np.uint8)
    split = Split(np.zeros((3, 48, 48), np.uint8), labels, votes)
    assert truth_of(split, "fer2013").tolist() == labels.tolist()
    assert truth_of(split, "raters").tolist() == majority(votes).tolist()
    # Without contempt, anger has the most votes.
    assert majority_emotions(split).tolist() == [3, 0, -1]


def test_a_majority_needs_votes() -> None:
    bare = Split(np.zeros((1, 48, 48), np.uint8), np.zeros(1, np.uint8))
    with pytest.raises(MissingDataError, match="votes are missing"):
        truth_of(bare, "raters")
    with pytest.raises(MissingDataError, match="votes are missing"):
        majority_emotions(bare)


def test_real_majorities(fer2013: Fer2013) -> None:
    """They agree with FER2013's label on two faces in three."""
    private = fer2013.private
    truth = truth_of(private, "raters")
    clear = truth >= 0
    assert clear.sum() == FER2013_CLEAR
    assert (truth == private.labels)[clear].mean() == pytest.approx(0.651, abs=0.001)
    fear = private.labels == EMOTIONS.index("fear")
    assert (truth == private.labels)[clear & fear].mean() < 0.2

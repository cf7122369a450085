"""Accuracy on corrupted faces."""

from __future__ import annotations

import numpy as np
import pytest
from small_fer2013 import every

from mien import ExpressionModel
from mien.research.data.fer2013 import Fer2013
from mien.research.evaluation.robustness import CORRUPTIONS, evaluate_robustness


def test_corruptions_change_faces_within_their_range(fer2013: Fer2013) -> None:
    split = fer2013.public.take(np.arange(40))
    for name, corrupt in CORRUPTIONS.items():
        crops = np.stack([corrupt(crop) for crop in split.crops])
        assert crops.dtype == np.uint8
        assert crops.shape == split.crops.shape
        assert np.array_equal(crops, split.crops) == (name == "as it is"), name
        again = np.stack([corrupt(crop) for crop in split.crops])
        assert np.array_equal(crops, again), name


def test_blur_and_a_covered_mouth_reduce_accuracy(model: ExpressionModel, fer2013: Fer2013) -> None:
    scores = evaluate_robustness(model, every(fer2013.public, 9))
    assert list(scores) == list(CORRUPTIONS)
    labels = {name: s.labels.accuracy for name, s in scores.items()}
    assert labels["as it is"] > max(labels.values()) - 0.03
    assert labels["mouth covered"] < labels["as it is"] - 0.05
    assert labels["blur, 2 pixels"] < labels["blur, 1 pixel"] < labels["as it is"]
    readings = scores["as it is"].readings
    assert readings is not None
    assert readings.balanced_accuracy == pytest.approx(np.mean([*readings.recalls.values()]))

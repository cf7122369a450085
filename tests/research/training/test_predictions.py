"""Scores of networks under training."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.metrics import balanced_accuracy_score
from small_fer2013 import small
from small_trainings import TINY, UNCALIBRATED

from mien.emotions import EMOTIONS
from mien.research.training.network import CropsToProbabilities, build
from mien.research.training.predictions import score


def test_scores_the_middle_crop() -> None:
    data = small().public
    network = build(TINY, 0)
    loss, accuracy, raters_accuracy, balanced = score(network, data)
    pipeline = CropsToProbabilities(network.eval(), UNCALIBRATED)
    with torch.inference_mode():
        p, q = (part.numpy() for part in pipeline(torch.from_numpy(data.crops)))
    assert accuracy == pytest.approx((p.argmax(1) == data.labels).mean())
    seven = q[:, : len(EMOTIONS)].argmax(1)
    assert balanced == pytest.approx(balanced_accuracy_score(data.labels, seven))
    assert raters_accuracy == pytest.approx((q.argmax(1) == data.labels).mean())
    assert loss == pytest.approx(-np.log(p[np.arange(len(data)), data.labels]).mean(), rel=1e-4)

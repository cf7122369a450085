"""Classical learners."""

from __future__ import annotations

import numpy as np
from small_fer2013 import every

from mien.research.data.fer2013 import Fer2013, Split
from mien.research.evaluation.classical import ClassicalScores, evaluate_classical, learners


def test_classical_learners_beat_chance(fer2013: Fer2013) -> None:
    public = fer2013.public
    half = Split(public.crops[6:], public.labels[6:])  # stands in for PrivateTest
    few = Fer2013(every(fer2013.training, 40), every(public, 12), every(half, 12))
    reported: list[ClassicalScores] = []
    scores = evaluate_classical(few, reported.append)
    assert reported == scores
    assert [(s.features, s.learner) for s in scores] == [
        (features, name) for features in ("hog", "pca") for name in learners()
    ]
    for s in scores:
        assert 0.2 < s.private < 0.7, s  # always predicting 'happy' gives 0.24
        assert list(s.setting) == list(learners()[s.learner][1][0])
    assert np.mean([s.private for s in scores]) > 0.3

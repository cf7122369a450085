"""Recalls of emotions, with and without adjustment."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score
from small_fer2013 import small
from small_trainings import RECIPE

from mien.emotions import EMOTIONS
from mien.research.data.truth import majority_emotions
from mien.research.evaluation.balance import (
    ADJUSTMENTS,
    UnadjustedEnsemble,
    adjust,
    evaluate_balance,
    format_table,
)
from mien.research.evaluation.robustness import BalanceScores
from mien.research.training.balance import frequencies_in
from mien.research.training.train import train

FREQUENCIES = np.array([0.1, 0.01, 0.03, 0.27, 0.14, 0.12, 0.33, 0.33], np.float32)


def test_faces_without_a_majority_do_not_count() -> None:
    scores = BalanceScores.of(np.array([0, 1, 3, 2]), np.array([0, 0, 3, -1]))
    assert scores.accuracy == pytest.approx(2 / 3)
    assert scores.balanced_accuracy == pytest.approx(0.75)
    assert scores.recalls["angry"] == pytest.approx(0.5)


def test_adjusted_trainings_are_compared_unadjusted(tmp_path: Path) -> None:
    data, split = small(), small().public
    first = train(data, replace(RECIPE, epochs=1), tmp_path / "first")
    still = replace(RECIPE, epochs=1, learning_rate=1e-9, starts_from="first", logit_adjustment=1.0)
    train(data, still, tmp_path / "adjusted", start=first)
    frequencies = frequencies_in(data.training)
    plain, adjusted = (
        UnadjustedEnsemble([tmp_path / name], frequencies).predict_logits(split)["raters"]
        for name in ("first", "adjusted")
    )
    # Batch normalisation averages over the new training's batches.
    assert np.abs(plain - adjusted).mean() < np.abs(np.log(frequencies)).mean() / 4


def test_scores_are_those_of_the_logits(tmp_path: Path) -> None:
    train(small(), replace(RECIPE, epochs=1), tmp_path / "first")
    split = small().public
    ensemble = UnadjustedEnsemble([tmp_path / "first"], FREQUENCIES)
    logits = ensemble.predict_logits(split)["raters"]
    scores = evaluate_balance(ensemble, split, ("as it is", "blur, 1 pixel"))
    right = ensemble.predict_logits(split)["fer2013"].argmax(1)
    balanced = balanced_accuracy_score(split.labels, right)
    assert scores["as it is"].labels.balanced_accuracy == pytest.approx(balanced)
    readings = scores["as it is"].readings
    assert tuple(readings) == ADJUSTMENTS
    truth = majority_emotions(split)
    for adjustment, found in readings.items():
        predicted = adjust(logits, FREQUENCIES, adjustment)[:, :7].argmax(1)
        assert found.accuracy == pytest.approx((predicted == truth).mean())
        assert found.balanced_accuracy == pytest.approx(balanced_accuracy_score(truth, predicted))
    assert set(readings[1.0].recalls) == set(EMOTIONS)
    assert len(format_table(scores)) == 1 + 2 + 1 + 1 + len(ADJUSTMENTS)

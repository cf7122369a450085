"""Scores of expression networks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_fer2013 import every

from mien import EMOTIONS, DataError, ExpressionModel
from mien.face.expression import fold
from mien.research.data.fer2013 import Fer2013, Split
from mien.research.data.truth import majority_emotions, truth_of
from mien.research.evaluation.expression import (
    Chance,
    Part,
    calibration_error,
    class_scores,
    confusion_matrix,
    evaluate_expression,
    honest_error,
    views,
)


def test_scores_are_correct(model: ExpressionModel, fer2013: Fer2013) -> None:
    """On a few faces, each number is computed again."""
    few = replace(fer2013, public=every(fer2013.public, 12))
    scores = evaluate_expression(model, few, "public")
    assert scores.raters is not None
    for head, found in (("fer2013", scores.fer2013), ("raters", scores.raters)):
        p, truth = model.predict(few.public.crops, head), truth_of(few.public, head)
        p, crops, truth = p[truth >= 0], few.public.crops[truth >= 0], truth[truth >= 0]
        right = p.argmax(axis=1) == truth
        assert found.n == len(truth) == sum(map(sum, found.confusion))
        assert found.accuracy == pytest.approx(right.mean())
        recalls = [right[truth == i].mean() for i in np.unique(truth)]
        assert found.balanced_accuracy == pytest.approx(np.mean(recalls))
        assert found.loss == pytest.approx(-np.log(p[np.arange(len(p)), truth]).mean(), rel=1e-4)
        most_confident = np.argsort(-p.max(axis=1))[: round(0.7 * len(p))]
        assert found.confident.n == len(most_confident)
        assert found.confident.accuracy == pytest.approx(right[most_confident].mean(), abs=0.01)
        both = p + model.predict(np.ascontiguousarray(crops[:, :, ::-1]), head)
        assert found.mirrored == pytest.approx((both.argmax(axis=1) == truth).mean())
        assert found.without_near_copies.n < found.without_copies.n < found.n
    seven = fold(model.predict(few.public.crops))
    truth = majority_emotions(few.public)
    agree = (seven.argmax(axis=1) == truth)[truth >= 0]
    reading = scores.reading
    assert reading is not None
    assert reading.n == len(agree)
    assert reading.accuracy == pytest.approx(agree.mean())
    recalls = [s.recall for s in reading.per_class.values()]
    assert reading.balanced_accuracy == pytest.approx(np.mean(recalls))
    happy = truth == EMOTIONS.index("happy")
    assert reading.per_class["happy"].recall == pytest.approx(agree[happy[truth >= 0]].mean())
    sure = (seven.max(axis=1) >= model.unsure_below)[truth >= 0]
    assert reading.sure == Part.of(agree[sure])
    assert reading.unsure_below == model.unsure_below
    most_confident = np.argsort(-seven[truth >= 0].max(axis=1))[: reading.confident.n]
    assert reading.confident.accuracy == pytest.approx(agree[most_confident].mean(), abs=0.01)
    assert reading.unsure == pytest.approx(1 - sure.mean())
    with pytest.raises(DataError, match="use public or private"):
        evaluate_expression(model, few, "training")


def test_without_votes_only_labels_are_scored(model: ExpressionModel, fer2013: Fer2013) -> None:
    few = fer2013.public.take(np.arange(20))
    bare = replace(fer2013, public=Split(few.crops, few.labels))
    scores = evaluate_expression(model, bare, "public")
    assert scores.raters is None
    assert scores.reading is None


def test_ten_views_of_a_face() -> None:
    crops = np.random.default_rng(0).integers(0, 256, (2, 48, 48), dtype=np.uint8)
    seen = list(views(crops))
    assert len({view.tobytes() for view in seen}) == 10
    assert all(view.shape == crops.shape for view in seen)
    assert np.array_equal(seen[0], crops)
    assert np.array_equal(seen[1], crops[:, :, ::-1])
    assert np.array_equal(seen[2][:, 2:, 2:], crops[:, :-2, :-2])


@given(st.integers(0, 2**32 - 1))
def test_calibration_error_is_near_zero_only_if_calibrated(seed: int) -> None:
    random = np.random.default_rng(seed)
    confidence = random.uniform(0.2, 1, 20_000)
    calibrated = random.random(20_000) < confidence
    overconfident = random.random(20_000) < confidence - 0.1
    assert calibration_error(confidence, calibrated) < 0.03
    assert calibration_error(confidence, overconfident) == pytest.approx(0.1, abs=0.03)


def test_calibrated_confidences_have_an_error_by_chance() -> None:
    """It falls with the root of the number of faces, and is 0 for certain ones."""
    confidence = np.random.default_rng(1).uniform(0.2, 1, 1_000)
    few, many = honest_error(confidence), honest_error(np.tile(confidence, 16))
    assert many.mean == pytest.approx(few.mean / 4, rel=0.1)
    assert many.deviation == pytest.approx(few.deviation / 4, rel=0.2)
    assert honest_error(np.ones(1_000)) == Chance(0.0, 0.0)


def test_scores_agree_with_scikit_learn() -> None:
    from sklearn.metrics import confusion_matrix as reference
    from sklearn.metrics import precision_recall_fscore_support

    random = np.random.default_rng(0)
    probabilities = random.random((300, 7), dtype=np.float32)
    probabilities[:, 1] = 0  # never predicted
    labels = random.integers(0, 7, 300).astype(np.uint8)
    predicted = probabilities.argmax(axis=1)
    found = confusion_matrix(predicted, labels)
    assert np.array_equal(found, reference(labels, predicted, labels=range(7)))
    expected = precision_recall_fscore_support(labels, predicted, labels=range(7), zero_division=0)
    scores = class_scores(found).values()
    for i, name in enumerate(("precision", "recall", "f1")):
        assert np.allclose([getattr(s, name) for s in scores], expected[i])

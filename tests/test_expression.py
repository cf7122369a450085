"""The network that ships: what goes in, what comes out, how right it is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mien import EMOTIONS, Expression, ExpressionModel, ModelError, read
from mien.evaluation.expression import class_scores, confusion_matrix, evaluate_expression
from mien.training.fer2013 import Fer2013
from mien.types import UInt8Array


@pytest.fixture(scope="module")
def model() -> ExpressionModel:
    return ExpressionModel()


def test_probabilities_of_seven_emotions(model: ExpressionModel) -> None:
    crops = np.random.default_rng(0).integers(0, 256, (130, 48, 48), dtype=np.uint8)
    answer = model.predict(crops)
    assert answer.shape == (130, 7)
    assert answer.dtype == np.float32
    assert np.allclose(answer.sum(axis=1), 1, atol=1e-5)
    one_by_one = np.concatenate([model.predict(crops[i : i + 1]) for i in range(0, 130, 13)])
    assert np.allclose(answer[::13], one_by_one, atol=1e-5)


def test_no_faces_no_answers(model: ExpressionModel) -> None:
    assert model.predict(np.zeros((0, 48, 48), np.uint8)).shape == (0, 7)


def test_flat_crops_give_finite_answers(model: ExpressionModel) -> None:
    flat = np.stack([np.full((48, 48), grey, np.uint8) for grey in (0, 128, 255)])
    assert np.isfinite(model.predict(flat)).all()


def test_exposure_does_not_matter(model: ExpressionModel, astronaut: UInt8Array) -> None:
    crop = read(astronaut).faces[0].face.crop
    darker = (crop.astype(float) * 0.5 + 20).astype(np.uint8)
    assert np.allclose(model.predict(crop[None]), model.predict(darker[None]), atol=0.05)


@pytest.mark.parametrize(
    "crops",
    [
        np.zeros((1, 48, 48), np.float32),
        np.zeros((48, 48), np.uint8),
        np.zeros((1, 64, 64), np.uint8),
        np.zeros((1, 1, 48, 48), np.uint8),
    ],
)
def test_refuses_other_crops(model: ExpressionModel, crops: np.ndarray) -> None:
    with pytest.raises(ModelError, match=r"uint8 \[n, 48, 48\]"):
        model.predict(crops)


def test_refuses_other_files(tmp_path: Path) -> None:
    crops = np.zeros((1, 48, 48), np.uint8)
    with pytest.raises(ModelError, match="no network"):
        ExpressionModel(tmp_path / "none.onnx").predict(crops)
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"not a network")
    with pytest.raises(ModelError, match="not a usable network"):
        ExpressionModel(broken).predict(crops)


def test_refuses_a_network_that_says_other_emotions(tmp_path: Path) -> None:
    import onnx

    other = onnx.load(ExpressionModel().path)
    onnx.helper.set_model_props(other, {"emotions": "calm,merry"})
    path = tmp_path / "other.onnx"
    onnx.save(other, path)
    with pytest.raises(ModelError, match="not a network written by"):
        ExpressionModel(path).predict(np.zeros((1, 48, 48), np.uint8))


def test_the_astronaut_smiles(astronaut: UInt8Array) -> None:
    expression = read(astronaut).expression
    assert expression is not None
    assert expression.label == "happy"
    assert expression.confidence > 0.8
    assert list(expression.as_dict()) == list(EMOTIONS)


@given(st.lists(st.floats(0.001, 1), min_size=7, max_size=7), st.floats(0, 1))
def test_unsure_below_the_threshold(weights: list[float], threshold: float) -> None:
    p = np.array(weights) / sum(weights)
    expression = Expression.of(p, threshold)
    assert (expression.label is None) == (p.max() < threshold)
    assert expression.confidence == p.max()


def test_the_threshold_is_neither_idle_nor_strict(model: ExpressionModel) -> None:
    assert 0.3 <= model.unsure_below <= 0.7


def test_level_with_what_people_can_install(fer2013: Fer2013) -> None:
    scores = evaluate_expression(ExpressionModel(threads=2), fer2013, "public")
    assert scores.n == 3589
    assert scores.accuracy >= 0.66
    assert scores.accuracy_when_sure > scores.accuracy
    assert 0.55 < scores.accuracy_without_copies < scores.accuracy


def test_scores_agree_with_scikit_learn() -> None:
    from sklearn.metrics import confusion_matrix as reference
    from sklearn.metrics import precision_recall_fscore_support

    random = np.random.default_rng(0)
    probabilities = random.random((300, 7), dtype=np.float32)
    probabilities[:, 1] = 0  # an emotion that is never answered
    labels = random.integers(0, 7, 300).astype(np.uint8)
    answers = probabilities.argmax(axis=1)
    found = confusion_matrix(probabilities, labels)
    assert np.array_equal(found, reference(labels, answers, labels=range(7)))
    expected = precision_recall_fscore_support(labels, answers, labels=range(7), zero_division=0)
    scores = class_scores(found).values()
    for i, name in enumerate(("precision", "recall", "f1")):
        assert np.allclose([getattr(s, name) for s in scores], expected[i])

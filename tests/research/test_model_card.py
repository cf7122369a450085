"""The model card agrees with the results, and the results with the networks."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import onnx
import pytest

from mien import ExpressionModel
from mien.face.expression import fold
from mien.face.network import HEADS, NETWORKS
from mien.research.data.fer2013 import Fer2013
from mien.research.data.truth import majority_emotions, truth_of
from mien.research.evaluation.card import CARD, updated_card
from mien.research.evaluation.expression import calibration_error, score_reading
from mien.research.evaluation.measure import load_result
from mien.research.training.balance import predict_votes
from mien.research.training.calibration import Frequencies
from mien.research.training.checkpoint import Epoch, best_epoch, load_outcome
from mien.research.training.export import mean_shift
from mien.research.training.network import CropsToProbabilities, Ensemble
from mien.research.training.readout import Readout, Scaling
from mien.research.training.recipe import RECIPES

TRAININGS = Path(__file__).parents[2] / "trainings"


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("split", ["public", "private"])
def test_the_networks_score_as_recorded(fer2013: Fer2013, split: str, name: str) -> None:
    faces = fer2013.split(split)
    model = ExpressionModel(name, threads=2)
    probabilities = model.predict_heads(faces.crops)
    card = CARD.read_text()
    recorded = load_result(f"{name}-{split}")
    for head in HEADS:
        truth, expected = truth_of(faces, head), recorded[head]
        p, truth = probabilities[head][truth >= 0], truth[truth >= 0]
        right = p.argmax(axis=1) == truth
        assert expected["n"] == len(right)
        # Processors differ in the last bits, which can change one face in thousands.
        assert round(expected["accuracy"] * len(right)) == pytest.approx(right.sum(), abs=1)
        assert f"**{expected['accuracy']:.2%}** of {len(right):,}" in card
        error = calibration_error(p.max(axis=1), right)
        assert expected["calibration_error"] == pytest.approx(error, abs=1e-3)
    seven = fold(probabilities[model.default_head])
    found = asdict(score_reading(seven, majority_emotions(faces), model.unsure_below))
    expected = recorded["reading"]
    for scores in (found, expected):  # whole faces, as above
        recalls = [of["recall"] for of in scores.pop("per_class", {}).values()]
        if recalls:  # readings that were recorded earlier have none
            assert scores.pop("balanced_accuracy") == pytest.approx(np.mean(recalls))
        scores.pop("confusion", None)
        for key in ("confident", "sure"):
            scores[key] = scores[key]["accuracy"]
        scores["honest_error"] = scores["honest_error"]["mean"]
    assert expected == pytest.approx(found, abs=1e-3)


def test_the_tables_are_those_of_the_results() -> None:
    assert updated_card() == CARD.read_text()


def test_more_accurate_than_other_packages() -> None:
    """The best one has 66.8 % on PrivateTest (the npm package human)."""
    assert load_result("expression-private")["fer2013"]["accuracy"] > 0.668


@pytest.mark.parametrize("name", NETWORKS)
def test_the_card_describes_the_files(name: str) -> None:
    card, model = CARD.read_text(), ExpressionModel(name)
    assert f"`{name}.onnx`" in card
    assert f"{model.path.stat().st_size:,} bytes" in card
    assert f"{model.parameters:,} parameters" in card
    assert model.path.stat().st_size <= 6_000_000


_MISCALIBRATED = pytest.mark.xfail(strict=True, reason="see the model card")


@pytest.mark.parametrize(
    ("name", "scores"),
    [
        ("expression", "fer2013"),
        ("expression", "raters"),
        pytest.param("expression", "reading", marks=_MISCALIBRATED),
        ("live", "fer2013"),
        pytest.param("live", "raters", marks=_MISCALIBRATED),
        ("live", "reading"),
    ],
)
def test_calibrated_within_two_points(name: str, scores: str) -> None:
    assert load_result(f"{name}-private")[scores]["calibration_error"] <= 0.02


@pytest.mark.parametrize(
    ("name", "scores"),
    [
        ("expression", "fer2013"),
        ("expression", "raters"),
        pytest.param("expression", "reading", marks=_MISCALIBRATED),
        *(("live", scores) for scores in ("fer2013", "raters", "reading")),
    ],
)
def test_calibrated_within_three_deviations_of_chance(name: str, scores: str) -> None:
    recorded = load_result(f"{name}-private")[scores]
    honest = recorded["honest_error"]
    assert recorded["calibration_error"] <= honest["mean"] + 3 * honest["deviation"]


@pytest.mark.parametrize("name", NETWORKS)
def test_the_history_is_that_of_the_weights(name: str) -> None:
    """Of an ensemble, that of its last member, which the ensemble outperforms."""
    best = best_epoch([Epoch(**epoch) for epoch in load_result(f"{name}-history")])
    public = load_result(f"{name}-public")
    alone = {"fer2013": best.public_accuracy, "raters": best.raters_accuracy}
    for head, accuracy in alone.items():
        if RECIPES[name].members:
            assert public[head]["accuracy"] > accuracy
        else:  # the history's are those of adjusted logits
            margin = 0.015 if RECIPES[name].logit_adjustment and head == "raters" else 0.005
            assert public[head]["accuracy"] == pytest.approx(accuracy, abs=margin)


@pytest.mark.parametrize("name", NETWORKS)
def test_the_networks_are_those_of_the_trainings(fer2013: Fer2013, name: str) -> None:
    """The kept trainings predict what the files do, apart from quantisation."""
    outcomes = [load_outcome(TRAININGS / each) for each in (name, *RECIPES[name].members)]
    assert [outcome.recipe for outcome in outcomes] == [
        RECIPES[each] for each in (name, *RECIPES[name].members)
    ]
    path = ExpressionModel(name).path
    metadata = {p.key: p.value for p in onnx.load(path).metadata_props}
    scalings = {
        head: Scaling(float(t), float(e))
        for head, t, e in zip(
            HEADS,
            metadata["temperatures"].split(","),
            metadata["exponents"].split(","),
            strict=True,
        )
    }
    stored = json.loads(metadata["readout"])
    readout = Readout(**{**stored, "scaling": Scaling(**stored["scaling"])})
    frequencies = Frequencies.of(fer2013.training).votes
    members = [predict_votes(outcome, frequencies) for outcome in outcomes]
    together = Ensemble(members, [outcome.recipe.weight for outcome in outcomes])
    pipeline = CropsToProbabilities(together, scalings, readout).eval()
    assert mean_shift(pipeline, path, fer2013.public.crops[:300]) < 0.05

"""Exported networks: they agree with PyTorch, and are calibrated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto
from small_fer2013 import small
from small_trainings import RECIPE, TINY, UNCALIBRATED

from mien import ExpressionModel
from mien.research.training.export import (
    MAX_DIFFERENCE,
    Calibration,
    calibrate,
    calibrate_logits,
    choose_threshold,
    export,
    fit_scaling,
    fold_normalisation,
    max_difference,
    mean_shift,
    ship,
)
from mien.research.training.network import (
    CropsToProbabilities,
    Ensemble,
    Scaling,
    build,
    count_parameters,
)
from mien.research.training.predictions import predict_logits
from mien.research.training.quantise import MIN_FOUR_BIT_WEIGHTS, round_to_four_bits
from mien.research.training.recipe import Architecture
from mien.research.training.train import train


def test_onnx_agrees_with_pytorch(tmp_path: Path) -> None:
    network = build(Architecture(widths=(8, 16, 16, 32)), 1)
    with torch.no_grad():  # so that batch normalisation has an effect
        for _ in range(3):
            network.train()(torch.randn(16, 1, 44, 44))
    path = tmp_path / "new" / "expression.onnx"
    scalings = {"fer2013": Scaling(0.8, 1.4), "raters": Scaling(1.3, 0.9)}
    export(network, Calibration(scalings, "raters", 0.45), path)
    crops = np.random.default_rng(5).integers(0, 256, (33, 48, 48), dtype=np.uint8)
    folded = CropsToProbabilities(fold_normalisation(network), scalings)
    assert max_difference(folded, path, crops) < MAX_DIFFERENCE
    # Half-precision weights hardly change the network.
    assert max_difference(CropsToProbabilities(network.eval(), scalings), path, crops) < 0.01
    model = ExpressionModel(path)
    assert model.parameters == count_parameters(network)
    assert model.unsure_below == 0.45
    assert (model.heads, model.default_head) == (("fer2013", "raters"), "raters")
    assert [p.name for p in path.parent.iterdir()] == ["expression.onnx"]
    stored = path.read_bytes()
    assert str(Path(__file__).parents[2]).encode() not in stored  # no paths of this machine


def test_an_ensemble_is_exported_as_one(tmp_path: Path) -> None:
    """The mean of its members, quantised and then calibrated."""
    faces = small((210, 70, 14))
    recipe = replace(RECIPE, epochs=2, architecture=Architecture(widths=(8, 8, 16, 16)))
    members = [
        train(faces, replace(recipe, seed=seed), tmp_path / f"{seed}").network for seed in (1, 2)
    ]
    both = Ensemble(members)
    found = predict_logits(both, faces.public)
    alone = [predict_logits(member, faces.public) for member in members]
    for head, logits in found.items():
        mean = (alone[0][head] + alone[1][head]) / 2
        assert torch.allclose(logits, mean, atol=1e-4)
    path = tmp_path / "both.onnx"
    ship(both, faces, path)
    model = ExpressionModel(path)
    assert model.parameters == sum(map(count_parameters, members))
    assert {p.name for p in tmp_path.iterdir()} == {"1", "2", "both.onnx"}
    scalings = calibrate(both, faces.public).scalings
    pipeline = CropsToProbabilities(fold_normalisation(both), scalings)
    assert mean_shift(pipeline, path, faces.public.crops) < 0.1
    stored = {t.data_type for t in onnx.load(path).graph.initializer if len(t.dims) == 4}
    assert stored == {TensorProto.INT8, TensorProto.FLOAT}  # the first: FLOAT


def test_large_layers_have_four_bits(tmp_path: Path) -> None:
    """The network predicts what it does with weights rounded to fifteen steps."""
    architecture = Architecture(widths=(4, 4, 8, 224), residuals=(0, 0, 0, 0))
    network = build(architecture, 3).eval()
    faces = small((70, 35, 14))
    large = [w for w in network.parameters() if w.numel() >= MIN_FOUR_BIT_WEIGHTS]
    assert len(large) == 1
    path = tmp_path / "large.onnx"
    export(network, Calibration(UNCALIBRATED, "raters", 0.5), path, faces)
    stored = [t for t in onnx.load(path).graph.initializer if t.data_type == TensorProto.INT4]
    assert [list(t.dims) for t in stored] == [[224, 224, 3, 3]]
    with torch.no_grad():
        large[0].copy_(torch.from_numpy(round_to_four_bits(large[0].numpy())))
    assert len(np.unique(large[0][0].detach().numpy())) <= 15
    pipeline = CropsToProbabilities(network, UNCALIBRATED)
    assert mean_shift(pipeline, path, faces.public.crops) < 0.02


def test_the_scaling_corrects_overconfidence() -> None:
    random = torch.Generator().manual_seed(0)
    logits = torch.randn(4000, 7, generator=random)
    labels = torch.multinomial(logits.softmax(1), 1, generator=random)[:, 0]
    fitted = fit_scaling(logits * 3, labels)
    assert fitted.exponent == pytest.approx(1, abs=0.11)
    assert fitted.temperature == pytest.approx(3, rel=0.2)
    differences = logits.amax(1, keepdim=True) - logits
    bent = fit_scaling(-(2 * differences).sqrt(), labels)  # undone by the square
    assert bent.exponent == pytest.approx(2, abs=0.11)
    assert bent.temperature == pytest.approx(2, rel=0.2)


@pytest.mark.parametrize(
    ("chance", "expected"),
    [
        # Labels above 0.8 have an accuracy of 0.9.
        (lambda c: c, 0.80),
        # Almost always right above 0.5, and often wrong below: the mean is high enough.
        (lambda c: np.where(c > 0.5, 0.999, 0.3), 0.45),
        (np.zeros_like, 1.0),
    ],
)
def test_labels_above_the_threshold_are_accurate(
    chance: Callable[[np.ndarray], np.ndarray], expected: float
) -> None:
    random = np.random.default_rng(0)
    confidence = random.uniform(0.2, 1, 50_000)
    right = random.random(50_000) < chance(confidence)
    assert choose_threshold(confidence, right) == pytest.approx(expected, abs=0.015)


def test_each_head_has_its_own_scaling() -> None:
    """Both heads are confident; the first is right in half of the cases, the second always."""
    public = small((7, 700, 7)).public
    seen = torch.from_numpy(np.eye(8, dtype=np.float32)[public.labels])
    half = torch.where(torch.arange(700)[:, None] < 350, seen, seen.roll(1, 1))
    calibration = calibrate_logits({"fer2013": 9 * half[:, :7], "raters": 9 * seen}, public)
    assert calibration.scalings["fer2013"](9 * half[:, :7]).amax(1).mean() < 0.6
    assert calibration.scalings["raters"](9 * seen).amax(1).mean() > 0.99
    assert list(calibrate(build(TINY, 0), public).scalings) == ["fer2013", "raters"]


def test_the_default_head_agrees_with_the_raters() -> None:
    public = small((7, 700, 7)).public
    seen = torch.from_numpy(np.eye(8, dtype=np.float32)[public.labels]) * 5
    missed = seen.roll(1, 0)
    logits = {"fer2013": seen[:, :7], "raters": missed}
    assert calibrate_logits(logits, public).default_head == "fer2013"
    logits = {"fer2013": missed[:, :7], "raters": seen}
    assert calibrate_logits(logits, public).default_head == "raters"

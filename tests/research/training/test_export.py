"""Exported networks: they agree with PyTorch, and are calibrated."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto
from small_fer2013 import small
from small_trainings import RECIPE, UNCALIBRATED

from mien import ExpressionModel
from mien.research.training.calibration import Calibration, calibrate, see
from mien.research.training.export import (
    MAX_DIFFERENCE,
    export,
    fold_normalisation,
    max_difference,
    mean_shift,
    ship,
)
from mien.research.training.network import (
    CropsToProbabilities,
    Ensemble,
    build,
    count_parameters,
)
from mien.research.training.predictions import predict_crops, predict_logits
from mien.research.training.quantise import MIN_FOUR_BIT_WEIGHTS, round_to_four_bits
from mien.research.training.readout import Readout, Scaling
from mien.research.training.recipe import Architecture
from mien.research.training.train import train


def test_onnx_agrees_with_pytorch(tmp_path: Path) -> None:
    network = build(Architecture(widths=(8, 16, 16, 32)), 1)
    with torch.no_grad():  # so that batch normalisation has an effect
        for _ in range(3):
            network.train()(torch.randn(16, 1, 44, 44))
    path = tmp_path / "new" / "expression.onnx"
    scalings = {"fer2013": Scaling(0.8, 1.4), "raters": Scaling(1.3, 0.9)}
    readout = Readout((0.5, 2.0, 1.0, 0.0, 0.0, -1.0, -2.0, 0.5), (0.1,) * 6 + (0.9,), 0.3)
    export(network, Calibration(scalings, "reading", 0.45, readout), path)
    crops = np.random.default_rng(5).integers(0, 256, (33, 48, 48), dtype=np.uint8)
    folded = CropsToProbabilities(fold_normalisation(network), scalings, readout)
    assert max_difference(folded, path, crops) < MAX_DIFFERENCE
    # Half-precision weights hardly change the network.
    network = network.eval()
    assert max_difference(CropsToProbabilities(network, scalings, readout), path, crops) < 0.01
    model = ExpressionModel(path)
    assert model.parameters == count_parameters(network)
    assert model.unsure_below == 0.45
    assert (model.heads, model.default_head) == (("fer2013", "raters"), "reading")
    assert np.array_equal(model.predict(crops), model.predict_heads(crops)["reading"])
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
    seen = see(lambda crops: predict_crops(both, crops), faces.public)
    chosen = calibrate(seen, faces)
    pipeline = CropsToProbabilities(fold_normalisation(both), chosen.scalings, chosen.readout)
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

"""A trained network -> a calibrated, self-contained and verified ONNX file."""

from __future__ import annotations

import copy
import dataclasses
import io
import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnx
import onnxscript  # noqa: F401 - PyTorch exports with it; to fail before a training, not after
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from mien.emotions import EMOTIONS
from mien.errors import ModelError
from mien.face.network import READING, ExpressionModel
from mien.research.data.fer2013 import SIDE, Fer2013
from mien.research.training.calibration import Calibration, calibrate, see
from mien.research.training.dlib import Block, Normalised
from mien.research.training.network import (
    AnyNetwork,
    ConvUnit,
    CropsToProbabilities,
    count_parameters,
)
from mien.research.training.predictions import predict_crops
from mien.research.training.quantise import OPSET, quantise
from mien.research.training.readout import Scaling
from mien.research.training.rounding import round_large_layers
from mien.support.arrays import Float32Array
from mien.support.files import write_atomically

MAX_DIFFERENCE = 1e-4
"""The largest difference allowed between the probabilities of ONNX Runtime and PyTorch."""

MAX_MEAN_SHIFT = 0.1
"""The largest `mean_shift` allowed after quantisation."""

_COMPARED = 256  # faces


def ship(network: AnyNetwork, faces: Fer2013, path: Path) -> None:
    """Calibrate on PublicTest, export, and verify.

    mien's networks are quantised (see `mien.research.training.quantise`) and calibrated afterwards.
    The paper's network has weights in half precision.

    Args:
        network: one network, or an ensemble; its raters' head predicts the votes
            (`mien.research.training.balance.predict_votes`).
        faces: FER2013.
        path: the ONNX file to write.

    Raises:
        ModelError: ONNX Runtime differs too much from PyTorch; no file is written.
    """
    if network.architecture.kind == "paper":
        seen = see(lambda crops: predict_crops(network, crops), faces.public)
        export(network, calibrate(seen, faces), path)
        return
    scalings = {head: Scaling() for head in network.architecture.heads}
    uncalibrated = path.with_suffix(".uncalibrated.onnx")
    try:
        export(network, Calibration(scalings, next(iter(scalings)), 0.0), uncalibrated, faces)
        model = ExpressionModel(uncalibrated, threads=0)
        seen = see(lambda crops: _logarithms(model.predict_heads(crops)), faces.public)
    finally:
        uncalibrated.unlink(missing_ok=True)
    export(network, calibrate(seen, faces), path, faces)


def _logarithms(found: Mapping[str, Float32Array]) -> dict[str, Tensor]:
    return {head: torch.from_numpy(np.log(np.maximum(p, 1e-30))) for head, p in found.items()}


def fold_normalisation(network: AnyNetwork) -> AnyNetwork:
    """Copy a network, fold batch normalisation into its convolutions, and round its weights to half
    precision."""
    network = copy.deepcopy(network).cpu().eval()
    for module in network.modules():
        if isinstance(module, ConvUnit):  # the paper's network normalises after the ReLU
            module[0], module[1] = _fuse(module[0], module[1]), nn.Identity()
        elif isinstance(module, Normalised):
            module.convolution = _fuse(module.convolution, module.normalisation)
            module.normalisation = nn.Identity()
        elif isinstance(module, Block):
            module.fold_pooling()
    return network.half().float()


def _fuse(convolution: nn.Module, normalisation: nn.Module) -> nn.Conv2d:
    assert isinstance(convolution, nn.Conv2d)
    assert isinstance(normalisation, nn.BatchNorm2d)
    return fuse_conv_bn_eval(convolution, normalisation)


def export(
    network: AnyNetwork, calibration: Calibration, path: Path, faces: Fer2013 | None = None
) -> None:
    """Write a network as ONNX, once it agrees with PyTorch.

    The file takes uint8 `crops` [n, 48, 48] and gives float32 [n, classes] for each head.

    Args:
        network: one network, or an ensemble.
        calibration: its calibration.
        path: the file to write.
        faces: quantise the network, with the ranges of activations of Training. None: keep single
            precision, with weights stored in half precision.

    Raises:
        ModelError: ONNX Runtime differs from PyTorch by more than `MAX_DIFFERENCE`, or after
            quantisation by more than `MAX_MEAN_SHIFT`; no file is written.
    """
    heads = network.architecture.heads
    readout = calibration.readout
    folded = fold_normalisation(network)
    if faces is not None:
        folded = round_large_layers(folded, faces.training.crops)
    pipeline = CropsToProbabilities(folded, calibration.scalings, readout).eval()
    random = np.random.default_rng(0)
    crops = random.integers(0, 256, (5, SIDE, SIDE), dtype=np.uint8)
    program = torch.onnx.export(
        pipeline,
        (torch.from_numpy(crops),),
        input_names=["crops"],
        output_names=[*heads, *([READING] if readout else [])],
        dynamic_shapes={"crops": {0: torch.export.Dim("n", min=1, max=1 << 16)}},
        opset_version=OPSET,
        dynamo=True,
        verbose=False,
        external_data=False,
    )
    if program is None:
        raise ModelError("PyTorch's exporter returned no model")
    model = program.model_proto
    metadata = {
        "emotions": ",".join(EMOTIONS),
        "heads": ",".join(heads),
        "reads_with": calibration.default_head,
        "parameters": str(count_parameters(network)),
        "temperatures": ",".join(f"{calibration.scalings[h].temperature:.6f}" for h in heads),
        "exponents": ",".join(f"{calibration.scalings[h].exponent:.6f}" for h in heads),
        "unsure_below": f"{calibration.unsure_below:.2f}",
    }
    if readout is not None:
        metadata["readout"] = json.dumps(dataclasses.asdict(readout))
    del model.metadata_props[:]
    for node in (*model.graph.node, *model.graph.value_info, *model.graph.input):
        del node.metadata_props[:]  # source lines of the exporting machine
        node.doc_string = ""
    if faces is None:
        _halve_weights(model)
    else:
        model = quantise(model, faces.training.crops)
        crops = faces.training.crops[:_COMPARED]
    onnx.helper.set_model_props(model, metadata)
    onnx.checker.check_model(model)
    buffer = io.BytesIO()
    onnx.save_model(model, buffer)

    part = path.with_suffix(".part.onnx")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        write_atomically(part, buffer.getvalue())
        compare, limit = (
            (max_difference, MAX_DIFFERENCE) if faces is None else (mean_shift, MAX_MEAN_SHIFT)
        )
        difference = compare(pipeline, part, crops)
        if difference > limit:
            raise ModelError(
                f"ONNX Runtime differs from PyTorch by {difference:.1e}",
                "the file is not written",
            )
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _halve_weights(model: onnx.ModelProto) -> None:
    """Store large weights as float16, cast at loading; exact after `fold_normalisation`."""
    casts = []
    for tensor in model.graph.initializer:
        if tensor.data_type != TensorProto.FLOAT or np.prod(tensor.dims) < 64:
            continue
        name, values = tensor.name, numpy_helper.to_array(tensor)
        tensor.CopyFrom(numpy_helper.from_array(values.astype(np.float16), f"{name}_half"))
        casts.append(helper.make_node("Cast", [f"{name}_half"], [name], to=TensorProto.FLOAT))
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)


def max_difference(pipeline: CropsToProbabilities, path: Path, crops: np.ndarray) -> float:
    """The largest difference between the probabilities of PyTorch and ONNX Runtime."""
    return max(float(d.max()) for d in _differences(pipeline, path, crops))


def mean_shift(pipeline: CropsToProbabilities, path: Path, crops: np.ndarray) -> float:
    """How much probability ONNX Runtime gives to other classes than PyTorch, in [0, 1].

    The mean over the faces (half the L1 distance), of the head with the larger one.
    """
    return max(float(d.sum(axis=1).mean()) / 2 for d in _differences(pipeline, path, crops))


@torch.inference_mode()
def _differences(
    pipeline: CropsToProbabilities, path: Path, crops: np.ndarray
) -> list[Float32Array]:
    model = ExpressionModel(path)
    heads = pipeline.network.architecture.heads
    names = heads if pipeline.readout is None else (*heads, READING)
    expected = zip(names, pipeline(torch.from_numpy(crops)), strict=True)
    return [np.abs(model.predict(crops, head) - p.numpy()) for head, p in expected]

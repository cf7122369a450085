"""A trained network -> a calibrated, self-contained and verified ONNX file."""

from __future__ import annotations

import copy
import io
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import onnxscript  # noqa: F401 - PyTorch exports with it; to fail before a training, not after
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.fusion import fuse_conv_bn_eval

from mien.emotions import EMOTIONS
from mien.errors import ModelError
from mien.face.expression import fold
from mien.face.network import ExpressionModel
from mien.research.data.fer2013 import SIDE, Fer2013, Split
from mien.research.data.truth import majority_emotions, truth_of
from mien.research.training.network import (
    AnyNetwork,
    ConvUnit,
    CropsToProbabilities,
    Scaling,
    count_parameters,
)
from mien.research.training.predictions import predict_logits
from mien.research.training.quantise import OPSET, quantise
from mien.support.arrays import Float32Array
from mien.support.files import write_atomically

MAX_DIFFERENCE = 1e-4
"""The largest difference allowed between the probabilities of ONNX Runtime and PyTorch."""

MAX_MEAN_SHIFT = 0.1
"""The largest `mean_shift` allowed after quantisation."""

MIN_SURE_ACCURACY = 0.9
"""The accuracy that labels must have that are not withheld."""

_COMPARED = 256  # faces


@dataclass(frozen=True)
class Calibration:
    """The choices made on PublicTest.

    Attributes:
        scalings: head -> how its logits become probabilities.
        default_head: the head that agrees better with the raters on the seven emotions.
        unsure_below: the confidence below which that head's label is withheld.
    """

    scalings: Mapping[str, Scaling]
    default_head: str
    unsure_below: float


def ship(network: AnyNetwork, faces: Fer2013, path: Path) -> None:
    """Calibrate on PublicTest, export, and verify.

    mien's networks are quantised (see `mien.research.training.quantise`) and calibrated afterwards.
    The paper's network has weights in half precision.

    Args:
        network: one network, or an ensemble.
        faces: FER2013.
        path: the ONNX file to write.

    Raises:
        ModelError: ONNX Runtime differs too much from PyTorch; no file is written.
    """
    if network.architecture.kind == "paper":
        export(network, calibrate(network, faces.public), path)
        return
    scalings = {head: Scaling() for head in network.architecture.heads}
    uncalibrated = path.with_suffix(".uncalibrated.onnx")
    try:
        export(network, Calibration(scalings, next(iter(scalings)), 0.0), uncalibrated, faces)
        found = ExpressionModel(uncalibrated).predict_heads(faces.public.crops)
    finally:
        uncalibrated.unlink(missing_ok=True)
    logits = {head: torch.from_numpy(np.log(np.maximum(p, 1e-30))) for head, p in found.items()}
    export(network, calibrate_logits(logits, faces.public), path, faces)


def calibrate(network: AnyNetwork, public: Split) -> Calibration:
    """Calibrate a network on PublicTest."""
    return calibrate_logits(predict_logits(network, public), public)


def calibrate_logits(logits: Mapping[str, Tensor], public: Split) -> Calibration:
    """Choose scalings, default head and threshold.

    The threshold follows from the coverage-accuracy curve of that head against the raters' majority
    (FER2013's labels if there are no votes).

    Args:
        logits: head -> float32 [n, classes].
        public: the faces of PublicTest.
    """
    scalings = {
        head: fit_scaling(z, torch.from_numpy(truth_of(public, head))) for head, z in logits.items()
    }
    seven = {head: fold(scalings[head](z).numpy()) for head, z in logits.items()}
    truth = truth_of(public, "fer2013") if public.votes is None else majority_emotions(public)
    clear = truth >= 0
    right = {head: (p.argmax(axis=1) == truth)[clear] for head, p in seven.items()}
    best = max(right, key=lambda head: right[head].mean())
    confidence = seven[best].max(axis=1)[clear]
    return Calibration(scalings, best, choose_threshold(confidence, right[best]))


def fit_scaling(logits: Tensor, labels: Tensor) -> Scaling:
    """Find the scaling with the least cross-entropy.

    Temperatures from 0.2 to 5 and exponents from 0.5 to 2 are tried.

    Args:
        logits: float [n, classes].
        labels: int64 [n]; rows below 0 are left out.
    """
    logits, labels = logits[labels >= 0], labels[labels >= 0]
    differences = logits.amax(dim=1, keepdim=True) - logits
    temperatures = torch.exp(torch.linspace(math.log(0.2), math.log(5), 161)).tolist()
    losses = {}
    for exponent in torch.linspace(0.5, 2, 31).tolist():
        powers = -differences.pow(exponent)
        for t in temperatures:
            losses[Scaling(t, exponent)] = F.cross_entropy(powers / t, labels).item()
    return min(losses, key=lambda scaling: losses[scaling])


def choose_threshold(confidence: np.ndarray, right: np.ndarray, width: float = 0.08) -> float:
    """The lowest threshold for which labels are right often enough.

    Labels just above it must be right at least as often as wrong, and all labels above it in
    `MIN_SURE_ACCURACY` of the cases.

    Args:
        confidence: float [n], the probability of the top label.
        right: bool [n], whether the top label is the true one.
        width: of the range of confidences just above a threshold.

    Returns:
        A threshold in hundredths, in [0.15, 1].
    """
    for threshold in np.arange(0.15, 1.0, 0.01):
        above = confidence >= threshold
        near = above & (confidence < threshold + width)
        if (
            near.sum() >= 20
            and right[near].mean() >= 0.5
            and right[above].mean() >= MIN_SURE_ACCURACY
        ):
            return round(float(threshold), 2)
    return 1.0


def fold_normalisation(network: AnyNetwork) -> AnyNetwork:
    """Copy a network, fold batch normalisation into its convolutions, and round its weights to half
    precision."""
    network = copy.deepcopy(network).cpu().eval()
    for module in network.modules():
        if isinstance(module, ConvUnit):  # the paper's network normalises after the ReLU
            convolution, normalisation, _ = module
            assert isinstance(convolution, nn.Conv2d)
            assert isinstance(normalisation, nn.BatchNorm2d)
            module[0] = fuse_conv_bn_eval(convolution, normalisation)
            module[1] = nn.Identity()
    return network.half().float()


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
    pipeline = CropsToProbabilities(fold_normalisation(network), calibration.scalings).eval()
    random = np.random.default_rng(0)
    crops = random.integers(0, 256, (5, SIDE, SIDE), dtype=np.uint8)
    program = torch.onnx.export(
        pipeline,
        (torch.from_numpy(crops),),
        input_names=["crops"],
        output_names=list(heads),
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
    expected = zip(heads, pipeline(torch.from_numpy(crops)), strict=True)
    return [np.abs(model.predict(crops, head) - p.numpy()) for head, p in expected]

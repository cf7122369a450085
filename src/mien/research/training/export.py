"""A trained network -> the ONNX file that ships: calibrated, self-contained, checked."""

from __future__ import annotations

import copy
import io
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import onnxscript  # noqa: F401 - what PyTorch exports with; better missed before a training than after
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
from mien.research.training.answers import logits_of
from mien.research.training.network import (
    AnyNetwork,
    ConvUnit,
    CropsToProbabilities,
    Scaling,
    parameter_count,
)
from mien.research.training.quantise import OPSET, quantised
from mien.support.arrays import Float32Array
from mien.support.files import write_atomically

PARITY = 1e-4
"""How far ONNX Runtime's probabilities may be from PyTorch's."""

WHOLE_PARITY = 0.1
"""And how much of a face's probabilities, on average, may have moved where it counts in whole
numbers."""

WORTH_SAYING = 0.9
"""The accuracy that the labels have together that are not withheld."""

_COMPARED = 256  # faces


@dataclass(frozen=True)
class Calibration:
    """What was chosen on PublicTest.

    Attributes:
        scalings: head -> how its logits become probabilities.
        reads_with: the head that agrees better with the raters on the seven emotions.
        unsure_below: the confidence under which that head's label is withheld.
    """

    scalings: Mapping[str, Scaling]
    reads_with: str
    unsure_below: float


def ship(network: AnyNetwork, faces: Fer2013, path: Path) -> None:
    """Calibrate on PublicTest, export, and check.

    Ours counts in whole numbers (see `quantise`) and is calibrated as it then answers; the paper's
    network keeps weights in half precision.

    Raises:
        ModelError: ONNX Runtime's answers differ too much from PyTorch's.
    """
    if network.architecture.kind == "paper":
        export(network, calibrate(network, faces.public), path)
        return
    scalings = {head: Scaling() for head in network.architecture.heads}
    uncalibrated = path.with_suffix(".uncalibrated.onnx")
    try:
        export(network, Calibration(scalings, next(iter(scalings)), 0.0), uncalibrated, faces)
        answers = ExpressionModel(uncalibrated).predict_heads(faces.public.crops)
    finally:
        uncalibrated.unlink(missing_ok=True)
    logits = {head: torch.from_numpy(np.log(np.maximum(p, 1e-30))) for head, p in answers.items()}
    export(network, calibration_of(logits, faces.public), path, faces)


def calibrate(network: AnyNetwork, public: Split) -> Calibration:
    """`calibration_of` the network's logits on PublicTest."""
    return calibration_of(logits_of(network, public), public)


def calibration_of(logits: Mapping[str, Tensor], public: Split) -> Calibration:
    """Choose scalings, head and threshold from each head's logits, float32 [n, classes].

    The threshold is read off the coverage-accuracy curve of the chosen head, against the raters'
    majority (FER2013's labels where there are no votes).
    """
    scalings = {
        head: fit_scaling(z, torch.from_numpy(truth_of(public, head))) for head, z in logits.items()
    }
    seven = {head: fold(scalings[head](z).numpy()) for head, z in logits.items()}
    truth = truth_of(public, "fer2013") if public.votes is None else majority_emotions(public)
    clear = truth >= 0
    right = {head: (p.argmax(axis=1) == truth)[clear] for head, p in seven.items()}
    reads_with = max(right, key=lambda head: right[head].mean())
    confidence = seven[reads_with].max(axis=1)[clear]
    threshold = choose_threshold(confidence, right[reads_with])
    return Calibration(scalings, reads_with, threshold)


def fit_scaling(logits: Tensor, labels: Tensor) -> Scaling:
    """The scaling with the least cross-entropy: temperatures from 0.2 to 5, exponents 0.5 to 2.

    Rows whose label is below 0 count for nothing.
    """
    logits, labels = logits[labels >= 0], labels[labels >= 0]
    behind = logits.amax(dim=1, keepdim=True) - logits
    temperatures = torch.exp(torch.linspace(math.log(0.2), math.log(5), 161)).tolist()
    losses = {}
    for exponent in torch.linspace(0.5, 2, 31).tolist():
        powers = -behind.pow(exponent)
        for t in temperatures:
            losses[Scaling(t, exponent)] = F.cross_entropy(powers / t, labels).item()
    return min(losses, key=lambda scaling: losses[scaling])


def choose_threshold(confidence: np.ndarray, right: np.ndarray, width: float = 0.08) -> float:
    """The lowest confidence from which on a label is worth saying.

    That is where the labels just above it are right at least as often as wrong, and all those above
    it are right in `WORTH_SAYING` of cases.

    Args:
        confidence: float [n], the probability of the top label.
        right: bool [n], whether it is the true one.
        width: confidences within so much above a threshold are judged together.

    Returns:
        A threshold in hundredths, in [0.15, 1].
    """
    for threshold in np.arange(0.15, 1.0, 0.01):
        above = confidence >= threshold
        near = above & (confidence < threshold + width)
        if near.sum() >= 20 and right[near].mean() >= 0.5 and right[above].mean() >= WORTH_SAYING:
            return round(float(threshold), 2)
    return 1.0


def folded(network: AnyNetwork) -> AnyNetwork:
    """A copy with batch normalisation folded into the convolutions, and weights that half precision
    can hold."""
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
    """Write the network as ONNX, run it, compare with PyTorch, and only then put it in place.

    The file takes uint8 `crops` [n, 48, 48] and gives, for each head, float32 [n, classes].

    Args:
        network: one, or several as one.
        calibration: as chosen.
        path: the file.
        faces: whose Training faces show the ranges of activations: the network then counts in whole
            numbers. None: it counts in single precision, with weights kept in half precision.

    Raises:
        ModelError: ONNX Runtime's answers differ from PyTorch's by more than `PARITY` or
            `WHOLE_PARITY`.
    """
    heads = network.architecture.heads
    whole = CropsToProbabilities(folded(network), calibration.scalings).eval()
    random = np.random.default_rng(0)
    crops = random.integers(0, 256, (5, SIDE, SIDE), dtype=np.uint8)
    program = torch.onnx.export(
        whole,
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
        raise ModelError("PyTorch's exporter gave nothing")
    model = program.model_proto
    facts = {
        "emotions": ",".join(EMOTIONS),
        "heads": ",".join(heads),
        "reads_with": calibration.reads_with,
        "parameters": str(parameter_count(network)),
        "temperatures": ",".join(f"{calibration.scalings[h].temperature:.6f}" for h in heads),
        "exponents": ",".join(f"{calibration.scalings[h].exponent:.6f}" for h in heads),
        "unsure_below": f"{calibration.unsure_below:.2f}",
    }
    del model.metadata_props[:]
    for node in (*model.graph.node, *model.graph.value_info, *model.graph.input):
        del node.metadata_props[:]  # the exporter's notes on source lines
        node.doc_string = ""
    if faces is None:
        _halve_weights(model)
    else:
        model = quantised(model, faces.training.crops)
        crops = faces.training.crops[:_COMPARED]
    onnx.helper.set_model_props(model, facts)
    onnx.checker.check_model(model)
    buffer = io.BytesIO()
    onnx.save_model(model, buffer)

    part = path.with_suffix(".part.onnx")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        write_atomically(part, buffer.getvalue())
        compared, limit = (parity, PARITY) if faces is None else (moved, WHOLE_PARITY)
        apart = compared(whole, part, crops)
        if apart > limit:
            raise ModelError(f"ONNX Runtime differs from PyTorch by {apart:.1e}", "nothing written")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _halve_weights(model: onnx.ModelProto) -> None:
    """Keep large weights as float16, cast when the network is loaded; exact, see `folded`."""
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


def parity(whole: CropsToProbabilities, path: Path, crops: np.ndarray) -> float:
    """The largest difference between PyTorch's and ONNX Runtime's probabilities."""
    return max(float(d.max()) for d in _differences(whole, path, crops))


def moved(whole: CropsToProbabilities, path: Path, crops: np.ndarray) -> float:
    """How much probability ONNX Runtime gives to other classes than PyTorch: the mean over the
    faces, of the head where it is most; in [0, 1]."""
    return max(float(d.sum(axis=1).mean()) / 2 for d in _differences(whole, path, crops))


@torch.inference_mode()
def _differences(whole: CropsToProbabilities, path: Path, crops: np.ndarray) -> list[Float32Array]:
    model = ExpressionModel(path)
    heads = whole.network.architecture.heads
    expected = zip(heads, whole(torch.from_numpy(crops)), strict=True)
    return [np.abs(model.predict(crops, head) - p.numpy()) for head, p in expected]

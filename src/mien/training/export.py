"""A trained network -> the ONNX file that ships: calibrated, self-contained, checked."""

from __future__ import annotations

import copy
import io
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

from mien.errors import ModelError
from mien.expression import EMOTIONS, ExpressionModel
from mien.files import write_whole
from mien.training.fer2013 import SIDE, Split
from mien.training.network import ConvUnit, CropsToProbabilities, parameter_count
from mien.training.train import logits_of

PARITY = 1e-4
"""How far ONNX Runtime's probabilities may be from PyTorch's."""

_OPSET = 18


@dataclass(frozen=True)
class Calibration:
    """What was chosen on PublicTest.

    Attributes:
        temperature: what the logits are divided by.
        unsure_below: the confidence under which the label is withheld.
    """

    temperature: float
    unsure_below: float


def calibrate(network: nn.Module, public: Split) -> Calibration:
    """Choose temperature and threshold on PublicTest."""
    logits = logits_of(network, public)
    labels = torch.from_numpy(public.labels).long()
    temperature = fit_temperature(logits, labels)
    confidence, top = F.softmax(logits / temperature, dim=1).max(dim=1)
    return Calibration(temperature, choose_threshold(confidence.numpy(), (top == labels).numpy()))


def fit_temperature(logits: Tensor, labels: Tensor) -> float:
    """The temperature with the least cross-entropy (Guo et al. 2017), between 0.2 and 5."""
    candidates = torch.exp(torch.linspace(float(np.log(0.2)), float(np.log(5)), 641))
    losses = torch.stack([F.cross_entropy(logits / t, labels) for t in candidates])
    return float(candidates[losses.argmin()])


def choose_threshold(confidence: np.ndarray, right: np.ndarray, width: float = 0.08) -> float:
    """The lowest confidence at which a label is right at least as often as wrong.

    Args:
        confidence: float [n], the probability of the top label.
        right: bool [n], whether it is FER2013's.
        width: confidences within so much above a threshold are judged together.

    Returns:
        A threshold in hundredths, in [0.15, 1].
    """
    for threshold in np.arange(0.15, 1.0, 0.01):
        near = (confidence >= threshold) & (confidence < threshold + width)
        if near.sum() >= 20 and right[near].mean() >= 0.5:
            return round(float(threshold), 2)
    return 1.0


def folded(network: nn.Module) -> nn.Module:
    """A copy with batch normalisation folded into the convolutions, and weights that half precision
    can hold."""
    network = copy.deepcopy(network).cpu().eval()
    for module in network.modules():
        if isinstance(module, ConvUnit):
            convolution, normalisation, _ = module
            assert isinstance(convolution, nn.Conv2d)
            assert isinstance(normalisation, nn.BatchNorm2d)
            module[0] = fuse_conv_bn_eval(convolution, normalisation)
            module[1] = nn.Identity()
    return network.half().float()


def export(network: nn.Module, calibration: Calibration, path: Path) -> None:
    """Write the network as ONNX, run it, compare with PyTorch, and only then put it in place.

    The file takes uint8 `crops` [n, 48, 48] and gives float32 `probabilities` [n, 7]. Weights are
    kept in half precision, which halves the file; the arithmetic is in single precision.

    Raises:
        ModelError: ONNX Runtime's answers differ from PyTorch's by more than `PARITY`.
    """
    whole = CropsToProbabilities(folded(network), calibration.temperature).eval()
    random = np.random.default_rng(0)
    crops = random.integers(0, 256, (5, SIDE, SIDE), dtype=np.uint8)
    program = torch.onnx.export(
        whole,
        (torch.from_numpy(crops),),
        input_names=["crops"],
        output_names=["probabilities"],
        dynamic_shapes={"crops": {0: torch.export.Dim("n", min=1, max=1 << 16)}},
        opset_version=_OPSET,
        dynamo=True,
        verbose=False,
        external_data=False,
    )
    if program is None:
        raise ModelError("PyTorch's exporter gave nothing.")
    model = program.model_proto
    facts = {
        "emotions": ",".join(EMOTIONS),
        "parameters": str(parameter_count(network)),
        "temperature": f"{calibration.temperature:.6f}",
        "unsure_below": f"{calibration.unsure_below:.2f}",
    }
    del model.metadata_props[:]
    for node in (*model.graph.node, *model.graph.value_info, *model.graph.input):
        del node.metadata_props[:]  # the exporter's notes on source lines
        node.doc_string = ""
    onnx.helper.set_model_props(model, facts)
    _halve_weights(model)
    onnx.checker.check_model(model)
    buffer = io.BytesIO()
    onnx.save_model(model, buffer)

    part = path.with_suffix(".part.onnx")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        write_whole(part, buffer.getvalue())
        apart = parity(whole, part, crops)
        if apart > PARITY:
            raise ModelError(f"ONNX Runtime differs from PyTorch by {apart:.1e}; nothing written.")
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


@torch.inference_mode()
def parity(whole: nn.Module, path: Path, crops: np.ndarray) -> float:
    """The largest difference between PyTorch's and ONNX Runtime's probabilities."""
    expected = whole(torch.from_numpy(crops)).numpy()
    return float(np.abs(ExpressionModel(path).predict(crops) - expected).max())

"""Quantisation of an exported network: a third of the time, and an eighth of the size of the
largest layers.

Activations have 8 bits. Weights have 7, so that 16-bit sums overflow on no processor and all
processors agree; the largest layers have 4. The first convolution, which sees the face itself,
stays in single precision.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import (
    CalibrationDataReader,
    CalibrationMethod,
    QuantFormat,
    QuantType,
    quantize_static,
)

from mien.support.arrays import Float32Array, UInt8Array

MIN_FOUR_BIT_WEIGHTS = 140_000
"""Layers with at least so many weights have four bits for each."""

STEPS = 7
"""Of a four-bit weight on either side of 0."""

OPSET = 21
"""The first version of ONNX's operators with four-bit numbers."""

_MAX_SEVEN_BITS = 64  # as ONNX Runtime counts them
_FACES = 512
_BATCH = 32
_CLIPS = np.linspace(0.5, 1, 26)
_FEWER = (6, 5, 4)  # steps to the largest weight, if none has been rounded to the outermost


def quantise(model: onnx.ModelProto, crops: UInt8Array) -> onnx.ModelProto:
    """Quantise a network.

    Args:
        model: of the operators' version `OPSET`, with float32 convolutions; not changed.
        crops: uint8 [n, 48, 48], faces that set the ranges of activations; 512 are drawn of more,
            always the same.
    """
    model = _copy(model)
    large = [name for name, size in _kernels(model).items() if size >= MIN_FOUR_BIT_WEIGHTS]
    for tensor in model.graph.initializer:
        if tensor.name in large:
            coarse = round_to_four_bits(numpy_helper.to_array(tensor))
            tensor.CopyFrom(numpy_helper.from_array(coarse, tensor.name))
    with tempfile.TemporaryDirectory() as folder, _without_warnings():
        path = Path(folder) / "quantised.onnx"
        quantize_static(
            onnx.shape_inference.infer_shapes(model),
            path,
            _Faces(crops),
            quant_format=QuantFormat.QDQ,
            op_types_to_quantize=["Conv", "Relu", "MaxPool", "AveragePool", "Add"],
            per_channel=True,
            reduce_range=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            nodes_to_exclude=_first_nodes(model),
            calibrate_method=CalibrationMethod.MinMax,
        )
        found = onnx.load(path)
    _pack(found, large)
    return found


def round_to_four_bits(kernels: Float32Array) -> Float32Array:
    """Round weights to 15 even steps about 0.

    float32 [out, ...] -> float32 [out, ...].
    """
    rows = kernels.reshape(len(kernels), -1)
    steps = four_bit_steps(rows)
    rounded: Float32Array = np.clip(np.round(rows / steps), -STEPS, STEPS) * steps
    return rounded.reshape(kernels.shape)


def four_bit_steps(rows: Float32Array) -> Float32Array:
    """The width of the steps with the least error for each channel.

    float32 [out, n] -> float32 [out, 1]. Weights that have been rounded keep their steps.
    """
    largest = np.maximum(np.abs(rows).max(axis=1, keepdims=True), np.float32(1e-12))
    widths = [*(largest * clip / STEPS for clip in _CLIPS), *(largest / n for n in _FEWER)]
    steps = np.stack(widths).astype(np.float32)
    rounded = np.clip(np.round(rows / steps), -STEPS, STEPS) * steps
    best = np.square(rounded - rows).sum(axis=2).argmin(axis=0)
    chosen: Float32Array = steps[best, np.arange(len(rows))]
    return chosen


class _Faces(CalibrationDataReader):  # type: ignore[misc]
    def __init__(self, crops: UInt8Array) -> None:
        order = np.random.default_rng(0).permutation(len(crops))[:_FACES]
        self._batches = iter(crops[order[i : i + _BATCH]] for i in range(0, len(order), _BATCH))

    def get_next(self) -> Mapping[str, UInt8Array] | None:
        batch = next(self._batches, None)
        return None if batch is None else {"crops": batch}


def _kernels(model: onnx.ModelProto) -> dict[str, int]:
    """Name of the weights of each convolution -> their number."""
    sizes = {t.name: int(np.prod(t.dims)) for t in model.graph.initializer}
    return {n.input[1]: sizes[n.input[1]] for n in model.graph.node if n.op_type == "Conv"}


def _first_nodes(model: onnx.ModelProto) -> list[str]:
    """The nodes that process the face itself: those of `standardise`, and the first convolution."""
    channels = {t.name: t.dims[1] for t in model.graph.initializer if len(t.dims) == 4}
    seen, names = False, []
    for node in model.graph.node:
        first = node.op_type == "Conv" and channels[node.input[1]] == 1
        seen = seen or first
        if first or not seen:
            names.append(node.name)
    return names


def _pack(model: onnx.ModelProto, large: list[str]) -> None:
    """Store the weights of these layers, which are rounded already, in four bits.

    ONNX Runtime unpacks them when it loads the network. The scales of weights and biases grow with
    the steps.
    """
    tensors = {t.name: t for t in model.graph.initializer}
    biases = {n.input[1].removesuffix("_DequantizeLinear_Output"): f"{n.input[2]}_quantized"
              for n in model.graph.node if n.op_type == "Conv" and len(n.input) > 2}  # fmt: skip
    casts = []
    for name in large:
        stored = tensors[f"{name}_quantized"]
        steps = (
            np.round(numpy_helper.to_array(stored) * (STEPS / _MAX_SEVEN_BITS))
            .astype(np.int8)
            .ravel()
        )
        steps = np.append(steps, np.zeros(len(steps) % 2, np.int8))
        packed = ((steps[0::2] & 0xF) | ((steps[1::2] & 0xF) << 4)).astype(np.uint8).tobytes()
        small = helper.make_tensor(
            f"{name}_four_bits", TensorProto.INT4, stored.dims, packed, raw=True
        )
        casts.append(helper.make_node("Cast", [small.name], [stored.name], to=TensorProto.INT8))
        stored.CopyFrom(small)
        scales = [tensors[f"{name}_scale"]]
        if name in biases:  # there are none if all are 0
            bias = tensors[biases[name]]
            fewer = np.round(numpy_helper.to_array(bias) * (STEPS / _MAX_SEVEN_BITS))
            bias.CopyFrom(numpy_helper.from_array(fewer.astype(np.int32), bias.name))
            scales.append(tensors[f"{bias.name}_scale"])
        for scale in scales:
            wider = numpy_helper.to_array(scale) * np.float32(_MAX_SEVEN_BITS / STEPS)
            scale.CopyFrom(numpy_helper.from_array(wider, scale.name))
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)


def _copy(model: onnx.ModelProto) -> onnx.ModelProto:
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    return copy


@contextmanager
def _without_warnings() -> Iterator[None]:
    """Suppress ONNX Runtime's advice to optimise the model first, which changes nothing here."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(before)

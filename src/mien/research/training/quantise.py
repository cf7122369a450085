"""An exported network in whole numbers: a third of the time and, in the largest layers, an eighth
of the file.

Activations have 8 bits. Weights have 7, so that no processor's 16-bit sums overflow and all give
the same answers; the largest layers have 4. The first convolution, which sees the face itself,
stays as it is.
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

FOUR_BITS_FROM = 400_000
"""Layers with so many weights are kept in four bits each."""

OPSET = 21
"""The first version of ONNX's operators that knows numbers of four bits."""

_STEPS = 7  # of a weight in four bits, to either side of 0
_TOP = 64  # where seven bits end, as ONNX Runtime counts them
_FACES = 512
_BATCH = 32
_CLIPS = np.linspace(0.5, 1, 26)


def quantised(model: onnx.ModelProto, crops: UInt8Array) -> onnx.ModelProto:
    """The same network in whole numbers.

    Args:
        model: with convolutions whose weights are float32, of the operators' version `OPSET`.
        crops: uint8 [n, 48, 48], faces from which the ranges of activations are learnt; of more
            than 512, some that are always the same.
    """
    model = _copy(model)
    large = [name for name, size in _kernels(model).items() if size >= FOUR_BITS_FROM]
    for tensor in model.graph.initializer:
        if tensor.name in large:
            coarse = four_bits(numpy_helper.to_array(tensor))
            tensor.CopyFrom(numpy_helper.from_array(coarse, tensor.name))
    with tempfile.TemporaryDirectory() as folder, _quietly():
        path = Path(folder) / "quantised.onnx"
        quantize_static(
            onnx.shape_inference.infer_shapes(model),
            path,
            _Faces(crops),
            quant_format=QuantFormat.QDQ,
            op_types_to_quantize=["Conv", "Relu", "MaxPool", "Add"],
            per_channel=True,
            reduce_range=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            nodes_to_exclude=_on_the_face_itself(model),
            calibrate_method=CalibrationMethod.MinMax,
        )
        found = onnx.load(path)
    _pack(found, large)
    return found


def four_bits(kernels: Float32Array) -> Float32Array:
    """Weights in 15 even steps about 0, as wide for each output channel as errs least.

    float32 [out, ...] -> float32 [out, ...]; the widest of each channel is reached.
    """
    rows = kernels.reshape(len(kernels), -1)
    widest = np.maximum(np.abs(rows).max(axis=1, keepdims=True), np.float32(1e-12))
    best = np.zeros_like(rows)
    least = np.full((len(rows), 1), np.inf, np.float32)
    for clip in _CLIPS:
        step = (widest * clip / _STEPS).astype(np.float32)
        near = np.clip(np.round(rows / step), -_STEPS, _STEPS) * step
        error = np.square(near - rows).sum(axis=1, keepdims=True)
        best = np.where(error < least, near, best)
        least = np.minimum(error, least)
    return best.reshape(kernels.shape)


class _Faces(CalibrationDataReader):  # type: ignore[misc]
    def __init__(self, crops: UInt8Array) -> None:
        order = np.random.default_rng(0).permutation(len(crops))[:_FACES]
        self._batches = iter(crops[order[i : i + _BATCH]] for i in range(0, len(order), _BATCH))

    def get_next(self) -> Mapping[str, UInt8Array] | None:
        batch = next(self._batches, None)
        return None if batch is None else {"crops": batch}


def _kernels(model: onnx.ModelProto) -> dict[str, int]:
    """Name -> number of the weights of each convolution."""
    sizes = {t.name: int(np.prod(t.dims)) for t in model.graph.initializer}
    return {n.input[1]: sizes[n.input[1]] for n in model.graph.node if n.op_type == "Conv"}


def _on_the_face_itself(model: onnx.ModelProto) -> list[str]:
    """The nodes that work on the face itself: it is standardised, and seen by a convolution."""
    channels = {t.name: t.dims[1] for t in model.graph.initializer if len(t.dims) == 4}
    seen, names = False, []
    for node in model.graph.node:
        first = node.op_type == "Conv" and channels[node.input[1]] == 1
        seen = seen or first
        if first or not seen:
            names.append(node.name)
    return names


def _pack(model: onnx.ModelProto, large: list[str]) -> None:
    """Keep the weights of these layers as they are: numbers of four bits.

    ONNX Runtime unpacks them once, when it loads the network. Scales of weights and biases grow
    with the steps.
    """
    tensors = {t.name: t for t in model.graph.initializer}
    biases = {n.input[1].removesuffix("_DequantizeLinear_Output"): f"{n.input[2]}_quantized"
              for n in model.graph.node if n.op_type == "Conv" and len(n.input) > 2}  # fmt: skip
    casts = []
    for name in large:
        stored = tensors[f"{name}_quantized"]
        steps = np.round(numpy_helper.to_array(stored) * (_STEPS / _TOP)).astype(np.int8).ravel()
        steps = np.append(steps, np.zeros(len(steps) % 2, np.int8))
        packed = ((steps[0::2] & 0xF) | ((steps[1::2] & 0xF) << 4)).astype(np.uint8).tobytes()
        small = helper.make_tensor(
            f"{name}_four_bits", TensorProto.INT4, stored.dims, packed, raw=True
        )
        casts.append(helper.make_node("Cast", [small.name], [stored.name], to=TensorProto.INT8))
        stored.CopyFrom(small)
        scales = [tensors[f"{name}_scale"]]
        if name in biases:  # where all are 0, there are none
            bias = tensors[biases[name]]
            fewer = np.round(numpy_helper.to_array(bias) * (_STEPS / _TOP))
            bias.CopyFrom(numpy_helper.from_array(fewer.astype(np.int32), bias.name))
            scales.append(tensors[f"{bias.name}_scale"])
        for scale in scales:
            wider = numpy_helper.to_array(scale) * np.float32(_TOP / _STEPS)
            scale.CopyFrom(numpy_helper.from_array(wider, scale.name))
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)


def _copy(model: onnx.ModelProto) -> onnx.ModelProto:
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    return copy


@contextmanager
def _quietly() -> Iterator[None]:
    """Without ONNX Runtime's advice to optimise the model before, which changes nothing here."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(before)

"""Port musicnn's networks to ONNX, as one: `src/mien/models/musicnn.onnx`.

    python scripts/port_musicnn.py musicnn-0.1.0-py3-none-any.whl

musicnn (Pons and Serra, "musicnn: pre-trained convolutional neural networks for music audio
tagging", 2019; ISC) comes as checkpoints of TensorFlow 1, with the optimiser's state. This reads
the weights of MSD_musicnn and MTT_musicnn, which were trained on the Million Song Dataset and on
MagnaTagATune, from the wheel without TensorFlow, and stores them in 16 bits; ONNX Runtime computes
with them in single precision.
"""

from __future__ import annotations

import argparse
import struct
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn
from torch.nn import functional as F

NETWORKS = ("musicnn/MSD_musicnn", "musicnn/MTT_musicnn")
OUT = Path(__file__).parent.parent / "src" / "mien" / "models" / "musicnn.onnx"
FRAMES, BANDS = 187, 96  # three seconds of log-mel bands

Weights = dict[str, np.ndarray]


def read_checkpoint(index: bytes, data: bytes) -> Weights:
    """The float32 tensors of a checkpoint in TensorFlow's bundle format (a LevelDB table of
    protocol buffers, and the raw data), without the optimiser's."""
    footer = index[-48:]
    _, at = _varint(footer, 0)
    _, at = _varint(footer, at)
    offset, at = _varint(footer, at)
    size, _ = _varint(footer, at)
    tensors: Weights = {}
    for _, handle in _block(index, offset, size):
        offset, at = _varint(handle, 0)
        size, _ = _varint(handle, at)
        for key, value in _block(index, offset, size):
            entry = dict(_fields(value))
            if not key or entry.get(1) != 1:  # the header, or a tensor that is not float32
                continue
            shape = [dict(_fields(part)).get(1, 0) for n, part in _fields(entry[2]) if n == 2]
            start = entry.get(4, 0)
            raw = data[start : start + entry[5]]
            name = key.decode().removeprefix("model/")
            if "Adam" not in name:
                tensors[name] = np.frombuffer(raw, "<f4").reshape(shape)
    return tensors


def _varint(buffer: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = buffer[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at


def _block(buffer: bytes, offset: int, size: int) -> Iterator[tuple[bytes, bytes]]:
    """The keys and values of a LevelDB block; keys share prefixes."""
    block = buffer[offset : offset + size]
    (restarts,) = struct.unpack("<I", block[-4:])
    at, key = 0, b""
    while at < len(block) - 4 - 4 * restarts:
        shared, at = _varint(block, at)
        own, at = _varint(block, at)
        length, at = _varint(block, at)
        key = key[:shared] + block[at : at + own]
        at += own
        yield key, block[at : at + length]
        at += length


def _fields(message: bytes) -> Iterator[tuple[int, Any]]:
    """The numbers and values of a protocol buffer's fields."""
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        kind = tag & 7
        if kind == 0:
            value, at = _varint(message, at)
            yield tag >> 3, value
            continue
        if kind == 2:
            size, at = _varint(message, at)
        else:
            size = {1: 8, 5: 4}[kind]
        yield tag >> 3, message[at : at + size]
        at += size


class MusicNN(nn.Module):
    """musicnn: filters as long as timbres and rhythms are, a dense front of three layers, and
    the maximum and mean over time."""

    def __init__(self, weights: Weights) -> None:
        super().__init__()
        self.weights = weights
        self.input = self._norm(2, 0)
        self.timbre = nn.ModuleList([self._conv(0), self._conv(1)])
        self.timbre_norm = nn.ModuleList([self._norm(2, 1), self._norm(2, 2)])
        self.rhythm = nn.ModuleList([self._conv(2 + i) for i in range(3)])
        self.rhythm_norm = nn.ModuleList([self._norm(2, 3 + i) for i in range(3)])
        self.middle = nn.ModuleList([self._conv(5 + i) for i in range(3)])
        self.middle_norm = nn.ModuleList([self._norm(2, 6 + i) for i in range(3)])
        self.pooled = self._norm(1, 9)
        self.dense, self.dense_norm = self._linear("dense"), self._norm(1, 10)
        self.tags = self._linear("dense_1")

    def forward(self, patches: Tensor) -> tuple[Tensor, Tensor]:
        """Log-mel bands [n, 187, 96] -> logits of tags [n, 50], last layer [n, 200]."""
        x = self.input(patches[:, None])
        padded = F.pad(x, (0, 0, 3, 3))
        front = [
            norm(F.relu(conv(padded))).amax(3)
            for conv, norm in zip(self.timbre, self.timbre_norm, strict=True)
        ]
        for conv, norm in zip(self.rhythm, self.rhythm_norm, strict=True):
            assert isinstance(conv, nn.Conv2d)
            length = conv.kernel_size[0]
            before = (length - 1) // 2  # as TensorFlow pads
            front.append(norm(F.relu(conv(F.pad(x, (0, 0, before, length // 2))))).amax(3))
        layers = [torch.cat(front, 1)]
        for i, (conv, norm) in enumerate(zip(self.middle, self.middle_norm, strict=True)):
            below = F.pad(layers[-1].transpose(1, 2)[:, None], (0, 0, 3, 3))
            layer = norm(F.relu(conv(below)))[:, :, :, 0]
            layers.append(layer + layers[-1] if i else layer)
        all_layers = torch.cat(layers, 1)
        pooled = torch.stack([all_layers.amax(2), all_layers.mean(2)], 2).flatten(1)
        last = self.dense_norm(F.relu(self.dense(self.pooled(pooled))))
        return self.tags(last), last

    def _conv(self, number: int) -> nn.Conv2d:
        name = f"conv2d_{number}" if number else "conv2d"
        kernel = self.weights[f"{name}/kernel"].transpose(3, 2, 0, 1)
        conv = nn.Conv2d(kernel.shape[1], kernel.shape[0], kernel.shape[2:])
        conv.weight = nn.Parameter(_tensor(kernel))
        conv.bias = nn.Parameter(_tensor(self.weights[f"{name}/bias"]))
        return conv

    def _norm(self, dimensions: int, number: int) -> nn.Module:
        name = "batch_normalization" + (f"_{number}" if number else "")
        gamma, beta, mean, variance = (
            _tensor(self.weights[f"{name}/{part}"])
            for part in ("gamma", "beta", "moving_mean", "moving_variance")
        )
        kind = nn.BatchNorm2d if dimensions == 2 else nn.BatchNorm1d
        norm = kind(len(gamma), eps=1e-3)
        norm.weight.data, norm.bias.data = gamma, beta
        norm.running_mean, norm.running_var = mean, variance
        return norm

    def _linear(self, name: str) -> nn.Linear:
        kernel = self.weights[f"{name}/kernel"].T
        linear = nn.Linear(kernel.shape[1], kernel.shape[0])
        linear.weight.data, linear.bias.data = (
            _tensor(kernel),
            _tensor(self.weights[f"{name}/bias"]),
        )
        return linear


class Both(nn.Module):
    """Two networks that hear the same."""

    def __init__(self, first: MusicNN, second: MusicNN) -> None:
        super().__init__()
        self.first, self.second = first, second

    def forward(self, patches: Tensor) -> tuple[Tensor, Tensor]:
        """Log-mel bands [n, 187, 96] -> logits of the first's tags [n, 50]; its last layer, and the
        second's tags and last layer [n, 450]."""
        tags, last = self.first(patches)
        return tags, torch.cat([last, *self.second(patches)], 1)


def _tensor(values: np.ndarray) -> Tensor:
    return torch.from_numpy(np.array(values))


def with_half_weights(model: onnx.ModelProto) -> onnx.ModelProto:
    """The same network with large weights stored in 16 bits, cast to 32 when it is loaded."""
    graph = model.graph
    casts = []
    for weights in graph.initializer:
        values = numpy_helper.to_array(weights)
        if values.dtype != np.float32 or values.size < 1000:
            continue
        name = weights.name
        weights.CopyFrom(numpy_helper.from_array(values.astype(np.float16), f"{name}_half"))
        casts.append(helper.make_node("Cast", [f"{name}_half"], [name], to=TensorProto.FLOAT))
    for i, cast in enumerate(casts):
        graph.node.insert(i, cast)
    onnx.checker.check_model(model)
    return model


def main() -> None:
    """Read the wheel, write the networks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("wheel", type=Path, help="of musicnn 0.1.0")
    with zipfile.ZipFile(parser.parse_args().wheel) as wheel:
        networks = [
            MusicNN(
                read_checkpoint(
                    wheel.read(f"{name}/.index"), wheel.read(f"{name}/.data-00000-of-00001")
                )
            )
            for name in NETWORKS
        ]
    network = Both(*networks).eval()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "musicnn.onnx"
        torch.onnx.export(
            network,
            (torch.zeros(1, FRAMES, BANDS),),
            str(path),
            input_names=["patches"],
            output_names=["tags", "layers"],
            dynamic_axes={name: {0: "n"} for name in ("patches", "tags", "layers")},
            opset_version=17,
            dynamo=False,
        )
        onnx.save(with_half_weights(onnx.load(path)), OUT)
    print(f"{OUT}: {OUT.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()

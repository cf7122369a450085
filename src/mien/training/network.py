"""The expression network: a small residual convolutional network on 44x44 grey pixels."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mien.expression import EMOTIONS

INPUT_SIDE = 44


class ConvUnit(nn.Sequential):
    """3x3 convolution, batch normalisation, ReLU."""

    def __init__(self, channels_in: int, channels_out: int) -> None:
        super().__init__(
            nn.Conv2d(channels_in, channels_out, 3, padding=1, bias=False),
            nn.BatchNorm2d(channels_out),
            nn.ReLU(inplace=True),
        )


class Residual(nn.Module):
    """x + two convolution units of x (He et al. 2016), at the same width."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(ConvUnit(channels, channels), ConvUnit(channels, channels))

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = x + self.body(x)
        return out


class CompactNet(nn.Module):
    """Four stages of two convolutions each, halved between, the last two with a residual pair.

    Takes standardised float [n, 1, 44, 44]; gives logits [n, 7].
    """

    def __init__(self, widths: tuple[int, int, int, int], dropout: float) -> None:
        super().__init__()
        a, b, c, d = widths
        self.body = nn.Sequential(
            ConvUnit(1, a),
            ConvUnit(a, a),
            nn.MaxPool2d(2),
            ConvUnit(a, b),
            ConvUnit(b, b),
            nn.MaxPool2d(2),
            ConvUnit(b, c),
            Residual(c),
            nn.MaxPool2d(2),
            ConvUnit(c, d),
            Residual(d),
        )
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(d, len(EMOTIONS))

    def forward(self, x: Tensor) -> Tensor:
        features = self.body(x).mean(dim=(2, 3))
        logits: Tensor = self.head(self.dropout(features))
        return logits


def standardise(faces: Tensor) -> Tensor:
    """Each image to mean 0 and standard deviation 1, so that exposure does not matter."""
    mean = faces.mean(dim=(2, 3), keepdim=True)
    centred = faces - mean
    deviation = centred.square().mean(dim=(2, 3), keepdim=True).sqrt()
    return centred / (deviation + 1e-3)


class CropsToProbabilities(nn.Module):
    """The network as it ships: uint8 crops [n, 48, 48] -> probabilities [n, 7].

    Cuts the middle 44x44, standardises, runs the network and divides the logits by the
    calibration temperature (Guo et al. 2017) before the softmax.
    """

    def __init__(self, network: nn.Module, temperature: float) -> None:
        super().__init__()
        self.network = network
        self.temperature = temperature

    def forward(self, crops: Tensor) -> Tensor:
        return F.softmax(self.logits(crops) / self.temperature, dim=1)

    def logits(self, crops: Tensor) -> Tensor:
        """The logits [n, 7] before calibration."""
        edge = (crops.shape[-1] - INPUT_SIDE) // 2
        middle = crops[:, edge : edge + INPUT_SIDE, edge : edge + INPUT_SIDE]
        logits: Tensor = self.network(standardise(middle.unsqueeze(1).float() / 255.0))
        return logits


def parameter_count(network: nn.Module) -> int:
    """How many learned numbers the network has."""
    return sum(p.numel() for p in network.parameters() if p.requires_grad)


def build(widths: tuple[int, int, int, int], dropout: float, seed: int) -> CompactNet:
    """A freshly initialised network, the same for the same seed."""
    torch.manual_seed(seed)
    network = CompactNet(widths, dropout)
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
    return network

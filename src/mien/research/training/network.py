"""The architectures of the expression networks: mien's residual network, and the paper's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from mien.face.network import HEADS
from mien.research.training import dlib, efficientnet
from mien.research.training.layers import GlobalMean
from mien.research.training.readout import Readout, Scaling
from mien.research.training.recipe import Architecture


class ConvUnit(nn.Sequential):
    """3x3 convolution, batch normalisation, ReLU."""

    def __init__(self, channels_in: int, channels_out: int) -> None:
        super().__init__(
            nn.Conv2d(channels_in, channels_out, 3, padding=1, bias=False),
            nn.BatchNorm2d(channels_out),
            nn.ReLU(inplace=True),
        )


class Residual(nn.Module):
    """x + two convolution units of x (He et al. 2016), of the same width."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(ConvUnit(channels, channels), ConvUnit(channels, channels))

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = x + self.body(x)
        return out


class Network(nn.Module):
    """Faces, prepared by `prepare` -> the logits of all heads, side by side.

    float [n, 1, side, side] -> float [n, classes of all heads].
    """

    def __init__(self, architecture: Architecture, body: nn.Module, features: int) -> None:
        super().__init__()
        self.architecture = architecture
        self.body = body
        self.dropout = nn.Dropout(architecture.dropout)
        self.head = nn.Linear(features, sum(len(HEADS[h]) for h in architecture.heads))

    def forward(self, x: Tensor) -> Tensor:
        logits: Tensor = self.head(self.dropout(self.body(x)))
        return logits


class Ensemble(nn.Module):
    """Several networks as one, by the weighted mean of their logits.

    Args:
        members: at least one; with the same input and the same heads.
        weights: of the members; default: all the same.
    """

    def __init__(self, members: Sequence[Network], weights: Sequence[float] | None = None) -> None:
        super().__init__()
        self.architecture = members[0].architecture
        self.members = nn.ModuleList(members)
        weights = [1.0] * len(members) if weights is None else weights
        self.shares = [weight / sum(weights) for weight in weights]

    def forward(self, x: Tensor) -> Tensor:
        parts = zip(self.shares, self.members, strict=True)
        return torch.stack([share * member(x) for share, member in parts]).sum(dim=0)


AnyNetwork = Network | Ensemble


def residual_network(architecture: Architecture) -> Network:
    """Stages of a convolution and either residual pairs or one more; then a global mean."""
    layers: list[nn.Module] = []
    channels = 1
    for width, residuals in zip(architecture.widths, architecture.residuals, strict=True):
        layers += [nn.MaxPool2d(2)] if layers else []
        layers += [ConvUnit(channels, width)]
        layers += [Residual(width) for _ in range(residuals)] or [ConvUnit(width, width)]
        channels = width
    return Network(architecture, nn.Sequential(*layers, GlobalMean()), channels)


def dlib_network(architecture: Architecture) -> Network:
    """dlib's blocks, with random weights (see `mien.research.training.dlib`)."""
    return Network(architecture, dlib.layers(architecture), architecture.widths[-1])


def efficientnet_network(architecture: Architecture) -> Network:
    """EfficientNet-Lite, with random weights (see `mien.research.training.efficientnet`)."""
    return Network(architecture, efficientnet.layers(architecture), efficientnet.FEATURES)


def paper_network(architecture: Architecture) -> Network:
    """Convolution, ReLU, batch normalisation, max pooling and dropout; dense layers.

    The paper names these layers, not their numbers. Two convolutions for each stage and a dense
    layer of 512 are the usual choice for FER2013 in Keras.
    """
    layers: list[nn.Module] = []
    channels, side = 1, architecture.side
    for width in architecture.widths:
        for _ in range(2):
            layers += [nn.Conv2d(channels, width, 3, padding=1), nn.ReLU(inplace=True)]
            layers += [nn.BatchNorm2d(width)]
            channels = width
        layers += [nn.MaxPool2d(2), nn.Dropout(architecture.dropout / 2)]
        side //= 2
    layers += [nn.Flatten(), nn.Linear(channels * side * side, 512), nn.ReLU(inplace=True)]
    return Network(architecture, nn.Sequential(*layers), 512)


def prepare(faces: Tensor, architecture: Architecture) -> Tensor:
    """Scale grey faces in [0, 1], [n, 1, side, side], as the network expects them."""
    return standardise(faces) if architecture.standardised else faces


def to_input(crops: Tensor, architecture: Architecture) -> Tensor:
    """The middle of crops, uint8 [n, 48, 48], prepared: float [n, 1, side, side]."""
    edge = (crops.shape[-1] - architecture.side) // 2
    end = edge + architecture.side
    return prepare(crops[:, edge:end, edge:end].unsqueeze(1).float() / 255.0, architecture)


def standardise(faces: Tensor) -> Tensor:
    """Scale each image to mean 0 and standard deviation 1, which removes exposure."""
    mean = faces.mean(dim=(2, 3), keepdim=True)
    centred = faces - mean
    deviation = centred.square().mean(dim=(2, 3), keepdim=True).sqrt()
    return centred / (deviation + 1e-3)


def split_heads(logits: Tensor, architecture: Architecture) -> dict[str, Tensor]:
    """Logits of all heads, side by side -> head -> its logits [n, 7] or [n, 8]."""
    sizes = [len(HEADS[h]) for h in architecture.heads]
    return dict(zip(architecture.heads, torch.split(logits, sizes, dim=1), strict=True))


class CropsToProbabilities(nn.Module):
    """The network as it is exported: uint8 crops [n, 48, 48] -> probabilities.

    It cuts out the middle, prepares it, runs the network and scales the logits of each head. With a
    readout, the reading's probabilities come last.
    """

    def __init__(
        self,
        network: AnyNetwork,
        scalings: Mapping[str, Scaling],
        readout: Readout | None = None,
    ) -> None:
        super().__init__()
        self.network = network
        self.scalings = dict(scalings)
        self.readout = readout

    def forward(self, crops: Tensor) -> tuple[Tensor, ...]:
        logits = split_heads(self.logits(crops), self.network.architecture)
        found = [self.scalings[head](z) for head, z in logits.items()]
        return tuple(found if self.readout is None else [*found, self.readout(logits)])

    def logits(self, crops: Tensor) -> Tensor:
        """The logits of all heads, side by side, before scaling."""
        logits: Tensor = self.network(to_input(crops, self.network.architecture))
        return logits


def count_parameters(network: nn.Module) -> int:
    """The number of learned parameters."""
    return sum(p.numel() for p in network.parameters() if p.requires_grad)


def build(architecture: Architecture, seed: int) -> Network:
    """Initialise a network, the same for the same seed."""
    torch.manual_seed(seed)
    make = {
        "residual": residual_network,
        "dlib": dlib_network,
        "efficientnet": efficientnet_network,
        "paper": paper_network,
    }
    network = make[architecture.kind](architecture)
    for module in network.modules():
        if architecture.kind == "paper" and isinstance(module, nn.Conv2d | nn.Linear):
            nn.init.xavier_uniform_(module.weight)  # Keras's default
            assert module.bias is not None
            nn.init.zeros_(module.bias)
        elif isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
    return network

"""Layers that several architectures have at their ends."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F


class Enlarge(nn.Module):
    """Faces [n, 1, h, h] -> [n, 1, side, side]."""

    def __init__(self, side: int) -> None:
        super().__init__()
        self.side = side

    def forward(self, x: Tensor) -> Tensor:
        size = (self.side, self.side)
        return F.interpolate(x, size=size, mode="bilinear", align_corners=False)


class GlobalMean(nn.Module):
    """[n, c, h, w] -> [n, c]."""

    def forward(self, x: Tensor) -> Tensor:
        return x.mean(dim=(2, 3))

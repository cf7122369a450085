"""Plausible variations of a batch of faces, in one resampling.

Flip, rotation, scale, shift and stretch are composed into one affine map per face, so that a batch
is sampled once; gamma, brightness and cutout follow. Ours uses no brightness: it standardises each
image, which undoes that. Blur and noise come apart, since teachers are spared them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F


@dataclass(frozen=True)
class Augmentation:
    """How far a face may be varied.

    Attributes:
        rotation: degrees to either side.
        scale: relative, to either side.
        stretch: relative difference between width and height, to either side.
        shift: part of the side, in each direction.
        gamma: exponents are drawn from [1 / (1 + gamma), 1 + gamma], evenly in the logarithm.
        cutout: side of the largest erased square, as part of the side; half of the faces get one.
        brightness: relative, to either side; what comes out above white is white.
        blur: share of the faces that are blurred, by up to 1.5 pixels.
        noise: standard deviation of the strongest Gaussian noise, as part of the range from black
            to white; half of the faces get some.
    """

    rotation: float = 15.0
    scale: float = 0.15
    stretch: float = 0.08
    shift: float = 0.12
    gamma: float = 0.5
    cutout: float = 0.35
    brightness: float = 0.0
    blur: float = 0.0
    noise: float = 0.0

    def __call__(self, crops: Tensor, side: int, random: torch.Generator) -> Tensor:
        """uint8 [n, h, w] -> float [n, 1, side, side] in [0, 1], each varied on its own."""
        n, height, _ = crops.shape
        device = crops.device

        def uniform(low: float, high: float) -> Tensor:
            return torch.rand(n, generator=random, device=device) * (high - low) + low

        angle = uniform(-1, 1) * math.radians(self.rotation)
        # The output covers side/height of the face, as the middle crop at test time does.
        zoom = (1 + uniform(-1, 1) * self.scale) * side / height
        stretch = 1 + uniform(-1, 1) * self.stretch
        flip = torch.where(uniform(0, 1) < 0.5, -1.0, 1.0)
        cos, sin = torch.cos(angle), torch.sin(angle)
        theta = torch.stack(
            [
                torch.stack([flip * zoom * cos, -zoom * sin, uniform(-2, 2) * self.shift], 1),
                torch.stack(
                    [
                        flip * zoom * stretch * sin,
                        zoom * stretch * cos,
                        uniform(-2, 2) * self.shift,
                    ],
                    1,
                ),
            ],
            1,
        )
        grid = F.affine_grid(theta, [n, 1, side, side], align_corners=False)
        faces = F.grid_sample(
            crops.unsqueeze(1).float() / 255.0,
            grid,
            mode="bilinear",
            padding_mode="border",
            align_corners=False,
        )
        if self.gamma:
            exponent = torch.exp(uniform(-1, 1) * math.log1p(self.gamma))
            faces = faces.clamp(1e-4, 1).pow(exponent.view(n, 1, 1, 1))
        if self.brightness:
            factor = 1 + uniform(-1, 1) * self.brightness
            faces = (faces * factor.view(n, 1, 1, 1)).clamp(0, 1)
        return self._erase(faces, uniform) if self.cutout else faces

    def degraded(self, faces: Tensor, random: torch.Generator) -> Tensor:
        """Some of the faces [n, 1, side, side] in [0, 1] blurred, some noisy, as a camera would."""
        n, device = len(faces), faces.device

        def some(share: float) -> Tensor:
            """Even in [0, 1] for so many of the faces, else 0."""
            drawn = torch.rand(2, n, generator=random, device=device)
            return (drawn[0] * (drawn[1] < share)).view(n, 1, 1, 1)

        if self.blur:
            faces = torch.lerp(faces, _blurred(faces), some(self.blur))
        if self.noise:
            grain = torch.randn(faces.shape, generator=random, device=device)
            faces = (faces + grain * self.noise * some(0.5)).clamp(0, 1)
        return faces

    def _erase(self, faces: Tensor, uniform: Callable[[float, float], Tensor]) -> Tensor:
        """Grey squares over half of the faces (DeVries & Taylor 2017)."""
        side = faces.shape[-1]
        position = torch.arange(side, device=faces.device).view(1, side)

        def band(half: Tensor) -> Tensor:
            return (position - uniform(0, side).view(-1, 1)).abs() < half.view(-1, 1)

        half = uniform(0.1, self.cutout) * side / 2 * (uniform(0, 1) < 0.5)
        square = band(half).unsqueeze(2) & band(half).unsqueeze(1)
        mean = faces.mean(dim=(1, 2, 3), keepdim=True)
        return torch.where(square.unsqueeze(1), mean, faces)


def _blurred(faces: Tensor) -> Tensor:
    """Gaussian blur with a standard deviation of 1.5 pixels."""
    weights = torch.exp(-torch.arange(-4, 5, device=faces.device).square() / (2 * 1.5**2))
    weights = weights / weights.sum()
    padded = F.pad(faces, (4, 4, 4, 4), mode="replicate")
    return F.conv2d(F.conv2d(padded, weights.view(1, 1, 1, -1)), weights.view(1, 1, -1, 1))

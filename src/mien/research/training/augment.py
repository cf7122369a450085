"""Random variations of a batch of faces.

Flip, rotation, scale, shift and stretch form one affine map for each face, so that a batch is
resampled once; gamma, brightness and cutout follow. Networks that standardise each image need no
change of brightness. Blur, noise and the camera are separate, since teachers see the faces without
them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from mien.research.training.camera import Camera


@dataclass(frozen=True)
class Augmentation:
    """The limits of the variations.

    Attributes:
        rotation: degrees in either direction.
        scale: relative change in either direction.
        stretch: relative difference of width and height in either direction.
        shift: as a share of the side, in each direction.
        gamma: exponents are drawn from [1 / (1 + gamma), 1 + gamma], evenly in the logarithm.
        cutout: side of the largest erased square, as a share of the side; applied to half of the
            faces.
        brightness: relative change in either direction; values above white are clipped.
        blur: share of the faces that are blurred, by up to 1.5 pixels.
        noise: standard deviation of the strongest Gaussian noise, as a share of the range from
            black to white; applied to half of the faces.
        camera: further degradations of some of the faces; None for none.
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
    camera: Camera | None = None

    def __call__(self, crops: Tensor, side: int, random: torch.Generator) -> Tensor:
        """Vary each face: uint8 [n, h, w] -> float [n, 1, side, side] in [0, 1]."""
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

    def degrade(self, faces: Tensor, random: torch.Generator) -> Tensor:
        """Blur some of the faces, add noise to some, and take some as the camera does.

        float [n, 1, side, side] in [0, 1] -> the same shape and range.
        """
        n, device = len(faces), faces.device

        def some(share: float) -> Tensor:
            """A number from [0, 1) for this share of the faces, 0 for the others."""
            drawn = torch.rand(2, n, generator=random, device=device)
            return (drawn[0] * (drawn[1] < share)).view(n, 1, 1, 1)

        if self.blur:
            faces = torch.lerp(faces, _blur(faces), some(self.blur))
        if self.noise:
            grain = torch.randn(faces.shape, generator=random, device=device)
            faces = (faces + grain * self.noise * some(0.5)).clamp(0, 1)
        return faces if self.camera is None else self.camera(faces, random)

    def _erase(self, faces: Tensor, uniform: Callable[[float, float], Tensor]) -> Tensor:
        """Erase a square in half of the faces (DeVries & Taylor 2017)."""
        side = faces.shape[-1]
        position = torch.arange(side, device=faces.device).view(1, side)

        def band(half: Tensor) -> Tensor:
            return (position - uniform(0, side).view(-1, 1)).abs() < half.view(-1, 1)

        half = uniform(0.1, self.cutout) * side / 2 * (uniform(0, 1) < 0.5)
        square = band(half).unsqueeze(2) & band(half).unsqueeze(1)
        mean = faces.mean(dim=(1, 2, 3), keepdim=True)
        return torch.where(square.unsqueeze(1), mean, faces)


def _blur(faces: Tensor) -> Tensor:
    """Blur with a Gaussian of 1.5 pixels."""
    weights = torch.exp(-torch.arange(-4, 5, device=faces.device).square() / (2 * 1.5**2))
    weights = weights / weights.sum()
    padded = F.pad(faces, (4, 4, 4, 4), mode="replicate")
    return F.conv2d(F.conv2d(padded, weights.view(1, 1, 1, -1)), weights.view(1, 1, -1, 1))

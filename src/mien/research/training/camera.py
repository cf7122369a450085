"""Faces as cameras take and store them: low light, blur, few pixels, noise, JPEG compression."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from mien.research.data.fer2013 import SIDE

# The luminance table of the JPEG standard (ITU-T T.81, Annex K), at quality 50.
_LUMINANCE = (
    (16, 11, 10, 16, 24, 40, 51, 61),
    (12, 12, 14, 19, 26, 58, 60, 55),
    (14, 13, 16, 24, 40, 57, 69, 56),
    (14, 17, 22, 29, 51, 87, 80, 62),
    (18, 22, 37, 56, 68, 109, 103, 77),
    (24, 35, 55, 64, 81, 104, 113, 92),
    (49, 64, 78, 87, 103, 121, 120, 101),
    (72, 92, 95, 98, 112, 100, 103, 99),
)
_BLOCK = len(_LUMINANCE)


@dataclass(frozen=True)
class Camera:
    """The limits of the degradations. Each is drawn independently, uniformly up to its limit.

    Attributes:
        share: of the faces, in [0, 1], that may be degraded; the others stay as they are.
        probability: of each degradation, for a face that may be degraded.
        darkest: the lowest factor of the brightness, in (0, 1]; a gamma darkens shadows further.
        blur: the largest standard deviation of a Gaussian blur, in pixels.
        smallest: the lowest resolution, in pixels of a face of 48, before the face is enlarged.
        noise: the largest standard deviation of Gaussian noise, in grey levels of 256. It falls
            with the square root of the brightness.
        quality: the lowest JPEG quality, in [1, 60]; the highest is 60.
    """

    share: float = 0.55
    probability: float = 0.35
    darkest: float = 0.25
    blur: float = 2.2
    smallest: int = 16
    noise: float = 28.0
    quality: int = 15

    def __call__(self, faces: Tensor, random: torch.Generator) -> Tensor:
        """Degrade some of the faces: float [n, 1, side, side] in [0, 1] -> the same shape."""
        n, device = len(faces), faces.device

        def uniform(count: int) -> Tensor:
            return torch.rand(count, generator=random, device=device)

        exposed = uniform(n) < self.share
        light = torch.ones(n, device=device)

        def apply(faces: Tensor, degrade: Callable[[Tensor, Tensor, Tensor], Tensor]) -> Tensor:
            """`degrade` takes faces, a severity in [0, 1) for each, and their rows."""
            rows = (exposed & (uniform(n) < self.probability)).nonzero().squeeze(1)
            if not len(rows):
                return faces
            changed = degrade(faces[rows], uniform(len(rows)), rows).clamp(0, 1)
            return faces.index_copy(0, rows, changed)

        def darken(some: Tensor, severity: Tensor, rows: Tensor) -> Tensor:
            light[rows] = 1 - severity * (1 - self.darkest)
            gamma = 1 + 0.8 * severity
            dark = some.clamp(min=1e-4).pow(_each(gamma)) * _each(light[rows])
            return torch.round(dark * 255) / 255

        def defocus(some: Tensor, severity: Tensor, _: Tensor) -> Tensor:
            return blur(some, 0.3 + severity * (self.blur - 0.3))

        def step_back(some: Tensor, severity: Tensor, _: Tensor) -> Tensor:
            # One resolution for the whole batch, as the resampling is one call.
            pixels = self.smallest + float(severity[0]) * (32 - self.smallest)
            return shrink(some, max(4, round(pixels * some.shape[-1] / SIDE)))

        def add_noise(some: Tensor, severity: Tensor, rows: Tensor) -> Tensor:
            grain = torch.randn(some.shape, generator=random, device=device)
            return some + grain * _each(severity * self.noise / 255 * light[rows].sqrt())

        def store(some: Tensor, severity: Tensor, _: Tensor) -> Tensor:
            offset = int(torch.randint(_BLOCK, (), generator=random, device=device))
            return compress(some, self.quality + severity * (60 - self.quality), offset)

        for degrade in (darken, defocus, step_back, add_noise, store):
            faces = apply(faces, degrade)
        return faces


def blur(faces: Tensor, deviation: Tensor) -> Tensor:
    """Blur each face with a Gaussian of its own.

    Args:
        faces: float [n, 1, h, w].
        deviation: standard deviations in pixels, float [n].
    """
    n, reach = len(faces), math.ceil(3 * float(deviation.max()))
    distance = torch.arange(-reach, reach + 1, device=faces.device, dtype=faces.dtype)
    weights = torch.exp(-distance.square() / (2 * deviation.view(n, 1).square()))
    weights = weights / weights.sum(dim=1, keepdim=True)
    as_channels = F.pad(faces.view(1, n, *faces.shape[2:]), (reach,) * 4, mode="replicate")
    across = F.conv2d(as_channels, weights.view(n, 1, 1, -1), groups=n)
    return F.conv2d(across, weights.view(n, 1, -1, 1), groups=n).view(faces.shape)


def shrink(faces: Tensor, side: int) -> Tensor:
    """Reduce faces [n, 1, h, h] to `side` pixels, and enlarge them again."""
    few = F.interpolate(faces, size=(side, side), mode="area")
    return F.interpolate(few, size=faces.shape[2:], mode="bicubic", align_corners=False)


def compress(faces: Tensor, quality: Tensor, offset: int = 0) -> Tensor:
    """Compress faces as JPEG does: a quantised cosine transform of blocks of 8x8 pixels.

    Args:
        faces: float [n, 1, h, w] in [0, 1].
        quality: of each face on libjpeg's scale, float [n] in [1, 100].
        offset: pixels by which the first block begins above and to the left, in [0, 8).
    """
    n, _, height, width = faces.shape
    right, below = (-(offset + width)) % _BLOCK, (-(offset + height)) % _BLOCK
    padded = F.pad(faces * 255 - 128, (offset, right, offset, below), mode="replicate")
    rows, columns = padded.shape[2] // _BLOCK, padded.shape[3] // _BLOCK
    blocks = padded.view(n, rows, _BLOCK, columns, _BLOCK).transpose(2, 3)
    cosines = _cosines(faces.device)
    steps = torch.tensor(_LUMINANCE, device=faces.device, dtype=faces.dtype)
    scale = torch.where(quality < 50, 50 / quality, 2 - quality / 50)
    steps = torch.round(steps * scale.view(n, 1, 1, 1, 1)).clamp(1, 255)
    quantised = torch.round(cosines @ blocks @ cosines.T / steps) * steps
    decoded = (cosines.T @ quantised @ cosines).transpose(2, 3).reshape(padded.shape)
    decoded = torch.round(decoded + 128) / 255
    return decoded[:, :, offset : offset + height, offset : offset + width].clamp(0, 1)


def _cosines(device: torch.device) -> Tensor:
    """The orthonormal discrete cosine transform of eight numbers, float [8, 8]."""
    index = torch.arange(_BLOCK, device=device, dtype=torch.float32)
    waves = torch.cos(math.pi / _BLOCK * (index + 0.5) * index.view(-1, 1)) * math.sqrt(2 / _BLOCK)
    waves[0] /= math.sqrt(2)
    return waves


def _each(values: Tensor) -> Tensor:
    return values.view(-1, 1, 1, 1)

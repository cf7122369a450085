"""Variations of faces."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
from small_fer2013 import small

from mien.research.training.augment import Augmentation


def test_brightness_is_linear_and_clipped() -> None:
    crops = torch.full((64, 48, 48), 200, dtype=torch.uint8)
    brighter = Augmentation(0, 0, 0, 0, 0, 0, brightness=0.5)
    faces = brighter(crops, 48, torch.Generator().manual_seed(0))
    means = faces.mean(dim=(1, 2, 3))
    assert means.max() == 1
    assert 200 / 255 * 0.5 <= means.min() < 200 / 255 * 0.7


def test_blur_smooths_and_noise_roughens_some_faces() -> None:
    crops = torch.from_numpy(small((140, 7, 7)).training.crops)
    unchanged = Augmentation(0, 0, 0, 0, 0, 0)

    def roughness(augmentation: Augmentation) -> torch.Tensor:
        faces = crops.unsqueeze(1).float() / 255
        faces = augmentation.degrade(faces, torch.Generator().manual_seed(0))
        assert faces.min() >= 0
        assert faces.max() <= 1
        return faces.diff(dim=2).abs().mean(dim=(1, 2, 3))

    plain = roughness(unchanged)
    blurred = roughness(replace(unchanged, blur=0.5))
    noisy = roughness(replace(unchanged, noise=0.3))
    for varied, rougher in ((blurred, False), (noisy, True)):
        changed = ~torch.isclose(varied, plain, atol=1e-6)
        assert 0.3 < changed.float().mean() < 0.7
        assert ((varied > plain) == rougher)[changed].float().mean() > 0.95


def test_without_variation_gives_the_middle_crop() -> None:
    crops = torch.from_numpy(small().training.crops)
    unchanged = Augmentation(0, 0, 0, 0, 0, 0.1)
    faces = unchanged(crops, 44, torch.Generator().manual_seed(0))
    middle = crops[:, 2:46, 2:46].float().unsqueeze(1) / 255
    plain = torch.minimum(
        (faces - middle).abs().mean(dim=(1, 2, 3)),
        (faces - middle.flip(3)).abs().mean(dim=(1, 2, 3)),
    )
    assert plain.max() < 0.02  # apart from the flips and small erased squares


def test_varies_each_face_and_stays_in_range() -> None:
    crops = torch.from_numpy(np.repeat(small().training.crops[:1], 20, axis=0))
    faces = Augmentation()(crops, 44, torch.Generator().manual_seed(0))
    assert faces.shape == (20, 1, 44, 44)
    assert faces.min() >= 0
    assert faces.max() <= 1
    assert len({face.numpy().tobytes() for face in faces}) == 20

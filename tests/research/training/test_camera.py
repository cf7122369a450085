"""Faces as cameras take them."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from mien.research.evaluation.robustness import CORRUPTIONS
from mien.research.training.camera import Camera, blur, compress, shrink


def smooth_faces(n: int) -> np.ndarray:
    """Soft random pictures, uint8 [n, 48, 48]."""
    coarse = np.random.default_rng(n).integers(0, 256, (n, 1, 8, 8))
    soft = torch.nn.functional.interpolate(
        torch.from_numpy(coarse).float(), size=(48, 48), mode="bicubic"
    )
    return soft.clamp(0, 255).round().to(torch.uint8).squeeze(1).numpy()


def as_floats(crops: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(crops).unsqueeze(1).float() / 255


def test_degrades_as_the_evaluations_corruptions_do() -> None:
    """Away from the edges, which are padded differently."""
    crops = smooth_faces(12)
    faces = as_floats(crops)
    degraded = {
        "blur, 2 pixels": blur(faces, torch.full((12,), 2.0)),
        "24 pixels": shrink(faces, 24),
        "JPEG, quality 30": compress(faces, torch.full((12,), 30.0)),
    }
    for name, ours in degraded.items():
        expected = np.stack([CORRUPTIONS[name](crop) for crop in crops])
        difference = np.abs(ours.squeeze(1).numpy() * 255 - expected)[:, 8:-8, 8:-8]
        assert difference.mean() < 1


def test_blocks_may_begin_outside_the_face() -> None:
    faces = as_floats(smooth_faces(4))[:, :, 2:-2, 2:-2]
    quality = torch.full((4,), 20.0)
    shifted = compress(faces, quality, 3)
    assert shifted.shape == faces.shape
    assert not torch.allclose(shifted, compress(faces, quality, 0))
    assert torch.allclose(compress(faces, torch.full((4,), 100.0), 3), faces, atol=2 / 255)


@pytest.mark.parametrize(("share", "probability"), [(0.0, 1.0), (0.5, 1.0), (1.0, 0.3)])
def test_degrades_the_expected_share(share: float, probability: float) -> None:
    faces = as_floats(smooth_faces(400))
    camera = Camera(share=share, probability=probability)
    taken = camera(faces, torch.Generator().manual_seed(1))
    assert taken.min() >= 0
    assert taken.max() <= 1
    changed = ((taken - faces).abs().amax(dim=(1, 2, 3)) > 1e-6).float().mean()
    assert changed == pytest.approx(share * (1 - (1 - probability) ** 5), abs=0.08)


def test_the_same_seed_gives_the_same_faces() -> None:
    faces = as_floats(smooth_faces(20))
    one, two = (Camera()(faces, torch.Generator().manual_seed(4)) for _ in range(2))
    assert torch.equal(one, two)

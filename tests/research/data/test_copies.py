"""Copies and near copies of faces."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from row_counts import FER2013_COPIES, FER2013_NEAR_COPIES
from small_fer2013 import small

from mien.research.data.copies import (
    copy_groups,
    perceptual_hash,
    shifted,
    without_copies,
    without_near_copies,
)
from mien.research.data.fer2013 import Fer2013, Split

Mask = Callable[[Split, Split], np.ndarray]


def test_finds_near_copies_and_no_others(fer2013: Fer2013) -> None:
    """Brightened, shifted and mirrored versions are found; other faces are not."""
    some, others = (fer2013.public.take(np.arange(*ends)) for ends in ((0, 60), (60, 1500)))
    faces = some.take(without_near_copies(some, others))
    assert len(faces) > 40
    versions = {
        "same": faces.crops,
        "brighter": np.clip(faces.crops * 0.7 + 50, 0, 255).astype(np.uint8),
        "shifted": shifted(faces.crops, 2, -2),
        "mirrored": np.ascontiguousarray(faces.crops[:, :, ::-1]),
    }
    missed = {
        name: float(without_near_copies(faces, Split(crops, faces.labels)).mean())
        for name, crops in versions.items()
    }
    assert missed == pytest.approx(dict.fromkeys(versions, 0.0), abs=0.05)
    mirrored = Split(versions["mirrored"], faces.labels)
    assert without_copies(faces, mirrored).all()


def test_hashes_ignore_exposure() -> None:
    crops = small().training.crops
    codes = perceptual_hash(crops)
    darker = perceptual_hash((crops // 2 + 10).astype(np.uint8))
    assert codes.dtype == np.uint64
    assert np.bitwise_count(codes ^ darker).mean() < 2
    assert len(set(codes.tolist())) > 75


def test_groups() -> None:
    split = small((14, 7, 7)).training
    crops = split.crops.copy()
    crops[3] = crops[1]
    groups = copy_groups(Split(crops, split.labels))
    assert groups[3] == groups[1]
    assert len(set(groups.tolist())) == 13


@pytest.mark.parametrize(
    ("mask", "counts"),
    [(without_copies, FER2013_COPIES), (without_near_copies, FER2013_NEAR_COPIES)],
)
def test_real_copies(fer2013: Fer2013, mask: Mask, counts: tuple[int, int]) -> None:
    """One PrivateTest face in five has an exact or near copy in Training."""
    splits = (fer2013.public, fer2013.private)
    assert tuple(int((~mask(s, fer2013.training)).sum()) for s in splits) == counts

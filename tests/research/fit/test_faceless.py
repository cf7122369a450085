"""Made-up pictures without people: the same for the same seed, and of every kind."""

from __future__ import annotations

import numpy as np

from mien.research.fit.faceless import KINDS, pictures


def test_the_same_seed_gives_the_same_pictures() -> None:
    first, second = (list(pictures(3, 4)) for _ in range(2))
    for (kind, image), (other_kind, other) in zip(first, second, strict=True):
        assert kind == other_kind
        assert np.array_equal(image, other)
    (_, different), *_ = pictures(4, 1)
    assert different.shape != first[0][1].shape or not np.array_equal(different, first[0][1])


def test_there_is_a_picture_of_each_kind() -> None:
    seen = list(pictures(5, len(KINDS)))
    assert [kind for kind, _ in seen] == list(KINDS)
    for _, image in seen:
        assert image.dtype == np.uint8
        assert image.ndim == 3
        assert image.shape[2] == 3
        assert 240 <= min(image.shape[:2]) <= max(image.shape[:2]) < 800
    assert {kind for kind, _ in pictures(5, 3, ("lamp",))} == {"lamp"}

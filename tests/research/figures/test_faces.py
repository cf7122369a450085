"""Figures of faces."""

from __future__ import annotations

import numpy as np

from mien.research.figures.faces import sample


def test_samples_are_of_their_classes_and_always_the_same() -> None:
    labels = np.arange(50) % 7
    rows = sample(labels, (0, 3, 6), 5)
    assert [len(found) for found in rows] == [5, 5, 5]
    assert [set(labels[found].tolist()) for found in rows] == [{0}, {3}, {6}]
    assert all(len(set(found.tolist())) == 5 for found in rows)
    again = sample(labels, (0, 3, 6), 5)
    assert all(np.array_equal(one, other) for one, other in zip(rows, again, strict=True))
    assert [len(found) for found in sample(labels[:3], range(7), 5)] == [1, 1, 1, 0, 0, 0, 0]

"""The index finds what a search of all points finds."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from mien.recommendation.index import PlaneIndex, distances


@settings(max_examples=200)
@given(st.data())
def test_finds_what_a_search_of_all_points_finds(data: st.DataObject) -> None:
    n = data.draw(st.integers(0, 5000))
    count = data.draw(st.integers(1, 80))
    random = np.random.default_rng(data.draw(st.integers(0, 2**32)))
    points = random.normal(0, 0.5, (2, n)).astype(np.float32)
    if data.draw(st.booleans()):
        points = points.round(1)  # many songs at the same point
    target = random.normal(0, 1.5, 2).astype(np.float32)
    share = data.draw(st.sampled_from([None, 0.5, 0.01, 0.0]))
    allowed = np.ones(n, bool) if share is None else random.random(n) < share
    rows, found = PlaneIndex(points).nearest(
        target, count, None if share is None else lambda rows: allowed[rows]
    )
    expected = distances(points, target)
    expected[~allowed] = np.inf
    nearest = np.argsort(expected, kind="stable")[: min(count, int(allowed.sum()))]
    assert np.array_equal(rows, nearest)
    assert np.array_equal(found, expected[nearest])


def test_distances() -> None:
    points = np.array([[0, 3, -1], [0, 4, 0]], np.float32)
    assert distances(points, np.zeros(2, np.float32)).tolist() == [0, 5, 1]
    assert points.tolist() == [[0, 3, -1], [0, 4, 0]]

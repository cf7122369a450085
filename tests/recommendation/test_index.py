"""The index finds what a search of all songs finds."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from mien.recommendation.index import BlockIndex


def blocks_of(data: st.DataObject) -> tuple[BlockIndex, np.ndarray, np.random.Generator]:
    """An index of many or few songs, and their scores: all different, or many the same."""
    n = data.draw(st.integers(1, 9000))
    random = np.random.default_rng(data.draw(st.integers(0, 2**32)))
    points = random.normal(0, 0.5, (2, n)).astype(np.float32)
    known = random.random(n).astype(np.float32)
    scores = known * np.exp(-(points**2).sum(axis=0))
    if data.draw(st.booleans()):
        points, scores = points.round(1), scores.round(1)
    return BlockIndex(points, known), scores, random


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_finds_what_a_search_of_all_songs_finds(data: st.DataObject) -> None:
    index, scores, random = blocks_of(data)
    count = data.draw(st.integers(1, 80))
    share = data.draw(st.sampled_from([None, 0.5, 0.01, 0.0]))
    allowed = np.ones(len(scores), bool) if share is None else random.random(len(scores)) < share
    arranged = index.arrange(scores)
    loose = random.random(len(index)).astype(np.float32)  # bounds may be higher than need be
    rows, found = index.top(
        arranged.max(axis=1) + loose * data.draw(st.sampled_from([0, 0.1])),
        lambda blocks: arranged[blocks],
        count,
        None if share is None else lambda rows: allowed[rows],
    )
    best = np.argsort(np.where(allowed, -scores, np.inf), kind="stable")
    best = best[: min(count, int(allowed.sum()))]
    assert np.array_equal(rows, best)
    assert np.array_equal(found, scores[best])


@given(st.data())
def test_arranging_can_be_undone(data: st.DataObject) -> None:
    index, scores, _ = blocks_of(data)
    assert np.array_equal(index.restore(index.arrange(scores)), scores)

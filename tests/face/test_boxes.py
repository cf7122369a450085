"""Boxes overlap, merge, and are searched for in windows that miss nothing."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mien.face.boxes import (
    Box,
    Proposal,
    iou,
    is_same_face,
    merge,
    square_windows,
    whole_window,
    window_around,
)

positions = st.floats(-500, 500)
sizes = st.floats(1, 500)
boxes = st.tuples(positions, positions, sizes, sizes)
sides = st.integers(1, 4000)


@given(boxes, boxes)
def test_iou_is_symmetric_and_a_share(a: Box, b: Box) -> None:
    assert 0 <= iou(a, b) <= 1 + 1e-9
    assert iou(a, b) == pytest.approx(iou(b, a))
    assert iou(a, a) == pytest.approx(1)


def test_iou_of_known_boxes() -> None:
    assert iou((0, 0, 10, 10), (10, 0, 10, 10)) == 0
    assert iou((0, 0, 10, 10), (0, 5, 10, 10)) == pytest.approx(1 / 3)
    assert iou((0, 0, 10, 10), (2, 2, 5, 5)) == pytest.approx(0.25)


@given(boxes)
def test_a_box_inside_a_face_is_the_same_face(box: Box) -> None:
    x, y, w, h = box
    inner = (x + 0.4 * w, y + 0.4 * h, 0.2 * w, 0.2 * h)
    assert is_same_face(box, inner)
    assert not is_same_face(box, (x + 2 * max(w, h), y, w, h))


@given(st.lists(st.builds(Proposal, boxes, st.floats(0.2, 1)), max_size=12))
def test_merging_keeps_the_best_scores_in_order(proposals: list[Proposal]) -> None:
    merged = merge(proposals)
    scores = [p.score for p in merged]
    assert scores == sorted(scores, reverse=True)
    assert {p.score for p in merged} <= {p.score for p in proposals}
    assert max(scores, default=0) == max((p.score for p in proposals), default=0)


def test_merging_weighs_by_score() -> None:
    (one,) = merge([Proposal((0, 0, 10, 10), 0.25), Proposal((4, 0, 10, 10), 0.75)])
    assert one == Proposal((3, 0, 10, 10), 0.75)


def test_merging_leaves_distant_boxes_alone() -> None:
    apart = [Proposal((0, 0, 10, 10), 0.5), Proposal((50, 0, 10, 10), 0.4)]
    assert merge(apart[::-1]) == apart


@given(sides, sides)
def test_the_whole_window_holds_the_photo(width: int, height: int) -> None:
    left, top, side = whole_window(width, height)
    assert left <= 0
    assert top <= 0
    assert left + side >= width
    assert top + side >= height


@given(sides, sides, st.integers(40, 200))
def test_windows_cover_the_photo_and_overlap(width: int, height: int, smallest: int) -> None:
    """A face of up to a quarter of a window lies wholly inside one."""
    smallest = max(smallest, max(width, height) // 32)
    squares = square_windows(width, height, smallest)
    by_side: dict[int, set[tuple[int, int]]] = {}
    for left, top, side in squares:
        by_side.setdefault(side, set()).add((left, top))
    for side, corners in by_side.items():
        for length, starts in (
            (width, sorted({left for left, _ in corners})),
            (height, sorted({top for _, top in corners})),
        ):
            assert starts[0] <= 0
            assert starts[-1] + side >= length
            steps = [b - a for a, b in pairwise(starts)]
            assert all(step <= 0.75 * side + 1 for step in steps)
    assert len(squares) < 60


@given(boxes, st.floats(1.5, 3))
def test_a_window_around_a_box_is_centred_on_it(box: Box, zoom: float) -> None:
    left, top, side = window_around(box, zoom)
    x, y, w, h = box
    assert side == max(8, round(zoom * max(w, h)))
    assert left + side / 2 == pytest.approx(x + w / 2, abs=1)
    assert top + side / 2 == pytest.approx(y + h / 2, abs=1)

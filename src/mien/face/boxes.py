"""Boxes in a photo: how much they overlap, which are one face, and the windows to search."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

Box = tuple[float, float, float, float]
"""x, y, width and height in pixels."""

Window = tuple[int, int, int]
"""Left, top and side of a square in pixels; may reach beyond the photo's edge."""

SAME_FACE_IOU = 0.3
"""Boxes with a larger intersection over union are the same face."""


@dataclass(frozen=True)
class Proposal:
    """A box that may hold a face.

    Attributes:
        box: in the photo's pixels.
        score: how much it looks like a face, in [0, 1].
    """

    box: Box
    score: float


def iou(a: Box, b: Box) -> float:
    """Intersection over union of two boxes, in [0, 1].

    >>> iou((0, 0, 2, 2), (1, 0, 2, 2))
    0.3333333333333333
    """
    (ax, ay, aw, ah), (bx, by, bw, bh) = a, b
    across = max(0.0, min(ax + aw, bx + bw) - max(ax, bx))
    common = across * max(0.0, min(ay + ah, by + bh) - max(ay, by))
    return common / (aw * ah + bw * bh - common)


def is_same_face(a: Box, b: Box) -> bool:
    """Whether two boxes are one face: they overlap, or one holds the other's centre."""
    (ax, ay, aw, ah), (bx, by, bw, bh) = a, b
    distance = max(abs(ax + aw / 2 - bx - bw / 2), abs(ay + ah / 2 - by - bh / 2))
    return distance < max(aw, bw) / 2 or iou(a, b) > SAME_FACE_IOU


def merge(proposals: Iterable[Proposal]) -> list[Proposal]:
    """Non-maximum suppression that averages what it suppresses, weighted by score.

    This is the blending of Bazarevsky et al. 2019 (arXiv:1907.05047), which keeps boxes steadier
    from frame to frame than suppression does.

    Returns:
        One proposal for each group of overlapping ones, with the group's highest score; best first.

    >>> merge([Proposal((0, 0, 10, 10), 0.5), Proposal((2, 0, 10, 10), 0.5)])
    [Proposal(box=(1.0, 0.0, 10.0, 10.0), score=0.5)]
    """
    remaining = sorted(proposals, key=lambda p: -p.score)
    merged = []
    while remaining:
        best = remaining[0]
        group = [p for p in remaining if p is best or iou(p.box, best.box) > SAME_FACE_IOU]
        remaining = [p for p in remaining if p not in group]
        total = sum(p.score for p in group)
        x, y, w, h = (sum(p.box[i] * p.score for p in group) / total for i in range(4))
        merged.append(Proposal((x, y, w, h), best.score))
    return merged


def whole_window(width: int, height: int) -> Window:
    """The smallest window that holds the whole photo, centred."""
    side = max(width, height)
    return (width - side) // 2, (height - side) // 2, side


def square_windows(width: int, height: int, smallest: int) -> list[Window]:
    """Windows with the side of the photo's shorter side, for a photo that is long.

    None for one that is nearly square itself, where the whole window shows as much, and none for a
    strip narrower than `smallest`: the longer side bounds the smallest face, and so the number of
    windows.
    """
    side = min(width, height)
    return list(_tiles(width, height, side)) if smallest <= side < 0.6 * max(width, height) else []


def window_around(box: Box, zoom: float) -> Window:
    """The window centred on a box, `zoom` times as large."""
    x, y, w, h = box
    side = max(8, round(zoom * max(w, h)))
    return round(x + w / 2 - side / 2), round(y + h / 2 - side / 2), side


def _tiles(width: int, height: int, side: int) -> Iterator[Window]:
    """Windows that cover the photo, overlapping by a quarter or more."""
    for top in _starts(height, side):
        for left in _starts(width, side):
            yield left, top, side


def _starts(length: int, side: int) -> list[int]:
    if length <= side:
        return [(length - side) // 2]
    count = math.ceil((length - side) / (0.75 * side)) + 1
    return [round(i * (length - side) / (count - 1)) for i in range(count)]

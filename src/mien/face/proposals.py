"""A photo -> the places where a face may be, from both detectors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from mien.face.blazeface import (
    FULL_RANGE_SIDE,
    SMALLEST_FULL_RANGE,
    Predictions,
    cut_window,
    run_full_range,
    run_short_range,
    sigmoid,
)
from mien.face.boxes import Proposal, Window, merge, square_windows, whole_window
from mien.support.arrays import UInt8Array

MIN_LOGIT = -1.4
MAX_PROPOSALS = 100  # best first
MAX_DOUBTFUL = 2  # proposals that are not clear, for the quick search
CLEAR_SCORE = 0.7  # from here on, the quick search trusts the full-range network alone
QUICK_SIDE = 192
"""Longer side of the photo as the quick search sees it."""
MAX_SIDE = 896
"""The same for the thorough search, which bounds its time."""
_STEP = 2.4  # between the sizes at which a photo is searched; one covers faces of 14 to 110 pixels


def level_sides(longer: int, smallest: int, thorough: bool) -> list[int]:
    """The longer sides in pixels at which a photo is searched, largest first.

    >>> level_sides(1280, 24, True)
    [747, 311, 192]
    >>> level_sides(640, 24, False)
    [192]
    """
    if not thorough:
        return [QUICK_SIDE]
    finest = max(FULL_RANGE_SIDE, min(MAX_SIDE, round(longer * SMALLEST_FULL_RANGE / smallest)))
    sides = [finest]
    while sides[-1] > 1.25 * FULL_RANGE_SIDE:
        sides.append(max(FULL_RANGE_SIDE, round(sides[-1] / _STEP)))
    return sides


def propose(
    image: UInt8Array, *, smallest: int, thorough: bool, least: float = MIN_LOGIT
) -> list[Proposal]:
    """Boxes that look at least a little like a face to one of the detectors, best first.

    Args:
        image: uint8 [h, w, 3], upright RGB.
        smallest, thorough: as for `mien.face.detection.find_faces`.
        least: the least logit of a proposal.

    Returns:
        At most `MAX_PROPOSALS`, overlapping ones merged.
    """
    height, width = image.shape[:2]
    longer = max(height, width)
    smallest = max(smallest, longer * SMALLEST_FULL_RANGE // MAX_SIDE)
    found = list(propose_at(image, level_sides(longer, smallest, thorough), least))
    if thorough or max((p.score for p in found), default=0.0) < CLEAR_SCORE:
        windows = [whole_window(width, height), *square_windows(width, height, smallest)]
        found += propose_in(image, windows, least)
    merged = merge(p for p in found if p.box[2] >= 0.75 * smallest)[:MAX_PROPOSALS]
    if thorough:
        return merged
    clear = sum(p.score >= CLEAR_SCORE for p in merged)
    return merged[: max(clear, MAX_DOUBTFUL)]


def propose_at(image: UInt8Array, sides: Iterable[int], least: float) -> Iterator[Proposal]:
    """What the full-range network proposes in the photo, resized to these longer sides."""
    import cv2

    height, width = image.shape[:2]
    level = image
    for side in sides:
        scale = side / max(height, width)
        size = max(1, round(width * scale)), max(1, round(height * scale))
        method = cv2.INTER_AREA if size[0] < level.shape[1] else cv2.INTER_LINEAR
        level = np.asarray(cv2.resize(level, size, interpolation=method), np.uint8)
        yield from _proposals(run_full_range(level, least), 0, 0, 1 / scale)


def propose_in(image: UInt8Array, windows: Sequence[Window], least: float) -> Iterator[Proposal]:
    """What the short-range network proposes in these windows of the photo."""
    seen = run_short_range([cut_window(image, window) for window in windows])
    for (left, top, side), predictions in zip(windows, seen, strict=True):
        rows = np.flatnonzero(predictions.logits >= least)
        yield from _proposals(predictions[rows], left, top, side)


def _proposals(found: Predictions, left: int, top: int, scale: float) -> Iterator[Proposal]:
    corners = (found.centres - found.sides[:, None] / 2) * scale + np.array([left, top])
    sides, scores = found.sides * scale, sigmoid(found.logits)
    values = zip(corners.tolist(), sides.tolist(), scores.tolist(), strict=True)
    for (x, y), side, score in values:
        yield Proposal((x, y, side, side), score)

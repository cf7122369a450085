"""The nearest of very many points in a plane, without looking at all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from mien.types import Float32Array

Allows = Callable[[np.ndarray], np.ndarray]
"""Rows -> bool, one for each: whether it may come."""

_BLOCK = 256  # points; of the sizes tried the fastest at a hundred thousand and at ten million
_SLACK = np.float32(1e-5)  # more than rounding can move a distance in this plane


class Plane:
    """Points sorted into blocks of neighbours, each with the box around it.

    Args:
        points: float32 [2, n], within a few units of the origin.
    """

    def __init__(self, points: Float32Array) -> None:
        self.points = points
        n = points.shape[1]
        blocks = max(1, -(-n // _BLOCK))
        columns = max(1, round(blocks**0.5))
        # Columns of equal numbers of points by the first coordinate; in each, by the second.
        column = np.empty(n, np.int32)
        column[np.argsort(points[0], kind="stable")] = np.arange(n) * columns // max(n, 1)
        order = np.lexsort((points[1], column)).astype(np.int32)
        missing = blocks * _BLOCK - n  # from the last block
        self._rows = np.append(order, np.full(missing, -1, np.int32)).reshape(blocks, _BLOCK)
        filled = np.append(points[:, order], np.full((2, missing), np.nan, np.float32), axis=1)
        self._blocks: Float32Array = filled.reshape(2, blocks, _BLOCK)
        self._low = np.fmin.reduce(self._blocks, axis=2)
        self._high = np.fmax.reduce(self._blocks, axis=2)

    def nearest(
        self, target: Float32Array, count: int, allows: Allows | None = None
    ) -> tuple[np.ndarray, Float32Array]:
        """The rows of the nearest points and their distances, nearest first; of equally near ones
        the lower row first. What looking at all points would give, exactly.

        Args:
            target: float32 [2].
            count: how many; fewer come where fewer are allowed.
            allows: which may come; None: all.
        """
        rows, apart = np.empty(0, np.int32), np.empty(0, np.float32)
        for bound, blocks in _nearest_first(self._bounds(target), 4 + 2 * count // _BLOCK):
            if len(rows) >= count and bound > apart.max():
                break
            more = self._within(blocks, target, allows)
            rows, apart = np.append(rows, more[0]), np.append(apart, more[1])
            if len(rows) > count:
                near = apart <= np.partition(apart, count - 1)[count - 1]
                rows, apart = rows[near], apart[near]
        order = np.lexsort((rows, apart))[:count]
        return rows[order], apart[order]

    def _bounds(self, target: Float32Array) -> Float32Array:
        """No point of a block is nearer than this, float32 [blocks]."""
        target = target[:, None]
        outside = np.maximum(np.maximum(self._low - target, target - self._high), 0)
        bounds: Float32Array = np.hypot(*outside) - _SLACK
        return bounds

    def _within(
        self, blocks: np.ndarray, target: Float32Array, allows: Allows | None
    ) -> tuple[np.ndarray, Float32Array]:
        """The rows of the points in these blocks that may come, and their distances."""
        rows = self._rows[blocks].ravel()
        apart = distances(self._blocks[:, blocks].reshape(2, -1), target)
        if rows.min() < 0:  # the last block, not full
            there = rows >= 0
            rows, apart = rows[there], apart[there]
        if allows is None:
            return rows, apart
        fits = allows(rows)
        return rows[fits], apart[fits]


def distances(points: Float32Array, target: Float32Array) -> Float32Array:
    """From each of the points [2, n] to the target [2], float32 [n]."""
    total = np.zeros(points.shape[1], np.float32)
    for values, goal in zip(points, target, strict=True):
        difference = values - goal
        difference *= difference
        total += difference
    found: Float32Array = np.sqrt(total, out=total)
    return found


def _nearest_first(bounds: Float32Array, some: int) -> Iterator[tuple[float, np.ndarray]]:
    """The places of the bounds, ascending, in parts of `some` and then ever more, each with its
    lowest bound. Only as many are sorted as are asked for."""
    bounds = bounds.copy()
    left, ahead = len(bounds), 16 * some
    while left:
        n = min(ahead, left)
        nearest = np.argpartition(bounds, n - 1)[:n]
        nearest = nearest[np.argsort(bounds[nearest])]
        at = 0
        while at < n:
            part = nearest[at : at + some]
            yield float(bounds[part[0]]), part
            at, some = at + some, 2 * some
        bounds[nearest] = np.inf
        left, ahead = left - n, 8 * ahead

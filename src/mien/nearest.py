"""The nearest of very many points in a plane, without looking at all of them."""

from __future__ import annotations

from collections.abc import Callable

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
        bounds = self._bounds(target)
        blocks, taken = len(bounds), 4 + 2 * count // _BLOCK
        while True:
            if taken < blocks:
                split = np.argpartition(bounds, taken)
                among, beyond = split[:taken], bounds[split[taken]]
            else:
                among, beyond = np.arange(blocks), np.float32(np.inf)
            rows, apart = self._within(among, target, allows)
            if taken >= blocks or len(rows) >= count:
                break
            taken *= 4
        if len(rows) >= count and (reach := _kth(apart, count)) >= beyond:
            rows, apart = self._within(np.flatnonzero(bounds <= reach), target, allows)
        if len(rows) > count:
            near = apart <= _kth(apart, count)
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


def _kth(values: Float32Array, k: int) -> np.float32:
    kth: np.float32 = np.partition(values, k - 1)[k - 1]
    return kth

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
        self._order = np.lexsort((points[1], column)).astype(np.int32)
        self._sorted = points[:, self._order]
        starts = np.arange(0, n, _BLOCK)
        self._low = np.minimum.reduceat(self._sorted, starts, axis=1) if n else points
        self._high = np.maximum.reduceat(self._sorted, starts, axis=1) if n else points

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
        target = target[:, None]
        outside = np.maximum(np.maximum(self._low - target, target - self._high), 0)
        bounds = np.sqrt((outside * outside).sum(axis=0)) - _SLACK
        blocks = len(bounds)
        taken = 4 + 2 * count // _BLOCK
        while True:
            if taken >= blocks:
                among, beyond = np.arange(blocks), np.float32(np.inf)
            else:
                split = np.argpartition(bounds, taken)
                among, beyond = split[:taken], bounds[split[taken]]
            at = (among[:, None] * _BLOCK + np.arange(_BLOCK)).ravel()
            at = at[at < len(self._order)]
            rows = self._order[at]
            apart = distances(self._sorted[:, at], target)
            if allows is not None:
                fits = allows(rows)
                rows, apart = rows[fits], apart[fits]
            if taken >= blocks or (len(rows) >= count and _kth(apart, count) < beyond):
                order = np.lexsort((rows, apart))[:count]
                return rows[order], apart[order]
            taken *= 4


def distances(points: Float32Array, target: Float32Array) -> Float32Array:
    """From each of the points [2, n] to the target [2, 1], float32 [n]."""
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

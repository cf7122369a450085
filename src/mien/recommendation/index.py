"""The nearest of very many points in a plane, without looking at all of them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from mien.support.arrays import Float32Array

Allows = Callable[[np.ndarray], np.ndarray]
"""Rows -> bool, one for each: whether it may come."""

_BLOCK = 256  # points; of the sizes tried the fastest at a hundred thousand and at ten million
_SLACK = np.float32(1e-5)  # more than rounding can move a distance in this plane
_EVERYWHERE = np.finfo(np.float32).max
_NEARLY = np.float32(1 + 1e-6)  # squares that differ by less may have the same root


class PlaneIndex:
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
        missing = blocks * _BLOCK - n  # from the last block: points that are nowhere
        self._rows = np.append(order, np.zeros(missing, np.int32)).reshape(blocks, _BLOCK)
        nowhere = np.full((2, missing), np.nan, np.float32)
        placed = np.append(points[:, order], nowhere, axis=1).reshape(2, blocks, _BLOCK)
        low, high = np.fmin.reduce(placed, axis=2), np.fmax.reduce(placed, axis=2)
        self._middle, self._half = (low + high) / 2, (high - low) / 2 + _SLACK
        self._x, self._y = np.where(np.isnan(placed), np.float32(np.inf), placed)

    def nearest(
        self, target: Float32Array, count: int, allows: Allows | None = None
    ) -> tuple[np.ndarray, Float32Array]:
        """The rows of the nearest points and their distances, nearest first; of equally near ones
        the lower row first. What looking at all points would give, exactly.

        Args:
            target: float32 [2].
            count: how many, at least 1; fewer come where fewer are allowed.
            allows: which may come; None: all.
        """
        bounds = self._bounds(target)
        rows, squares = np.empty(0, np.int32), np.empty(0, np.float32)
        some, reach = 4 + 2 * count // _BLOCK, _EVERYWHERE
        left = len(bounds) if self.points.size else 0
        while left:  # the nearest blocks, then those that may hold a nearer point, then ever more
            part = bounds.argpartition(min(some, left) - 1)[: min(some, left)]
            more = self._within(part, target, allows)
            rows, squares = np.append(rows, more[0]), np.append(squares, more[1])
            if len(rows) >= count:
                last = np.partition(squares, count - 1)[count - 1]
                reach = min(last * _NEARLY, _EVERYWHERE)
            bounds[part] = np.nan
            some, left = 4 * some, int(np.count_nonzero(bounds <= reach))
        near = (squares <= reach).nonzero()[0]
        rows, apart = rows[near], np.sqrt(squares[near])
        order = np.lexsort((rows, apart))[:count]
        return rows[order], apart[order]

    def _bounds(self, target: Float32Array) -> Float32Array:
        """No point of a block is nearer than the root of this, float32 [blocks]."""
        outside = np.abs(self._middle - target[:, None])
        outside -= self._half
        np.maximum(outside, 0, out=outside)
        outside *= outside
        bounds: Float32Array = outside[0] + outside[1]
        return bounds

    def _within(
        self, blocks: np.ndarray, target: Float32Array, allows: Allows | None
    ) -> tuple[np.ndarray, Float32Array]:
        """The rows of the points in these blocks that may come, and their squared distances."""
        rows = self._rows[blocks].ravel()
        squares = _squares(self._x[blocks], self._y[blocks], target).ravel()
        if allows is None:
            return rows, squares
        fits = allows(rows)
        return rows[fits], squares[fits]


def distances(points: Float32Array, target: Float32Array) -> Float32Array:
    """From each of the points [2, n] to the target [2], float32 [n]."""
    total = _squares(points[0], points[1], target)
    found: Float32Array = np.sqrt(total, out=total)
    return found


def _squares(x: Float32Array, y: Float32Array, target: Float32Array) -> Float32Array:
    """The squared distances, of x's shape."""
    total: Float32Array = x - target[0]
    total *= total
    other = y - target[1]
    other *= other
    total += other
    return total

"""An exact index for the nearest of many points in a plane."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from mien.support.arrays import Float32Array

Allows = Callable[[np.ndarray], np.ndarray]
"""Rows, integers [k] -> whether each is allowed, bool [k]."""

_BLOCK = 256
"""Points in a block; the fastest size we tried, at a hundred thousand and at ten million points."""

_SLACK = np.float32(1e-5)  # more than rounding can move a distance in this plane
_UNLIMITED = np.finfo(np.float32).max
_NEARLY = np.float32(1 + 1e-6)  # squares that differ by less may have the same root


class PlaneIndex:
    """Points sorted into blocks of neighbours, each with its bounding box.

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
        missing = blocks * _BLOCK - n  # filled up in the last block with points at infinity
        self._rows = np.append(order, np.zeros(missing, np.int32)).reshape(blocks, _BLOCK)
        filler = np.full((2, missing), np.nan, np.float32)
        sorted_ = np.append(points[:, order], filler, axis=1).reshape(2, blocks, _BLOCK)
        low, high = np.fmin.reduce(sorted_, axis=2), np.fmax.reduce(sorted_, axis=2)
        self._centre, self._half = (low + high) / 2, (high - low) / 2 + _SLACK
        self._x, self._y = np.where(np.isnan(sorted_), np.float32(np.inf), sorted_)

    def nearest(
        self, target: Float32Array, count: int, allows: Allows | None = None
    ) -> tuple[np.ndarray, Float32Array]:
        """The nearest points, exactly as a search of all points would find them.

        Args:
            target: float32 [2].
            count: how many, at least 1; fewer are returned where fewer are allowed.
            allows: the rows that are allowed; None: all.

        Returns:
            Rows, int32 [count], and distances, float32 [count], nearest first; ties go to the lower
            row.
        """
        bounds = self._bounds(target)
        rows, squares = np.empty(0, np.int32), np.empty(0, np.float32)
        batch, radius = 4 + 2 * count // _BLOCK, _UNLIMITED
        left = len(bounds) if self.points.size else 0
        while left:  # search the nearest blocks, then more and more that may hold a nearer point
            nearest = bounds.argpartition(min(batch, left) - 1)[: min(batch, left)]
            more_rows, more_squares = self._search(nearest, target, allows)
            rows, squares = np.append(rows, more_rows), np.append(squares, more_squares)
            if len(rows) >= count:
                farthest = np.partition(squares, count - 1)[count - 1]
                radius = min(farthest * _NEARLY, _UNLIMITED)
            bounds[nearest] = np.nan
            batch, left = 4 * batch, int(np.count_nonzero(bounds <= radius))
        near = (squares <= radius).nonzero()[0]
        rows, found = rows[near], np.sqrt(squares[near])
        order = np.lexsort((rows, found))[:count]
        return rows[order], found[order]

    def _bounds(self, target: Float32Array) -> Float32Array:
        """The squared distance to each block's box, float32 [blocks]; no point in it is nearer."""
        outside = np.abs(self._centre - target[:, None])
        outside -= self._half
        np.maximum(outside, 0, out=outside)
        outside *= outside
        bounds: Float32Array = outside[0] + outside[1]
        return bounds

    def _search(
        self, blocks: np.ndarray, target: Float32Array, allows: Allows | None
    ) -> tuple[np.ndarray, Float32Array]:
        """The rows of the allowed points in these blocks, and their squared distances."""
        rows = self._rows[blocks].ravel()
        squares = _squares(self._x[blocks], self._y[blocks], target).ravel()
        if allows is None:
            return rows, squares
        allowed = allows(rows)
        return rows[allowed], squares[allowed]


def distances(points: Float32Array, target: Float32Array) -> Float32Array:
    """The distances from points [2, n] to a target [2], float32 [n]."""
    squares = _squares(points[0], points[1], target)
    roots: Float32Array = np.sqrt(squares, out=squares)
    return roots


def _squares(x: Float32Array, y: Float32Array, target: Float32Array) -> Float32Array:
    """The squared distances, of x's shape."""
    total: Float32Array = x - target[0]
    total *= total
    other = y - target[1]
    other *= other
    total += other
    return total

"""An exact index for the best of many songs under scores that a block of songs bounds."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from mien.support.arrays import Float32Array

Allows = Callable[[np.ndarray], np.ndarray]
"""Rows, integers [k] -> whether each is allowed, bool [k]."""

Score = Callable[[np.ndarray], Float32Array]
"""Blocks, integers [k] -> the scores of their songs, float32 [k, songs]; -inf for no song."""

BLOCK = 256
"""Songs in a block; the fastest size we tried, at a hundred thousand and at ten million songs."""

_LOWEST = np.finfo(np.float32).min
_FIRST = 4  # blocks to search at once, at first

_TIERS = 3  # each part of the plane is cut so often by how known its songs are


class BlockIndex:
    """Songs sorted into blocks: neighbours in a plane that are about equally known.

    Args:
        points: float32 [2, n].
        known: float32 [n], how known each song is.
    """

    def __init__(self, points: Float32Array, known: Float32Array) -> None:
        n = points.shape[1]
        blocks = max(1, -(-n // BLOCK))
        tiers = _TIERS if blocks >= 8 * _TIERS else 1
        columns = max(1, round((blocks / tiers) ** 0.5))
        # Columns of equal numbers of songs by the first coordinate, cells of each by the second,
        # and in each cell the most known songs first.
        column = _parts(np.argsort(points[0], kind="stable"), columns)
        inside = np.lexsort((points[1], column))
        cell = _parts(inside, columns * columns)
        order = np.lexsort((-known, cell)).astype(np.int32)
        missing = blocks * BLOCK - n
        self._order = np.append(order, np.full(missing, -1, np.int32)).reshape(blocks, BLOCK)

    def __len__(self) -> int:
        return len(self._order)

    def arrange(self, values: Float32Array, filler: float = -np.inf) -> Float32Array:
        """One number of each song in the order of the blocks, float32 [blocks, songs].

        Args:
            values: float32 [n].
            filler: in place of the songs that the last block lacks.
        """
        arranged: Float32Array = values[self._order]
        arranged[self._order < 0] = filler
        return arranged

    def restore(self, arranged: Float32Array) -> Float32Array:
        """The reverse of `arrange`: float32 [blocks, songs] -> [n]."""
        songs = self._order >= 0
        restored = np.empty(int(songs.sum()), np.float32)
        restored[self._order[songs]] = arranged[songs]
        return restored

    def top(
        self, bounds: Float32Array, score: Score, count: int, allows: Allows | None = None
    ) -> tuple[np.ndarray, Float32Array]:
        """The best songs, exactly as a search of all songs would find them.

        Args:
            bounds: float32 [blocks], no song of a block scores higher.
            score: scores blocks.
            count: how many, at least 1; fewer are returned where fewer are allowed.
            allows: the rows that are allowed; None: all.

        Returns:
            Rows, int32 [count], and scores, float32 [count], best first; ties go to the lower row.
        """
        rows, scores = np.empty(0, np.int32), np.empty(0, np.float32)
        batch, least = _FIRST + 2 * count // BLOCK, _LOWEST
        left = np.arange(len(bounds))
        while len(left):  # the best blocks first, then those that may hold a better song
            if len(left) > batch:
                order = np.argpartition(bounds[left], len(left) - batch)
                some, left = left[order[-batch:]], left[order[:-batch]]
            else:
                some, left = left, left[:0]
            more_rows, more_scores = self._order[some].ravel(), score(some).ravel()
            good = (more_scores >= least).nonzero()[0]
            more_rows, more_scores = more_rows[good], more_scores[good]
            if allows is not None:
                allowed = allows(more_rows)
                more_rows, more_scores = more_rows[allowed], more_scores[allowed]
            rows, scores = np.concatenate([rows, more_rows]), np.concatenate([scores, more_scores])
            if len(scores) > count:
                least = np.partition(scores, len(scores) - count)[len(scores) - count]
                good = (scores >= least).nonzero()[0]
                rows, scores = rows[good], scores[good]
            if len(scores) >= count:
                left = left[bounds[left] >= max(least, scores.min())]
            batch *= 4
        order = np.lexsort((rows, -scores))[:count]
        return rows[order], scores[order]


def _parts(order: np.ndarray, count: int) -> np.ndarray:
    """The number of the part, of `count` equal ones, that each item falls into, int32 [n]."""
    part = np.empty(len(order), np.int32)
    part[order] = np.arange(len(order)) * count // max(len(order), 1)
    return part

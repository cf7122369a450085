"""Mean opinion scores with their intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Opinion:
    """A mean opinion score: stars from 1 to 5.

    Attributes:
        mean: of the stars.
        low, high: its 95 % interval (Student's t); None for a single rating, or where all are
            equal: they tell none.
        n: how many ratings.
    """

    mean: float
    low: float | None
    high: float | None
    n: int


def opinion(stars: Sequence[int]) -> Opinion:
    """The mean opinion score of some ratings; at least one."""
    n, mean = len(stars), sum(stars) / len(stars)
    if len(set(stars)) == 1:
        return Opinion(mean, None, None, n)
    deviation = math.sqrt(sum((s - mean) ** 2 for s in stars) / (n - 1))
    half = _t95(n - 1) * deviation / math.sqrt(n)
    return Opinion(mean, max(mean - half, 1.0), min(mean + half, 5.0), n)


def _t95(freedom: int) -> float:
    """The 97.5 % quantile of Student's t (Cornish and Fisher's expansion; exact for 1 and 2)."""
    if freedom <= 2:
        return (12.7062, 4.30265)[freedom - 1]
    z: float = 1.959964
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return float(z + sum(term / freedom**power for power, term in enumerate(terms, 1)))

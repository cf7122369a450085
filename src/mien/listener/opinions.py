"""What listeners say of songs: opinions, mean scores and their confidence intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Opinion:
    """What a listener last said of a song.

    Attributes:
        stars: 1 to 5, or None.
        said: `like`, `dislike` or `skip`, or None.
    """

    stars: int | None = None
    said: str | None = None


@dataclass(frozen=True)
class OpinionScore:
    """A mean opinion score, in stars from 1 to 5.

    Attributes:
        mean: of the ratings.
        low, high: its 95 % confidence interval (Student's t), within 1 to 5; None where all
            ratings are equal, or there is only one: they have no variance to estimate it from.
        n: the number of ratings.
    """

    mean: float
    low: float | None
    high: float | None
    n: int


def mean_opinion_score(stars: Sequence[int]) -> OpinionScore:
    """The mean opinion score of ratings.

    Args:
        stars: the ratings, each 1 to 5; at least one.

    >>> score = mean_opinion_score([3, 4, 5])
    >>> print(f"{score.mean:.2f} ({score.low:.2f} to {score.high:.2f})")
    4.00 (1.52 to 5.00)
    """
    n, mean = len(stars), sum(stars) / len(stars)
    if len(set(stars)) == 1:
        return OpinionScore(mean, None, None, n)
    deviation = math.sqrt(sum((s - mean) ** 2 for s in stars) / (n - 1))
    half = _t95(n - 1) * deviation / math.sqrt(n)
    return OpinionScore(mean, max(mean - half, 1.0), min(mean + half, 5.0), n)


def _t95(freedom: int) -> float:
    """The 97.5 % quantile of Student's t (Cornish-Fisher expansion; exact for 1 and 2)."""
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

"""What becomes of a claim: verdicts are functions of the numbers that stand beside them."""

from __future__ import annotations

import math

from mien.listener.opinions import OpinionScore
from mien.research.evaluation.ranking import Estimate
from mien.research.paper.parts import Verdict

REAL_TIME = 30.0
"""Frames a second from which on something is called real time here: what cameras give."""

RATINGS = 20
"""Fewer stars tell nothing of a ranking: their scatter is not known either."""

SELECTIVE = 0.5
"""A threshold that more than this share of all songs pass selects nothing."""


def reaches(claimed: float, found: Estimate | None, places: int) -> Verdict:
    """Whether a share that was claimed with so many decimals is reached.

    It cannot be told where less was found, but not by more than chance explains.
    """
    if found is None:
        return Verdict.OPEN
    least = rounded_down(claimed, places)
    if found.value >= least:
        return Verdict.HOLDS
    return Verdict.FAILS if found.high < least else Verdict.OPEN


def rounded_down(claimed: float, places: int) -> float:
    """The least number that is rounded to what was claimed."""
    return claimed - 0.5 * 10.0**-places


def loss_reached(claimed: float, found: float | None, n: int) -> Verdict:
    """Whether a mean cross-entropy is as low as claimed.

    The losses of single faces deviate by about one nat, which gives the mean over n of them its
    95 % interval. It cannot be told where the claim lies in it.
    """
    if found is None:
        return Verdict.OPEN
    if found <= claimed:
        return Verdict.HOLDS
    return Verdict.FAILS if found > claimed + 1.96 / math.sqrt(n) else Verdict.OPEN


def is_better(one: Estimate | None, other: Estimate | None) -> Verdict:
    """Whether one share or mean is higher than another, by more than chance explains.

    The 95 % interval of the difference must not hold 0. Where both come from the same faces or
    songs it is wider than it had to be, so a verdict stands on firm ground.
    """
    if one is None or other is None:
        return Verdict.OPEN
    difference = one.value - other.value
    if difference > math.hypot(one.value - one.low, other.high - other.value):
        return Verdict.HOLDS
    if -difference > math.hypot(one.high - one.value, other.value - other.low):
        return Verdict.FAILS
    return Verdict.OPEN


def same_accuracy(one: float, other: float | None, places: int) -> Verdict:
    """Whether two accuracies that were published can be that of one network on the same faces."""
    if other is None:
        return Verdict.OPEN
    return Verdict.HOLDS if abs(one - other) <= 10.0**-places else Verdict.FAILS


def similarities(
    claimed: float, claimed_other: float, found: float | None, found_other: float | None
) -> Verdict:
    """Whether one mean similarity is as high as claimed and another as low, to two decimals."""
    if found is None or found_other is None:
        return Verdict.OPEN
    as_claimed = higher(found, claimed) >= 0 >= higher(found_other, claimed_other)
    return Verdict.HOLDS if as_claimed else Verdict.FAILS


def higher(found: float, claimed: float) -> int:
    """1 where more was found than claimed to two decimals, -1 where less, else 0."""
    return int(found >= claimed + 0.5e-2) - int(found < rounded_down(claimed, 2))


def beats_chance(claimed: float, chance: float | None) -> Verdict:
    """Whether a mean similarity says that songs fit: chance must not reach it."""
    if chance is None:
        return Verdict.OPEN
    return Verdict.FAILS if chance >= rounded_down(claimed, 2) else Verdict.HOLDS


def selects(passing: float | None) -> Verdict:
    """Whether a threshold that this share of all songs pass, in [0, 1], selects."""
    if passing is None:
        return Verdict.OPEN
    return Verdict.FAILS if passing > SELECTIVE else Verdict.HOLDS


def is_real_time(milliseconds: float | None) -> Verdict:
    """Whether a frame takes so little that `REAL_TIME` of them fit into a second."""
    if milliseconds is None:
        return Verdict.OPEN
    return Verdict.HOLDS if milliseconds <= 1000 / REAL_TIME else Verdict.FAILS


def is_liked_better(one: OpinionScore | None, other: OpinionScore | None) -> Verdict:
    """Whether people gave one more stars than another, by more than chance explains.

    Each takes `RATINGS` ratings at least.
    """
    return is_better(_estimate(one), _estimate(other))


def _estimate(opinion: OpinionScore | None) -> Estimate | None:
    if opinion is None or opinion.low is None or opinion.high is None or opinion.n < RATINGS:
        return None
    return Estimate(opinion.mean, opinion.low, opinion.high)


def mean_of(estimates: list[Estimate]) -> Estimate:
    """The mean of independent estimates, with its 95 % interval."""
    value = math.fsum(e.value for e in estimates) / len(estimates)
    half = math.sqrt(math.fsum(((e.high - e.low) / 2) ** 2 for e in estimates)) / len(estimates)
    return Estimate(value, max(value - half, 0.0), min(value + half, 1.0))


def same_count(claimed: int, found: int | None) -> Verdict:
    """Whether as many were found as claimed."""
    if found is None:
        return Verdict.OPEN
    return Verdict.HOLDS if found == claimed else Verdict.FAILS


def agreed(verdicts: list[Verdict]) -> Verdict:
    """The verdict of several tests of one claim: theirs where they agree."""
    return verdicts[0] if len(set(verdicts)) == 1 else Verdict.OPEN

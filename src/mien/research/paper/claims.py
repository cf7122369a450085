"""The paper's claims as data, and their verdicts: functions of the numbers that the report shows.

What each claim says, and the reasons for its verdict, are in `report.md.jinja`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from math import hypot

from mien.research.evaluation.ranking import Estimate
from mien.research.paper.measured import FILED, MOOD_SETS, make_key
from mien.research.paper.numbers import Number, Numbers
from mien.research.paper.published import CLASSES

REAL_TIME = 30.0
"""Frames a second that count as real time: what cameras deliver."""
RATINGS = 20
"""The fewest ratings of a ranking that are compared."""
SELECTIVE = 0.5
"""A threshold that a larger share of all songs passes selects nothing."""


class Verdict(Enum):
    """What becomes of a claim."""

    HOLDS = "holds"
    FAILS = "does not hold"
    OPEN = "undecided"


Interval = Estimate | Number


def decide(holds: bool) -> Verdict:
    """The verdict where chance plays no part."""
    return Verdict.HOLDS if holds else Verdict.FAILS


def round_down(claimed: float, decimals: int) -> float:
    """The least number that rounds to what was claimed.

    >>> round(round_down(0.47, 2), 9)
    0.465
    """
    return claimed - 0.5 * 10.0**-decimals


def reaches(claimed: float, found: Interval, decimals: int) -> Verdict:
    """Whether a share is as high as was claimed with so many decimals.

    It is open where less was found, but chance explains the difference.
    """
    least = round_down(claimed, decimals)
    if found.value >= least:
        return Verdict.HOLDS
    return Verdict.FAILS if found.high < least else Verdict.OPEN


def stays_below(claimed: float, found: Interval) -> Verdict:
    """Whether a loss is as low as claimed; open where chance explains the difference."""
    if found.value <= claimed:
        return Verdict.HOLDS
    return Verdict.FAILS if found.low > claimed else Verdict.OPEN


def is_better(one: Interval, other: Interval) -> Verdict:
    """Whether one share or mean is higher than another, by more than chance explains.

    The 95 % interval of the difference must not hold 0. Where both are of the same faces or songs
    the interval is wider than need be, which is on the safe side.
    """
    difference = one.value - other.value
    if difference > hypot(one.value - one.low, other.high - other.value):
        return Verdict.HOLDS
    if -difference > hypot(one.high - one.value, other.value - other.low):
        return Verdict.FAILS
    return Verdict.OPEN


def compare(found: float, claimed: float) -> int:
    """1 where more was found than was claimed with two decimals, -1 where less, else 0."""
    return int(found >= claimed + 0.5e-2) - int(found < round_down(claimed, 2))


Judge = Callable[[Numbers], Verdict]


@dataclass(frozen=True)
class Claim:
    """One thing that the paper claims.

    Attributes:
        name: the anchor on the page, and its name in `numbers.json`.
        needs: results, or data, without whose numbers the verdict is open.
        judge: gives the verdict.
        ours: the same for our network or ranking.
        emotion, measure: of a claim about one emotion.
    """

    name: str
    needs: tuple[str, ...]
    judge: Judge
    ours: Judge | None = None
    emotion: str = ""
    measure: str = ""

    def missing(self, numbers: Numbers) -> str:
        """The first of `needs` that has no numbers, or nothing."""
        starts = {name: name.replace("-", ".") + "." for name in self.needs}
        known = (n for n, start in starts.items() if not any(k.startswith(start) for k in numbers))
        return next(known, "")

    def verdict(self, numbers: Numbers) -> Verdict:
        """The verdict by the numbers there are."""
        return Verdict.OPEN if self.missing(numbers) else self.judge(numbers)


def _reaches(published: str, found: str, decimals: int) -> Judge:
    return lambda n: reaches(n[published].value, n[found], decimals)


def _same_accuracy(n: Numbers) -> Verdict:
    return decide(n["published.accuracy"].text == n["published.accuracy.other"].text)


def find_best_svm(n: Numbers) -> str:
    """The first part of the keys of the support vector machine that is best on PublicTest."""
    end = ".public.accuracy"
    keys = [key for key in n if key.startswith("classical.") and key.endswith("SVM" + end)]
    return max(keys, key=lambda key: n[key].value, default="").removesuffix(end)


def _beats_svm(network: str) -> Judge:
    key = "{}.private.accuracy"
    return lambda n: is_better(n[key.format(network)], n[key.format(find_best_svm(n))])


def _similarities(n: Numbers) -> Verdict:
    """Whether the paper's similarity is as high as published, and its rival's as low."""
    own, other, claimed, rival = (n[key].value for key in (
        "ranking.paper.similarity", f"ranking.{_IGNORING}.similarity",
        "published.similarity", "published.similarity.collaborative",
    ))  # fmt: skip
    return decide(compare(own, claimed) >= 0 >= compare(other, rival))


def _beats_chance(n: Numbers) -> Verdict:
    """Whether chance does not reach the published similarity."""
    chance, claimed = n["ranking.random.similarity"].value, n["published.similarity"].value
    return decide(compare(chance, claimed) < 0)


def _suits_moods(n: Numbers) -> Verdict:
    """Whether the paper's ranking beats both kinds of collaborative filtering on both data sets."""
    verdicts = {
        is_better(n[f"ranking.paper.{at}.area"], n[f"ranking.{rival}.{at}.area"])
        for at in map(make_key, MOOD_SETS)
        for rival in (_IGNORING, "collaborative")
    }
    return verdicts.pop() if len(verdicts) == 1 else Verdict.OPEN


def find_below_chance(n: Numbers) -> list[str]:
    """The moods for which the paper's ranking is below chance, with its whole interval."""
    pattern = rf"ranking\.paper\.{FILED}\.(\w+)\.area"
    areas = {key: n[key].high for key in n if re.fullmatch(pattern, key)}
    return [key.split(".")[3] for key, high in areas.items() if high < 0.5]


def _is_liked_better(n: Numbers) -> Verdict:
    """Whether people gave it more stars; open with too few ratings, or where all are alike."""
    one, other = (f"opinions.blind.{ranking}" for ranking in ("paper", "collaborative"))
    if any(f"{at}.low" not in n or n[f"{at}.ratings"].value < RATINGS for at in (one, other)):
        return Verdict.OPEN
    return is_better(n[f"{one}.mean"], n[f"{other}.mean"])


_IGNORING = "collaborative_any_mood"  # collaborative filtering as the paper has it
_NETWORKS = ("paper-private", "expression-private")

_CLAIMS = (
    Claim(
        "accuracy",
        _NETWORKS,
        _reaches("published.accuracy", "paper.private.accuracy", 4),
        _reaches("published.accuracy", "expression.private.accuracy", 4),
    ),
    Claim("two-accuracies", _NETWORKS, _same_accuracy),
    Claim(
        "loss", _NETWORKS, lambda n: stays_below(n["published.loss"].value, n["paper.private.loss"])
    ),
    *(
        Claim(
            f"{m}-{e}",
            _NETWORKS,
            _reaches(f"published.{e}.{m}", f"paper.private.{e}.{m}", 2),
            emotion=e,
            measure=m,
        )
        for e, m in CLASSES
    ),
    Claim("classical", ("classical", *_NETWORKS), _beats_svm("paper"), _beats_svm("expression")),
    Claim("similarity", ("ranking",), _similarities),
    Claim("meaning", ("ranking",), _beats_chance),
    Claim(
        "judgement",
        ("ranking",),
        _suits_moods,
        lambda n: is_better(n[f"ranking.listeners.{FILED}.area"], n[f"ranking.paper.{FILED}.area"]),
    ),
    Claim("threshold", ("songs-rows",), lambda n: decide(n["songs.passing"].value <= SELECTIVE)),
    Claim("opinion", (), _is_liked_better),
    Claim("real-time", ("speed",), lambda n: decide(n["speed.frame"].value <= 1000 / REAL_TIME)),
    Claim(
        "rows",
        ("songs-rows",),
        lambda n: decide(n["songs.rows.named"].text == n["published.rows"].text),
    ),
)
CLAIMS = {claim.name: claim for claim in _CLAIMS}
"""Name -> claim, in the order of the report."""

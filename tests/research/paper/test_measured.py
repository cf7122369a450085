"""Measurements as numbers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mien.listener.opinions import OpinionScore
from mien.research.evaluation.ranking import Estimate
from mien.research.paper.evidence import Evidence
from mien.research.paper.measured import add_opinions, average
from mien.research.paper.numbers import PUBLISHED, Numbers

shares = st.floats(0, 1)
estimates = st.tuples(shares, shares, shares).map(sorted).map(lambda v: Estimate(v[1], v[0], v[2]))


@given(st.lists(estimates, min_size=1, max_size=8))
def test_a_mean_lies_in_its_interval(each: list[Estimate]) -> None:
    mean = average(each)
    assert mean.low - 1e-9 <= mean.value <= mean.high + 1e-9


def test_one_rating_has_no_interval() -> None:
    numbers = Numbers()
    add_opinions(numbers, "blind", {"paper": OpinionScore(5.0, None, None, 1)}, "test")
    assert {key: n.text for key, n in numbers.items()} == {
        "opinions.blind.paper.ratings": "1",
        "opinions.blind.paper.mean": "5.00",
    }


def test_without_results_only_published_numbers_are_left(nothing: Evidence) -> None:
    assert {n.command for n in nothing.numbers.values()} == {PUBLISHED}

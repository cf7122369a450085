"""Claims and their verdicts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mien.listener.opinions import OpinionScore, mean_opinion_score
from mien.research.evaluation.ranking import Estimate, share
from mien.research.paper import published as paper
from mien.research.paper.claims import (
    CLAIMS,
    Verdict,
    compare,
    find_below_chance,
    find_best_svm,
    is_better,
    reaches,
    stays_below,
)
from mien.research.paper.evidence import Evidence, gather
from mien.research.paper.measured import add_opinions
from mien.research.paper.numbers import PUBLISHED, Numbers
from mien.research.paper.results import PACKAGED, Results

shares = st.floats(0, 1)


@st.composite
def estimates(draw: st.DrawFn) -> Estimate:
    low, value, high = sorted(draw(st.tuples(shares, shares, shares)))
    return Estimate(value, low, high)


def verdict(name: str, values: dict[str, float | Estimate]) -> Verdict:
    """Of the claim with that name, by the published numbers and these."""
    numbers = Numbers()
    numbers.add(PUBLISHED, paper.NUMBERS)
    numbers.add("test", values)
    return CLAIMS[name].verdict(numbers)


@given(shares, estimates(), st.sampled_from([2, 4]))
def test_a_verdict_never_contradicts_its_number(c: float, found: Estimate, positions: int) -> None:
    verdict = reaches(c, found, positions)
    least = c - 0.5 * 10**-positions
    assert (verdict is Verdict.HOLDS) == (found.value >= least)
    assert (verdict is Verdict.FAILS) == (found.high < least)


@given(shares, st.integers(0, 500), st.integers(1, 500))
def test_more_right_never_makes_a_verdict_worse(claimed: float, hits: int, more: int) -> None:
    order = [Verdict.FAILS, Verdict.OPEN, Verdict.HOLDS]
    one, other = (share(h, 1000) for h in (hits, min(hits + more, 1000)))
    ranks = [order.index(reaches(claimed, e, 4)) for e in (one, other)]
    assert ranks[0] <= ranks[1]


@given(estimates(), estimates())
def test_better_for_one_is_worse_for_the_other(one: Estimate, other: Estimate) -> None:
    verdict, turned = is_better(one, other), is_better(other, one)
    assert (
        turned
        is {
            Verdict.HOLDS: Verdict.FAILS,
            Verdict.FAILS: Verdict.HOLDS,
            Verdict.OPEN: Verdict.OPEN,
        }[verdict]
    )
    if verdict is Verdict.HOLDS:
        assert one.value > other.value


@given(st.lists(shares, min_size=6, max_size=6, unique=True).map(sorted))
def test_separate_intervals_decide(ends: list[float]) -> None:
    assume(ends[3] - ends[2] > 1e-6)
    other, one = (Estimate(value, low, high) for low, value, high in (ends[:3], ends[3:]))
    assert is_better(one, other) is Verdict.HOLDS


@given(st.floats(0, 3), st.floats(0, 3), st.floats(0, 1))
def test_losses(claimed: float, found: float, half: float) -> None:
    verdict = stays_below(claimed, Estimate(found, found - half, found + half))
    assert (verdict is Verdict.HOLDS) == (found <= claimed)
    if verdict is Verdict.FAILS:
        assert found > claimed


def test_claims_without_numbers_stay_open(nothing: Evidence) -> None:
    assert len(CLAIMS) == 16
    assert {claim.verdict(nothing.numbers) for claim in CLAIMS.values()} == {Verdict.OPEN}
    for claim in CLAIMS.values():
        assert claim.missing(nothing.numbers) == next(iter(claim.needs), "")


def test_no_verdict_without_each_of_its_results(bare: Evidence) -> None:
    for claim in CLAIMS.values():
        for need in claim.needs:
            start = need.replace("-", ".") + "."
            kept = {k: v for k, v in bare.numbers.items() if not k.startswith(start)}
            assert claim.verdict(Numbers(kept)) is Verdict.OPEN


def test_simple_verdicts() -> None:
    own, other = "ranking.paper.similarity", "ranking.collaborative_any_mood.similarity"
    assert verdict("similarity", {own: 0.9, other: 0.7}) is Verdict.HOLDS
    assert verdict("similarity", {own: 0.9, other: 0.95}) is Verdict.FAILS
    assert verdict("similarity", {own: 0.8, other: 0.7}) is Verdict.FAILS
    assert [compare(found, 0.89) for found in (0.884, 0.886, 0.894, 0.896)] == [-1, 0, 0, 1]
    assert verdict("meaning", {"ranking.random.similarity": 0.9}) is Verdict.FAILS
    assert verdict("meaning", {"ranking.random.similarity": 0.6}) is Verdict.HOLDS
    rows: dict[str, float | Estimate] = {"songs.rows.named": 113_999}
    assert verdict("threshold", {**rows, "songs.passing": 0.84}) is Verdict.FAILS
    assert verdict("threshold", {**rows, "songs.passing": 0.1}) is Verdict.HOLDS
    assert verdict("real-time", {"speed.frame": 10.0}) is Verdict.HOLDS
    assert verdict("real-time", {"speed.frame": 100.0}) is Verdict.FAILS
    assert verdict("rows", rows) is Verdict.HOLDS
    assert verdict("rows", {"songs.rows.named": 114_000}) is Verdict.FAILS


def test_songs_suit_the_mood_where_all_comparisons_agree() -> None:
    rivals = ("collaborative_any_mood", "collaborative")

    def areas(of_paper: float, of_rivals: tuple[float, float]) -> dict[str, float | Estimate]:
        values = {"paper": of_paper} | dict(zip(rivals, of_rivals, strict=True))
        return {
            f"ranking.{name}.{data_set}.area": Estimate(value, value - 0.01, value + 0.01)
            for name, value in values.items()
            for data_set in ("data_moods", "deezer_test")
        }

    assert verdict("judgement", areas(0.8, (0.5, 0.6))) is Verdict.HOLDS
    assert verdict("judgement", areas(0.4, (0.5, 0.6))) is Verdict.FAILS
    assert verdict("judgement", areas(0.55, (0.5, 0.6))) is Verdict.OPEN


@given(st.lists(st.integers(1, 5), min_size=20), st.lists(st.integers(1, 5), min_size=20))
def test_people_are_believed_where_intervals_decide(one: list[int], other: list[int]) -> None:
    def judge(*ratings: list[int]) -> Verdict:
        numbers = Numbers()
        found = dict(zip(("paper", "collaborative"), map(mean_opinion_score, ratings), strict=True))
        add_opinions(numbers, "blind", found, "test")
        return CLAIMS["opinion"].verdict(numbers)

    verdict, means = judge(one, other), (np.mean(one), np.mean(other))
    if verdict is not Verdict.OPEN:
        assert (verdict is Verdict.HOLDS) == (means[0] > means[1])
    assert judge(one[:19], other) is Verdict.OPEN


def test_many_ratings_decide() -> None:
    numbers = Numbers()
    found = {
        "paper": OpinionScore(4.3, 4.1, 4.5, 90),
        "collaborative": OpinionScore(3.7, 3.5, 3.9, 90),
    }
    add_opinions(numbers, "blind", found, "test")
    assert CLAIMS["opinion"].verdict(numbers) is Verdict.HOLDS


def test_verdicts_follow_the_results(bare: Evidence) -> None:
    found = {name: claim.verdict(bare.numbers) for name, claim in CLAIMS.items()}
    network = bare.networks["paper"].splits["private"]
    assert found["accuracy"] is reaches(paper.ACCURACY, network.estimate, 4)
    for emotion in ("happy", "surprise", "fear"):
        claimed = paper.PER_CLASS[emotion].f1
        assert claimed is not None
        assert found[f"f1-{emotion}"] is reaches(claimed, network.estimate_class("f1", emotion), 2)
    chance = bare.numbers["ranking.random.similarity"].value
    assert (found["meaning"] is Verdict.FAILS) == (chance >= paper.SIMILARITY - 0.005)
    assert find_below_chance(bare.numbers) == ["sad", "calm"]
    assert find_best_svm(bare.numbers) == "classical.hog.RBF_SVM"


@pytest.mark.parametrize(("private", "expected"), [(0.4, Verdict.HOLDS), (0.95, Verdict.FAILS)])
def test_classical_learners_decide(tmp_path: Path, private: float, expected: Verdict) -> None:
    common: dict[str, Any] = {"features": "hog", "setting": {"C": 1}, "macro_f1": 0.5}
    svm = {"learner": "RBF SVM", "public": private, "private": private, **common}
    other = {"learner": "random forest", "public": 0.99, "private": 0.99, **common}
    (tmp_path / "classical.json").write_text(json.dumps([svm, other]))
    evidence = gather(tmp_path, Results((tmp_path, PACKAGED)))
    assert CLAIMS["classical"].verdict(evidence.numbers) is expected
    assert evidence.numbers["classical.hog.RBF_SVM.private.accuracy"].value == private


@pytest.mark.parametrize(("other", "expected"), [(0.65, Verdict.FAILS), (0.7158, Verdict.HOLDS)])
def test_a_second_accuracy_is_judged(bare: Evidence, other: float, expected: Verdict) -> None:
    numbers = Numbers(bare.numbers)
    assert CLAIMS["two-accuracies"].verdict(numbers) is Verdict.FAILS
    del numbers["published.accuracy.other"]
    numbers.add(PUBLISHED, {"published.accuracy.other": other})
    assert CLAIMS["two-accuracies"].verdict(numbers) is expected

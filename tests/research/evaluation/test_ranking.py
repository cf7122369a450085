"""Rankings against listeners' moods."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from mien import Catalogue, Store
from mien.recommendation.query import RANKINGS
from mien.recommendation.rankings import make_ranking
from mien.research.data.mood_sets import MOODS, load_data_moods, load_deezer
from mien.research.evaluation.measure import load_result
from mien.research.evaluation.ranking import (
    area,
    area_estimate,
    mean_scores,
    ranking_factories,
    score_moods,
    share,
)


def test_listeners_agree_with_their_ranking(data: Path, tmp_path: Path) -> None:
    """An area of at least 0.835 on average, and above the paper's ranking for every mood."""
    songs = load_data_moods(data, Store(tmp_path / "songs.sqlite"))
    ours = score_moods(make_ranking("listeners", songs.catalogue), songs)
    paper = score_moods(make_ranking("paper", songs.catalogue), songs)
    assert np.mean([s.area.value for s in ours.values()]) >= 0.835
    assert all(ours[mood].area.value > paper[mood].area.value for mood in MOODS)


@pytest.mark.parametrize("name", [name for name in RANKINGS if name != "collaborative"])
def test_rankings_score_as_recorded(
    data: Path, spotify: Catalogue, tmp_path: Path, name: str
) -> None:
    recorded = load_result("ranking")[name]["listeners"]
    for songs in (
        load_data_moods(data, Store(tmp_path / "songs.sqlite")),
        load_deezer(data, spotify, "test"),
    ):
        factories = ranking_factories()[name]
        found = mean_scores([score_moods(make(songs.catalogue), songs) for make in factories])
        for mood, scores in found.items():
            expected = recorded[songs.name][mood]["area"]["value"]
            assert scores.area.value == pytest.approx(expected, abs=0.002)


@given(st.integers(2, 60), st.integers(1, 9), st.integers(0, 999))
def test_area_agrees_with_scikit_learn(n: int, levels: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    scores, truth = random.integers(0, levels, n) / levels, random.random(n) < 0.5
    truth[:2] = (True, False)
    assert area(scores, truth) == pytest.approx(roc_auc_score(truth, scores))
    estimate = area_estimate(scores, truth)
    assert 0 <= estimate.low <= estimate.value <= estimate.high <= 1


def test_intervals() -> None:
    """Wilson's for 8 of 10, and Hanley and McNeil's for two groups of 50."""
    eight = share(8, 10)
    assert (eight.low, eight.high) == pytest.approx((0.490, 0.943), abs=1e-3)
    random = np.random.default_rng(0)
    truth = np.arange(100) < 50
    inside = 0
    for _ in range(300):
        found = area_estimate(random.normal(size=100) + truth, truth)
        inside += found.low <= 0.7602 <= found.high  # Phi(1 / sqrt 2)
    assert 0.92 <= inside / 300 <= 0.98

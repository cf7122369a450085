"""Mean opinion scores and their intervals."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from mien.listener.opinions import OpinionScore, mean_opinion_score


@pytest.mark.parametrize("n", [2, 3, 4, 7, 30])
def test_the_interval_is_students(n: int) -> None:
    stars = [int(s) for s in np.random.default_rng(n).integers(1, 6, n)]
    stars[:2] = [2, 4]
    score = mean_opinion_score(stars)
    half = stats.t.ppf(0.975, n - 1) * np.std(stars, ddof=1) / np.sqrt(n)
    assert score.n == n
    assert score.mean == pytest.approx(np.mean(stars))
    assert score.low == pytest.approx(max(score.mean - half, 1), abs=0.01)
    assert score.high == pytest.approx(min(score.mean + half, 5), abs=0.01)


@pytest.mark.parametrize("n", [1, 2, 5])
def test_equal_ratings_have_no_interval(n: int) -> None:
    assert mean_opinion_score([4] * n) == OpinionScore(4.0, None, None, n)

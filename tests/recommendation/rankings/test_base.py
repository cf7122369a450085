"""What every ranking does."""

from __future__ import annotations

import subprocess
import sys

import catalogues
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mien import Catalogue, Mood
from mien.errors import RankingError
from mien.recommendation.query import RANKINGS
from mien.recommendation.rankings import BY_NAME, Ranking, make_ranking
from mien.recommendation.rankings.base import best
from mien.recommendation.target import PLACES, TABLES, Target

MOODS = [
    *(Mood(0.9, 0.8, 140), Mood(0.1, 0.2, 60), Mood(0, 0, 1), Mood(1, 1, 400), Mood(0.5, 0.5, 9)),
    *(Target(0.5, 0.5, 100, ((mood, 1.0),)) for mood in PLACES),
    Target(0.5, 0.5, 100, (("happy", 0.25), ("sad", 0.75)), -1.0),
    Target(0.2, 0.5, 100, (), 0.0),
]


def best_first(ranking: Ranking, mood: Mood) -> np.ndarray:
    """All rows; ties go to the lower row."""
    return np.argsort(-ranking.scores(mood), kind="stable")


@pytest.mark.parametrize("mood", MOODS, ids=str)
class TestEveryRanking:
    def test_scores_are_finite_and_at_most_one(self, ranking: Ranking, mood: Mood) -> None:
        scores = ranking.scores(mood)
        assert scores.shape == (len(ranking.catalogue),)
        assert np.isfinite(scores).all()
        assert scores.max() <= 1 + 1e-9

    def test_scores_are_the_same_again_and_the_callers_own(
        self, ranking: Ranking, mood: Mood
    ) -> None:
        scores = ranking.scores(mood)
        expected = scores.copy()
        scores[:] = 0
        assert np.array_equal(ranking.scores(mood), expected)
        again = make_ranking(ranking.name, ranking.catalogue)
        assert np.array_equal(again.scores(mood), expected)

    def test_top_sorts_the_scores_and_ties_go_to_the_lower_row(
        self, ranking: Ranking, mood: Mood
    ) -> None:
        scores, expected = ranking.scores(mood), best_first(ranking, mood)
        for count in (1, 60, len(scores) + 5):
            rows, found = ranking.top(mood, count)
            assert np.array_equal(rows, expected[:count])
            assert np.array_equal(found, scores[rows])
            assert np.array_equal(found, np.sort(scores)[::-1][:count])

    def test_top_has_only_allowed_rows(self, ranking: Ranking, mood: Mood) -> None:
        scores, expected = ranking.scores(mood), best_first(ranking, mood)
        for step, count in ((50, 60), (2, 6)):
            allowed = np.arange(len(scores)) % step == 0
            rows, found = ranking.top(mood, count, allowed.take)
            assert np.array_equal(rows, expected[allowed[expected]][:count])
            assert np.array_equal(found, scores[rows])
        rows, found = ranking.top(mood, 6, lambda rows: np.zeros(len(rows), bool))
        assert len(rows) == len(found) == 0

    def test_songs_and_moods_have_positions_in_its_plane(
        self, ranking: Ranking, mood: Mood
    ) -> None:
        positions, position = ranking.positions(), ranking.position_of(mood)
        assert positions.shape == (2, len(ranking.catalogue))
        assert position.shape == (2,)
        assert positions.dtype == position.dtype == np.float32
        assert np.isfinite(positions).all()
        assert np.isfinite(position).all()


def test_each_is_known_by_its_name(starter: Catalogue) -> None:
    catalogues.set_factors(starter, catalogues.random_factors(starter))
    assert tuple(BY_NAME) == RANKINGS
    for name, ranking in BY_NAME.items():
        assert ranking.name == name
        assert type(make_ranking(name, starter)) is ranking
        assert ranking.mood_table in TABLES
        assert len(ranking.axes) == 2


def test_refuses_unknown_rankings(starter: Catalogue) -> None:
    with pytest.raises(RankingError, match="'horoscope'; use listeners, nearness, cosine"):
        make_ranking("horoscope", starter)


def test_a_ranking_only_ranks() -> None:
    """Wording, filters and the query are not even loaded with it."""
    script = (
        "import sys, mien.recommendation.rankings\n"
        "print(*(name for name in sys.modules if name.startswith('mien.recommendation.')))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    loaded = {name.split(".")[2] for name in done.stdout.split()}
    assert loaded == {"index", "rankings", "target"}


@settings(max_examples=200)
@given(st.data())
def test_best_is_the_start_of_a_sort(data: st.DataObject) -> None:
    n = data.draw(st.integers(0, 3000))
    count = data.draw(st.integers(0, 40))
    levels = data.draw(st.sampled_from([2, 50, 10**9]))  # few levels: many ties
    random = np.random.default_rng(data.draw(st.integers(0, 2**32)))
    scores = random.integers(0, levels, n) / levels
    assert np.array_equal(best(scores, count), np.argsort(-scores, kind="stable")[:count])

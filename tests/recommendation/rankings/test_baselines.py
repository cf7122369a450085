"""Popularity and chance."""

from __future__ import annotations

import numpy as np
import pytest

from mien import Catalogue, Mood
from mien.recommendation.rankings import PopularityRanking, RandomRanking

HAPPY, SAD = Mood(0.9, 0.8, 140), Mood(0.1, 0.2, 60)


def test_popularity_is_the_catalogues_whatever_the_mood(marked: Catalogue) -> None:
    ranking = PopularityRanking(marked)
    scores = ranking.scores(HAPPY)
    assert scores[:-1] == pytest.approx(0.03 * np.arange(29))
    assert scores[-1] == 0  # unknown
    assert np.array_equal(ranking.scores(SAD), scores)


def test_chance_depends_on_the_mood_and_the_draw(starter: Catalogue) -> None:
    ranking = RandomRanking(starter)
    scores = ranking.scores(HAPPY)
    assert scores.min() >= 0
    assert scores.mean() == pytest.approx(0.5, abs=0.02)
    others = ranking.scores(SAD), RandomRanking(starter, draw=1).scores(HAPPY)
    for other in others:
        assert abs(np.corrcoef(scores, other)[0, 1]) < 0.1

"""Collaborative filtering."""

from __future__ import annotations

import catalogues
import numpy as np
import pytest

from mien import Catalogue, Mood, recommend
from mien.errors import RankingError
from mien.recommendation.rankings import CollaborativeRanking, ListenersRanking

MOOD = Mood(0.8, 0.8, 120)


@pytest.fixture
def ranking(starter: Catalogue) -> CollaborativeRanking:
    catalogues.set_factors(starter, catalogues.random_factors(starter))
    return CollaborativeRanking(starter)


def test_ranks_only_songs_in_playlists(ranking: CollaborativeRanking) -> None:
    factors = ranking.catalogue.factors
    assert factors is not None
    known = np.flatnonzero(factors.any(axis=1))
    rows, scores = ranking.top(MOOD, len(known) + 6)
    assert set(rows[: len(known)].tolist()) == set(known.tolist())
    assert (scores[len(known) :] == -1).all()
    assert (scores[: len(known)] > -1).all()
    assert (scores[: len(known)] >= ranking.threshold).all()


def test_scores_are_mean_similarities_to_the_seeds(ranking: CollaborativeRanking) -> None:
    factors = ranking.catalogue.factors
    assert factors is not None
    known = factors.any(axis=1)
    seeds, _ = ListenersRanking(ranking.catalogue).top(MOOD, 6, known.take)
    expected = (factors @ factors[seeds].T).mean(axis=1)
    rows = np.flatnonzero(known)[:200]
    assert ranking.scores(MOOD)[rows] == pytest.approx(expected[rows], abs=1e-6)
    assert ranking.similarity(rows, MOOD) == pytest.approx(expected[rows], abs=1e-6)


def test_needs_playlists(starter: Catalogue) -> None:
    with pytest.raises(RankingError, match="'starter' has no playlists; add some to it, or use an"):
        recommend("happy", ranking="collaborative", catalogue="starter")
    with pytest.raises(RankingError):
        CollaborativeRanking(starter)

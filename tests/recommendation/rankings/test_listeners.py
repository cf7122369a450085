"""Nearness in what listeners perceive."""

from __future__ import annotations

import numpy as np
import pytest

from mien import Catalogue, Expression, Recommender
from mien.catalogue.perceived import FEATURES, perceived_model
from mien.recommendation.query import Query
from mien.recommendation.rankings import ListenersRanking
from mien.recommendation.rankings.listeners import STRENGTH, extrapolate


def test_stronger_moods_get_more_extreme_songs(starter: Catalogue) -> None:
    """The median mood gets middling songs; from there on, strength grows step by step."""
    ranking = ListenersRanking(starter)
    recommender = Recommender(starter, ranking)
    found = []
    for share in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9):
        mood = starter.scale.mood_at(share, share, share)
        rows = starter.require([r.song.id for r in recommender.recommend(Query(mood))])
        standings = ranking.standings(ranking.positions()[:, rows])
        found.append(np.mean([(s.happier, s.livelier) for s in standings], axis=0))
    for axis in np.transpose(found):
        assert axis[4] == pytest.approx(0.5, abs=0.05)
        assert (np.diff(axis[2:7]) > 0.05).all()
        assert (np.diff(axis) > -0.01).all()
        assert 0.02 < axis[2] < 0.35
        assert 0.65 < axis[6] < 0.98


def test_strong_expressions_get_stronger_songs_than_faint_ones(starter: Catalogue) -> None:
    recommender = Recommender(starter)
    perceived = perceived_model().predict(starter.features(FEATURES), starter.genre_rows())
    valence = []
    for joy in (0.2, 0.6, 1.0):
        expression = Expression.of(np.array([0, 0, 0, joy, 0, 0, 1 - joy]))
        songs = recommender.recommend(Query(expression, 60))
        rows = starter.rows_of(r.song.id for r in songs)
        valence.append(perceived[rows, 0].mean())
    assert valence[0] < valence[1] < valence[2]


def test_standings_are_shares_of_the_songs(starter: Catalogue) -> None:
    ranking = ListenersRanking(starter)
    valence, arousal = ranking.positions()
    rows = np.array([0, 17, int(valence.argmax()), int(arousal.argmin())])
    for row, standing in zip(rows, ranking.standings(ranking.positions()[:, rows]), strict=True):
        assert standing == pytest.approx(
            (
                np.mean(valence < valence[row]),
                np.mean(valence > valence[row]),
                np.mean(arousal < arousal[row]),
                np.mean(arousal > arousal[row]),
            )
        )
    (beyond,) = ranking.standings(np.array([[99], [-99]], np.float32))
    assert beyond == (1, 0, 0, 1)


def test_extrapolates_from_the_median() -> None:
    coordinates = np.sort(np.random.default_rng(0).normal(size=101))
    median = np.median(coordinates)
    for share in (0.0, 0.25, 0.5, 0.737, 1.0):
        expected = median + STRENGTH * (np.quantile(coordinates, share) - median)
        assert extrapolate(coordinates, share) == pytest.approx(expected)
    assert extrapolate(np.array([3.0]), 0.9) == 3.0

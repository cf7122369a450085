"""The moods that listeners hear in songs, and how known songs are."""

from __future__ import annotations

from pathlib import Path

import catalogues
import numpy as np
import polars as pl
import pytest

from mien import Catalogue, Expression, Recommender
from mien.catalogue.moods import perceive_moods
from mien.mood import MOODS
from mien.recommendation.query import FAMILIARITY, Query
from mien.recommendation.rankings import ListenersRanking
from mien.recommendation.rankings.moods import familiarity
from mien.recommendation.target import PLACES, make_target


def test_a_point_gets_songs_near_it(starter: Catalogue) -> None:
    """From the most sombre and calm songs to the brightest and liveliest, step by step."""
    ranking = ListenersRanking(starter)
    recommender = Recommender(starter, ranking)
    found = []
    for share in (0.1, 0.3, 0.5, 0.7, 0.9):
        mood = starter.scale.mood_at(share, share, share)
        rows = starter.require([r.song.id for r in recommender.recommend(Query(mood))])
        standings = ranking.standings(ranking.positions()[:, rows])
        found.append(np.median([(s.happier, s.livelier) for s in standings], axis=0))
    for axis in np.transpose(found):
        assert (np.diff(axis) > 0.05).all()
        assert axis[2] == pytest.approx(0.5, abs=0.1)
        assert axis[0] < 0.25
        assert axis[4] > 0.75


@pytest.mark.parametrize("mood", MOODS)
def test_the_first_songs_probably_have_the_mood(starter: Catalogue, mood: str) -> None:
    """Far more probably than the average song, though known songs come first."""
    probabilities = np.exp(perceive_moods(starter))[:, MOODS.index(mood)]
    rows, _ = ListenersRanking(starter).top(
        make_target("neutral" if mood == "calm" else mood, "suit", starter.scale), 60
    )
    assert np.median(probabilities[rows]) > np.quantile(probabilities, 0.9)


def test_a_mixed_expression_gets_songs_of_both_moods(starter: Catalogue) -> None:
    half = Expression.of(np.array([0, 0, 0, 0.5, 0.5, 0, 0]))
    ranking = ListenersRanking(starter)
    scale = starter.scale
    mixed, happy, sad = (
        ranking.scores(make_target(subject, "suit", scale)) for subject in (half, "happy", "sad")
    )
    assert mixed == pytest.approx((happy + sad) / 2, abs=1e-6)


def test_strong_expressions_get_stronger_songs_than_faint_ones(starter: Catalogue) -> None:
    recommender = Recommender(starter)
    happy = np.exp(perceive_moods(starter))[:, MOODS.index("happy")]
    means = []
    for joy in (0.1, 0.5, 1.0):
        expression = Expression.of(np.array([0, 0, 0, joy, 0, 0, 1 - joy]))
        songs = recommender.recommend(Query(expression, 60))
        means.append(happy[starter.rows_of(r.song.id for r in songs)].mean())
    assert means[0] < means[1] <= means[2]


@pytest.mark.parametrize("mood", PLACES)
def test_the_more_familiar_the_songs_should_be_the_more_popular_they_are(
    tmp_path: Path, mood: str
) -> None:
    n = 400
    random = np.random.default_rng(0)
    table = pl.DataFrame(
        {
            "id": [f"song-{i}" for i in range(n)],
            "title": [f"Song {i}" for i in range(n)],
            "artists": [[f"Artist {i}"] for i in range(n)],
            "genres": [["soul"]] * n,
            "popularity": random.uniform(0, 100, n),
            "tempo": random.uniform(60, 180, n),
            **{name: random.uniform(0, 1, n) for name in ("valence", "energy")},
        }
    )
    recommender = Recommender(catalogues.save(table, tmp_path))
    means = [
        np.mean([r.song.popularity for r in recommender.recommend(Query(mood, 30, familiarity=f))])
        for f in FAMILIARITY
    ]
    assert (np.diff(means) < 0).all()


def test_without_popularity_all_songs_are_equally_known(tmp_path: Path) -> None:
    catalogue = catalogues.of_rows([("One", 0.1, 0.2, 90.0), ("Two", 0.9, 0.8, 120.0)], tmp_path)
    assert familiarity(catalogue).tolist() == [0, 0]


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

"""Rankings by valence, energy and tempo."""

from __future__ import annotations

from pathlib import Path

import catalogues
import numpy as np
import pytest

from mien import Catalogue, Mood, Recommender, recommend
from mien.recommendation.query import Query
from mien.recommendation.rankings import CosineRanking, PaperRanking
from mien.recommendation.target import PAPER


@pytest.mark.parametrize("name", sorted(PAPER))
def test_the_papers_ranking_is_scikit_learns_cosine_similarity(
    name: str, starter: Catalogue
) -> None:
    from sklearn.metrics.pairwise import cosine_similarity
    from sklearn.preprocessing import MinMaxScaler

    features = np.stack([starter.valence, starter.tempo, starter.energy], axis=1)
    ideal = PAPER[name]
    scaler = MinMaxScaler().fit(features)
    target = scaler.transform([[ideal.valence, ideal.tempo, ideal.energy]])
    expected = cosine_similarity(target, scaler.transform(features))[0]
    scores = PaperRanking(starter).scores(ideal)
    assert np.abs(scores - expected).max() < 1e-6
    songs = recommend(name, ranking="paper", catalogue="starter")
    assert len(songs) == 6
    assert songs.mood == pytest.approx(ideal) or songs.mood == ideal
    top = [starter.songs([i])[0].id for i in np.argsort(-expected, kind="stable")[:6]]
    assert [r.song.id for r in songs] == top


def test_the_papers_threshold_leaves_songs_out(tmp_path: Path) -> None:
    catalogue = catalogues.of_rows(
        [("Up", 1.0, 0.0, 60.0), ("Down", 0.0, 1.0, 60.0), ("Both", 1.0, 1.0, 180.0)], tmp_path
    )
    songs = Recommender(catalogue).recommend(Query(Mood(1, 1, 180), ranking="paper"))
    assert [r.song.title for r in songs] == ["Both"]


def test_nearness_respects_magnitude_where_the_paper_does_not(tmp_path: Path) -> None:
    """Two songs in the same proportion, one faint and one strong: only one fits a faint mood."""
    rows = [("None", 0.0, 0.0, 20.0), ("All", 1.0, 1.0, 220.0)]
    rows += [("Faint", 0.2, 0.2, 60.0), ("Strong", 0.8, 0.8, 180.0)]
    recommender = Recommender(catalogues.of_rows(rows, tmp_path))
    faint = Mood(0.2, 0.2, 60)
    by_paper = recommender.recommend(Query(faint, ranking="paper"))
    paper = {r.song.title: r.score for r in by_paper}
    assert paper["Faint"] == pytest.approx(paper["Strong"])
    near = recommender.recommend(Query(faint, ranking="nearness"))
    assert near.songs[0].song.title == "Faint"
    scores = {r.song.title: r.score for r in near}
    assert scores["Faint"] > scores["Strong"] + 0.2


def test_cosine_is_about_the_average_song(tmp_path: Path) -> None:
    rows = [("Low", 0.2, 0.3, 80.0), ("High", 0.8, 0.7, 160.0)]
    ranking = CosineRanking(catalogues.of_rows(rows, tmp_path))
    assert ranking.scores(Mood(0.9, 0.8, 180)) == pytest.approx([-1, 1], abs=0.01)

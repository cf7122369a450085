"""The moods of songs, and how known songs are."""

from __future__ import annotations

from pathlib import Path

import catalogues
import numpy as np
import polars as pl
import pytest

from mien import Catalogue
from mien.catalogue.perceived import FEATURES
from mien.mood import MOODS
from mien.recommendation.rankings import ListenersRanking
from mien.recommendation.rankings.moods import (
    POPULARITY,
    SONG_MOODS,
    SongMood,
    familiarity,
    fit_of,
    languages_of,
)
from mien.recommendation.target import PLACES, make_target

EVEN = np.full((30, 4), 0.25, np.float32)


def test_every_mood_of_a_target_is_described() -> None:
    assert set(SONG_MOODS) == set(PLACES)
    for mood in SONG_MOODS.values():
        assert set(mood.moods) <= set(MOODS)
        assert set(mood.bands) <= set(FEATURES)
        assert all(genre == genre.lower() for genre in mood.genres)


@pytest.mark.parametrize("name", SONG_MOODS)
def test_the_best_song_fits_fully_and_none_not_at_all(name: str, starter: Catalogue) -> None:
    random = np.random.default_rng(0)
    moods = random.dirichlet(np.ones(4), len(starter)).astype(np.float32)
    fit = fit_of(SONG_MOODS[name], moods, starter)
    assert fit.max() == 1
    assert fit.min() > 0


def test_bands_prefer_their_centre(marked: Catalogue) -> None:
    fit = fit_of(SongMood({"sad": 1}, {"energy": (0.5, 0.1)}), EVEN, marked)
    order = np.argsort(np.abs(marked.energy - 0.5), kind="stable")
    assert (np.diff(fit[order]) <= 1e-6).all()
    near, far = order[0], np.argmin(np.abs(marked.energy - 0.6))
    assert fit[far] / fit[near] == pytest.approx(np.exp(-0.5), abs=0.05)


def test_unknown_features_fit(marked: Catalogue) -> None:
    fit = fit_of(SongMood({"sad": 1}, {"danceability": (0.9, 0.1)}), EVEN, marked)
    assert fit.tolist() == [1] * 30


def test_other_genres_fit_less(marked: Catalogue) -> None:
    fit = fit_of(SongMood({"sad": 1}, genres=frozenset({"rock"})), EVEN, marked)
    for row, song in enumerate(marked.songs(range(30))):
        assert fit[row] == pytest.approx(1 if "rock" in song.genres else 0.1)


def test_popularity_makes_songs_known(tmp_path: Path) -> None:
    n = 101
    table = pl.DataFrame(
        {
            "title": [f"Song {i}" for i in range(n)],
            "artists": [[f"Artist {i}"] for i in range(n)],
            "popularity": np.arange(n, dtype=float),
            "valence": 0.5,
            "energy": 0.5,
            "tempo": 100.0,
        }
    ).with_columns(genres=pl.lit([], pl.List(pl.String)))
    catalogue = catalogues.save(table, tmp_path)
    known = familiarity(catalogue)[np.argsort(catalogue.column("popularity"))]
    low, high = map(int, POPULARITY)
    assert (known[: low + 1] == known[0]).all()
    assert (np.diff(known[low : high + 1]) > 0).all()
    assert (known[high:] == 0).all()


def test_songs_in_playlists_are_known_more(tmp_path: Path) -> None:
    own = catalogues.random_catalogue(10, 5, 0, tmp_path)
    vars(own)["playlist_counts"] = np.array([0, 1, 5, 1000, *[0] * 6], np.int32)
    known = familiarity(own)
    assert known[0] < known[1] < known[2] < known[3] == 0


def in_languages(tmp_path: Path) -> Catalogue:
    titles = {"花束を君に": None, "No puedo vivir sin ti, mi corazón": "es", "Closer": None}
    table = pl.DataFrame(
        {
            "title": [*titles],
            "artists": [["A"], ["B"], ["C"]],
            "genres": [["j-pop"], ["spanish"], ["rock"]],
            "valence": [0.5] * 3,
            "energy": [0.5] * 3,
            "tempo": [100.0] * 3,
        }
    )
    return catalogues.save(table, tmp_path)


def test_songs_in_the_listeners_languages_come_first(tmp_path: Path) -> None:
    songs = in_languages(tmp_path)
    assert languages_of(songs, ()).tolist() == [1, 1, 1]
    for languages, (ja, es, untold) in {
        ("en",): (0.35, 0.35, 1),
        ("ja",): (1, 0.35, 0.5),
        ("es", "en"): (0.35, 1, 0.7),
        ("en", "ja"): (0.7, 0.35, 1),
    }.items():
        assert languages_of(songs, languages) == pytest.approx([ja, es, untold])


def test_a_ranking_keeps_what_a_few_listeners_need(tmp_path: Path) -> None:
    """Whatever languages are asked for, the scores are right and memory is bounded."""
    songs = in_languages(tmp_path)
    ranking = ListenersRanking(songs)
    codes = [a + b for a in "abcdef" for b in "uvwxyz"]
    for code in [*codes, *codes[:3], "ja"]:
        target = make_target("calm", "suit", songs.scale, familiarity=0, languages=(code,))
        plain = ranking.scores(make_target("calm", "suit", songs.scale, familiarity=0))
        assert ranking.scores(target) == pytest.approx(plain * languages_of(songs, (code,)))

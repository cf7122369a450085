"""The valence and arousal that listeners perceive in songs."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mien import Catalogue
from mien.catalogue import perceived
from mien.catalogue.moods import perceive_moods
from mien.catalogue.perceived import (
    CONSTANTS,
    FEATURES,
    perceived_model,
    places,
    transform_features,
)
from mien.research.data.mood_sets import load_deezer

AVERAGE = np.array([[0.47, 0.64, 122, 0.56, -8.5, 0.09, 0.33, 0.17, 0.22, 0.63]])


NOBODY = np.full(5, -1)


def test_higher_features_are_perceived_as_higher() -> None:
    happy, lively = AVERAGE.copy(), AVERAGE.copy()
    happy[0, FEATURES.index("valence")] = 0.9
    lively[0, FEATURES.index("energy")] = 0.95
    songs = np.vstack([AVERAGE, happy, lively])
    valence, arousal = places(perceived_model().predict(songs, {}, NOBODY[:3]))
    assert valence[1] > valence[0] + 0.1
    assert arousal[2] > arousal[0] + 0.05


def test_known_genres_count() -> None:
    songs = np.repeat(AVERAGE, 5, axis=0)
    rows = {"Grunge": [1, 3], "disco": [2, 3], "an unknown genre": [4]}
    found = {name: np.array(at) for name, at in rows.items()}
    valence, _ = places(perceived_model().predict(songs, found, NOBODY))
    neither, grunge, disco, both, unknown = valence
    assert grunge < disco - 0.3
    assert grunge < both < disco
    assert unknown == pytest.approx(neither)


def test_an_artists_songs_tell_about_each_other() -> None:
    sad = AVERAGE.copy()
    sad[0, FEATURES.index("valence")] = 0.05
    songs = np.vstack([AVERAGE, AVERAGE, *[sad] * 3])
    valence, _ = places(perceived_model().predict(songs, {}, np.array([0, 1, 1, 1, 1])))
    assert abs(valence[1] - valence[0]) > 0.05


@given(st.integers(1, 300), st.integers(0, 99))
def test_probabilities_sum_to_one(n: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    songs = AVERAGE * random.uniform(0.2, 1.8, (n, 10))
    genres = {"rock": np.flatnonzero(random.random(n) < 0.5), "pop": np.arange(n)}
    moods = perceived_model().predict(songs, genres, random.integers(-1, 5, n))
    assert moods.shape == (n, 4)
    assert np.exp(moods).sum(axis=1) == pytest.approx(np.ones(n), abs=1e-5)
    assert np.isfinite(places(moods)).all()


def test_many_songs_are_read_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    songs = AVERAGE * np.random.default_rng(0).uniform(0.5, 1.5, (100, 10))
    genres = {"rock": np.arange(0, 100, 3), "jazz": np.arange(50, 70)}
    artists = np.arange(100) // 7
    whole = perceived_model().predict(songs, genres, artists)
    monkeypatch.setattr(perceived, "_CHUNK", 16)
    assert perceived_model().predict(songs, genres, artists) == pytest.approx(whole, abs=1e-5)


def test_missing_features_are_estimated_from_the_others() -> None:
    """As by regression on the known features of normally distributed songs."""
    model = perceived_model()
    random = np.random.default_rng(0)
    z = random.multivariate_normal(np.zeros(10), model.correlation, 200_000)
    known = [0, 1, 4]
    weights = np.linalg.lstsq(z[:, known], z[:, 6], rcond=None)[0]
    songs = np.full((1, 10), np.nan)
    songs[0, known] = AVERAGE[0, known] + [0.2, 0.2, 3]
    found = model.standardise(songs)[0]
    assert found[6] == pytest.approx(found[known] @ weights, abs=0.02)


@given(st.lists(st.booleans(), min_size=10, max_size=10), st.integers(0, 99))
def test_any_features_may_be_missing(missing: list[bool], seed: int) -> None:
    random = np.random.default_rng(seed)
    songs = AVERAGE * random.uniform(0.5, 1.2, (4, 10))
    whole = perceived_model().standardise(songs)
    holed = songs.copy()
    holed[1, missing] = np.nan
    found = perceived_model().standardise(holed)
    assert np.isfinite(found).all()
    there = ~np.array(missing)
    assert found[1, there] == pytest.approx(whole[1, there])
    assert found[[0, 2, 3]] == pytest.approx(whole[[0, 2, 3]])
    if all(missing):
        assert found[1] == pytest.approx(np.zeros(10))


def test_features_are_not_changed_in_place() -> None:
    before = AVERAGE.copy()
    transform_features(before)
    assert np.array_equal(before, AVERAGE)


@pytest.mark.data
def test_predicts_listeners_tags_of_songs_that_were_not_fitted(
    data: Path, spotify: Catalogue
) -> None:
    songs = load_deezer(data, spotify, "test")
    assert songs.positions is not None
    assert len(songs.rows) == len(set(songs.rows.tolist())) > 200
    found = places(perceive_moods(spotify)).T[songs.rows]
    plain = np.stack([spotify.valence, spotify.energy], axis=1)[songs.rows]
    ours, spotifys = (
        [np.corrcoef(x[:, k], songs.positions[:, k])[0, 1] for k in range(2)]
        for x in (found, plain)
    )
    assert ours[0] > spotifys[0] + 0.1
    assert ours[1] > spotifys[1] - 0.05


def test_the_file_of_the_model_is_what_the_model_writes() -> None:
    assert json.loads(CONSTANTS.read_text()) == perceived_model().as_json()

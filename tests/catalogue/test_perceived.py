"""The valence and arousal that listeners perceive in songs."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mien import Catalogue
from mien.catalogue.perceived import (
    CONSTANTS,
    FEATURES,
    perceived_model,
    transform_features,
)
from mien.research.data.mood_sets import load_deezer

AVERAGE = np.array([[0.47, 0.64, 122, 0.56, -8.5, 0.09, 0.33, 0.17, 0.22, 0.63]])


def test_higher_features_are_perceived_as_higher() -> None:
    happy, lively = AVERAGE.copy(), AVERAGE.copy()
    happy[0, FEATURES.index("valence")] = 0.9
    lively[0, FEATURES.index("energy")] = 0.95
    perceived = perceived_model().predict(np.vstack([AVERAGE, happy, lively]), {})
    assert perceived[1, 0] > perceived[0, 0] + 0.3
    assert perceived[2, 1] > perceived[0, 1] + 0.2


def test_known_genres_count() -> None:
    songs = np.repeat(AVERAGE, 5, axis=0)
    rows = {"grunge": [1, 3], "disco": [2, 3], "an unknown genre": [4]}
    perceived = perceived_model().predict(songs, {name: np.array(at) for name, at in rows.items()})
    neither, grunge, disco, both, unknown = perceived
    assert grunge[0] < disco[0] - 0.3
    assert grunge[0] < both[0] < disco[0]
    assert both == pytest.approx((grunge + disco) / 2)
    assert np.array_equal(unknown, neither)


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
    features = spotify.features(FEATURES)
    found = perceived_model().predict(features, spotify.genre_rows())[songs.rows]
    plain = np.stack([spotify.valence, spotify.energy], axis=1)[songs.rows]
    ours, spotifys = (
        [np.corrcoef(x[:, k], songs.positions[:, k])[0, 1] for k in range(2)]
        for x in (found, plain)
    )
    assert ours[0] > spotifys[0] + 0.1
    assert ours[1] > spotifys[1]


def test_the_file_of_the_model_is_what_the_model_writes() -> None:
    assert json.loads(CONSTANTS.read_text()) == perceived_model().as_json()

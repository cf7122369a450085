"""The moods of a catalogue's songs, smoothed over playlists."""

from __future__ import annotations

from pathlib import Path

import catalogues
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mien import Catalogue
from mien.catalogue.columns import moods_column
from mien.catalogue.moods import perceive_moods, smooth
from mien.catalogue.perceived import log_softmax
from mien.mood import MOODS
from mien.support.arrays import Float32Array

HAPPY, SAD = MOODS.index("happy"), MOODS.index("sad")


def heard(n: int, random: np.random.Generator) -> Float32Array:
    return log_softmax(random.normal(size=(n, 4)).astype(np.float32))


def two_groups(random: np.random.Generator) -> tuple[Float32Array, Float32Array]:
    """What was heard in songs of which the first half are happy and the second sad, and factors of
    playlists that keep the halves apart."""
    moods = random.normal(0, 1, (400, 4)).astype(np.float32)
    moods[:200, HAPPY] += 1
    moods[200:, SAD] += 1
    factors = np.zeros((400, 8), np.float32)
    factors[:200, 0] = factors[200:, 1] = 1
    return log_softmax(moods), factors


def test_songs_of_the_same_playlists_correct_each_other() -> None:
    moods, factors = two_groups(np.random.default_rng(0))
    smoothed = smooth(moods, factors, np.zeros_like(factors))

    def right(found: Float32Array) -> float:
        happier = found[:, HAPPY] > found[:, SAD]
        return float(np.mean(happier == (np.arange(400) < 200)))

    assert right(moods) < 0.8
    assert right(smoothed) > right(moods) + 0.1


def test_a_song_in_no_playlist_stays_unless_its_artist_is_in_some() -> None:
    moods, factors = two_groups(np.random.default_rng(0))
    artists = factors.copy()
    factors[:20] = artists[:10] = 0
    smoothed = smooth(moods, factors, artists)
    assert smoothed[:10] == pytest.approx(moods[:10], abs=1e-5)
    assert (np.abs(smoothed[10:20] - moods[10:20]).max(axis=1) > 0.05).all()


@given(st.integers(1, 40), st.integers(0, 99))
def test_they_are_probabilities(n: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    songs, artists = random.normal(size=(2, n, 8)).astype(np.float32)
    songs[random.random(n) < 0.5] = 0
    artists[random.random(n) < 0.5] = 0
    found = smooth(heard(n, random), songs, artists)
    assert np.exp(found).sum(axis=1) == pytest.approx(np.ones(n), abs=1e-4)


def test_playlists_of_a_catalogue_count(tmp_path: Path) -> None:
    own = catalogues.random_catalogue(200, 50, 0, tmp_path)
    before = perceive_moods(own)
    catalogues.set_factors(own, catalogues.random_factors(own))
    after = perceive_moods(own)
    known = catalogues.random_factors(own).any(axis=1)
    assert not np.allclose(after[known], before[known], atol=1e-3)
    assert after[~known] == pytest.approx(before[~known], abs=1e-3)


def test_what_the_import_stored_is_what_the_network_hears(
    starter: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also in the catalogue that mien ships: build it again where the network changes."""
    assert starter.stored(moods_column()) is not None
    stored = perceive_moods(starter)
    monkeypatch.setattr("mien.catalogue.moods.moods_column", lambda: "moods-of-another-network")
    assert perceive_moods(starter) == pytest.approx(stored, abs=0.01)


@pytest.mark.parametrize(
    ("artist", "mood"),
    [("Slipknot", "angry"), ("Earth, Wind & Fire", "happy"), ("Bon Iver", "sad")],
)
def test_well_known_artists_have_their_mood(spotify: Catalogue, artist: str, mood: str) -> None:
    songs = spotify.songs(range(len(spotify)))
    rows = [i for i, song in enumerate(songs) if artist in song.artists]
    assert len(rows) >= 3
    mean = np.exp(perceive_moods(spotify)[rows]).mean(axis=0)
    assert MOODS[int(mean.argmax())] == mood

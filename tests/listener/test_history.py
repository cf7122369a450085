"""A history finds its songs and artists in a catalogue."""

from __future__ import annotations

from pathlib import Path

import catalogues
import numpy as np
import pytest

from mien import Catalogue
from mien.catalogue.names import normalise_name
from mien.listener.history import NO_HISTORY, History, KnownSong, name_hashes


def history_of(*songs: KnownSong) -> History:
    return History({normalise_name(s.artist, s.title) or ("", ""): s for s in songs})


def test_songs_and_artists_weigh_by_the_logarithm_of_plays(starter: Catalogue) -> None:
    one, other = starter.songs([5, 2000])
    history = history_of(
        KnownSong(one.artists[0].upper(), f"{one.title} (Live)", 99),
        KnownSong(other.artists[0], other.title, 9),
        KnownSong("Nobody", "Nothing", 0, saved=True),
    )
    songs, artists = history.song_weights(starter), history.artist_weights(starter)
    assert songs[5] == artists[5] == 1
    assert songs[2000] == pytest.approx(0.5)
    first = starter.lists("artists").first
    assert set(np.flatnonzero(artists)) >= set(np.flatnonzero(np.isin(first, first[[5, 2000]])))
    assert (songs > 0).sum() < 20
    assert len(history.present(starter)) == 2
    assert (len(history), history.artists) == (3, 3)
    assert [song.plays for song in history.most_played(2)] == [99, 9]


def test_nothing_is_known_without_a_history(starter: Catalogue) -> None:
    assert not NO_HISTORY
    assert not NO_HISTORY.song_weights(starter).any()
    assert not NO_HISTORY.artist_weights(starter).any()
    assert NO_HISTORY.most_played(10) == []


def test_songs_without_a_name_are_not_known(starter: Catalogue) -> None:
    assert not History({("!", "!"): KnownSong("!!!", "?", 3)}).song_weights(starter).any()


def test_hashes_of_names_are_stored_or_worked_out(starter: Catalogue, tmp_path: Path) -> None:
    """The starter, or a catalogue of an earlier version, may have none."""
    songs = starter.songs(range(200))
    own = catalogues.save(catalogues.table_of(songs), tmp_path)
    rows = starter.rows_of(song.id for song in own.songs(range(len(own))))
    found = {tuple(pair) for pair in name_hashes(own).T.tolist()}
    assert found == {tuple(pair) for pair in name_hashes(starter).T[rows].tolist()}
    assert name_hashes(own).shape == (2, len(own))

"""A listener's opinions move what comes."""

from __future__ import annotations

from pathlib import Path

import catalogues
import numpy as np
import polars as pl
import pytest

from mien import Catalogue, Recommender, Store
from mien.catalogue.names import normalise_name
from mien.catalogue.song import Song
from mien.listener.history import History, KnownSong
from mien.listener.taste import HISTORY, Taste
from mien.recommendation.query import Query


@pytest.fixture
def starter() -> Catalogue:
    return Store().open("starter")


def test_twenty_ratings_bring_a_known_taste_nearer(starter: Catalogue) -> None:
    """A made-up listener loves acoustic country and hates loud metal; how much the songs that come
    are liked rises in every mood."""
    acoustic = starter.column("acousticness")
    country = starter.in_genres(["country"])
    true = np.tanh(2 * (acoustic - 0.5) + country - starter.in_genres(["metal"]))
    recommender = Recommender(starter)
    rated = np.random.default_rng(0).choice(len(starter), 20, replace=False)
    songs = starter.songs(rated)
    opinions = {s.id: round(float(true[row])) for s, row in zip(songs, rated, strict=True)}
    gains = []
    for name in ("happy", "sad", "neutral", "angry"):
        liked = []
        for of in ({}, opinions):
            found = recommender.recommend(Query(name, 20), of)
            liked.append(true[starter.rows_of(r.song.id for r in found)].mean())
        gains.append(liked[1] - liked[0])
    assert min(gains) >= 0
    assert np.mean(gains) > 0.1


def test_like_does_not_make_old_ratings_weigh_more(starter: Catalogue) -> None:
    ids = [s.id for s in starter.songs([5, 2000])]
    rated = Taste.of(starter, {ids[0]: 1.0}).bonus
    both = Taste.of(starter, dict.fromkeys(ids, 1.0), like=ids[1:]).bonus
    liked = Taste.of(starter, {ids[1]: 1.0}, like=ids[1:]).bonus
    assert liked.max() > 2 * rated.max()
    assert both[5] < rated[5] + liked[5] < 1.5 * both[2000]


def test_no_opinion_is_no_bonus(starter: Catalogue) -> None:
    for opinions in ({}, {"a song of another catalogue": 1.0}):
        taste = Taste.of(starter, opinions)
        assert taste.bonus.shape == (len(starter),)
        assert not taste.bonus.any()
        assert len(taste.loved) == taste.close_to(0) == 0


def test_counts_loved_songs_that_are_close(starter: Catalogue) -> None:
    (song,) = starter.songs([5])
    taste = Taste.of(starter, {song.id: 1.0})
    assert taste.loved.tolist() == [5]
    assert taste.bonus.argmax() == 5
    assert taste.close_to(5) == 0  # itself
    close = [row for row in range(len(starter)) if taste.close_to(row)]
    assert 0 < len(close) < len(starter) / 4
    assert taste.bonus[close].min() > np.median(taste.bonus)
    hated = Taste.of(starter, {song.id: -1.0})
    assert np.allclose(hated.bonus, -taste.bonus)
    assert len(hated.loved) == 0


def test_songs_in_the_same_playlists_are_liked_with_it(tmp_path: Path) -> None:
    n = 100
    random = np.random.default_rng(0)
    table = pl.DataFrame(
        {
            "id": [f"song-{i}" for i in range(n)],
            "title": [f"Song {i}" for i in range(n)],
            "artists": [[f"Artist {i}"] for i in range(n)],
            "genres": [["pop"]] * n,
            "valence": random.random(n),
            "energy": random.random(n),
            "tempo": random.uniform(60, 180, n),
        }
    )
    own = catalogues.save(table, tmp_path)
    liked = {"song-3": 1.0}
    before = Taste.of(own, liked).bonus
    factors = np.zeros((n, 2), np.float32)
    factors[:12, 0] = factors[12:24, 1] = 1  # two groups of playlists
    catalogues.set_factors(own, factors)
    after = Taste.of(own, liked).bonus
    others = np.delete(np.arange(12), 3)
    assert (after - before)[others].mean() > (after - before)[12:24].mean() + 0.03
    assert after[3] == pytest.approx(before[3], abs=1e-3)
    unknown = ~factors.any(axis=1)
    assert (np.abs(after[unknown]) <= np.abs(before[unknown]) + 1e-6).all()


def played(*songs: Song, plays: int = 10) -> History:
    keys = {normalise_name(s.artists[0], s.title): s for s in songs}
    return History({k: KnownSong(s.artists[0], s.title, plays) for k, s in keys.items() if k})


def test_known_songs_come_first_then_their_artists_and_genres(starter: Catalogue) -> None:
    """A listener of a few songs of heavy metal."""
    rows = np.flatnonzero(starter.in_genres(["metal"]))[::40]
    taste = Taste.of(starter, {}, history=played(*starter.songs(rows)))
    first = starter.lists("artists").first
    known = np.isin(np.arange(len(starter)), rows)
    artists = np.isin(first, first[rows]) & ~known
    genre = starter.in_genres(["metal"]) & ~artists & ~known
    groups = [taste.bonus[group].mean() for group in (known, artists, genre)]
    assert groups == sorted(groups, reverse=True)
    assert groups[-1] > taste.bonus[~starter.in_genres(["metal"]) & ~artists & ~known].mean()
    assert 0 <= taste.bonus.min() <= taste.bonus.max() <= sum(HISTORY.values()) + 1e-6
    assert taste.knows(rows[0]) == "song"
    assert {taste.knows(row) for row in np.flatnonzero(artists).tolist()} <= {"artist", "song"}
    assert {taste.knows(row) for row in np.flatnonzero(genre).tolist()} <= {None, "song"}
    assert taste.close_to(rows[0]) == 0  # played is not loved


def test_a_history_leads_to_songs_of_the_same_playlists(starter: Catalogue, tmp_path: Path) -> None:
    songs = starter.songs(range(100))
    own = catalogues.save(catalogues.table_of(songs), tmp_path)
    factors = np.zeros((len(own), 2), np.float32)
    factors[:40, 0] = factors[40:80, 1] = 1  # two groups of playlists, and songs in none
    catalogues.set_factors(own, factors)
    lift = Taste.of(own, {}, history=played(*own.songs(range(5)))).bonus
    assert lift[:40].min() >= HISTORY["playlists"] * 0.9
    assert lift[40:].max() < HISTORY["playlists"]


def test_opinions_and_a_history_add_up(starter: Catalogue) -> None:
    one, other = starter.songs([5, 2000])
    opinions = {one.id: -0.5}
    both = Taste.of(starter, opinions, history=played(other)).bonus
    alone = Taste.of(starter, opinions).bonus + Taste.of(starter, {}, history=played(other)).bonus
    assert np.allclose(both, alone, atol=1e-6)

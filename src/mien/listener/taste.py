"""A listener's opinions and history -> how much that listener would like each song."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import numpy as np

from mien.catalogue.perceived import FEATURES, perceived_model
from mien.catalogue.songs import Catalogue
from mien.listener.history import NO_HISTORY, History
from mien.support.arrays import Float32Array

WEIGHT = 0.15
"""The bonus of a song that the listener is sure to love, in points of a ranking's score."""

LIKE_WEIGHT = 0.4
"""The same for songs like those of a query's `like`."""

PLAYLISTS = 0.6
"""The share of playlists in the similarity of songs, where both are in playlists; chosen with
`mien.research.fit.taste`."""

HISTORY = {"song": 0.05, "artist": 0.2, "genres": 0.1, "playlists": 0.3}
"""What a history adds at most to a song that is in it, is by an artist in it, has its genres, and
goes with its songs in people's playlists; chosen with `mien.research.fit.taste`."""

_PRIOR = 10
"""Genres of the whole catalogue that are added to a history's, so that few songs say little."""

_EVERY = 8
"""One in so many of the catalogue's songs tells how its factors scatter."""

_SPREAD = 0.3
"""The share of the catalogue's scatter in a history's, so that few songs say little."""

_SHARES = {"sound": 0.4, "genres": 0.35, "artist": 0.25}
"""The shares of the rest."""

_NOISE = 0.3
"""The variance of an opinion of one song; that of the taste itself is 1."""

_CLOSE = 0.5
"""The similarity from which on songs count as close."""


@dataclass(frozen=True, eq=False)
class Taste:
    """How much a listener would like each song, estimated from opinions of some.

    A Gaussian process: songs are similar in so far as they sound alike, share genres or an artist,
    and are in the same playlists, where the catalogue has learnt from some. Without any opinion,
    the estimate is 0 for all songs; opinions of similar songs move it. Histories have thousands of
    songs, too many for that: they add what their songs, artists and genres weigh, and how well a
    song goes with them in playlists.

    Attributes:
        bonus: float32 [n], points that each song's score gains or loses.
        loved: rows of the songs with the highest opinion, 1: five stars or a like.
    """

    bonus: Float32Array
    loved: np.ndarray
    _similarity: Float32Array = field(repr=False)  # [n, loved]
    _songs: Float32Array | None = field(default=None, repr=False)  # [n], of the history, as are
    _artists: Float32Array | None = field(default=None, repr=False)

    @classmethod
    def of(
        cls,
        catalogue: Catalogue,
        opinions: Mapping[str, float],
        like: Collection[str] = (),
        history: History = NO_HISTORY,
    ) -> Taste:
        """The taste that opinions and a history show.

        Args:
            catalogue: the songs to estimate.
            opinions: song id -> how much the listener likes it, in [-1, 1]; songs that are not in
                the catalogue are ignored.
            like: ids of songs among them that a query wants more of; they weigh more.
            history: what the listener has played and keeps.
        """
        rows_of = {song: catalogue.rows_of([song]) for song in opinions}
        by_row = {int(rows[0]): opinions[song] for song, rows in rows_of.items() if len(rows)}
        rows = np.array(list(by_row), dtype=np.int64)
        values = np.array(list(by_row.values()))
        liked = {int(row) for song in like for row in rows_of.get(song, ())}
        weights = np.array([LIKE_WEIGHT if row in liked else WEIGHT for row in by_row])
        similarity = _similarity(catalogue, rows)
        covariance = similarity[rows] + _NOISE * np.eye(len(rows))
        bonus = (similarity @ np.linalg.solve(covariance, weights * values)).astype(np.float32)
        loved = values == 1
        close = similarity[:, loved].astype(np.float32)
        if not history:
            return cls(bonus, rows[loved], close)
        songs, artists = history.song_weights(catalogue), history.artist_weights(catalogue)
        bonus += HISTORY["song"] * songs
        bonus += HISTORY["artist"] * artists
        bonus += HISTORY["genres"] * _genre_lift(catalogue, songs)
        bonus += HISTORY["playlists"] * _playlist_lift(catalogue, songs)
        return cls(bonus, rows[loved], close, songs, artists)

    def close_to(self, row: int) -> int:
        """How many loved songs, other than itself, the song in this row is close to."""
        close = self._similarity[row] >= _CLOSE
        return int((close & (self.loved != row)).sum())

    def knows(self, row: int) -> str | None:
        """Whether the listener's history has the `song` in this row, else its `artist`, or neither:
        None."""
        if self._songs is not None and self._songs[row]:
            return "song"
        return "artist" if self._artists is not None and self._artists[row] else None


def _similarity(catalogue: Catalogue, rows: np.ndarray) -> Float32Array:
    """Of every song to those in `rows`, float32 [n, rows], at most 1; a song's to itself is 1."""
    similarity = _similarity_of_content(catalogue, rows)
    factors = catalogue.factors
    if factors is not None:
        # Content counts 1 - PLAYLISTS between songs in playlists and fully between those in none. A
        # product of one number per song keeps the covariance positive.
        rest = np.where(factors.any(axis=1), np.sqrt(1 - PLAYLISTS), 1.0).astype(np.float32)
        similarity *= rest[:, None] * rest[rows]
        similarity += PLAYLISTS * (factors @ factors[rows].T)
    return similarity


def _similarity_of_content(catalogue: Catalogue, rows: np.ndarray) -> Float32Array:
    """By sound, genres and artist, float32 [n, rows], in [0, 1]."""
    sound = perceived_model().standardise(catalogue.features(FEATURES)).astype(np.float32)
    sound /= np.sqrt(np.float32(len(FEATURES)))
    lengths = (sound**2).sum(axis=1)
    squares = lengths[:, None] + lengths[rows][None] - 2 * sound @ sound[rows].T
    genres = np.zeros((len(catalogue), len(rows)), np.float32)
    counts = np.zeros(len(catalogue), np.float32)
    for members in catalogue.genre_rows().values():
        counts[members] += 1
        shared = np.isin(rows, members)
        genres[np.ix_(members, np.flatnonzero(shared))] += 1
    genres /= np.sqrt(np.maximum(counts[:, None] * counts[rows][None], 1))
    artists = catalogue.lists("artists").first
    similarity: Float32Array = np.exp(squares / -2, out=squares)
    similarity *= _SHARES["sound"]
    genres *= _SHARES["genres"]
    similarity += genres
    similarity[artists[:, None] == artists[rows][None]] += _SHARES["artist"]
    return similarity


def _genre_lift(catalogue: Catalogue, weights: Float32Array) -> Float32Array:
    """How much more often each song's genres are in a history than in the catalogue, float32 [n],
    from 0 (not more often) to 1 (the genre of which that is most true), on a logarithmic scale.

    Args:
        catalogue: the songs.
        weights: of the history, [n].
    """
    genres = catalogue.lists("genres")
    known = (weights > 0).astype(np.float64)
    share = np.bincount(genres.numbers) / max(len(genres.numbers), 1)
    played = np.bincount(genres.numbers, known[genres.rows], len(share))
    lift = np.log((played + _PRIOR * share) / (played.sum() + _PRIOR) / np.maximum(share, 1e-12))
    lift = np.maximum(lift, 0) / max(lift.max(initial=0), 1.0)
    counts = np.maximum(np.diff(genres.starts), 1)
    mean = np.bincount(genres.rows, lift[genres.numbers], len(catalogue)) / counts
    return mean.astype(np.float32)


def _playlist_lift(catalogue: Catalogue, weights: Float32Array) -> Float32Array:
    """How well each song goes with those of a history in people's playlists, float32 [n], from 0 to
    1; 0 for songs in no playlist.

    The direction in the space of factors along which the history's songs stand out (a linear
    discriminant: their mean, whitened by their scatter and a share of the catalogue's).
    """
    factors = catalogue.factors
    rows = np.flatnonzero(weights)
    if factors is None or not factors[rows].any():
        return np.zeros(len(weights), np.float32)
    played = factors[rows]
    played = played[played.any(axis=1)]
    sample = factors[factors.any(axis=1)][::_EVERY]
    scatter = played.T @ played / len(played) + _SPREAD * (sample.T @ sample) / len(sample)
    direction = np.linalg.solve(scatter + 0.005 * np.eye(len(scatter)), played.mean(axis=0))
    lift = factors @ direction.astype(np.float32)
    scaled: Float32Array = np.clip(lift / max(float(lift.max()), 1e-9), 0, 1).astype(np.float32)
    return scaled

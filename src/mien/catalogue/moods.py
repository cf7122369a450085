"""A catalogue -> the mood that listeners would hear in each of its songs.

The network of `mien.catalogue.perceived` hears one song at a time. Where the catalogue has learnt
from playlists, songs that people file together correct it: the moods are smoothed over playlists.
"""

from __future__ import annotations

import numpy as np

from mien.catalogue.columns import HEARD, moods_column, unpack_moods
from mien.catalogue.perceived import FEATURES, log_softmax, perceived_model
from mien.catalogue.songs import Catalogue
from mien.support.arrays import Float32Array

# Chosen with `mien.research.fit.listeners`.
_PENALTY = 30.0
_SONG_SHARE, _ARTIST_SHARE = 0.7, 0.4
_SCALE = 1.3  # makes up for the shrinkage of a ridge regression


def perceive_moods(catalogue: Catalogue) -> Float32Array:
    """The logarithms of the probabilities of `mien.mood.MOODS`, float32 [n, 4]."""
    heard = _hear(catalogue)
    vectors, artists = catalogue.factors, catalogue.artist_factors
    if vectors is None:
        return heard
    if artists is None:
        artists = np.zeros_like(vectors)
    return smooth(heard, vectors, artists)


def _hear(catalogue: Catalogue) -> Float32Array:
    """What is heard in each song: in its sound where that was analysed, else by the network."""
    moods = _by_features(catalogue)
    stored = catalogue.stored(HEARD)
    if stored is None:
        return moods
    in_sound = unpack_moods(stored)
    return np.where(np.isnan(in_sound), moods, in_sound)


def _by_features(catalogue: Catalogue) -> Float32Array:
    """What the network hears in each song, as the import stored it if the network is the same."""
    stored = catalogue.stored(moods_column())
    if stored is not None:
        return unpack_moods(stored)
    return perceived_model().predict(
        catalogue.features(FEATURES), catalogue.genre_rows(), catalogue.lists("artists").first
    )


def smooth(heard: Float32Array, songs: Float32Array, artists: Float32Array) -> Float32Array:
    """Moods with those of songs in the same playlists.

    A ridge regression from the factors of songs and artists to the moods that were heard averages
    over songs that people file together. A song in playlists keeps 30 % of what was heard, one of
    which only the artist is in playlists 60 %, and others everything.

    Args:
        heard: log-probabilities, float32 [n, 4].
        songs, artists: the factors of each song and of its first artist, float32 [n, k]; zeros
            where playlists do not have them.

    Returns:
        Log-probabilities, float32 [n, 4].
    """
    logits = heard - heard.mean(axis=1, keepdims=True)
    smoothed = logits.copy()
    in_playlists = songs.any(axis=1)
    by_artist = artists.any(axis=1)
    both = np.hstack([songs, artists])
    only = by_artist & ~in_playlists
    for rows, x, fitted_on, share in (
        (in_playlists, both, in_playlists, _SONG_SHARE),
        (only, artists, by_artist, _ARTIST_SHARE),
    ):
        if rows.any():
            predicted = _ridge(x[fitted_on], logits[fitted_on], x[rows])
            smoothed[rows] += share * (_SCALE * predicted - logits[rows])
    return log_softmax(smoothed)


def _ridge(x: Float32Array, y: Float32Array, at: Float32Array) -> Float32Array:
    """Ridge regression of y on x, evaluated elsewhere."""
    mean = y.mean(axis=0)
    gram = x.T @ x + _PENALTY * np.eye(x.shape[1], dtype=np.float32)
    weights = np.linalg.solve(gram, x.T @ (y - mean))
    return np.asarray(at @ weights + mean, np.float32)

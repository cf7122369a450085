"""What a listener said of songs -> how much that listener would like each song of a catalogue."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import numpy as np

from mien.catalogue.perceived import FEATURES, perceived_model
from mien.catalogue.songs import Catalogue
from mien.support.arrays import Float32Array

WEIGHT = 0.15
"""How many points of a ranking's score a song gains that the listener is sure to love."""

WEIGHT_OF_WISH = 0.4
"""The same where songs like certain ones were asked for."""

_SHARES = {"sound": 0.4, "genres": 0.35, "artist": 0.25}  # of likeness
PLAYLISTS = 0.6
"""Share of likeness that standing in the same playlists has, for songs of which that is known;
chosen with `research/fit/taste.py`."""

_NOISE = 0.3  # variance of what is said of one song, where tastes vary by 1
_NEAR = 0.5  # likeness from which on a song counts as close


@dataclass(frozen=True, eq=False)
class Taste:
    """How much a listener would like each song, from what was said of some.

    A Gaussian process: songs are alike as far as they sound alike, share genres, share an artist,
    and stand in the same playlists where the catalogue has learnt from some. Without anything said,
    all songs are 0; the more was said nearby, the farther from it.

    Attributes:
        bonus: float32 [n], points of a ranking's score that a song gains, or loses.
        loved: rows of the songs that got 5 stars or a like.
    """

    bonus: Float32Array
    loved: np.ndarray
    _likeness: Float32Array = field(repr=False)  # [n, loved]

    @classmethod
    def of(
        cls, catalogue: Catalogue, values: Mapping[str, float], wished: Collection[str] = ()
    ) -> Taste:
        """The taste that shows in what was said.

        Args:
            catalogue: the songs to judge.
            values: song id -> how much it is liked, in [-1, 1]; other catalogues' songs are passed
                over.
            wished: ids of songs for which more like them was asked for; they count for more.
        """
        there = {song: catalogue.rows_of([song]) for song in values}
        known = {int(rows[0]): values[song] for song, rows in there.items() if len(rows)}
        rows = np.array(list(known), dtype=np.int64)
        likeness = _likeness(catalogue, rows)
        said = np.array(list(known.values()))
        wishes = {int(row) for song in wished for row in there.get(song, ())}
        weights = np.array([WEIGHT_OF_WISH if row in wishes else WEIGHT for row in known])
        gram = likeness[rows] + _NOISE * np.eye(len(rows))
        bonus = (likeness @ np.linalg.solve(gram, weights * said)).astype(np.float32)
        loved = said == 1
        return cls(bonus, rows[loved], likeness[:, loved].astype(np.float32))

    def close_to(self, row: int) -> int:
        """How many loved songs are like the one in this row."""
        near = self._likeness[row] >= _NEAR
        return int((near & (self.loved != row)).sum())


def _likeness(catalogue: Catalogue, rows: np.ndarray) -> Float32Array:
    """Of every song to those in `rows`, at most 1; 1 for the song itself. Float32 [n, rows]."""
    likeness = _likeness_in_catalogue(catalogue, rows)
    factors = catalogue.factors
    if factors is not None:
        together = factors @ factors[rows].T
        # A song of no playlist is like others as if nobody had learnt from any.
        rest = np.where(factors.any(axis=1), np.sqrt(1 - PLAYLISTS), 1.0).astype(np.float32)
        likeness *= rest[:, None] * rest[rows]
        likeness += PLAYLISTS * together
    return likeness


def _likeness_in_catalogue(catalogue: Catalogue, rows: np.ndarray) -> Float32Array:
    """By sound, genres and artist, in [0, 1]."""
    sound = perceived_model().standardised(catalogue.features(FEATURES)).astype(np.float32)
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
    likeness: Float32Array = np.exp(squares / -2, out=squares)
    likeness *= _SHARES["sound"]
    genres *= _SHARES["genres"]
    likeness += genres
    likeness[artists[:, None] == artists[rows][None]] += _SHARES["artist"]
    return likeness

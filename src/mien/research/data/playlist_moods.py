"""Playlists and listeners' tags of some songs -> the moods of all songs in playlists.

Songs that people file together share moods: from the factors of songs and artists, learnt from
playlists (`mien.catalogue.playlists`), a logistic regression predicts the quadrant of Deezer's
tags. Half of the playlists with two of Deezer's splits make the `JUDGE` that rankings are measured
with. The other half, with Deezer's training split, makes the `TEACHER` that the product learns
from. Both know the same songs, but share neither a playlist nor a tagged artist.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mien.catalogue.playlists import TrackFactors, fit_playlists
from mien.catalogue.store import SongFactors
from mien.mood import MOODS
from mien.research.data.datasets import PLAYLIST_TRACKS, PLAYLISTS
from mien.research.data.mood_sets import quadrants, read_deezer
from mien.support.arrays import Float32Array, Float64Array

_INVERSE_PENALTY = 0.3  # chosen by cross-validation over artists


@dataclass(frozen=True)
class Source:
    """What is learnt from.

    Attributes:
        half: 0 or 1: playlists with even or odd ids.
        splits: of Deezer's mood data set; no artist is in two of them.
    """

    half: int
    splits: tuple[str, ...]

    def keeps(self, pid: str) -> bool:
        """Whether a playlist belongs to the half."""
        return int(pid) % 2 == self.half


JUDGE = Source(0, ("validation", "test"))
TEACHER = Source(1, ("train",))


@dataclass(frozen=True, eq=False)
class PlaylistMoods:
    """Predicts the moods of songs in playlists.

    Attributes:
        tracks: the factors of tracks and artists.
        of_songs: predicts from the factors of a song and of its artist, side by side.
        of_artists: predicts from those of an artist alone.
    """

    tracks: TrackFactors
    of_songs: Callable[[Float32Array], Float64Array]
    of_artists: Callable[[Float32Array], Float64Array]

    @classmethod
    def learn(cls, source: Source, folder: Path | None = None) -> PlaylistMoods:
        """Learn from playlists and tags.

        Raises:
            MissingDataError: a data set is missing.
            MissingExtraError: a package of the `evaluate` extra is not installed.
        """
        files = PLAYLISTS.require(folder), PLAYLIST_TRACKS.require(folder)
        tracks = fit_playlists(*files, keep=source.keeps)
        rows, positions = [], []
        for tagged in read_deezer(folder, source.splits):
            row = tracks.names.by_name.get(tagged.name, -1)
            if row >= 0 and tracks.counts[row]:
                rows.append(row)
                positions.append(tagged.position)
        moods = quadrants(np.array(positions))
        artists = tracks.artist_factors[tracks.names.artists[rows]]
        return cls(
            tracks,
            _learn(np.hstack([tracks.factors[rows], artists]), moods),
            _learn(artists, moods),
        )

    def predict(self, known: SongFactors) -> Float64Array:
        """The probability of each of `MOODS`, float64 [n, 4], for songs in playlists; zeros for
        others.

        Args:
            known: what `tracks` tell about the songs.
        """
        rows = known.counts > 0
        moods = np.zeros((len(rows), len(MOODS)))
        moods[rows] = self.of_songs(np.hstack([known.songs, known.artists])[rows])
        return moods

    def predict_by_artist(self, known: SongFactors) -> Float64Array:
        """The same by the songs' first artists; zeros where they are in no playlist."""
        rows = np.asarray(known.artists.any(axis=1))
        moods = np.zeros((len(rows), len(MOODS)))
        moods[rows] = self.of_artists(known.artists[rows])
        return moods


def _learn(x: Float32Array, moods: npt.NDArray[np.str_]) -> Callable[[Float32Array], Float64Array]:
    """Multinomial logistic regression; the columns of its predictions are `MOODS`."""
    from sklearn.linear_model import LogisticRegression

    numbers = np.array([MOODS.index(mood) for mood in moods])
    return LogisticRegression(C=_INVERSE_PENALTY, max_iter=1000).fit(x, numbers).predict_proba  # type: ignore[no-any-return]

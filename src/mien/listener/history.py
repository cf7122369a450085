"""What a listener has played and keeps, by song, and where it is in a catalogue."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mien.catalogue.columns import NAME_HASHES, hash_names
from mien.catalogue.names import NameKey, hash_name
from mien.catalogue.songs import Catalogue
from mien.support.arrays import Float32Array

SAVED = 5
"""Plays that keeping a song (liking or owning it) is worth."""


class KnownSong(NamedTuple):
    """A song that the listener knows.

    Attributes:
        artist, title: as the history spells them.
        plays: how often it was played.
        saved: whether it is kept.
    """

    artist: str
    title: str
    plays: int
    saved: bool = False

    @property
    def weight(self) -> float:
        """How much it says about the listener: the logarithm of its plays."""
        return math.log1p(self.plays + SAVED * self.saved)


@dataclass(frozen=True)
class ImportedHistory:
    """What an import of listening histories added.

    Attributes:
        files: how many were read.
        plays: how many counted.
        saved: songs that are kept.
        repeated: plays that earlier imports had told already.
    """

    files: int
    plays: int
    saved: int
    repeated: int


@dataclass(frozen=True, eq=False)
class History:
    """What a listener has played and keeps.

    Attributes:
        songs: by normalised artist and title (`mien.catalogue.names.normalise_name`).
    """

    songs: Mapping[NameKey, KnownSong]

    def __len__(self) -> int:
        return len(self.songs)

    @property
    def artists(self) -> int:
        """How many artists."""
        return len({artist for artist, _ in self.songs})

    def most_played(self, count: int) -> list[KnownSong]:
        """The songs played most often, those with most plays first."""
        return sorted(self.songs.values(), key=lambda s: (-s.plays, not s.saved, s[:2]))[:count]

    def present(self, catalogue: Catalogue) -> set[NameKey]:
        """The songs that a catalogue has."""
        found = set(name_hashes(catalogue)[1].tolist())
        return {key for key in self.songs if hash_name(*key) in found}

    def song_weights(self, catalogue: Catalogue) -> Float32Array:
        """How well the listener knows each song of a catalogue, float32 [n], from 0 (unknown) to 1
        (the song that counts most), on a logarithmic scale."""
        return _look_up(name_hashes(catalogue)[1], *self._hashed_songs)

    def artist_weights(self, catalogue: Catalogue) -> Float32Array:
        """The same for the first artist of each song."""
        return _look_up(name_hashes(catalogue)[0], *self._hashed_artists)

    @cached_property
    def _hashed_songs(self) -> tuple[npt.NDArray[np.int64], Float32Array]:
        return _table({hash_name(*key): song.weight for key, song in self.songs.items()})

    @cached_property
    def _hashed_artists(self) -> tuple[npt.NDArray[np.int64], Float32Array]:
        plays: dict[str, int] = {}
        for (artist, _), song in self.songs.items():
            plays[artist] = plays.get(artist, 0) + song.plays + SAVED * song.saved
        return _table({hash_name(artist): math.log1p(count) for artist, count in plays.items()})


def name_hashes(catalogue: Catalogue) -> npt.NDArray[np.int64]:
    """Hashes by which the songs of a catalogue are found by name, int64 [2, n], as
    `mien.catalogue.columns.hash_names` makes them."""
    stored = catalogue.stored(NAME_HASHES)
    if stored is not None:
        return np.frombuffer(stored, "<i8").reshape(2, -1)
    songs = catalogue.songs(range(len(catalogue)))  # imported by an earlier version
    return hash_names((s.artists[0] for s in songs), (s.title for s in songs))


NO_HISTORY = History(MappingProxyType({}))


def _table(weights: Mapping[int, float]) -> tuple[npt.NDArray[np.int64], Float32Array]:
    """Sorted hashes and their weights, the highest 1."""
    hashes = np.array(sorted(weights), np.int64)
    values = np.array([weights[h] for h in hashes.tolist()], np.float32)
    return hashes, values / max(values.max(initial=0), np.float32(1e-9))


def _look_up(
    names: npt.NDArray[np.int64], hashes: npt.NDArray[np.int64], values: Float32Array
) -> Float32Array:
    if not len(hashes):
        return np.zeros(len(names), np.float32)
    at = np.minimum(np.searchsorted(hashes, names), len(hashes) - 1)
    return np.where((hashes[at] == names) & (names != 0), values[at], np.float32(0))

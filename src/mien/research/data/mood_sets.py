"""Songs with the moods that listeners gave them."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from mien.catalogue.importing import import_catalogue
from mien.catalogue.names import NameKey, is_version, normalise_name
from mien.catalogue.songs import Catalogue
from mien.catalogue.store import Store
from mien.research.data.datasets import DATA_MOODS, DEEZER_MOODS
from mien.support.arrays import Float64Array

MOODS = {"happy": "happy", "angry": "angry", "sad": "sad", "calm": "neutral"}
"""A listener's mood -> the emotion for which such songs are recommended."""

_OUR_MOOD = {"Happy": "happy", "Energetic": "angry", "Sad": "sad", "Calm": "calm"}


@dataclass(frozen=True, eq=False)
class MoodSet:
    """Songs of a catalogue with listeners' moods.

    Attributes:
        name: of the data set.
        catalogue: the songs.
        rows: int64 [n], the rows in the catalogue of those that have a mood.
        moods: str [n], of `MOODS`.
        positions: float64 [n, 2], valence and arousal from listeners' tags, in standard
            deviations; None if there are no tags.
    """

    name: str
    catalogue: Catalogue
    rows: np.ndarray
    moods: np.ndarray
    positions: Float64Array | None = None

    def require_positions(self) -> Float64Array:
        """Valence and arousal of a set that has them."""
        assert self.positions is not None
        return self.positions


def load_data_moods(folder: Path | None, store: Store) -> MoodSet:
    """Import the songs that listeners filed as Happy, Energetic, Sad or Calm (C. Valverde).

    Energetic counts as angry, the nearest emotion.

    Args:
        folder: of the data sets; None: the folder that `MIEN_DATA` names.
        store: gets the songs as the catalogue `data_moods`.

    Raises:
        MissingDataError: the file is missing.
    """
    import_catalogue(DATA_MOODS.require(folder), "data_moods", store)
    return label_data_moods(folder, store.open("data_moods"))


def label_data_moods(folder: Path | None, catalogue: Catalogue) -> MoodSet:
    """The same for songs that have been imported."""
    path = DATA_MOODS.require(folder)
    filed = {line["id"]: _OUR_MOOD[line["mood"]] for line in _lines(path)}
    moods = [filed[song.id] for song in catalogue.songs(range(len(catalogue)))]
    return MoodSet("data_moods", catalogue, np.arange(len(catalogue)), np.array(moods))


def load_deezer(folder: Path | None, catalogue: Catalogue, split: str) -> MoodSet:
    """The songs of a catalogue that are in one split of Deezer's mood data set.

    They are found by artist and title, without remixes, live and karaoke versions and the like.
    Their moods are the quadrants of the valence and arousal in listeners' tags (Delbouys et al.
    2018, "Music mood detection based on audio and lyrics with deep neural net").

    Args:
        folder: of the data sets; None: the folder that `MIEN_DATA` names.
        catalogue: the songs.
        split: `train`, `validation` or `test`; no artist is in two of them.

    Raises:
        MissingDataError: the file is missing.
    """
    known: dict[NameKey, int] = {}
    songs = catalogue.songs(range(len(catalogue)))
    most_popular_first = sorted(range(len(songs)), key=lambda i: -(songs[i].popularity or 0))
    for row in most_popular_first:
        if not is_version(songs[row].title):
            for artist in songs[row].artists:
                name = normalise_name(artist, songs[row].title)
                if name is not None:
                    known.setdefault(name, row)
    found: dict[int, tuple[float, float]] = {}
    for tagged in read_deezer(folder, (split,)):
        if not is_version(tagged.title) and tagged.name in known:
            found.setdefault(known[tagged.name], tagged.position)
    positions = np.array(list(found.values())).reshape(-1, 2)
    rows, moods = np.array(list(found)), quadrants(positions)
    return MoodSet(f"deezer {split}", catalogue, rows, moods, positions)


class TaggedSong(NamedTuple):
    """A song of Deezer's mood data set.

    Attributes:
        name: normalised artist and title.
        title: as the data set spells it.
        position: valence and arousal, in standard deviations.
    """

    name: NameKey
    title: str
    position: tuple[float, float]


def read_deezer(folder: Path | None, splits: Collection[str]) -> Iterator[TaggedSong]:
    """The songs of some splits of Deezer's mood data set that have a usable name.

    Raises:
        MissingDataError: the file is missing.
    """
    for line in _lines(DEEZER_MOODS.require(folder)):
        name = normalise_name(line["artist_name"], line["track_name"])
        if name is not None and line["split"] in splits:
            position = float(line["valence"]), float(line["arousal"])
            yield TaggedSong(name, line["track_name"], position)


def quadrants(positions: Float64Array) -> np.ndarray:
    """The mood of each quadrant of valence and arousal: happy, angry, sad or calm; str [n].

    Args:
        positions: valence and arousal, float64 [n, 2]; 0 is the middle.

    >>> quadrants(np.array([[1.0, 1.0], [-1.0, -1.0]])).tolist()
    ['happy', 'sad']
    """
    positive, aroused = positions[:, 0] > 0, positions[:, 1] > 0
    low = np.where(positive, "calm", "sad")
    return np.where(aroused, np.where(positive, "happy", "angry"), low)


def _lines(path: Path) -> Iterator[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)

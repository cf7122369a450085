"""Songs of which listeners have said what mood they are."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mien.catalogue.importing import import_catalogue
from mien.catalogue.names import Name, is_version, name_of
from mien.catalogue.songs import Catalogue
from mien.catalogue.store import Store
from mien.errors import DataError
from mien.support.arrays import Float64Array

MOODS = {"happy": "happy", "angry": "angry", "sad": "sad", "calm": "neutral"}
"""What listeners call it -> the emotion for which such songs are recommended."""

_FILED = {"Happy": "happy", "Energetic": "angry", "Sad": "sad", "Calm": "calm"}


@dataclass(frozen=True, eq=False)
class MoodSet:
    """Songs of a catalogue with listeners' moods.

    Attributes:
        name: the data set's.
        catalogue: where the songs stand.
        rows: int64 [n], their rows there.
        moods: one of `MOODS` for each, str [n].
        places: valence and arousal from listeners' tags in standard deviations, float64 [n, 2], or
            None.
    """

    name: str
    catalogue: Catalogue
    rows: np.ndarray
    moods: np.ndarray
    places: Float64Array | None = None


def data_moods(folder: Path, store: Store) -> MoodSet:
    """The 686 songs that listeners filed as Happy, Energetic, Sad or Calm (C. Valverde).

    They become a catalogue of their own in `store`. Energetic is the nearest there is to angry.

    Raises:
        DataError: `moods/data_moods.csv` is not in `folder`.
    """
    path = _there(folder / "moods" / "data_moods.csv")
    import_catalogue(path, "data_moods", store)
    catalogue = store.open("data_moods")
    filed = {line["id"]: _FILED[line["mood"]] for line in _lines(path)}
    moods = [filed[song.id] for song in catalogue.songs(range(len(catalogue)))]
    return MoodSet("data_moods", catalogue, np.arange(len(catalogue)), np.array(moods))


def deezer(folder: Path, catalogue: Catalogue, split: str) -> MoodSet:
    """The songs of a catalogue that stand in one split of Deezer's mood data set, found by artist
    and title; remixes, live and karaoke versions and the like are left out.

    Their moods are the quadrants of the valence and arousal that listeners' tags give.

    Args:
        folder: that of the data sets.
        catalogue: the songs.
        split: `train`, `validation` or `test`; no artist stands in two.

    Raises:
        DataError: `moods/deezer_mood_detection.csv` is not in `folder`.
    """
    path = _there(folder / "moods" / "deezer_mood_detection.csv")
    known: dict[Name, int] = {}
    songs = catalogue.songs(range(len(catalogue)))
    most_popular_first = sorted(range(len(songs)), key=lambda i: -(songs[i].popularity or 0))
    for row in most_popular_first:
        if not is_version(songs[row].title):
            for artist in songs[row].artists:
                known.setdefault(name_of(artist, songs[row].title), row)
    found: dict[int, tuple[float, float]] = {}
    for line in _lines(path):
        name = name_of(line["artist_name"], line["track_name"])
        wanted = line["split"] == split and all(name) and not is_version(line["track_name"])
        if wanted and name in known:
            found.setdefault(known[name], (float(line["valence"]), float(line["arousal"])))
    places = np.array(list(found.values())).reshape(-1, 2)
    return MoodSet(f"deezer {split}", catalogue, np.array(list(found)), quadrants(places), places)


def quadrants(places: Float64Array) -> np.ndarray:
    """Happy, angry, sad or calm, from the signs of valence and arousal; str [n]."""
    glad, roused = places[:, 0] > 0, places[:, 1] > 0
    return np.where(roused, np.where(glad, "happy", "angry"), np.where(glad, "calm", "sad"))


def _there(path: Path) -> Path:
    if not path.is_file():
        raise DataError(f"{path} is missing", "name the folder of the data sets in MIEN_DATA")
    return path


def _lines(path: Path) -> Iterator[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)

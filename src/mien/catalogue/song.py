"""One song of a catalogue."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mien.catalogue.columns import REQUIRED


@dataclass(frozen=True)
class Song:
    """One recording.

    Attributes:
        id: the id from the file, such as Spotify's; else made from title and artists.
        title, artists, genres, album: as the catalogue spells them.
        valence, energy: in [0, 1].
        tempo: beats per minute.
        popularity: in [0, 100], or None if unknown.
        duration: seconds, or None if unknown.
        explicit: None if unknown.
        year: of release, or None if unknown.
        genres_estimated: whether the genres were heard in the sound, not given by the file.
        path: its sound file on this machine, or None without one.
        remote: where a music server holds it, as `service:id`, or None. Neither it nor the path is
            for others to see.
    """

    id: str
    title: str
    artists: tuple[str, ...]
    genres: tuple[str, ...]
    valence: float
    energy: float
    tempo: float
    album: str | None = None
    popularity: float | None = None
    duration: float | None = None
    explicit: bool | None = None
    year: int | None = None
    genres_estimated: bool = False
    path: Path | None = None
    remote: str | None = None


SONG_NUMBERS = (*REQUIRED, "popularity", "duration", "explicit", "year", "genres_estimated")
"""Its numbers, in the order of `make_song`."""


_read_list = json.JSONDecoder().raw_decode  # faster than json.loads, which looks for spaces


def make_song(
    texts: Sequence[str], numbers: Sequence[float], path: Path | None, remote: str | None
) -> Song:
    """The song from a row of the table, the numbers `SONG_NUMBERS` (NaN where unknown), and where
    its sound lies."""
    song_id, title, artists, genres, album = texts
    valence, energy, tempo, *rest = numbers
    popularity, duration, explicit, year, estimated = (None if math.isnan(x) else x for x in rest)
    return Song(
        song_id,
        title,
        tuple(_read_list(artists)[0]),
        tuple(_read_list(genres)[0]),
        valence,
        energy,
        tempo,
        album,
        popularity,
        duration,
        None if explicit is None else bool(explicit),
        None if year is None else int(year),
        bool(estimated),
        path,
        remote,
    )

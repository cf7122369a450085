"""The songs of one catalogue: arrays over all of them, and each with its names."""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mien.catalogue.columns import FACTORS, GENRE_NAMES, LISTS, NUMBERS, REQUIRED, Lists, numbers_in
from mien.catalogue.names import main_title
from mien.catalogue.quantiles import Scale
from mien.errors import CatalogueError, NotFoundError
from mien.support.arrays import Float32Array, Float64Array


@dataclass(frozen=True)
class Song:
    """One recording.

    Attributes:
        id: Spotify's, where the catalogue has it; else made from title and artists.
        title, artists, genres, album: as the catalogue spells them.
        valence, energy: in [0, 1].
        tempo: beats per minute.
        popularity: in [0, 100], or None.
        duration: seconds, or None.
        explicit: True, False, or None where nobody says.
        year: of release, or None.
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


NOT_MUSIC = frozenset(
    {
        "asmr",
        "audiobook",
        "audiobooks",
        "comedy",
        "nature sounds",
        "podcast",
        "rain",
        "sleep",
        "sound effects",
        "speech",
        "spoken word",
        "spoken-word",
        "white noise",
    }
)
"""Genres of recordings that are noise or talk."""

SPOKEN = 0.66
"""Speechiness above which a recording is probably nothing but spoken words (Spotify's definition of
the feature)."""

_SHOWN = (*REQUIRED, "popularity", "duration", "explicit", "year")


class Kind(NamedTuple):
    """What songs may have in common, as numbers; -1 where nobody says."""

    artists: tuple[int, ...]
    genre: int
    decade: int


@dataclass(frozen=True)
class CatalogueRef:
    """Where a catalogue lies. One that is imported anew differs in number or moment."""

    path: Path
    number: int
    name: str
    imported: str


@dataclass(frozen=True, eq=False)
class Catalogue:
    """The songs to choose from; everything is read when it is first asked for.

    Attributes:
        ref: where it lies; its name is as in `mien catalogue list`.
    """

    ref: CatalogueRef
    _db: sqlite3.Connection = field(repr=False)
    _columns: dict[str, Float64Array] = field(default_factory=dict, repr=False)
    _lists: dict[str, Lists] = field(default_factory=dict, repr=False)
    _masks: dict[str, npt.NDArray[np.bool_]] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        return len(self.valence)

    @property
    def valence(self) -> Float64Array:
        """float64 [n], in [0, 1]."""
        return self.column("valence")

    @property
    def energy(self) -> Float64Array:
        """float64 [n], in [0, 1]."""
        return self.column("energy")

    @property
    def tempo(self) -> Float64Array:
        """float64 [n], beats per minute."""
        return self.column("tempo")

    @cached_property
    def scale(self) -> Scale:
        """How the songs spread over the three."""
        return Scale.of(self.valence, self.energy, self.tempo)

    def songs(self, rows: Sequence[int] | np.ndarray) -> list[Song]:
        """The songs at these rows (0 <= row < n), in the same order."""
        wanted = np.asarray(rows, dtype=np.int64)
        texts: dict[int, Sequence[str]] = {}
        for start in range(0, len(wanted), 500):
            part = wanted[start : start + 500]
            marks = ",".join("?" * len(part))
            sql = f"SELECT row, id, title, artists, genres, album FROM songs WHERE row IN ({marks})"
            texts.update((row, said) for row, *said in self._rows(f"{sql} AND", *part.tolist()))
        if any(row not in texts for row in wanted.tolist()):
            raise self._gone()
        numbers = zip(*(self.column(name).take(wanted).tolist() for name in _SHOWN), strict=True)
        return [_song(texts[r], n) for r, n in zip(wanted.tolist(), numbers, strict=True)]

    def kinds(self, rows: np.ndarray) -> Iterator[Kind]:
        """What the songs at these rows may have in common with others, in the same order."""
        artists, genres, years = self.lists("artists"), self.lists("genres"), self.column("year")
        for row in rows.tolist():
            year = years[row]
            yield Kind(
                tuple(artists.of(row)),
                next(iter(genres.of(row)), -1),
                -1 if math.isnan(year) else int(year) // 10,
            )

    def column(self, name: str) -> Float64Array:
        """A number of each song, float64 [n], NaN where there is none.

        Args:
            name: of `NUMBERS`, such as `danceability` or `year`.
        """
        if name not in self._columns:
            assert name in NUMBERS
            known = name in REQUIRED or self._has(name)
            values = numbers_in(self._blob(name)) if known else np.full(len(self), np.nan)
            self._columns[name] = values
        return self._columns[name]

    def features(self, names: Sequence[str]) -> Float64Array:
        """Columns side by side, float64 [n, len(names)]."""
        return np.column_stack([self.column(name) for name in names])

    def lists(self, name: str) -> Lists:
        """The `artists` or `genres` of each song, as numbers: the same for the same name."""
        if name not in self._lists:
            assert name in LISTS
            self._lists[name] = Lists.read(self._blob(name), len(self))
        return self._lists[name]

    @cached_property
    def genre_names(self) -> tuple[str, ...]:
        """Genres in lower case; `lists("genres")` are places in this."""
        return tuple(json.loads(self._blob(GENRE_NAMES)))

    def genres(self) -> dict[str, int]:
        """Genre -> number of songs, the largest first."""
        counts = np.bincount(self.lists("genres").numbers, minlength=len(self.genre_names))
        found = zip(self.genre_names, counts.tolist(), strict=True)
        return dict(sorted(found, key=lambda item: (-item[1], item[0])))

    def genre_rows(self) -> dict[str, np.ndarray]:
        """Genre -> the rows of its songs, int64, ascending."""
        genres = self.lists("genres")
        order = np.argsort(genres.numbers, kind="stable")
        ends = np.cumsum(np.bincount(genres.numbers, minlength=len(self.genre_names)))
        parts = np.split(genres.rows[order], ends[:-1])
        return dict(zip(self.genre_names, parts, strict=False))

    def in_genres(self, genres: Iterable[str]) -> npt.NDArray[np.bool_]:
        """A mask, bool [n]: the songs of any of these genres.

        Raises:
            NotFoundError: the catalogue does not know the genre.
        """
        masks = [self._in_genre(genre.strip().lower()) for genre in genres]
        if len(masks) == 1:
            return masks[0]
        together = np.zeros(len(self), dtype=bool)
        for mask in masks:
            together |= mask
        return together

    @cached_property
    def is_music(self) -> npt.NDArray[np.bool_]:
        """A mask, bool [n]: neither of a genre of noise or talk, nor all spoken words. All True
        where that would leave nothing."""
        music = ~(self.column("speechiness") > SPOKEN)  # NaN: nobody says
        for genre in NOT_MUSIC.intersection(self.genre_names):
            music &= ~self._in_genre(genre)
        return music if music.any() else ~music

    @cached_property
    def factors(self) -> Float32Array | None:
        """What playlists tell of each song (`mien.catalogue.playlists`), float32 [n, factors]:
        rows of
        length 1, zeros for a song of no playlist; None where nothing was learnt from any."""
        if not self._has(FACTORS):
            return None
        return np.frombuffer(self._blob(FACTORS), "<f2").reshape(len(self), -1).astype(np.float32)

    def rows_of(self, ids: Iterable[str]) -> npt.NDArray[np.int64]:
        """The rows of the songs with these ids, ascending; ids of other songs are passed over."""
        sql = "SELECT row FROM songs WHERE id = ? AND"
        found = sorted(row for i in ids for (row,) in self._rows(sql, i))
        return np.array(found, dtype=np.int64)

    def require(self, ids: Sequence[str]) -> npt.NDArray[np.int64]:
        """The rows of the songs with these ids, in the same order.

        Raises:
            NotFoundError: the catalogue has no such song.
        """
        found = [self.rows_of([i]) for i in ids]
        if any(not len(rows) for rows in found):
            missing = next(i for i, rows in zip(ids, found, strict=True) if not len(rows))
            raise NotFoundError(
                f"the catalogue {self.ref.name!r} has no song with the id {missing!r}",
                "see `mien recommend --json` for ids",
            )
        return np.concatenate([np.empty(0, np.int64), *found])

    def versions_of(self, ids: Iterable[str]) -> npt.NDArray[np.int64]:
        """The rows of the songs with these ids and of their other versions, ascending: those by
        the same first artist whose titles differ in brackets or after a dash only."""
        rows = self.rows_of(ids)
        if not len(rows):
            return rows
        first = self.lists("artists").first
        near = np.flatnonzero(np.isin(first, first[rows]))
        names = {(first[row], main_title(song.title)) for row, song in self._with_songs(rows)}
        same = [
            row
            for row, song in self._with_songs(near)
            if (first[row], main_title(song.title)) in names
        ]
        return np.array(sorted(same), dtype=np.int64)

    def _with_songs(self, rows: npt.NDArray[np.int64]) -> Iterator[tuple[int, Song]]:
        return zip(rows.tolist(), self.songs(rows), strict=True)

    def _in_genre(self, genre: str) -> npt.NDArray[np.bool_]:
        if genre not in self._masks:
            if genre not in self.genre_names:
                raise NotFoundError(
                    f"the catalogue {self.ref.name!r} has no genre {genre!r}",
                    "see `mien catalogue stats` for those that it has",
                )
            genres = self.lists("genres")
            mask = np.zeros(len(self), dtype=bool)
            mask[genres.rows[genres.numbers == self.genre_names.index(genre)]] = True
            self._masks[genre] = mask
        return self._masks[genre]

    def _has(self, name: str) -> bool:
        return any(self._rows("SELECT 1 FROM columns WHERE name = ? AND", name))

    def _blob(self, name: str) -> bytes:
        for (blob,) in self._rows("SELECT data FROM columns WHERE name = ? AND", name):
            return bytes(blob)
        raise self._gone()

    def _rows(self, sql: str, *values: object) -> Iterator[tuple[Any, ...]]:
        """The rows that a query finds in this catalogue."""
        cursor = self._db.cursor()
        cursor.row_factory = None
        try:
            yield from cursor.execute(f"{sql} catalogue = ?", (*values, self.ref.number))
        except UnicodeEncodeError:
            raise CatalogueError("that is no name", "use plain text") from None
        except sqlite3.Error as e:
            raise CatalogueError(f"{self.ref.path} cannot be read ({e})") from e

    def _gone(self) -> CatalogueError:
        return CatalogueError(
            f"the catalogue {self.ref.name!r} was removed or replaced, or imported by "
            "another version of mien",
            "open it again or import it again",
        )


_read_list = json.JSONDecoder().raw_decode  # json.loads, less the search for spaces around it


def _song(texts: Sequence[str], numbers: Sequence[float]) -> Song:
    number, title, artists, genres, album = texts
    valence, energy, tempo, *rest = numbers
    popularity, duration, explicit, year = (None if math.isnan(x) else x for x in rest)
    return Song(
        number,
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
    )

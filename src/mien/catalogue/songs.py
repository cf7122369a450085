"""The songs of one catalogue: arrays of all of them, and single songs with their names."""

from __future__ import annotations

import json
import math
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from mien.catalogue.columns import (
    ARTIST_FACTORS,
    FACTORS,
    GENRE_NAMES,
    LANGUAGE_NAMES,
    LANGUAGES,
    LISTS,
    NUMBERS,
    PLAYLISTS,
    REQUIRED,
    UNASKED,
    Lists,
    pack_marks,
    read_table,
    unpack_codes,
    unpack_flags,
    unpack_numbers,
)
from mien.catalogue.names import strip_additions
from mien.catalogue.quantiles import Scale
from mien.catalogue.song import SONG_NUMBERS, Song, make_song
from mien.errors import NoSuchGenreError, NoSuchSongError, StaleCatalogueError, StoreError
from mien.support.arrays import Float32Array, Float64Array
from mien.support.sqlite import Reader


class Kind(NamedTuple):
    """Numbers that songs may share; -1 if unknown.

    Attributes:
        artists: indices of their names.
        genre: index of the first genre's name.
        decade: the first three digits of the year.
    """

    artists: tuple[int, ...]
    genre: int
    decade: int


@dataclass(frozen=True)
class CatalogueRef:
    """A catalogue in a store.

    Attributes:
        path: the file of the store.
        number: primary key there.
        name: as it was imported.
        imported: when its content last changed: a reference to replaced content differs.
    """

    path: Path
    number: int
    name: str
    imported: str


@dataclass(frozen=True, eq=False)
class Catalogue:
    """The songs of one catalogue, read from the store when they are first needed.

    It holds a database connection until `close` is called, a `with` block ends, or nothing refers
    to it any more. Threads may share it.

    Every method raises StaleCatalogueError where it needs data that was not read before the
    catalogue was closed, removed or replaced, and StoreError where the store is damaged.

    Attributes:
        ref: which catalogue it is.
    """

    ref: CatalogueRef
    _reader: Reader = field(repr=False)
    _columns: dict[str, Float64Array] = field(default_factory=dict, repr=False)
    _lists: dict[str, Lists] = field(default_factory=dict, repr=False)
    _masks: dict[str, npt.NDArray[np.bool_]] = field(default_factory=dict, repr=False)

    def close(self) -> None:
        """Close the database connection. What has been read stays available."""
        self._reader.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

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
        """The distribution of the songs over valence, energy and tempo."""
        return Scale.of(self.valence, self.energy, self.tempo)

    def songs(self, rows: Sequence[int] | np.ndarray) -> list[Song]:
        """The songs in these rows (0 <= row < n), in the same order."""
        wanted = np.asarray(rows, dtype=np.int64)
        texts: dict[int, Sequence[str]] = {}
        for start in range(0, len(wanted), 500):
            part = wanted[start : start + 500]
            marks = ",".join("?" * len(part))
            sql = f"SELECT row, id, title, artists, genres, album FROM songs WHERE row IN ({marks})"
            texts.update((row, text) for row, *text in self._rows(f"{sql} AND", *part.tolist()))
        if any(row not in texts for row in wanted.tolist()):
            raise self._stale()
        columns = (self.column(name).take(wanted).tolist() for name in SONG_NUMBERS)
        numbers = zip(*columns, strict=True)
        files = self._files(wanted) if self._has_files else {}
        return [
            make_song(texts[r], n, *files.get(r, (None, None)))
            for r, n in zip(wanted.tolist(), numbers, strict=True)
        ]

    def _files(self, rows: np.ndarray) -> dict[int, tuple[Path | None, str | None]]:
        """Where the sound of the songs in these rows lies, for those that have one."""
        found: dict[int, tuple[Path | None, str | None]] = {}
        for start in range(0, len(rows), 500):
            part = rows[start : start + 500].tolist()
            marks = ",".join("?" * len(part))
            sql = f"SELECT row, path, remote FROM files WHERE row IN ({marks}) AND"
            for row, path, remote in self._rows(sql, *part):
                found[row] = (None if path is None else Path(os.fsdecode(path)), remote)
        return found

    @cached_property
    def _has_files(self) -> bool:
        """Whether any song has a sound file; stores of earlier versions have no table of them."""
        tables = self._reader.rows("SELECT 1 FROM sqlite_master WHERE name = 'files'")
        return bool(tables) and bool(self._rows("SELECT 1 FROM files WHERE", limit=1))

    def kinds(self, rows: np.ndarray) -> Iterator[Kind]:
        """The kinds of the songs in these rows, in the same order."""
        artists, genres, years = self.lists("artists"), self.lists("genres"), self.column("year")
        for row in rows.tolist():
            year = years[row]
            yield Kind(
                tuple(artists.of(row)),
                next(iter(genres.of(row)), -1),
                -1 if math.isnan(year) else int(year) // 10,
            )

    def column(self, name: str) -> Float64Array:
        """One number for each song, float64 [n], NaN where unknown.

        Args:
            name: one of `NUMBERS`, such as `danceability` or `year`.
        """
        if name not in self._columns:
            assert name in NUMBERS
            blob = self._blob(name) if name in REQUIRED else self.stored(name)
            values = np.full(len(self), np.nan) if blob is None else unpack_numbers(blob)
            self._columns[name] = values
        return self._columns[name]

    def features(self, names: Sequence[str]) -> Float64Array:
        """Columns side by side, float64 [n, len(names)]."""
        return np.column_stack([self.column(name) for name in names])

    def lists(self, name: str) -> Lists:
        """The `artists` or `genres` of each song, as indices: equal for names equal in any case."""
        if name not in self._lists:
            assert name in LISTS
            self._lists[name] = Lists.read(self._blob(name), len(self))
        return self._lists[name]

    @cached_property
    def genre_names(self) -> tuple[str, ...]:
        """Genres in lower case; `lists("genres")` are indices into it."""
        return tuple(json.loads(self._blob(GENRE_NAMES)))

    def genres(self) -> dict[str, int]:
        """Genre -> number of songs, the most frequent first."""
        counts = np.bincount(self.lists("genres").numbers, minlength=len(self.genre_names))
        found = zip(self.genre_names, counts.tolist(), strict=True)
        return dict(sorted(found, key=lambda item: (-item[1], item[0])))

    def genre_rows(self) -> dict[str, np.ndarray]:
        """Genre -> the rows of its songs, int64, ascending."""
        parts = self.lists("genres").rows_by(len(self.genre_names))
        return dict(zip(self.genre_names, parts, strict=True))

    def in_genres(self, genres: Iterable[str]) -> npt.NDArray[np.bool_]:
        """A mask of the songs of any of these genres, bool [n].

        Raises:
            NoSuchGenreError: no song of the catalogue has one of the genres.
        """
        masks = [self._in_genre(genre.strip().lower()) for genre in genres]
        if len(masks) == 1:
            return masks[0]
        together = np.zeros(len(self), dtype=bool)
        for mask in masks:
            together |= mask
        return together

    @cached_property
    def unasked(self) -> npt.NDArray[np.uint16]:
        """Why nobody asked for each song, `mien.catalogue.unasked.Unasked` as uint16 [n]; 0: no
        reason."""
        return unpack_flags(self._mark(UNASKED))

    @cached_property
    def languages(self) -> npt.NDArray[np.int8]:
        """The language of each song, int8 [n]: an index into `language_names`; -1: not told."""
        return unpack_codes(self._mark(LANGUAGES))

    @cached_property
    def language_names(self) -> tuple[str, ...]:
        """ISO 639-1 codes that `languages` refers to."""
        return tuple(json.loads(self._mark(LANGUAGE_NAMES)))

    @cached_property
    def factors(self) -> Float32Array | None:
        """The factors fitted to playlists (`mien.catalogue.playlists`), float32 [n, factors]: rows
        of length 1, zeros for songs in no playlist; None without playlists."""
        return self._factors(FACTORS)

    @cached_property
    def artist_factors(self) -> Float32Array | None:
        """The same of each song's first artist; None without playlists."""
        return self._factors(ARTIST_FACTORS)

    @cached_property
    def playlist_counts(self) -> npt.NDArray[np.int32] | None:
        """In how many playlists each song is, int32 [n]; None without playlists."""
        blob = self.stored(PLAYLISTS)
        return None if blob is None else np.frombuffer(blob, "<i4")

    def stored(self, name: str) -> bytes | None:
        """A column as `mien.catalogue.columns` packed it, or None without one."""
        found = self._rows("SELECT data FROM columns WHERE name = ? AND", name)
        return bytes(found[0][0]) if found else None

    def rows_of(self, ids: Iterable[str]) -> npt.NDArray[np.int64]:
        """The rows of the songs with these ids, int64, ascending; unknown ids are skipped."""
        sql = "SELECT row FROM songs WHERE id = ? AND"
        found = sorted(row for i in ids for (row,) in self._rows(sql, i))
        return np.array(found, dtype=np.int64)

    def require(self, ids: Sequence[str]) -> npt.NDArray[np.int64]:
        """The rows of the songs with these ids, int64, in the same order.

        Raises:
            NoSuchSongError: the catalogue has no song with one of the ids.
        """
        found = [self.rows_of([i]) for i in ids]
        if any(not len(rows) for rows in found):
            missing = next(i for i, rows in zip(ids, found, strict=True) if not len(rows))
            raise NoSuchSongError(
                f"the catalogue {self.ref.name!r} has no song with the id {missing!r}",
                "use the id of a song of this catalogue",
            )
        return np.concatenate([np.empty(0, np.int64), *found])

    def versions_of(self, ids: Iterable[str]) -> npt.NDArray[np.int64]:
        """The rows of the songs with these ids and of other versions of them, int64, ascending.

        Versions have the same first artist and titles that differ only in brackets or after a dash.
        """
        rows = self.rows_of(ids)
        if not len(rows):
            return rows
        first = self.lists("artists").first
        candidates = np.flatnonzero(np.isin(first, first[rows]))
        names = {(first[row], strip_additions(song.title)) for row, song in self._with_songs(rows)}
        same = [
            row
            for row, song in self._with_songs(candidates)
            if (first[row], strip_additions(song.title)) in names
        ]
        return np.array(same, dtype=np.int64)

    def _with_songs(self, rows: npt.NDArray[np.int64]) -> Iterator[tuple[int, Song]]:
        return zip(rows.tolist(), self.songs(rows), strict=True)

    def _in_genre(self, genre: str) -> npt.NDArray[np.bool_]:
        if genre not in self._masks:
            if genre not in self.genre_names:
                raise NoSuchGenreError(
                    f"the catalogue {self.ref.name!r} has no genre {genre!r}",
                    "use a genre of this catalogue",
                )
            genres = self.lists("genres")
            mask = np.zeros(len(self), dtype=bool)
            mask[genres.rows[genres.numbers == self.genre_names.index(genre)]] = True
            self._masks[genre] = mask
        return self._masks[genre]

    def _factors(self, name: str) -> Float32Array | None:
        blob = self.stored(name)
        if blob is None:
            return None
        return np.frombuffer(blob, "<f2").reshape(len(self), -1).astype(np.float32)

    def _mark(self, name: str) -> bytes:
        """A column that `pack_marks` makes."""
        blob = self.stored(name)
        return self._made_marks[name] if blob is None else blob

    @cached_property
    def _made_marks(self) -> dict[str, bytes]:
        """The columns of `pack_marks`, for a catalogue that was imported before there were any."""
        texts = self._rows("SELECT row, title, artists, genres, album FROM songs WHERE")
        return dict(pack_marks(read_table(texts, {n: self.column(n) for n in NUMBERS})))

    def _blob(self, name: str) -> bytes:
        blob = self.stored(name)
        if blob is None:
            raise self._stale()
        return blob

    def _rows(self, sql: str, *values: object, limit: int = -1) -> list[tuple[Any, ...]]:
        """The rows that a query finds in this catalogue."""
        try:
            sql = f"{sql} catalogue = ? LIMIT {limit}"
            return self._reader.rows(sql, *values, self.ref.number)
        except sqlite3.Error as e:
            if self._reader.is_closed:
                raise StaleCatalogueError(
                    f"the catalogue {self.ref.name!r} is closed", "open it again"
                ) from e
            raise StoreError(
                f"{self.ref.path} cannot be read ({e})", "move it away and import again"
            ) from e

    def _stale(self) -> StaleCatalogueError:
        return StaleCatalogueError(
            f"the catalogue {self.ref.name!r} was removed or replaced, or imported by "
            "another version of mien",
            "open it again or import it again",
        )

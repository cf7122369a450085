"""The numbers and lists of all songs of a catalogue, stored as the arrays they are in memory."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from mien.catalogue.names import hash_name, normalise_name
from mien.catalogue.perceived import FEATURES, fingerprint, perceived_model
from mien.mood import MOODS
from mien.support.arrays import Float32Array

if TYPE_CHECKING:
    import polars as pl

NUMBERS = (
    "valence",
    "energy",
    "tempo",
    "popularity",
    "duration",
    "explicit",
    "year",
    "danceability",
    "loudness",
    "speechiness",
    "acousticness",
    "instrumentalness",
    "liveness",
    "key",
    "mode",
    "time_signature",
    "genres_estimated",
)
"""Columns with one number for each song."""

REQUIRED = NUMBERS[:3]
"""Those that every song has."""

LISTS = ("artists", "genres")
"""Columns with a list of names for each song."""

GENRE_NAMES, FACTORS = "genre_names", "factors"
ARTIST_FACTORS, PLAYLISTS = "artist_factors", "playlists"
NAME_HASHES = "name_hashes"
"""The other columns: the names that `genres` refers to, the factors fitted to playlists, those of
the songs' first artists, in how many playlists each song is, and hashes of names (`hash_names`)."""

HEARD = "heard"
"""The moods that the sound of each song has, where it was analysed (`pack_heard`)."""

UNASKED, LANGUAGES, LANGUAGE_NAMES = "unasked", "languages", "language_names"
"""What `pack_marks` makes. Catalogues that earlier versions of mien imported lack it."""

_NUMBER, _START, _NAME = np.dtype("<f8"), np.dtype("<i8"), np.dtype("<i4")
_MOOD = np.dtype("<f2")
_FLAGS, _CODE = np.dtype("<u2"), np.dtype("<i1")


@dataclass(frozen=True, eq=False)
class Lists:
    """A list of numbers for each song, in one array.

    >>> lists = Lists(np.array([0, 2, 2, 3]), np.array([7, 8, 9], np.int32))
    >>> lists.of(0), lists.of(1), lists.first.tolist()
    ([7, 8], [], [7, -1, 9])

    Attributes:
        starts: int64 [n + 1]; song i has `numbers[starts[i] : starts[i + 1]]`.
        numbers: int32 [m].
    """

    starts: npt.NDArray[np.int64]
    numbers: npt.NDArray[np.int32]

    def of(self, row: int) -> list[int]:
        """The list of one song."""
        starts, numbers = self._views
        return numbers[starts[row] : starts[row + 1]].tolist()

    @cached_property
    def _views(self) -> tuple[memoryview, memoryview]:
        """Both arrays as views, from which single numbers are read faster."""
        return self.starts.data, self.numbers.data

    @property
    def rows(self) -> npt.NDArray[np.int64]:
        """The row of the song of each number, int64 [m]."""
        return np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))

    @property
    def first(self) -> npt.NDArray[np.int32]:
        """The first number of each list, int32 [n]; -1 for an empty one."""
        empty = self.starts[:-1] == self.starts[1:]
        found = np.full(len(empty), -1, np.int32)
        found[~empty] = self.numbers[self.starts[:-1][~empty]]
        return found

    def rows_by(self, count: int) -> list[npt.NDArray[np.int64]]:
        """The rows with each of the numbers from 0 to count - 1, ascending."""
        order = np.argsort(self.numbers, kind="stable")
        ends = np.cumsum(np.bincount(self.numbers, minlength=count))
        return np.split(self.rows[order], ends[:-1])[:count]

    @classmethod
    def read(cls, blob: bytes, n: int) -> Lists:
        """The lists of n songs, from what `pack_columns` made."""
        starts = np.frombuffer(blob, _START, n + 1)
        return cls(starts, np.frombuffer(blob, _NAME, offset=starts.nbytes))


def unpack_numbers(blob: bytes) -> npt.NDArray[np.float64]:
    """The numbers of n songs, from what `pack_columns` made; float64 [n], NaN where missing."""
    return np.frombuffer(blob, _NUMBER)


def hash_names(artists: Iterable[str], titles: Iterable[str]) -> npt.NDArray[np.int64]:
    """Hashes by which songs are found by name, int64 [2, n]: of each first artist, and of artist
    and title; 0 where nothing is left of them (`mien.catalogue.names.normalise_name`)."""
    keys = (normalise_name(*names) for names in zip(artists, titles, strict=True))
    found = [(0, 0) if k is None else (hash_name(k[0]), hash_name(*k)) for k in keys]
    return np.array(found, _START).reshape(-1, 2).T


def unpack_hashes(blob: bytes) -> npt.NDArray[np.int64]:
    """The column `NAME_HASHES`, int64 [2, n], as `hash_names` makes it."""
    return np.frombuffer(blob, _START).reshape(2, -1)


def unpack_flags(blob: bytes) -> npt.NDArray[np.uint16]:
    """The column `UNASKED` of n songs, uint16 [n]."""
    return np.frombuffer(blob, _FLAGS)


def unpack_codes(blob: bytes) -> npt.NDArray[np.int8]:
    """The column `LANGUAGES` of n songs, int8 [n]: indices into `LANGUAGE_NAMES`, -1 for none."""
    return np.frombuffer(blob, _CODE)


def pack_marks(songs: pl.DataFrame) -> Iterator[tuple[str, bytes]]:
    """The columns with what names, genres and features say of each song: why nobody asked for it
    (`mien.catalogue.unasked`) and its language (`mien.catalogue.language`)."""
    from mien.catalogue.language import find_languages
    from mien.catalogue.language_words import LANGUAGES as NAMES
    from mien.catalogue.unasked import find_unasked

    yield UNASKED, find_unasked(songs).astype(_FLAGS).tobytes()
    yield LANGUAGES, find_languages(songs).astype(_CODE).tobytes()
    yield LANGUAGE_NAMES, json.dumps(NAMES).encode()


def read_table(
    texts: Iterable[tuple[object, ...]], numbers: Mapping[str, npt.NDArray[np.float64]]
) -> pl.DataFrame:
    """A table of songs as `pack_marks` takes it, in the order of their rows.

    Args:
        texts: row, title, artists and genres as JSON, and album of each song, in any order.
        numbers: columns, float64 [n].
    """
    import polars as pl

    names = ("row", "title", "artists", "genres", "album")
    schema = dict.fromkeys(names, pl.String) | {"row": pl.Int64}
    table = pl.DataFrame(list(texts), schema, orient="row").sort("row")
    lists = (pl.col(name).str.json_decode(pl.List(pl.String)) for name in LISTS)
    return table.with_columns(*lists, *(pl.Series(n, v) for n, v in numbers.items()))


def pack_columns(songs: pl.DataFrame) -> Iterator[tuple[str, bytes]]:
    """The name and content of each column to store. Artists and genres become indices into their
    sorted names in lower case; those of genres are the column `GENRE_NAMES`, as JSON."""
    import polars as pl

    values: dict[str, npt.NDArray[np.float64]] = {}
    for name in NUMBERS:
        if name in songs.columns:
            numbers = songs[name].cast(pl.Float64).fill_null(float("nan"))
            values[name] = numbers.to_numpy().astype(_NUMBER)
            yield name, values[name].tobytes()
    found: dict[str, Lists] = {}
    by_genre: dict[str, npt.NDArray[np.int64]] = {}
    for name in LISTS:
        lists = _lower(songs[name])
        each = lists.explode().drop_nulls()
        names = each.unique().sort().to_list()
        starts = np.concatenate([[0], lists.list.len().to_numpy().cumsum()])
        indices = each.replace_strict(names, list(range(len(names))), return_dtype=pl.Int32)
        found[name] = Lists(starts.astype(_START), indices.to_numpy().astype(_NAME))
        yield name, found[name].starts.tobytes() + found[name].numbers.tobytes()
        if name == "genres":
            yield GENRE_NAMES, json.dumps(names).encode()
            by_genre = dict(zip(names, found[name].rows_by(len(names)), strict=True))
    if "title" in songs.columns:
        first = songs["artists"].list.first().fill_null("")
        yield NAME_HASHES, hash_names(first, songs["title"].fill_null("")).tobytes()
    yield from pack_marks(songs)
    unknown = np.full(songs.height, np.nan)
    features = np.column_stack([values.get(name, unknown) for name in FEATURES])
    moods = perceived_model().predict(features, by_genre, found["artists"].first)
    yield moods_column(), moods.astype(_MOOD).tobytes()
    if "heard" in songs.columns:
        yield HEARD, _pack_heard(songs["heard"]).tobytes()


def moods_column() -> str:
    """The name of the column with what the network of `mien.catalogue.perceived` hears in each
    song. It changes with the network, so that nothing is read that another one heard."""
    return f"moods-{fingerprint()}"


def unpack_moods(blob: bytes) -> Float32Array:
    """That column of n songs, float32 [n, 4]."""
    return np.frombuffer(blob, _MOOD).reshape(-1, len(MOODS)).astype(np.float32)


def _pack_heard(lists: pl.Series) -> npt.NDArray[np.float16]:
    """Log-probabilities [n, 4] (`MOODS`); NaN for songs whose sound nobody analysed."""
    unknown = [float("nan")] * len(MOODS)
    return np.array([unknown if v is None else v for v in lists.to_list()], _MOOD)


def _lower(lists: pl.Series) -> pl.Series:
    import polars as pl

    return lists.list.eval(pl.element().str.to_lowercase()).list.unique(maintain_order=True)

"""What is asked of all songs at once, as arrays; they lie in the store as they are in memory."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

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
)
"""Columns with one number a song."""

REQUIRED = NUMBERS[:3]
"""Those that no song is without."""

LISTS = ("artists", "genres")
"""Columns with a list of names a song."""

GENRE_NAMES, FACTORS = "genre_names", "factors"

_NUMBER, _START, _NAME = np.dtype("<f8"), np.dtype("<i8"), np.dtype("<i4")


@dataclass(frozen=True, eq=False)
class Lists:
    """A list of numbers for each song, all in one array.

    Attributes:
        starts: int64 [n + 1]; song i has `numbers[starts[i] : starts[i + 1]]`.
        numbers: int32 [m].
    """

    starts: npt.NDArray[np.int64]
    numbers: npt.NDArray[np.int32]

    def of(self, row: int) -> list[int]:
        """One song's list."""
        starts, numbers = self._views
        return numbers[starts[row] : starts[row + 1]].tolist()

    @cached_property
    def _views(self) -> tuple[memoryview, memoryview]:
        """Both arrays as views, from which one number is read sooner than from an array."""
        return self.starts.data, self.numbers.data

    @property
    def rows(self) -> npt.NDArray[np.int64]:
        """The song that each of the numbers belongs to, int64 [m]."""
        return np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))

    @property
    def first(self) -> npt.NDArray[np.int32]:
        """The first number of each list, int32 [n]; -1 for an empty one."""
        empty = self.starts[:-1] == self.starts[1:]
        found = np.full(len(empty), -1, np.int32)
        found[~empty] = self.numbers[self.starts[:-1][~empty]]
        return found

    @classmethod
    def read(cls, blob: bytes, n: int) -> Lists:
        """What `packed` wrote for n songs."""
        starts = np.frombuffer(blob, _START, n + 1)
        return cls(starts, np.frombuffer(blob, _NAME, offset=starts.nbytes))


def numbers_in(blob: bytes) -> npt.NDArray[np.float64]:
    """What `packed` wrote of one number a song, float64 [n], NaN where there is none."""
    return np.frombuffer(blob, _NUMBER)


def packed(songs: pl.DataFrame) -> Iterator[tuple[str, bytes]]:
    """The name and the array of each column; artists and genres as places among their names in
    lower case and in order, those of genres under `GENRE_NAMES`."""
    import polars as pl

    for name in NUMBERS:
        if name in songs.columns:
            values = songs[name].cast(pl.Float64).fill_null(float("nan"))
            yield name, values.to_numpy().astype(_NUMBER).tobytes()
    for name in LISTS:
        lists = _lowered(songs[name])
        each = lists.explode().drop_nulls()
        names = each.unique().sort().to_list()
        starts = np.concatenate([[0], lists.list.len().to_numpy().cumsum()])
        numbers = each.replace_strict(names, list(range(len(names))), return_dtype=pl.Int32)
        yield name, starts.astype(_START).tobytes() + numbers.to_numpy().astype(_NAME).tobytes()
        if name == "genres":
            yield GENRE_NAMES, json.dumps(names).encode()


def _lowered(lists: pl.Series) -> pl.Series:
    import polars as pl

    return lists.list.eval(pl.element().str.to_lowercase()).list.unique(maintain_order=True)

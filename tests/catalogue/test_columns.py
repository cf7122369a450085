"""Columns come back from the store as they were packed."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from mien.catalogue.columns import (
    GENRE_NAMES,
    Lists,
    hash_names,
    pack_columns,
    unpack_numbers,
)
from mien.catalogue.names import normalise_name

NAMES = st.lists(st.lists(st.sampled_from(["a", "A", "b", "花", "Ä", "ä"])), min_size=1, max_size=9)


def pack(artists: list[list[str]], genres: list[list[str]]) -> dict[str, bytes]:
    songs = pl.DataFrame(
        {"artists": artists, "genres": genres},
        schema=dict.fromkeys(("artists", "genres"), pl.List(pl.String)),
    )
    return dict(pack_columns(songs))


@given(st.lists(st.one_of(st.none(), st.floats(allow_nan=False)), min_size=1))
def test_numbers_come_back_with_nan_for_missing_ones(values: list[float | None]) -> None:
    names = pl.Series([["a"]] * len(values))
    songs = pl.DataFrame({"year": pl.Series(values, dtype=pl.Float64)})
    packed = dict(pack_columns(songs.with_columns(artists=names, genres=names)))
    expected = [np.nan if v is None else v for v in values]
    assert np.array_equal(unpack_numbers(packed["year"]), expected, equal_nan=True)


@given(NAMES)
def test_lists_come_back_in_lower_case_and_without_repetition(names: list[list[str]]) -> None:
    packed = pack(names, names)
    genre_names = json.loads(packed[GENRE_NAMES])
    assert genre_names == sorted({name.lower() for of in names for name in of})
    for column in ("artists", "genres"):
        lists = Lists.read(packed[column], len(names))
        for row, expected in enumerate(names):
            found = [genre_names[i] for i in lists.of(row)]
            assert found == list(dict.fromkeys(name.lower() for name in expected))


@given(st.lists(st.lists(st.integers(0, 9)), min_size=1))
def test_rows_and_first_numbers_of_lists(values: list[list[int]]) -> None:
    starts = np.cumsum([0, *map(len, values)])
    lists = Lists(starts, np.array([n for of in values for n in of], np.int32))
    assert [lists.of(row) for row in range(len(values))] == values
    assert lists.rows.tolist() == [row for row, of in enumerate(values) for _ in of]
    assert lists.first.tolist() == [of[0] if of else -1 for of in values]


@given(
    st.lists(st.sampled_from(["Beyoncé", "beyonce", "The Beyonce", "花", "!!!", ""]), min_size=1)
)
def test_songs_are_found_by_hashes_of_names(titles: list[str]) -> None:
    artists, songs = hash_names(["R"] * len(titles), titles)
    for i, one in enumerate(titles):
        named = normalise_name("R", one) is not None
        assert (artists[i] != 0) == (songs[i] != 0) == named
        for j, other in enumerate(titles):
            same = normalise_name("R", one) == normalise_name("R", other)
            assert (songs[i] == songs[j]) == same

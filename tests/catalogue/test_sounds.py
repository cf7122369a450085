"""What sound files tell of songs: names, and with an analysis how they sound."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl
from song_files import Found
from sounds import write_sound

from mien.catalogue.sounds import fill, fill_names, hear


def table_of(paths: Sequence[Path], **columns: object) -> pl.DataFrame:
    n = len(paths)
    empty = {
        "title": pl.Series([None] * n, dtype=pl.String),
        "artists": pl.Series([None] * n, dtype=pl.List(pl.String)),
        "valence": pl.Series([None] * n, dtype=pl.Float64),
        "energy": pl.Series([None] * n, dtype=pl.Float64),
        "tempo": pl.Series([None] * n, dtype=pl.Float64),
        "path": pl.Series([os.fsencode(path) for path in paths], dtype=pl.Binary),
    }
    return pl.DataFrame(empty | columns)


def test_names_come_from_tags_and_else_from_paths(tmp_path: Path) -> None:
    tagged = write_sound(
        tmp_path / "x" / "y.mp3", tags={"title": "One", "artist": "Ann", "genre": "Folk"}
    )
    named = tmp_path / "Bob" / "First" / "02 - Two.mp3"  # not there
    table, count = fill_names(table_of([tagged, named]))
    assert count == 2
    assert table["title"].to_list() == ["One", "Two"]
    assert table["artists"].to_list() == [["Ann"], ["Bob"]]
    assert table["genres"].to_list() == [["Folk"], None]


def test_names_of_the_table_stay(tmp_path: Path) -> None:
    tagged = write_sound(tmp_path / "a.mp3", tags={"title": "One", "artist": "Ann"})
    table = table_of([tagged], title=["Mine"], artists=[[]])
    table, count = fill_names(table)
    assert count == 1
    assert table.select("title", "artists").rows() == [("Mine", ["Ann"])]


def test_files_of_songs_without_features_are_heard(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("known.mp3", "heard.mp3", "broken.mp3", "gone.mp3")]
    for path in paths[:3]:
        path.touch()
    asked: list[Path] = []

    def listen(files: Sequence[Path]) -> Iterator[tuple[Path, Found | str]]:
        asked.extend(files)
        for file in reversed(files):
            yield file, "it is damaged" if file.name == "broken.mp3" else Found()

    table = table_of(
        paths,
        title=["A", "B", "C", "D"],
        artists=[["X"]] * 4,
        valence=[0.1, None, None, None],
        energy=[0.2, None, 0.3, None],
        genres=[[], ["jazz"], [], []],
    )
    table, count, problems = hear(table, listen)
    assert asked == [paths[1], paths[2]]
    assert count == 1
    assert problems == {paths[2]: "it is damaged"}
    assert table["valence"].to_list() == [0.1, 0.6, None, None]
    assert table["energy"].to_list() == [0.2, 0.7, 0.3, None]
    assert table["heard"].to_list() == [None, list(Found().moods), None, None]
    assert table["genres"].to_list() == [None, ["jazz"], None, None]
    assert table["genres_estimated"].to_list() == [None] * 4


def test_genres_that_were_heard_are_marked(tmp_path: Path) -> None:
    (tmp_path / "a.mp3").touch()
    table = table_of([tmp_path / "a.mp3"], title=["A"], artists=[["X"]])
    table, _, _ = hear(table, lambda files: [(file, Found()) for file in files])
    assert table.select("genres", "genres_estimated").rows() == [(["rock"], True)]


def test_what_a_table_has_stays() -> None:
    table = pl.DataFrame({"title": ["A", "B", "C"], "year": [1999, None, None]})
    found = pl.DataFrame(
        {"row": [2, 0], "year": [2003.0, 2001.0], "album": ["Z", "Y"]},
        schema_overrides={"row": pl.UInt32},
    )
    filled = fill(table, found)
    assert filled["title"].to_list() == ["A", "B", "C"]
    assert filled["year"].to_list() == [1999, None, 2003]
    assert filled["album"].to_list() == ["Y", None, "Z"]

"""Small catalogues to recommend from."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl

from mien import Catalogue, Store
from mien.catalogue.cleaning import clean
from mien.catalogue.song import Song
from mien.catalogue.store import SongFactors
from mien.support.arrays import Float32Array

Row = tuple[str, float, float, float]
"""Title, valence, energy, tempo."""

SIZES = ("starter", "one song", "all the same", "two")


def save(table: pl.DataFrame, folder: Path) -> Catalogue:
    """A table as a catalogue called `test`, in a store of its own in this folder."""
    store = Store(folder / "mien.sqlite")
    store.save("test", *clean(table), "test")
    return store.open("test")


def of_rows(rows: Sequence[Row], folder: Path) -> Catalogue:
    """Songs by one artist and of one genre."""
    columns = ("title", "valence", "energy", "tempo")
    table = pl.DataFrame(rows, schema=columns, orient="row")
    return save(table.with_columns(artists=pl.lit(["A"]), genres=pl.lit(["Pop"])), folder)


def of_size(size: str, folder: Path) -> Catalogue:
    """The starter catalogue, or one at the limits; see `SIZES`."""
    if size == "starter":
        return Store().open("starter")
    rows: list[Row] = {
        "one song": [("One", 0.5, 0.5, 100.0)],
        "all the same": [(f"Song {i}", 0.5, 0.5, 100.0) for i in range(40)],
        "two": [("One", 0.0, 0.1, 60.0), ("Two", 1.0, 0.9, 180.0)],
    }[size]
    return of_rows(rows, folder)


def random_catalogue(n: int, levels: int, seed: int, folder: Path) -> Catalogue:
    """n songs whose values have few or many levels; the fewer, the more ties."""
    random = np.random.default_rng(seed)
    values = random.integers(0, levels, (n, 3)) / max(levels - 1, 1)
    return of_rows(
        [(f"Song {i}", v, e, 60 + 120 * t) for i, (v, e, t) in enumerate(values)], folder
    )


def marked(folder: Path) -> Catalogue:
    """Thirty songs with genres, explicit marks, popularity and length; of the last one only the
    genre is known."""
    n = 30
    table = pl.DataFrame(
        {
            "id": [f"song-{i}" for i in range(n)],
            "title": [f"Song {i}" for i in range(n)],
            "artists": [[f"Artist {i}"] for i in range(n)],
            "genres": [["rock", "live"] if i % 3 == 0 else ["pop"] for i in range(n)],
            "valence": np.linspace(0.1, 0.9, n),
            "energy": np.linspace(0.2, 0.8, n),
            "tempo": np.linspace(60, 180, n),
            "explicit": [i % 2 == 0 for i in range(n - 1)] + [None],
            "popularity": [3.0 * i for i in range(n - 1)] + [None],
            "duration": [60.0 + 10 * i for i in range(n - 1)] + [None],
        }
    )
    return save(table, folder)


def with_files(folder: Path) -> list[Path]:
    """A catalogue in use whose songs, but for the last of seven, have empty files in a folder;
    the files."""
    files = [folder / "Ann" / f"-{i} Olé.mp3" for i in range(6)]
    for file in files:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    n = len(files) + 1
    table = pl.DataFrame(
        {
            "title": [f"Song {i}" for i in range(n)],
            "artists": [[f"Ann {i}"] for i in range(n)],
            "valence": np.linspace(0.1, 0.9, n),
            "energy": np.linspace(0.2, 0.8, n),
            "tempo": np.linspace(60, 180, n),
            "path": pl.Series([*map(os.fsencode, files), None], dtype=pl.Binary),
        }
    )
    Store().save("files", *clean(table), "test")
    return files


def random_factors(catalogue: Catalogue) -> Float32Array:
    """Factors as if two songs in three, and the first one, were in playlists."""
    factors = np.random.default_rng(0).normal(size=(len(catalogue), 8)).astype(np.float32)
    factors /= np.linalg.norm(factors, axis=1, keepdims=True)
    factors[2::3] = 0
    return factors


def song_factors(factors: Float32Array) -> SongFactors:
    """As saved: without those of artists, each song with factors in one playlist."""
    counts = np.asarray(factors.any(axis=1), np.int64)
    return SongFactors(factors, np.zeros_like(factors), counts)


def set_factors(catalogue: Catalogue, factors: Float32Array) -> None:
    """Give an open catalogue factors; the starter's file itself cannot have any."""
    vars(catalogue)["factors"] = factors


def table_of(songs: Sequence[Song]) -> pl.DataFrame:
    """The songs as a cleaned table, with the columns that every catalogue has."""
    return pl.DataFrame(
        {
            "id": [s.id for s in songs],
            "title": [s.title for s in songs],
            "artists": [list(s.artists) for s in songs],
            "genres": [list(s.genres) for s in songs],
            "valence": [s.valence for s in songs],
            "energy": [s.energy for s in songs],
            "tempo": [s.tempo for s in songs],
        }
    )

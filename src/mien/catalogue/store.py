"""Where catalogues are kept: one SQLite file with any number of them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from mien.catalogue.columns import ARTIST_FACTORS, FACTORS, LISTS, PLAYLISTS, pack_columns
from mien.catalogue.songs import Catalogue, CatalogueRef
from mien.catalogue.summary import CatalogueSummary, ImportSummary
from mien.errors import (
    CatalogueNameError,
    NoSuchCatalogueError,
    NoUsableSongError,
    ReadOnlyCatalogueError,
    StoreError,
)
from mien.support.arrays import Float32Array
from mien.support.paths import home
from mien.support.sqlite import Reader, connect, has_tables, transaction

if TYPE_CHECKING:
    import polars as pl

STARTER = "starter"
"""The name of the catalogue that mien ships."""

STARTER_PATH = Path(__file__).parent.parent / "data" / "starter.sqlite"
"""The store of that catalogue, which is never written to."""

_TEXTS = ("id", "title", "artists", "genres", "album")

# `report` is an import summary as JSON, `columns` what `pack_columns` makes.
_SCHEMA = (
    """
    CREATE TABLE IF NOT EXISTS catalogues (
        catalogue INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL UNIQUE,
        source TEXT NOT NULL,
        imported TEXT NOT NULL,
        in_use INTEGER NOT NULL DEFAULT 0,
        report TEXT NOT NULL
    )
    """,
    f"""
    CREATE TABLE IF NOT EXISTS songs (
        catalogue INTEGER NOT NULL REFERENCES catalogues ON DELETE CASCADE,
        row INTEGER NOT NULL,
        {", ".join(f"{c} TEXT" for c in _TEXTS)},
        PRIMARY KEY (catalogue, row)
    ) WITHOUT ROWID
    """,
    """
    CREATE INDEX IF NOT EXISTS ids ON songs (catalogue, id)
    """,
    """
    CREATE TABLE IF NOT EXISTS columns (
        catalogue INTEGER NOT NULL REFERENCES catalogues ON DELETE CASCADE,
        name TEXT NOT NULL,
        data BLOB NOT NULL,
        PRIMARY KEY (catalogue, name)
    )
    """,
    """
    CREATE TABLE IF NOT EXISTS files (
        catalogue INTEGER NOT NULL REFERENCES catalogues ON DELETE CASCADE,
        row INTEGER NOT NULL,
        path BLOB,
        remote TEXT,
        PRIMARY KEY (catalogue, row)
    ) WITHOUT ROWID
    """,
)


@dataclass(frozen=True, eq=False)
class SongFactors:
    """What playlists tell about the songs of a catalogue.

    Attributes:
        songs: the factors of each song, float32 [n, k], rows of length 1, or zeros.
        artists: those of its first artist, float32 [n, k].
        counts: in how many playlists each song is, int64 [n].
    """

    songs: Float32Array
    artists: Float32Array
    counts: npt.NDArray[np.int64]

    def pack(self) -> Iterator[tuple[str, bytes]]:
        """The name and content of each column to store; factors as float16."""
        yield FACTORS, self.songs.astype("<f2").tobytes()
        yield ARTIST_FACTORS, self.artists.astype("<f2").tobytes()
        yield PLAYLISTS, self.counts.astype("<i4").tobytes()


class Store:
    """A user's catalogues, in one file, and the starter catalogue that mien ships.

    Every method raises StoreError where the file cannot be read or written.

    Args:
        path: default: `mien.sqlite` in `MIEN_HOME` or in the platform's folder for user data.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = home() / "mien.sqlite" if path is None else path

    def save(
        self,
        name: str,
        songs: pl.DataFrame,
        summary: ImportSummary,
        source: str,
        *,
        use: bool = True,
    ) -> None:
        """Save songs as a catalogue, which replaces one of the same name.

        If the process is killed, nothing has changed.

        Args:
            name: up to 100 printable characters.
            songs: a table from `mien.catalogue.cleaning.clean`. It may also say where sounds lie
                (`path`: binary, as the file system has it; `remote`: text) and which moods are
                heard in them (`heard`: lists of log-probabilities, `mien.mood.MOODS`).
            summary: what the import did.
            source: the name of the file that the songs come from.
            use: whether to use it from now on; else the one that is in use stays so, as does a
                catalogue that this one replaces.

        Raises:
            CatalogueNameError: the name cannot be used.
            NoUsableSongError: there is no song.
        """
        if name == STARTER:
            raise CatalogueNameError(
                f"{STARTER!r} is the name of the catalogue that mien ships", "choose another name"
            )
        if not name.strip() or not name.isprintable() or len(name) > 100:
            raise CatalogueNameError(
                f"a catalogue cannot be called {name!r}",
                "choose a name of 1 to 100 printable characters",
            )
        if songs.is_empty():
            raise NoUsableSongError("there is no song to save", "give at least one")
        self._replace(name, songs, summary, source, use=use)

    def save_factors(self, ref: CatalogueRef, factors: SongFactors) -> None:
        """Save what playlists tell about a catalogue's songs; it lasts until it is replaced.

        Args:
            ref: the catalogue.
            factors: of its songs.

        Raises:
            ReadOnlyCatalogueError: it is the starter.
        """
        require_writable(ref)
        with self._transaction() as db:
            db.executemany(
                "INSERT OR REPLACE INTO columns (catalogue, name, data) VALUES (?, ?, ?)",
                ((ref.number, *column) for column in factors.pack()),
            )
            # References from before differ from now on, so that caches open the catalogue again.
            sql = "UPDATE catalogues SET imported = ? WHERE catalogue = ?"
            db.execute(sql, (_now(), ref.number))

    def list(self) -> list[CatalogueSummary]:
        """All catalogues, the starter first."""
        (starter,) = _summaries(STARTER_PATH)
        own = _summaries(self.path)
        return [replace(starter, in_use=not any(s.in_use for s in own)), *own]

    def use(self, name: str) -> None:
        """Choose the catalogue that songs are recommended from.

        Raises:
            NoSuchCatalogueError: there is no catalogue of that name.
        """
        self._require(name)
        with self._transaction() as db:
            db.execute("UPDATE catalogues SET in_use = (name = ?)", (name,))

    def remove(self, name: str) -> None:
        """Delete a catalogue. If it was in use, the starter is used from now on.

        Raises:
            NoSuchCatalogueError: there is no catalogue of that name.
            ReadOnlyCatalogueError: it is the starter.
        """
        if name == STARTER:
            raise ReadOnlyCatalogueError(
                "the starter catalogue is part of mien and cannot be removed",
                "choose another catalogue",
            )
        self._require(name)
        with self._transaction() as db:
            db.execute("DELETE FROM catalogues WHERE name = ?", (name,))

    def find(self, name: str | None = None) -> CatalogueRef:
        """A reference to a catalogue; without a name, to the one in use.

        Raises:
            NoSuchCatalogueError: there is no catalogue of that name.
        """
        if name != STARTER and has_tables(self.path):
            condition, values = ("in_use", ()) if name is None else ("name = ?", (name,))
            sql = f"SELECT catalogue, name, imported FROM catalogues WHERE {condition}"
            for row in _read(self.path, sql, *values):
                return CatalogueRef(self.path, *row)
        if name is not None:
            self._require(name)
        return CatalogueRef(STARTER_PATH, 1, STARTER, "")

    def open(self, name: str | None = None) -> Catalogue:
        """Open a catalogue; without a name, the one in use.

        >>> with Store().open("starter") as catalogue:
        ...     len(catalogue)
        5000

        Raises:
            NoSuchCatalogueError: there is no catalogue of that name.
        """
        return load(self.find(name))

    def import_summary(self, name: str) -> ImportSummary:
        """What the import of a catalogue did.

        Raises:
            NoSuchCatalogueError: there is no catalogue of that name.
        """
        ref = self.find(name)
        sql = "SELECT report FROM catalogues WHERE catalogue = ?"
        for (facts,) in _read(ref.path, sql, ref.number):
            return ImportSummary(**json.loads(facts))
        raise self._no_such(name)

    def _replace(
        self, name: str, songs: pl.DataFrame, summary: ImportSummary, source: str, *, use: bool
    ) -> None:
        with self._transaction() as db:
            sql = "SELECT 1 FROM catalogues WHERE name = ? AND in_use"
            use = use or db.execute(sql, (name,)).fetchone() is not None
            db.execute("DELETE FROM catalogues WHERE name = ?", (name,))
            if use:
                db.execute("UPDATE catalogues SET in_use = 0")
            number = db.execute(
                "INSERT INTO catalogues (name, source, imported, in_use, report) "
                "VALUES (?, ?, ?, ?, ?)",
                (name, source, _now(), use, json.dumps(asdict(summary))),
            ).lastrowid
            db.executemany(
                "INSERT INTO columns (catalogue, name, data) VALUES (?, ?, ?)",
                ((number, *column) for column in pack_columns(songs)),
            )
            present = [c for c in _TEXTS if c in songs.columns]
            marks = ",".join("?" * (len(present) + 2))
            db.executemany(
                f"INSERT INTO songs (catalogue, row, {', '.join(present)}) VALUES ({marks})",
                _table_rows(songs, present, number),
            )
            db.executemany(
                "INSERT INTO files (catalogue, row, path, remote) VALUES (?, ?, ?, ?)",
                _file_rows(songs, number),
            )

    def _require(self, name: str) -> None:
        if name not in (s.name for s in self.list()):
            raise self._no_such(name)

    def _no_such(self, name: str) -> NoSuchCatalogueError:
        names = ", ".join(repr(s.name) for s in self.list())
        return NoSuchCatalogueError(f"there is no catalogue called {name!r}", f"use one of {names}")

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        try:
            with transaction(self.path, _SCHEMA) as db:
                yield db
        except (sqlite3.Error, OSError) as e:
            raise StoreError(
                f"{self.path} cannot be written ({e})", "check that it is writable and has space"
            ) from e


def require_writable(ref: CatalogueRef) -> None:
    """Check that a catalogue can be changed.

    Raises:
        ReadOnlyCatalogueError: it is the starter.
    """
    if ref.path == STARTER_PATH:
        raise ReadOnlyCatalogueError(
            "the starter catalogue is part of mien and cannot be changed", "import one of your own"
        )


def load(ref: CatalogueRef) -> Catalogue:
    """Open a catalogue.

    Raises:
        StaleCatalogueError: it was removed or replaced.
        StoreError: the store is damaged.
    """
    try:
        catalogue = Catalogue(ref, Reader(ref.path))
    except sqlite3.Error as e:
        raise _unreadable(ref.path, e) from e
    try:
        len(catalogue)  # raises if it is gone
    except BaseException:
        catalogue.close()
        raise
    return catalogue


def write_starter(songs: pl.DataFrame, summary: ImportSummary, source: str) -> None:
    """Replace the catalogue that mien ships; for `scripts/build_starter.py`."""
    STARTER_PATH.unlink(missing_ok=True)
    Store(STARTER_PATH)._replace(STARTER, songs, summary, source, use=True)
    with closing(connect(STARTER_PATH)) as db:  # one file, without a log beside it
        db.execute("PRAGMA journal_mode = DELETE")
        db.execute("VACUUM")


def _summaries(path: Path) -> list[CatalogueSummary]:
    if not has_tables(path):
        return []
    sql = (
        "SELECT name, json_extract(report, '$.songs'), source, imported, in_use "
        "FROM catalogues ORDER BY name"
    )
    return [
        CatalogueSummary(name, songs, source, imported, bool(in_use))
        for name, songs, source, imported, in_use in _read(path, sql)
    ]


def _read(path: Path, sql: str, *values: object) -> list[tuple[Any, ...]]:
    """The rows of one query."""
    try:
        with closing(Reader(path)) as reader:
            return reader.rows(sql, *values)
    except sqlite3.Error as e:
        raise _unreadable(path, e) from e


def _unreadable(path: Path, error: sqlite3.Error) -> StoreError:
    return StoreError(
        f"{path} is not a readable store of songs ({error})", "move it away and import again"
    )


def _now() -> str:
    return datetime.now(UTC).isoformat()


def _table_rows(
    songs: pl.DataFrame, present: list[str], number: int | None
) -> Iterator[tuple[object, ...]]:
    """The songs as rows of the table, lists as JSON."""
    row = 0
    for part in songs.select(present).iter_slices(50_000):
        columns: list[Iterable[object]] = []
        for name in present:
            values = part[name].to_list()
            columns.append(
                (json.dumps(v, ensure_ascii=False) for v in values) if name in LISTS else values
            )
        for song in zip(*columns, strict=True):
            yield (number, row, *song)
            row += 1


def _file_rows(songs: pl.DataFrame, number: int | None) -> Iterator[tuple[object, ...]]:
    """Where the songs' sounds lie, as rows of the table, for songs that have one."""
    here = songs["path"].to_list() if "path" in songs.columns else [None] * songs.height
    there = songs["remote"].to_list() if "remote" in songs.columns else [None] * songs.height
    for row, (path, remote) in enumerate(zip(here, there, strict=True)):
        if path is not None or remote is not None:
            yield number, row, path, remote

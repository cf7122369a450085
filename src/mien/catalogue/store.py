"""Where songs are kept: one SQLite file with any number of catalogues."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from mien.catalogue.columns import FACTORS, LISTS, packed
from mien.catalogue.songs import Catalogue, CatalogueRef
from mien.errors import CatalogueError, NotFoundError
from mien.support.arrays import Float32Array
from mien.support.paths import home
from mien.support.sqlite import connect, has_tables, open_for_reading, transaction

if TYPE_CHECKING:
    import polars as pl

    from mien.catalogue.cleaning import Report

STARTER_PATH = Path(__file__).parent.parent / "data" / "starter.sqlite"
STARTER = "starter"

_TEXTS = ("id", "title", "artists", "genres", "album")

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
)


@dataclass(frozen=True)
class Summary:
    """One line of `mien catalogue list`."""

    name: str
    songs: int
    source: str
    imported: str
    in_use: bool


class Store:
    """The file in which a person's catalogues are kept.

    Args:
        path: default: `mien.sqlite` in `MIEN_HOME` or the platform's place for user data.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = home() / "mien.sqlite" if path is None else path

    def save(self, name: str, songs: pl.DataFrame, report: Report, source: str) -> None:
        """Put cleaned songs in place of the catalogue of that name, and use it from now on.

        One transaction: a process that is killed leaves what was there.

        Raises:
            CatalogueError: the name is not usable, or the file cannot be written.
        """
        if not name.strip() or not name.isprintable() or name == STARTER or len(name) > 100:
            raise CatalogueError(f"a catalogue cannot be called {name!r}", "choose another --name")
        if songs.is_empty():
            raise CatalogueError("there is no song to keep", "give some")
        self._replace(name, songs, report, source)

    def _replace(self, name: str, songs: pl.DataFrame, report: Report, source: str) -> None:
        facts = {key: getattr(report, key) for key in report.__dataclass_fields__}
        now = datetime.now(UTC).isoformat()
        with self._writing() as db:
            db.execute("DELETE FROM catalogues WHERE name = ?", (name,))
            db.execute("UPDATE catalogues SET in_use = 0")
            number = db.execute(
                "INSERT INTO catalogues (name, source, imported, in_use, report) "
                "VALUES (?, ?, ?, 1, ?)",
                (name, source, now, json.dumps(facts)),
            ).lastrowid
            db.executemany(
                "INSERT INTO columns (catalogue, name, data) VALUES (?, ?, ?)",
                ((number, *column) for column in packed(songs)),
            )
            present = [c for c in _TEXTS if c in songs.columns]
            marks = ",".join("?" * (len(present) + 2))
            db.executemany(
                f"INSERT INTO songs (catalogue, row, {', '.join(present)}) VALUES ({marks})",
                _table_rows(songs, present, number),
            )

    def keep_factors(self, place: CatalogueRef, factors: Float32Array) -> None:
        """Keep what playlists tell of a catalogue's songs, until it is imported anew.

        Args:
            place: the catalogue's.
            factors: float32 [n, k], as of `mien.catalogue.playlists.TrackFactors`; kept as float16.

        Raises:
            CatalogueError: it is the starter, or the file cannot be written.
        """
        refuse_starter(place)
        with self._writing() as db:
            db.execute(
                "INSERT OR REPLACE INTO columns (catalogue, name, data) VALUES (?, ?, ?)",
                (place.number, FACTORS, factors.astype("<f2").tobytes()),
            )
            # Whoever has the catalogue open shall see that it is another one now.
            sql = "UPDATE catalogues SET imported = ? WHERE catalogue = ?"
            db.execute(sql, (datetime.now(UTC).isoformat(), place.number))

    def list(self) -> list[Summary]:
        """All catalogues, the starter first."""
        found = [*_summaries(STARTER_PATH), *_summaries(self.path)]
        used = any(s.in_use for s in found[1:])
        return [
            Summary(s.name, s.songs, s.source, s.imported, s.in_use if i else not used)
            for i, s in enumerate(found)
        ]

    def use(self, name: str) -> None:
        """Choose the catalogue that songs are recommended from.

        Raises:
            CatalogueError: there is none of that name.
        """
        self._require(name)
        with self._writing() as db:
            db.execute("UPDATE catalogues SET in_use = (name = ?)", (name,))

    def remove(self, name: str) -> None:
        """Delete a catalogue. Where it was in use, the starter is in use again.

        Raises:
            CatalogueError: there is none of that name, or it is the starter.
        """
        if name == STARTER:
            raise CatalogueError("the starter catalogue is part of mien and cannot be removed")
        self._require(name)
        with self._writing() as db:
            db.execute("DELETE FROM catalogues WHERE name = ?", (name,))

    def find(self, name: str | None = None) -> CatalogueRef:
        """Where a catalogue lies; without a name, the one in use.

        Raises:
            CatalogueError: there is none of that name.
        """
        if name != STARTER and has_tables(self.path):
            condition = "in_use" if name is None else "name = ?"
            with _reading(self.path) as db:
                sql = f"SELECT catalogue, name, imported FROM catalogues WHERE {condition}"
                row = db.execute(sql, () if name is None else (name,)).fetchone()
            if row is not None:
                return CatalogueRef(self.path, row["catalogue"], row["name"], row["imported"])
        if name is not None:
            self._require(name)
        return CatalogueRef(STARTER_PATH, 1, STARTER, "")

    def open(self, name: str | None = None) -> Catalogue:
        """A catalogue by name; without one, the one in use.

        Raises:
            CatalogueError: there is none of that name.
        """
        return load(self.find(name))

    def report(self, name: str) -> dict[str, object]:
        """What the import of a catalogue did, as `Report`'s fields."""
        place = self.find(name)
        with _reading(place.path) as db:
            sql = "SELECT report FROM catalogues WHERE catalogue = ?"
            row = db.execute(sql, (place.number,)).fetchone()
        facts: dict[str, object] = json.loads(row["report"])
        return facts

    def _require(self, name: str) -> None:
        names = [s.name for s in self.list()]
        if name not in names:
            raise NotFoundError(
                f"there is no catalogue called {name!r}", f"there is {', '.join(names)}"
            )

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        try:
            with transaction(self.path, _SCHEMA) as db:
                yield db
        except (sqlite3.Error, OSError) as e:
            raise CatalogueError(f"{self.path} cannot be written ({e})") from e


def refuse_starter(place: CatalogueRef) -> None:
    """See that a catalogue can be changed.

    Raises:
        CatalogueError: it is the one in the package.
    """
    if place.path == STARTER_PATH:
        raise CatalogueError(
            "the starter catalogue is part of mien and learns nothing", "import one of your own"
        )


def load(place: CatalogueRef) -> Catalogue:
    """Open a catalogue.

    Raises:
        CatalogueError: the catalogue is gone, or the file is damaged.
    """
    catalogue = Catalogue(place, _open_for_reading(place.path))
    len(catalogue)  # so that what is gone is missed here
    return catalogue


def _summaries(path: Path) -> list[Summary]:
    if not has_tables(path):
        return []
    sql = (
        "SELECT name, source, imported, in_use, json_extract(report, '$.songs') AS songs "
        "FROM catalogues ORDER BY name"
    )
    with _reading(path) as db:
        return [
            Summary(r["name"], r["songs"], r["source"], r["imported"], bool(r["in_use"]))
            for r in db.execute(sql)
        ]


def _open_for_reading(path: Path) -> sqlite3.Connection:
    try:
        return open_for_reading(path)
    except sqlite3.Error as e:
        raise _unreadable(path, e) from e


@contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection]:
    try:
        with closing(_open_for_reading(path)) as db:
            yield db
    except sqlite3.Error as e:
        raise _unreadable(path, e) from e


def _unreadable(path: Path, error: sqlite3.Error) -> CatalogueError:
    return CatalogueError(
        f"{path} is not a readable store of songs ({error})", "move it away and import again"
    )


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


def compact(path: Path) -> None:
    """Make the store one file without journal, as it can be shipped."""
    with closing(connect(path)) as db:
        db.execute("PRAGMA journal_mode = DELETE")
        db.execute("VACUUM")

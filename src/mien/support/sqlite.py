"""SQLite as mien uses it: a write-ahead log, one transaction per change, connections closed."""

from __future__ import annotations

import sqlite3
import weakref
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Lock
from typing import Any


def connect(path: Path | str, *, uri: bool = False) -> sqlite3.Connection:
    """Open a database with rows by name; transactions begin and end only where the code says so."""
    # Threads may share a connection: `Reader` lets one of them use it at a time.
    db = sqlite3.connect(path, timeout=30, isolation_level=None, uri=uri, check_same_thread=False)
    db.row_factory = sqlite3.Row
    return db


@contextmanager
def transaction(path: Path, schema: Sequence[str]) -> Iterator[sqlite3.Connection]:
    """One transaction on a database, which is created if it does not exist.

    It is committed at the end, or rolled back after an exception or a killed process.

    Args:
        path: the file.
        schema: statements that create its tables unless they exist.

    Raises:
        sqlite3.Error, OSError: it cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(connect(path)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA foreign_keys = ON")
        with db:
            db.execute("BEGIN IMMEDIATE")
            for statement in schema:
                db.execute(statement)
            yield db


def open_for_reading(path: Path) -> sqlite3.Connection:
    """Open an existing database, even in a folder without write permission.

    Raises:
        sqlite3.Error: it is missing or not a database.
    """
    uri = f"{path.absolute().as_uri()}?mode=ro"
    try:
        return _connect_and_read(uri)
    except sqlite3.OperationalError:
        # A reader of a write-ahead log writes next to it, unless the file is declared immutable.
        return _connect_and_read(f"{uri}&immutable=1")


def has_tables(path: Path) -> bool:
    """Whether a database exists and has tables.

    It has none while it is being created, or after that was interrupted. A damaged file counts as
    having some, so that opening it reports the damage.
    """
    if not path.is_file() or not path.stat().st_size:
        return False
    try:
        with closing(open_for_reading(path)) as db:
            return db.execute("SELECT 1 FROM sqlite_master").fetchone() is not None
    except sqlite3.Error:
        return True


class Reader:
    """An existing database, open for reading, that threads may share.

    `close` closes the connection; so does the end of the last reference to the reader.

    Raises:
        sqlite3.Error: the file is missing or not a database.
    """

    def __init__(self, path: Path) -> None:
        self._db = open_for_reading(path)
        self._db.row_factory = None
        self._lock = Lock()
        self._close = weakref.finalize(self, _close, self._db, self._lock)

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """All rows of a query.

        Raises:
            sqlite3.Error: the file cannot be read, or the reader is closed.
        """
        try:
            with self._lock:
                return self._db.execute(sql, values).fetchall()
        except UnicodeEncodeError:  # a lone surrogate, which no text in a database contains
            return []

    @property
    def is_closed(self) -> bool:
        """Whether `close` was called."""
        return not self._close.alive

    def close(self) -> None:
        """Close the connection, once a query that is running has ended."""
        self._close()


def _connect_and_read(uri: str) -> sqlite3.Connection:
    db = connect(uri, uri=True)
    try:
        db.execute("SELECT 1 FROM sqlite_master").fetchone()
    except BaseException:
        db.close()
        raise
    return db


def _close(db: sqlite3.Connection, lock: Lock) -> None:
    with lock:
        db.close()

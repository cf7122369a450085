"""SQLite as mien uses it: write-ahead log, one transaction a change, rows by name."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path


def connect(path: Path | str, *, uri: bool = False) -> sqlite3.Connection:
    """Open a database; transactions begin and end where the code says so."""
    # SQLite itself is built to be used from several threads; reading is all that is shared.
    db = sqlite3.connect(path, timeout=30, isolation_level=None, uri=uri, check_same_thread=False)
    db.row_factory = sqlite3.Row
    return db


@contextmanager
def writing(path: Path, schema: Sequence[str]) -> Iterator[sqlite3.Connection]:
    """One transaction on a database that is made if it is not there; a process that is killed
    leaves what was there.

    Args:
        path: the file.
        schema: statements that make its tables where they are missing.

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
    """Open a database that exists, also where its folder cannot be written.

    Raises:
        sqlite3.Error: it is none.
    """
    uri = f"{path.absolute().as_uri()}?mode=ro"
    db = connect(uri, uri=True)
    try:
        db.execute("SELECT 1 FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        # Readers of a write-ahead log write beside it, unless they are told that nobody else does.
        db.close()
        db = connect(f"{uri}&immutable=1", uri=True)
        db.execute("SELECT 1 FROM sqlite_master").fetchone()
    return db


def is_made(path: Path) -> bool:
    """Whether the database exists; while it is made, or where that was interrupted, it has no
    tables yet. What is damaged counts as made: whoever reads it says so."""
    if not path.is_file() or not path.stat().st_size:
        return False
    try:
        with closing(open_for_reading(path)) as db:
            return db.execute("SELECT 1 FROM sqlite_master").fetchone() is not None
    except sqlite3.Error:
        return True

"""SQLite as mien uses it: a write-ahead log, one transaction per change, rows by column name."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path


def connect(path: Path | str, *, uri: bool = False) -> sqlite3.Connection:
    """Open a database; transactions begin and end only where the code says so."""
    # SQLite is built for use by several threads; ours only share connections that read.
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
    db = connect(uri, uri=True)
    try:
        db.execute("SELECT 1 FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        # A reader of a write-ahead log writes next to it, unless the file is declared immutable.
        db.close()
        db = connect(f"{uri}&immutable=1", uri=True)
        db.execute("SELECT 1 FROM sqlite_master").fetchone()
    return db


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

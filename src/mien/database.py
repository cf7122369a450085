"""SQLite as mien uses it: write-ahead log, one transaction a change, rows by name."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path


def connect(path: Path | str, *, uri: bool = False) -> sqlite3.Connection:
    """Open a database; transactions begin and end where the code says so."""
    # SQLite itself is built to be used from several threads; reading is all that is shared.
    db = sqlite3.connect(path, timeout=30, isolation_level=None, uri=uri, check_same_thread=False)
    db.row_factory = sqlite3.Row
    return db


@contextmanager
def writing(path: Path, schema: str) -> Iterator[sqlite3.Connection]:
    """One transaction on a database that is made if it is not there; a process that is killed
    leaves what was there.

    Raises:
        sqlite3.Error, OSError: it cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(connect(path)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA foreign_keys = ON")
        db.executescript(schema)
        with db:
            db.execute("BEGIN IMMEDIATE")
            yield db


def is_made(path: Path) -> bool:
    """Whether the database exists; one that was killed while it was made is still empty."""
    return path.is_file() and path.stat().st_size > 0

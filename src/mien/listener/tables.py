"""The tables of the file of feedback."""

from __future__ import annotations

# Files of earlier versions and exports have these names: `place` is a rank, `said` are ratings and
# reactions, and in `corrections` the emotions that were read and that the listener named. Files of
# earlier versions may lack the last two tables; the next writing adds them.
SCHEMA = (
    """
    CREATE TABLE IF NOT EXISTS lists (
        list INTEGER PRIMARY KEY AUTOINCREMENT,
        time TEXT NOT NULL,
        blind INTEGER NOT NULL
    )
    """,
    """
    CREATE TABLE IF NOT EXISTS shown (
        list INTEGER NOT NULL REFERENCES lists ON DELETE CASCADE,
        place INTEGER NOT NULL,
        song TEXT NOT NULL,
        ranking TEXT NOT NULL,
        PRIMARY KEY (list, place)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE IF NOT EXISTS said (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        time TEXT NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('rating', 'like', 'dislike', 'skip')),
        song TEXT NOT NULL,
        stars INTEGER CHECK (stars BETWEEN 1 AND 5),
        list INTEGER REFERENCES lists ON DELETE SET NULL,
        ranking TEXT
    )
    """,
    """
    CREATE TABLE IF NOT EXISTS corrections (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        time TEXT NOT NULL,
        read TEXT NOT NULL,
        said TEXT NOT NULL
    )
    """,
    """
    CREATE TABLE IF NOT EXISTS history (
        artist_key TEXT NOT NULL,
        title_key TEXT NOT NULL,
        artist TEXT NOT NULL,
        title TEXT NOT NULL,
        plays INTEGER NOT NULL,
        saved INTEGER NOT NULL,
        PRIMARY KEY (artist_key, title_key)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE IF NOT EXISTS imports (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        time TEXT NOT NULL,
        name TEXT NOT NULL,
        service TEXT NOT NULL,
        digest TEXT NOT NULL,
        first REAL,
        last REAL,
        plays INTEGER NOT NULL
    )
    """,
)
TABLES = ("lists", "shown", "said", "corrections", "history", "imports")

LAST_LIST = (
    "SELECT list, song, ranking FROM shown WHERE place = ? AND list = (SELECT max(list) FROM lists)"
)

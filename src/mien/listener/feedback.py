"""What listeners said of songs: ratings, likes, skips, corrected moods. One SQLite file."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from mien.emotions import require_emotion
from mien.errors import FeedbackError, FeedbackFileError
from mien.listener.opinions import Opinion, opinion
from mien.support.paths import home
from mien.support.sqlite import has_tables, open_for_reading, transaction

VALUES = {"like": 1.0, "dislike": -1.0, "skip": -0.25}
"""What is said without a number -> how much the listener likes the song, in [-1, 1]."""


_SCHEMA = (
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
)


class Feedback:
    """The file in which is kept what a person said of songs. It stays on this machine.

    Every method that says something has it on the disk when it returns.

    Args:
        path: default: `feedback.sqlite` in `MIEN_HOME` or the platform's place for user data.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = home() / "feedback.sqlite" if path is None else path

    def show(self, songs: Sequence[tuple[str, str]], *, blind: bool = False) -> int:
        """Remember a list that was shown, so that it can be rated by place.

        Args:
            songs: the id of each song and the ranking that chose it, in order.
            blind: whether the listener does not know which ranking chose which.

        Returns:
            The number of the list.

        Raises:
            FeedbackError: (of every method) the file cannot be read or written.
        """
        with self._writing() as db:
            number = db.execute(
                "INSERT INTO lists (time, blind) VALUES (?, ?)", (_now(), blind)
            ).lastrowid
            assert number is not None
            rows = ((number, i, song, ranking) for i, (song, ranking) in enumerate(songs, 1))
            db.executemany("INSERT INTO shown VALUES (?, ?, ?, ?)", rows)
        return number

    def rate(self, song: str | int, stars: int, *, ranking: str | None = None) -> None:
        """Give a song 1 to 5 stars.

        Args:
            song: its id, or its place in the list that was shown last.
            stars: 5 is best.
            ranking: the one that chose it, where an id is given.

        Raises:
            FeedbackError: other stars, or no such place.
        """
        if stars not in (1, 2, 3, 4, 5):
            raise FeedbackError(f"{stars} is no rating", "give 1 to 5 stars")
        self._say("rating", song, stars, ranking)

    def say(self, kind: str, song: str | int) -> None:
        """Like, dislike or skip a song.

        Args:
            kind: `like`, `dislike` or `skip`.
            song: its id, or its place in the list that was shown last.

        Raises:
            FeedbackError: another kind, or no such place.
        """
        if kind not in VALUES:
            raise FeedbackError(f"a song cannot get {kind!r}", f"use {', '.join(VALUES)}")
        self._say(kind, song, None)

    def correct(self, read: Mapping[str, float], said: str) -> None:
        """Remember that a face was read otherwise than the person felt.

        Args:
            read: emotion -> probability, as it was read.
            said: the emotion that the person names.

        Raises:
            MoodError: no such emotion.
        """
        require_emotion(said)
        with self._writing() as db:
            sql = "INSERT INTO corrections (time, read, said) VALUES (?, ?, ?)"
            db.execute(sql, (_now(), json.dumps(dict(read)), said))

    def values(self) -> dict[str, float]:
        """Song -> how much the listener likes it, in [-1, 1], as said last: 3 stars are 0."""
        found = {}
        for row in self._read("SELECT kind, song, stars FROM said ORDER BY number"):
            stars = row["stars"]
            found[row["song"]] = VALUES[row["kind"]] if stars is None else (stars - 3) / 2
        return found

    def shown_lately(self, days: float = 30) -> frozenset[str]:
        """The songs of the lists that were shown within so many days."""
        since = (datetime.now(UTC) - timedelta(days=days)).isoformat()
        sql = "SELECT DISTINCT song FROM shown JOIN lists USING (list) WHERE time >= ?"
        return frozenset(row["song"] for row in self._read(sql, since))

    def opinions(self, *, blind: bool = False) -> dict[str, Opinion]:
        """Ranking -> its mean opinion score, over the ratings of songs that it chose.

        Args:
            blind: only songs of lists in which it was not known which ranking chose which.
        """
        sql = "SELECT ranking, list, song, stars FROM said LEFT JOIN lists USING (list)"
        sql += " WHERE kind = 'rating' AND ranking IS NOT NULL" + (" AND blind" if blind else "")
        stars: dict[str, dict[tuple[int, str], int]] = {}
        for row in self._read(f"{sql} ORDER BY number"):  # said again of the same: the last counts
            stars.setdefault(row["ranking"], {})[row["list"], row["song"]] = row["stars"]
        return {name: opinion([*given.values()]) for name, given in sorted(stars.items())}

    def export(self) -> dict[str, list[dict[str, Any]]]:
        """All that is kept: table -> rows."""
        tables = ("lists", "shown", "said", "corrections")
        return {t: [dict(row) for row in self._read(f"SELECT * FROM {t}")] for t in tables}

    def forget(self) -> None:
        """Delete all of it from the disk."""
        try:
            for suffix in ("", "-wal", "-shm"):
                self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)
        except OSError as e:
            raise FeedbackError(f"{self.path} cannot be deleted ({e.strerror})") from e

    def song_at(self, place: int) -> str:
        """The id of the song at a place, from 1, in the list that was shown last.

        Raises:
            FeedbackError: there is none.
        """
        sql = "SELECT song FROM shown WHERE place = ? AND list = (SELECT max(list) FROM lists)"
        for row in self._read(sql, place):
            return str(row["song"])
        raise _no_such_place(place)

    def _say(
        self, kind: str, song: str | int, stars: int | None, ranking: str | None = None
    ) -> None:
        with self._writing() as db:
            if isinstance(song, int):
                sql = "SELECT list, song, ranking FROM shown WHERE place = ?"
                sql += " AND list = (SELECT max(list) FROM lists)"
                row = db.execute(sql, (song,)).fetchone()
                if row is None:
                    raise _no_such_place(song)
                said = (row["song"], row["list"], row["ranking"])
            elif song:
                said = (song, None, ranking)
            else:
                raise FeedbackError("that is no song", "give its id")
            sql = "INSERT INTO said (time, kind, stars, song, list, ranking)"
            db.execute(f"{sql} VALUES (?, ?, ?, ?, ?, ?)", (_now(), kind, stars, *said))

    def _read(self, sql: str, *values: object) -> Iterator[sqlite3.Row]:
        if not has_tables(self.path):
            return
        try:
            with closing(open_for_reading(self.path)) as db:
                yield from db.execute(sql, values).fetchall()
        except sqlite3.Error as e:
            raise _unusable(self.path, e) from e

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        try:
            with transaction(self.path, _SCHEMA) as db:
                yield db
        except UnicodeEncodeError:
            raise FeedbackError("that is no id of a song", "use plain text") from None
        except (sqlite3.Error, OSError) as e:
            raise _unusable(self.path, e) from e


def _now() -> str:
    return datetime.now(UTC).isoformat()


def _no_such_place(place: int) -> FeedbackError:
    return FeedbackError(f"the last list has no song number {place}")


def _unusable(path: Path, error: Exception) -> FeedbackFileError:
    return FeedbackFileError(
        f"{path} cannot be read or written ({error})",
        "move it away, or delete it with `mien feedback forget`",
    )

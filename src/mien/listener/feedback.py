"""Listeners' feedback on songs: ratings, likes, skips, corrected expressions. One SQLite file."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from mien.emotions import require_emotion
from mien.errors import (
    FeedbackFileError,
    NoSuchRankError,
    RatingError,
    ReactionError,
    SongIdError,
)
from mien.listener.opinions import OpinionScore, mean_opinion_score
from mien.support.paths import home
from mien.support.sqlite import has_tables, open_for_reading, transaction

REACTIONS = {"like": 1.0, "dislike": -1.0, "skip": -0.25}
"""Reaction -> how much the listener likes the song, in [-1, 1]."""

# Files of earlier versions and exports have these names: `place` is a rank, `said` are ratings and
# reactions, and in `corrections` the emotions that were read and that the listener named.
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
_TABLES = ("lists", "shown", "said", "corrections")

_LAST_LIST = (
    "SELECT list, song, ranking FROM shown WHERE place = ? AND list = (SELECT max(list) FROM lists)"
)


class Feedback:
    """A listener's feedback on songs, in a file that stays on this machine.

    Methods that add feedback return once it is on the disk. Every method raises FeedbackFileError
    where the file cannot be read or written.

    Args:
        path: default: `feedback.sqlite` in `MIEN_HOME` or in the platform's folder for user data.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = home() / "feedback.sqlite" if path is None else path

    def save_list(self, songs: Sequence[tuple[str, str]], *, blind: bool = False) -> int:
        """Save a list that was shown, so that its songs can be named by rank.

        Args:
            songs: id and ranking of each song, in order.
            blind: whether the listener does not know which ranking chose which song.

        Returns:
            The number of the list.
        """
        with self._transaction() as db:
            number = db.execute(
                "INSERT INTO lists (time, blind) VALUES (?, ?)", (_now(), blind)
            ).lastrowid
            assert number is not None
            rows = ((number, rank, song, ranking) for rank, (song, ranking) in enumerate(songs, 1))
            db.executemany("INSERT INTO shown VALUES (?, ?, ?, ?)", rows)
        return number

    def rate(self, song: str | int, stars: int, *, ranking: str | None = None) -> None:
        """Rate a song with 1 to 5 stars.

        Args:
            song: its id, or its rank in the last list.
            stars: 5 is best.
            ranking: the one that chose the song, where its id is given.

        Raises:
            RatingError: not 1, 2, 3, 4 or 5 stars.
            NoSuchRankError: the last list has no such rank.
            SongIdError: a text that cannot be an id.
        """
        if stars not in (1, 2, 3, 4, 5):
            raise RatingError(f"{stars} is not a rating", "give 1 to 5 stars")
        self._save("rating", song, stars, ranking)

    def react(self, reaction: str, song: str | int) -> None:
        """Like, dislike or skip a song.

        Args:
            reaction: one of `REACTIONS`.
            song: its id, or its rank in the last list.

        Raises:
            ReactionError: another reaction.
            NoSuchRankError: the last list has no such rank.
            SongIdError: a text that cannot be an id.
        """
        if reaction not in REACTIONS:
            raise ReactionError(f"{reaction!r} is not a reaction", f"use {', '.join(REACTIONS)}")
        self._save(reaction, song, None)

    def correct(self, expression: Mapping[str, float], emotion: str) -> None:
        """Save that an expression was read wrongly.

        Args:
            expression: emotion -> probability, as it was read.
            emotion: what the person felt.

        Raises:
            MoodError: no such emotion.
        """
        emotion = require_emotion(emotion)
        with self._transaction() as db:
            sql = "INSERT INTO corrections (time, read, said) VALUES (?, ?, ?)"
            db.execute(sql, (_now(), json.dumps(dict(expression)), emotion))

    def preferences(self) -> dict[str, float]:
        """Song -> how much the listener likes it, in [-1, 1], by the latest feedback; 3 stars are
        0."""
        found = {}
        for row in self._read("SELECT kind, song, stars FROM said ORDER BY number"):
            stars = row["stars"]
            found[row["song"]] = REACTIONS[row["kind"]] if stars is None else (stars - 3) / 2
        return found

    def recently_shown(self, days: float = 30) -> frozenset[str]:
        """The ids of the songs in the lists of the last days."""
        since = (datetime.now(UTC) - timedelta(days=days)).isoformat()
        sql = "SELECT DISTINCT song FROM shown JOIN lists USING (list) WHERE time >= ?"
        return frozenset(row["song"] for row in self._read(sql, since))

    def opinion_scores(self, *, blind: bool = False) -> dict[str, OpinionScore]:
        """Ranking -> mean opinion score of the songs that it chose.

        Args:
            blind: only songs of lists in which the listener did not know the rankings.
        """
        sql = "SELECT ranking, list, song, stars FROM said LEFT JOIN lists USING (list)"
        sql += " WHERE kind = 'rating' AND ranking IS NOT NULL" + (" AND blind" if blind else "")
        stars: dict[str, dict[tuple[int, str], int]] = {}
        for row in self._read(f"{sql} ORDER BY number"):  # the last rating of a song in a list
            stars.setdefault(row["ranking"], {})[row["list"], row["song"]] = row["stars"]
        return {name: mean_opinion_score([*of.values()]) for name, of in sorted(stars.items())}

    def export(self) -> dict[str, list[dict[str, Any]]]:
        """All feedback: table -> rows."""
        return {t: [dict(row) for row in self._read(f"SELECT * FROM {t}")] for t in _TABLES}

    def forget(self) -> None:
        """Delete all feedback from the disk."""
        try:
            for suffix in ("", "-wal", "-shm"):
                self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)
        except OSError as e:
            raise FeedbackFileError(
                f"{self.path} cannot be deleted ({e.strerror})", "check that it is writable"
            ) from e

    def song_at(self, rank: int) -> str:
        """The id of the song of a rank, from 1, in the last list.

        Raises:
            NoSuchRankError: the last list has no such rank.
        """
        for row in self._read(_LAST_LIST, rank):
            return str(row["song"])
        raise _no_such_rank(rank)

    def _save(
        self, kind: str, song: str | int, stars: int | None, ranking: str | None = None
    ) -> None:
        with self._transaction() as db:
            if isinstance(song, int):
                row = db.execute(_LAST_LIST, (song,)).fetchone()
                if row is None:
                    raise _no_such_rank(song)
                chosen = (row["song"], row["list"], row["ranking"])
            elif song:
                chosen = (song, None, ranking)
            else:
                raise SongIdError("an empty text is not the id of a song", "give its id")
            sql = "INSERT INTO said (time, kind, stars, song, list, ranking)"
            db.execute(f"{sql} VALUES (?, ?, ?, ?, ?, ?)", (_now(), kind, stars, *chosen))

    def _read(self, sql: str, *values: object) -> list[sqlite3.Row]:
        if not has_tables(self.path):
            return []
        try:
            with closing(open_for_reading(self.path)) as db:
                return db.execute(sql, values).fetchall()
        except sqlite3.Error as e:
            raise _unusable(self.path, e) from e

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        try:
            with transaction(self.path, _SCHEMA) as db:
                yield db
        except UnicodeEncodeError:
            raise SongIdError(
                "the id of a song has invalid characters", "use the id that the catalogue has"
            ) from None
        except (sqlite3.Error, OSError) as e:
            raise _unusable(self.path, e) from e


def _now() -> str:
    return datetime.now(UTC).isoformat()


def _no_such_rank(rank: int) -> NoSuchRankError:
    return NoSuchRankError(f"the last list has no song number {rank}", "use a number from the list")


def _unusable(path: Path, error: Exception) -> FeedbackFileError:
    return FeedbackFileError(
        f"{path} cannot be read or written ({error})", "move it away, or delete all feedback"
    )

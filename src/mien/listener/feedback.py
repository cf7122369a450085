"""Listeners' feedback on songs: ratings, likes, skips, corrected expressions. One SQLite file."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
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
from mien.listener.history import NO_HISTORY, History, ImportedHistory, KnownSong
from mien.listener.opinions import Opinion, OpinionScore, mean_opinion_score
from mien.listener.tables import LAST_LIST, SCHEMA, TABLES
from mien.listener.variety import Shown
from mien.support.paths import home
from mien.support.sqlite import open_for_reading, transaction

REACTIONS = {"like": 1.0, "dislike": -1.0, "skip": -0.25}
"""Reaction -> how much the listener likes the song, in [-1, 1]."""

_histories: dict[tuple[object, ...], History] = {}  # the last one that was read


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

    def withdraw(self, song: str) -> None:
        """Take back all ratings and reactions of a song.

        Args:
            song: its id.
        """
        with self._transaction() as db:
            db.execute("DELETE FROM said WHERE song = ?", (song,))

    def opinions(self) -> dict[str, Opinion]:
        """Song -> what the listener last said of it."""
        found: dict[str, Opinion] = {}
        for row in self._read("SELECT kind, song, stars FROM said ORDER BY number"):
            before = found.get(row["song"], Opinion())
            stars = row["stars"]
            found[row["song"]] = (
                replace(before, said=row["kind"]) if stars is None else replace(before, stars=stars)
            )
        return found

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

    def shown(self, days: float, *, before: float = 0, limit: int = 1000) -> list[Shown]:
        """The songs in the lists of the last days, the last list first.

        Args:
            days: how far back.
            before: seconds for which a list counts as still on the screen, and not yet as shown.
            limit: of songs.
        """
        now = datetime.now(UTC)
        since, until = now - timedelta(days=days), now - timedelta(seconds=before)
        # Lists have ascending numbers: the last ones are found without reading all.
        sql = (
            "SELECT list, time, song FROM shown JOIN lists USING (list) WHERE list > "
            "(SELECT max(list) FROM lists) - ? AND time >= ? AND time <= ? "
            "ORDER BY list DESC, place LIMIT ?"
        )
        rows = self._read(sql, limit, since.isoformat(), until.isoformat(), limit)
        return [Shown(r["song"], r["list"], datetime.fromisoformat(r["time"])) for r in rows]

    def import_history(self, paths: Iterable[str | Path]) -> ImportedHistory:
        """Add listening histories: exports of Spotify, Last.fm or ListenBrainz, or folders of music
        (`mien.listener.services`). All of them are added, or none.

        What is kept is how often each song was played, and whether it is kept. Files that were
        imported before count nothing again, nor do plays within the time of such a file of the same
        service.

        Raises:
            HistoryFileError: a file is missing, damaged or not a listening history.
        """
        from mien.listener.exports import Span, read_sources

        imports = self._read("SELECT digest, service, first, last FROM imports")
        spans = [Span(*row[1:]) for row in imports if row["first"] is not None]
        sources = read_sources(map(Path, paths), {row["digest"] for row in imports}, spans)
        with self._transaction() as db:
            for source in sources:
                db.executemany(
                    "INSERT INTO history VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
                    "plays = plays + excluded.plays, saved = max(saved, excluded.saved)",
                    (
                        (*key, c.artist, c.title, c.plays, c.saved)
                        for key, c in source.songs.items()
                    ),
                )
                first, last = (None, None) if source.span is None else source.span[1:]
                db.execute(
                    "INSERT INTO imports (time, name, service, digest, first, last, plays) "
                    "VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (_now(), source.name, source.service, source.digest, first, last, source.plays),
                )
        return ImportedHistory(
            files=len(sources),
            plays=sum(source.plays for source in sources),
            saved=len({k for s in sources for k, count in s.songs.items() if count.saved}),
            repeated=sum(source.repeated for source in sources),
        )

    def history(self) -> History:
        """What the listener has played and keeps, from all imports; the same object as long as
        there is no other."""
        last = self._read("SELECT number, time FROM imports ORDER BY number DESC LIMIT 1")
        if not last:
            return NO_HISTORY
        key = self.path.absolute(), *last[0]
        if key not in _histories:
            rows = self._read("SELECT * FROM history")
            songs = {
                (r["artist_key"], r["title_key"]): KnownSong(
                    r["artist"], r["title"], r["plays"], bool(r["saved"])
                )
                for r in rows
            }
            _histories.clear()
            _histories[key] = History(songs)
        return _histories[key]

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
        return {t: [dict(row) for row in self._read(f"SELECT * FROM {t}")] for t in TABLES}

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
        for row in self._read(LAST_LIST, rank):
            return str(row["song"])
        raise _no_such_rank(rank)

    def _save(
        self, kind: str, song: str | int, stars: int | None, ranking: str | None = None
    ) -> None:
        with self._transaction() as db:
            if isinstance(song, int):
                row = db.execute(LAST_LIST, (song,)).fetchone()
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
        if not self.path.is_file() or not self.path.stat().st_size:
            return []
        try:
            with closing(open_for_reading(self.path)) as db:
                return db.execute(sql, values).fetchall()
        except sqlite3.Error as e:
            if str(e).startswith("no such table"):  # just being made, or of an earlier version
                return []
            raise _unusable(self.path, e) from e

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        try:
            with transaction(self.path, SCHEMA) as db:
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

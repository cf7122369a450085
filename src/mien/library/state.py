"""What is known of a library's files: one SQLite file beside the catalogues.

It is the memory of scans. The songs themselves are a catalogue like every other, made from it.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from mien.audio.analysis import Sound
from mien.audio.tags import Tags
from mien.errors import LibraryError
from mien.support.paths import home
from mien.support.sqlite import Reader, has_tables, transaction

# `key` is a path as the file system has it, or `service:id`; `source` the folder or `service:`.
_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS sources (source BLOB PRIMARY KEY) WITHOUT ROWID",
    """
    CREATE TABLE IF NOT EXISTS files (
        key BLOB PRIMARY KEY,
        source BLOB NOT NULL,
        size INTEGER NOT NULL,
        modified INTEGER NOT NULL,
        fingerprint TEXT NOT NULL,
        tags TEXT NOT NULL,
        song TEXT NOT NULL,
        problem TEXT NOT NULL,
        added REAL NOT NULL,
        is_gone INTEGER NOT NULL DEFAULT 0
    ) WITHOUT ROWID
    """,
    "CREATE INDEX IF NOT EXISTS fingerprints ON files (fingerprint)",
    """
    CREATE TABLE IF NOT EXISTS sounds (
        fingerprint TEXT PRIMARY KEY,
        version TEXT NOT NULL,
        sound TEXT NOT NULL
    ) WITHOUT ROWID
    """,
)


@dataclass(frozen=True)
class FileState:
    """What the last scan saw of a file.

    Attributes:
        source: the folder or service that it belongs to.
        size, modified: bytes, and nanoseconds since 1970 (or a service's own mark of a change).
        fingerprint: of its sound; empty where it has none.
        problem: why it is no song, as a sentence, or empty.
        song: the id of the song.
        added: seconds since 1970 when it was first seen.
        is_gone: whether it was missing.
    """

    source: bytes
    size: int
    modified: int
    fingerprint: str
    problem: str
    song: str
    added: float
    is_gone: bool


@dataclass(frozen=True)
class SongFile:
    """A file that is a song of the library.

    Attributes:
        key: its path as the file system has it, or `service:id`.
        is_remote: whether it is the latter.
        song: the id of the song.
        added: seconds since 1970 when it was first seen.
    """

    key: bytes
    is_remote: bool
    song: str
    added: float
    tags: Tags
    sound: Sound


class LibraryState:
    """The memory of scans. Every method raises LibraryError where it cannot be read or written.

    Args:
        path: default: `library.sqlite` in the user's folder of what must be kept.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = home() / "library.sqlite" if path is None else path

    def folders(self) -> tuple[Path, ...]:
        """The folders of the library."""
        return tuple(Path(os.fsdecode(s)) for s in self._sources() if not is_service(s))

    def services(self) -> tuple[str, ...]:
        """The music servers of the library."""
        return tuple(s.decode()[:-1] for s in self._sources() if is_service(s))

    def set_sources(self, folders: Iterable[Path], services: Iterable[str]) -> None:
        """Replace the folders and services. Files of others are kept, but are no longer songs."""
        sources = [(os.fsencode(f),) for f in folders] + [(f"{s}:".encode(),) for s in services]
        with self._transaction() as db:
            db.execute("DELETE FROM sources")
            db.executemany("INSERT INTO sources VALUES (?)", sources)

    def files(self) -> dict[bytes, FileState]:
        """Every file that was ever seen, by its key."""
        sql = (
            "SELECT key, source, size, modified, fingerprint, problem, song, added, is_gone "
            "FROM files"
        )
        return {key: FileState(*rest) for key, *rest in self._rows(sql)}

    def heard(self, version: str) -> dict[str, float]:
        """The fingerprints of the sounds that this version of the analysis has heard, and how many
        seconds they last."""
        sql = "SELECT fingerprint, json_extract(sound, '$.duration') FROM sounds WHERE version = ?"
        return dict(self._rows(sql, version))

    def songs(self) -> Iterator[SongFile]:
        """The files that are songs, those first that were added first."""
        sql = (
            "SELECT key, source, song, added, tags, sound FROM files "
            "JOIN sounds USING (fingerprint) JOIN sources USING (source) "
            "WHERE NOT is_gone AND problem = '' ORDER BY added, key"
        )
        read_tags, read_sound = (
            msgspec.json.Decoder(Tags).decode,
            msgspec.json.Decoder(Sound).decode,
        )
        for key, source, song, added, tags, sound in self._rows(sql):
            yield SongFile(key, is_service(source), song, added, read_tags(tags), read_sound(sound))

    def problems(self) -> dict[str, str]:
        """The files that are no songs, and why."""
        sql = (
            "SELECT key, problem FROM files JOIN sources USING (source) "
            "WHERE problem != '' AND NOT is_gone ORDER BY key"
        )
        return {os.fsdecode(key): problem for key, problem in self._rows(sql)}

    def save(self, files: Iterable[tuple[bytes, FileState, Tags | None]]) -> None:
        """Keep what a scan saw of some files; without tags, they keep those that they have."""
        sql = """
            INSERT INTO files
                (key, source, size, modified, fingerprint, problem, song, added, is_gone, tags)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, COALESCE(?, '{}'))
            ON CONFLICT (key) DO UPDATE SET
                source = excluded.source, size = excluded.size, modified = excluded.modified,
                fingerprint = excluded.fingerprint, problem = excluded.problem,
                song = excluded.song, is_gone = excluded.is_gone,
                tags = CASE excluded.tags WHEN '{}' THEN tags ELSE excluded.tags END
        """
        with self._transaction() as db:
            db.executemany(sql, (_row(key, state, tags) for key, state, tags in files))

    def save_sound(self, fingerprint: str, version: str, sound: Sound) -> None:
        """Keep what was heard in a sound."""
        encoded = msgspec.json.encode(sound).decode()
        with self._transaction() as db:
            db.execute(
                "INSERT OR REPLACE INTO sounds VALUES (?, ?, ?)", (fingerprint, version, encoded)
            )

    def forget(self, keys: Iterable[bytes]) -> None:
        """Forget files, but not what was heard in them."""
        with self._transaction() as db:
            db.executemany("DELETE FROM files WHERE key = ?", ((key,) for key in keys))

    def sound(self, fingerprint: str, version: str) -> Sound | None:
        """What this version of the analysis has heard in a sound, or None if nothing."""
        sql = "SELECT sound FROM sounds WHERE fingerprint = ? AND version = ?"
        for (sound,) in self._rows(sql, fingerprint, version):
            return msgspec.json.decode(sound, type=Sound)
        return None

    def _sources(self) -> list[bytes]:
        return [source for (source,) in self._rows("SELECT source FROM sources ORDER BY source")]

    def _rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        if not has_tables(self.path):
            return []
        try:
            with closing(Reader(self.path)) as reader:
                return reader.rows(sql, *values)
        except sqlite3.Error as e:
            raise LibraryError(
                f"{self.path} is not a readable library ({e})",
                "move it away and add your folders again",
            ) from e

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        try:
            with transaction(self.path, _SCHEMA) as db:
                yield db
        except (sqlite3.Error, OSError) as e:
            raise LibraryError(
                f"{self.path} cannot be written ({e})", "check that it is writable and has space"
            ) from e


def is_service(source: bytes) -> bool:
    """Whether a source is a music server: its name and a colon, which no absolute path is."""
    return source.endswith(b":") and b"/" not in source and b"\\" not in source


def _row(key: bytes, state: FileState, tags: Tags | None) -> tuple[object, ...]:
    encoded = None if tags is None else msgspec.json.encode(tags).decode()
    return (
        key,
        state.source,
        state.size,
        state.modified,
        state.fingerprint,
        state.problem,
        state.song,
        state.added,
        state.is_gone,
        encoded,
    )

"""A database is created, changed in whole transactions, read from any folder, and closed."""

from __future__ import annotations

import gc
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from mien.support.sqlite import Reader, has_tables, open_for_reading, transaction

SCHEMA = ("CREATE TABLE IF NOT EXISTS songs (title TEXT)",)


def titles(path: Path) -> list[str]:
    with closing(open_for_reading(path)) as db:
        return [row["title"] for row in db.execute("SELECT title FROM songs ORDER BY title")]


def test_a_transaction_creates_the_database_and_its_folder(tmp_path: Path) -> None:
    path = tmp_path / "new" / "songs.sqlite"
    for title in ("One", "Two"):
        with transaction(path, SCHEMA) as db:
            db.execute("INSERT INTO songs VALUES (?)", (title,))
    assert titles(path) == ["One", "Two"]


def test_an_exception_rolls_back(tmp_path: Path) -> None:
    path = tmp_path / "songs.sqlite"
    with transaction(path, SCHEMA) as db:
        db.execute("INSERT INTO songs VALUES ('One')")

    def fail() -> None:
        with transaction(path, SCHEMA) as db:
            db.execute("DELETE FROM songs")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert titles(path) == ["One"]


def test_reads_while_another_writes(tmp_path: Path) -> None:
    path = tmp_path / "songs.sqlite"
    with transaction(path, SCHEMA) as db:
        db.execute("INSERT INTO songs VALUES ('One')")
    with transaction(path, SCHEMA) as db:
        db.execute("INSERT INTO songs VALUES ('Two')")
        assert titles(path) == ["One"]


def test_readers_cannot_write(tmp_path: Path) -> None:
    path = tmp_path / "songs.sqlite"
    with transaction(path, SCHEMA):
        pass
    with closing(open_for_reading(path)) as db, pytest.raises(sqlite3.OperationalError):
        db.execute("DELETE FROM songs")


def test_what_has_tables(tmp_path: Path) -> None:
    path = tmp_path / "songs.sqlite"
    assert not has_tables(path)
    path.touch()  # as it is for a moment while it is created
    assert not has_tables(path)
    with transaction(path, ()):
        pass
    assert not has_tables(path)
    with transaction(path, SCHEMA):
        pass
    assert has_tables(path)
    path.write_bytes(b"damage" * 1000)
    assert has_tables(path)  # opening it reports the damage
    with pytest.raises(sqlite3.Error):
        open_for_reading(path)


def test_refuses_to_read_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.Error):
        open_for_reading(tmp_path / "none.sqlite")


def songs(folder: Path, *titles: str) -> Path:
    """A database of songs."""
    path = folder / "songs.sqlite"
    with transaction(path, SCHEMA) as db:
        db.executemany("INSERT INTO songs VALUES (?)", ((title,) for title in titles))
    return path


class TestReader:
    def test_reads_rows(self, tmp_path: Path) -> None:
        with closing(Reader(songs(tmp_path, "One", "Two"))) as reader:
            assert reader.rows("SELECT title FROM songs WHERE title > ?", "One") == [("Two",)]
            assert reader.rows("SELECT title FROM songs WHERE title = ?", "\udcff") == []

    def test_is_closed_with_its_last_reference(self, tmp_path: Path, connections: set[int]) -> None:
        reader = Reader(songs(tmp_path))
        assert len(connections) == 1
        del reader
        assert not connections
        cycle: list[object] = [Reader(tmp_path / "songs.sqlite")]
        cycle.append(cycle)
        del cycle
        assert len(connections) == 1
        gc.collect()
        assert not connections

    def test_raises_when_closed(self, tmp_path: Path) -> None:
        reader = Reader(songs(tmp_path))
        assert not reader.is_closed
        for _ in range(2):
            reader.close()
        assert reader.is_closed
        with pytest.raises(sqlite3.Error):
            reader.rows("SELECT 1")

    def test_is_shared_by_threads_until_it_is_closed(self, tmp_path: Path) -> None:
        titles = [f"Song {i:04}" for i in range(2_000)]
        reader = Reader(songs(tmp_path, *titles))

        def read_until_closed(_: int) -> int:
            times = 0
            try:
                while True:
                    rows = reader.rows("SELECT title FROM songs ORDER BY title")
                    assert [title for (title,) in rows] == titles
                    times += 1
            except sqlite3.ProgrammingError:
                return times

        with ThreadPoolExecutor(8) as pool:
            running = pool.map(read_until_closed, range(8), timeout=120)
            reader.rows("SELECT 1")
            time.sleep(0.1)
            reader.close()
            assert sum(running) > 0


@pytest.mark.parametrize("content", [None, b"damage" * 1000])
def test_every_connection_is_closed(
    tmp_path: Path, connections: set[int], content: bytes | None
) -> None:
    """Also those to files that are missing or damaged."""
    path = songs(tmp_path, "One")
    assert titles(path) == ["One"]
    assert has_tables(path)
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    has_tables(path)
    for open_ in (open_for_reading, Reader):
        with pytest.raises(sqlite3.Error):
            open_(path)
    with pytest.raises(sqlite3.Error):
        open_for_reading(tmp_path)
    assert not connections

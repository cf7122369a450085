"""A database is created, changed in whole transactions, and read from any folder."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from mien.support.sqlite import has_tables, open_for_reading, transaction

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

"""A user's catalogues are kept, found, replaced and removed."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import catalogues
import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner
from row_counts import STARTER_SONGS
from song_files import HEADER, write_lines

from mien import Filter, Store, recommend
from mien.catalogue.importing import import_catalogue
from mien.catalogue.moods import perceive_moods
from mien.catalogue.store import STARTER, load
from mien.catalogue.summary import ImportSummary
from mien.cli import main
from mien.errors import (
    CatalogueNameError,
    NoSuchCatalogueError,
    NoSuchSongError,
    ReadOnlyCatalogueError,
    StaleCatalogueError,
    StoreError,
)
from mien.recommendation.query import Query
from mien.recommendation.recommender import recommender_of


def test_the_starter_is_there_from_the_first_minute(home: Path) -> None:
    store = Store()
    (starter,) = store.list()
    assert (starter.name, starter.songs, starter.in_use) == (STARTER, STARTER_SONGS, True)
    assert "Spotify Tracks Dataset" in starter.source
    with store.open() as catalogue:
        assert catalogue.ref.name == STARTER
        assert len(catalogue) == STARTER_SONGS
    assert store.import_summary(STARTER).songs == STARTER_SONGS
    assert not home.exists()


def test_catalogues_are_saved_chosen_and_removed(songs_csv: Path) -> None:
    store = Store()
    summary = import_catalogue(songs_csv)
    assert [(s.name, s.songs, s.in_use) for s in store.list()] == [
        (STARTER, STARTER_SONGS, False),
        ("songs", 5, True),
    ]
    store.use(STARTER)
    assert store.find().name == STARTER
    store.use("songs")
    assert store.find().name == "songs"
    assert store.import_summary("songs") == summary
    store.remove("songs")
    assert [(s.name, s.in_use) for s in store.list()] == [(STARTER, True)]


def test_a_reference_to_replaced_songs_differs(songs_csv: Path, home: Path) -> None:
    import_catalogue(songs_csv)
    first = Store().find("songs")
    assert Store().find("songs") == first
    import_catalogue(songs_csv)
    second = Store().find("songs")
    assert second != first
    for path in home.glob("mien.sqlite*"):
        path.unlink()
    import_catalogue(songs_csv)  # with the number that the first one had
    assert Store().find("songs") not in (first, second)


def test_replaced_and_removed_catalogues_say_so(songs_csv: Path) -> None:
    import_catalogue(songs_csv)
    replaced = Store().open()
    write_lines(songs_csv, HEADER, "x,Xyz,New,0.5,0.5,100,pop,1")
    import_catalogue(songs_csv)
    removed = Store().find()
    with replaced, pytest.raises(StaleCatalogueError, match="open it again"):
        replaced.songs([0])
    with Store().open() as opened:
        assert [s.title for s in opened.songs([0])] == ["New"]
        Store().remove("songs")
        with pytest.raises(StaleCatalogueError, match="open it again"):
            opened.songs([0])
    assert Store().find() != removed


def test_an_empty_file_is_an_empty_store(songs_csv: Path, home: Path) -> None:
    home.mkdir()
    (home / "mien.sqlite").touch()
    assert Store().find().name == STARTER
    assert import_catalogue(songs_csv).songs == 5


def test_a_store_without_tables_is_an_empty_store(home: Path) -> None:
    """A process that was killed at the very beginning leaves one."""
    home.mkdir()
    with closing(sqlite3.connect(home / "mien.sqlite")) as db:
        db.execute("PRAGMA journal_mode = WAL")
    assert (home / "mien.sqlite").stat().st_size > 0
    assert [s.name for s in Store().list()] == [STARTER]


def test_a_store_of_another_version_says_what_to_do(songs_csv: Path, home: Path) -> None:
    import_catalogue(songs_csv)
    with closing(sqlite3.connect(home / "mien.sqlite")) as db, db:
        db.execute("DELETE FROM columns")
    with pytest.raises(StaleCatalogueError, match="import it again"):
        Store().open()


@pytest.mark.parametrize("name", [" ", "a\nb", "a\tb", "a\u2028b", "\udcff", STARTER, "x" * 101])
def test_unusable_names_change_nothing(songs_csv: Path, name: str) -> None:
    with pytest.raises(CatalogueNameError):
        import_catalogue(songs_csv, name)
    assert [s.name for s in Store().list()] == [STARTER]


@pytest.mark.parametrize(
    "name",
    [
        "a; b",
        "a.",
        "why?",
        "it's",
        'say "hi"',
        "50 %",
        "%s",
        "{0}",
        "{name",
        "a  b",
        "花束",
        "x" * 100,
    ],
)
def test_any_printable_name_is_quoted_whole_in_message_and_hint(songs_csv: Path, name: str) -> None:
    store = Store()
    import_catalogue(songs_csv, name)
    with pytest.raises(NoSuchCatalogueError) as error:
        store.use(f"{name}!")
    assert error.value.message == f"there is no catalogue called {f'{name}!'!r}"
    assert error.value.hint == f"use one of 'starter', {name!r}"
    assert str(error.value) == f"{error.value.message}; {error.value.hint}."
    with store.open(name) as catalogue, pytest.raises(NoSuchSongError) as missing:
        catalogue.require(["a; b"])
    assert missing.value.message == f"the catalogue {name!r} has no song with the id 'a; b'"
    store.use(name)
    store.remove(name)


@pytest.mark.parametrize("name", ["nothing", "", "a; b", "\udcff", "'", "\x00"])
def test_a_missing_catalogue_is_named(name: str) -> None:
    store = Store()
    for act in (store.use, store.remove, store.find, store.open, store.import_summary):
        with pytest.raises(NoSuchCatalogueError) as error:
            act(name)
        assert error.value.message == f"there is no catalogue called {name!r}"
        assert error.value.hint == "use one of 'starter'"


def test_the_starter_cannot_be_removed() -> None:
    with pytest.raises(ReadOnlyCatalogueError, match="cannot be removed"):
        Store().remove(STARTER)


def test_a_damaged_store_is_one_clear_line(songs_csv: Path, home: Path) -> None:
    home.mkdir()
    (home / "mien.sqlite").write_bytes(b"this is no database" * 100)
    for act in (Store().list, Store().open):
        with pytest.raises(StoreError, match="not a readable store"):
            act()
    with pytest.raises(StoreError, match="cannot be written"):
        import_catalogue(songs_csv)


class TestConnections:
    """All are closed: explicitly, and before the garbage collector runs."""

    def test_methods_of_the_store(self, songs_csv: Path, connections: set[int]) -> None:
        store = Store()
        import_catalogue(songs_csv)
        store.list()
        store.find()
        store.use("songs")
        store.import_summary("songs")
        with store.open() as catalogue:
            factors = catalogues.song_factors(np.ones((5, 2), np.float32))
            store.save_factors(catalogue.ref, factors)
        store.remove("songs")
        assert not connections

    def test_errors(self, songs_csv: Path, home: Path, connections: set[int]) -> None:
        store = Store()
        import_catalogue(songs_csv)
        gone = store.find()
        store.remove("songs")
        with pytest.raises(StaleCatalogueError):
            load(gone)
        with pytest.raises(NoSuchCatalogueError):
            store.open("songs")
        (home / "mien.sqlite").write_bytes(b"this is no database" * 100)
        for act in (store.list, store.open, lambda: import_catalogue(songs_csv)):
            with pytest.raises(StoreError):
                act()
        assert not connections

    def test_recommending_from_catalogues_that_are_replaced(
        self, songs_csv: Path, connections: set[int]
    ) -> None:
        for _ in range(8):
            import_catalogue(songs_csv, "songs")
            recommend("happy")
            recommend("sad", where=Filter(genres=("folk",)), like=["a"], never=["b"], to="happy")
            recommender_of().recommend(Query("happy", ranking="paper"))
            assert len(connections) == 1

    def test_recommending_from_many_catalogues(
        self, songs_csv: Path, connections: set[int]
    ) -> None:
        for i in range(8):
            import_catalogue(songs_csv, f"songs {i}")
            recommend("happy", where=Filter(genres=("folk",)))
        assert len(connections) == 4

    @pytest.mark.parametrize(
        "command",
        [
            ["catalogue", "list"],
            ["catalogue", "stats"],
            ["catalogue", "stats", "--json"],
            ["catalogue", "stats", "nothing"],
            ["catalogue", "use", "songs"],
            ["catalogue", "remove", "songs", "--yes"],
            ["feedback", "opinions"],
            ["catalogue", "import", "songs.csv"],
        ],
    )
    def test_commands(
        self,
        songs_csv: Path,
        connections: set[int],
        monkeypatch: pytest.MonkeyPatch,
        command: list[str],
    ) -> None:
        monkeypatch.chdir(songs_csv.parent)
        import_catalogue(songs_csv)
        CliRunner().invoke(main, command)
        assert not connections


def test_songs_know_where_their_sound_lies(tmp_path: Path) -> None:
    here = os.fsencode(tmp_path / "a\udcff.mp3")  # a name that is not UTF-8
    songs = pl.DataFrame(
        {
            "id": ["a", "b", "c"],
            "title": ["A", "B", "C"],
            "artists": [["Ann"], ["Bob"], ["Cem"]],
            "genres": [["pop"], [], []],
            **{name: [0.5, 0.6, 0.7] for name in ("valence", "energy")},
            "tempo": [100.0, 110.0, 120.0],
            "genres_estimated": [True, None, False],
            "path": [here, None, None],
            "remote": [None, "subsonic:7", None],
            "heard": [[-0.1, -3.0, -4.0, -5.0], None, None],
        },
        schema_overrides={"path": pl.Binary},
    )
    store = Store(tmp_path / "mien.sqlite")
    store.save("library", songs, ImportSummary(3, 3, {}, {}, {}, []), "music")
    with store.open("library") as catalogue:
        a, b, c = catalogue.songs([0, 1, 2])
        moods = perceive_moods(catalogue)
    assert (a.path, a.remote, a.genres_estimated) == (Path(os.fsdecode(here)), None, True)
    assert (b.path, b.remote, b.genres_estimated) == (None, "subsonic:7", False)
    assert (c.path, c.remote) == (None, None)
    assert np.allclose(moods[0], [-0.1, -3.0, -4.0, -5.0], atol=0.01)
    assert np.allclose(np.exp(moods[1:]).sum(axis=1), 1, atol=0.01)


def test_stores_of_earlier_versions_have_no_sounds(tmp_path: Path) -> None:
    song = catalogues.of_rows([("Song", 0.5, 0.5, 120.0)], tmp_path)
    song.close()
    with closing(sqlite3.connect(song.ref.path)) as db:
        db.execute("DROP TABLE files")
    with load(song.ref) as opened:
        assert opened.songs([0])[0].path is None

"""The songs of a catalogue, read when they are needed and by any thread."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from song_files import HEADER, write_lines

from mien import Catalogue, Store, recommend
from mien.catalogue.columns import NUMBERS
from mien.catalogue.importing import import_catalogue
from mien.catalogue.song import Song
from mien.catalogue.unasked import Unasked
from mien.errors import NoSuchGenreError, NoSuchSongError, StaleCatalogueError


def catalogue_of(path: Path, *lines: str) -> Catalogue:
    """A catalogue of the songs in these lines."""
    import_catalogue(write_lines(path, HEADER, *lines))
    return Store().open()


def test_songs_come_back_as_they_were_saved(songs_csv: Path) -> None:
    import_catalogue(songs_csv)
    with Store().open() as catalogue:
        assert catalogue.songs([0])[0] == Song(
            id="a",
            title="One",
            artists=("Ann", "Bob"),
            genres=("pop",),
            valence=0.9,
            energy=0.8,
            tempo=140.0,
            popularity=50.0,
        )
        assert [s.id for s in catalogue.songs([3, 0, 3])] == ["d", "a", "d"]
        assert catalogue.songs([]) == []
        assert catalogue.genres() == {"folk": 2, "metal": 1, "pop": 1, "rock": 1}


def test_names_are_equal_in_any_case(songs_csv: Path) -> None:
    """As indices; songs keep their spelling."""
    catalogue = catalogue_of(
        songs_csv,
        "a,ANN;Bob,One,0.9,0.8,140,Pop;pop,1",
        "b,ann,Two,0.1,0.2,60,Folk,1",
        "c,bob,Three,0.5,0.5,100,,1",
    )
    artists, genres = catalogue.lists("artists"), catalogue.lists("genres")
    assert [artists.of(row) for row in range(3)] == [[0, 1], [0], [1]]
    assert artists.first.tolist() == [0, 0, 1]
    assert genres.first.tolist() == [1, 0, -1]
    assert catalogue.genre_names == ("folk", "pop")
    assert {g: rows.tolist() for g, rows in catalogue.genre_rows().items()} == {
        "folk": [1],
        "pop": [0],
    }
    assert [k.artists for k in catalogue.kinds(np.array([2, 0]))] == [(1,), (0, 1)]
    assert [k.genre for k in catalogue.kinds(np.array([2, 0]))] == [-1, 1]
    assert [k.decade for k in catalogue.kinds(np.array([2, 0]))] == [-1, -1]
    assert catalogue.songs([0])[0].artists == ("ANN", "Bob")


def test_catalogues_without_any_genre(songs_csv: Path) -> None:
    catalogue = catalogue_of(songs_csv, "a,Ann,One,0.9,0.8,140,,1", "b,Bob,Two,0.1,0.2,60,,1")
    assert catalogue.genres() == catalogue.genre_rows() == {}
    assert len(recommend("happy")) == 2


@pytest.mark.parametrize("missing", ["nothing", "a; b", "", "\udcff", "'"])
def test_missing_genres_and_songs_are_named(starter: Catalogue, missing: str) -> None:
    with pytest.raises(NoSuchGenreError) as genre:
        starter.in_genres(["rock", missing])
    assert genre.value.message == f"the catalogue 'starter' has no genre {missing!r}"
    with pytest.raises(NoSuchSongError) as song:
        starter.require([starter.songs([0])[0].id, missing])
    assert song.value.message == f"the catalogue 'starter' has no song with the id {missing!r}"
    assert starter.rows_of([missing]).tolist() == []


def test_versions_share_the_first_artist_and_the_title(songs_csv: Path) -> None:
    catalogue = catalogue_of(
        songs_csv,
        "a,宇多田ヒカル,花束を君に,0.9,0.8,140,pop,1",
        "b,宇多田ヒカル,花束を君に（Live）,0.1,0.2,60,pop,1",
        "c,宇多田ヒカル,道,0.5,0.5,100,pop,1",
        "d,Ann,花束を君に,0.5,0.5,100,pop,1",
        "e,Ann,!!!,0.5,0.5,100,pop,1",
        "f,Ann,???,0.5,0.5,100,pop,1",
    )
    assert catalogue.versions_of(["b"]).tolist() == [0, 1]
    assert catalogue.versions_of(["e"]).tolist() == [4]
    assert catalogue.versions_of(["nothing"]).tolist() == []


def test_marks_of_catalogues_from_before_there_were_any(songs_csv: Path) -> None:
    lines = ("a,Wham!,Last Christmas,0.9,0.8,140,pop,1", "b,Кино,Группа крови,0.5,0.5,100,rock,1")
    with catalogue_of(songs_csv, *lines) as stored:
        unasked, languages = stored.unasked, stored.languages
        assert unasked.tolist() == [Unasked.CHRISTMAS, 0]
        assert [stored.language_names[code] for code in languages if code >= 0] == ["ru"]
    with closing(sqlite3.connect(Store().path)) as db:
        db.execute("DELETE FROM columns WHERE name IN ('unasked', 'languages', 'language_names')")
        db.commit()
    with Store().open() as catalogue:
        assert np.array_equal(catalogue.unasked, unasked)
        assert np.array_equal(catalogue.languages, languages)
        assert catalogue.language_names == stored.language_names


def test_a_closed_catalogue_keeps_what_was_read(songs_csv: Path, connections: set[int]) -> None:
    import_catalogue(songs_csv)
    with Store().open() as catalogue:
        valence = catalogue.valence
    assert not connections
    assert catalogue.valence is valence
    for act in (lambda: catalogue.songs([0]), lambda: catalogue.energy, catalogue.genres):
        with pytest.raises(StaleCatalogueError, match="is closed; open it again"):
            act()
    catalogue.close()


def test_threads_share_a_catalogue(songs_csv: Path) -> None:
    """Everything is read for the first time by all of them at once."""
    lines = (f"id{i},Artist {i % 7},Song {i},0.5,0.5,{60 + i % 100},pop,1" for i in range(1_000))
    with catalogue_of(songs_csv, *lines) as catalogue:
        rows = np.arange(len(catalogue))

        def read(seed: int) -> list[str]:
            shuffled = np.random.default_rng(seed).permutation(rows)
            assert all(len(catalogue.column(name)) == len(rows) for name in NUMBERS)
            assert catalogue.in_genres(["pop"]).all()
            assert len(catalogue.rows_of(f"id{row}" for row in shuffled[:50])) == 50
            songs = {
                row: song.id for row, song in zip(shuffled, catalogue.songs(shuffled), strict=True)
            }
            return [songs[row] for row in rows]

        with ThreadPoolExecutor(8) as pool:
            results = list(pool.map(read, range(16)))
    assert all(ids == [f"id{row}" for row in rows] for ids in results)

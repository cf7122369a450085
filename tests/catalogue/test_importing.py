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
from contextlib import closing
from pathlib import Path

import pytest
from row_counts import SPOTIFY_SONGS
from song_files import HEADER, write_lines

from mien import CatalogueError, Store
from mien.catalogue import importing
from mien.catalogue.importing import PublicDataset, fetch, import_catalogue
from mien.catalogue.song import Song
from mien.catalogue.store import STARTER
from mien.errors import (
    ChecksumError,
    DownloadError,
    NoSuchDatasetError,
    SongFileError,
    StoreError,
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

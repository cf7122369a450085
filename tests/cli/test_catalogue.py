"""`mien catalogue`, as a person or a script uses them."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner
from running import answer, mien
from song_files import write_lines
from sounds import tone, write_sound

from mien import Catalogue, Store
from mien.cli import main


def test_catalogues(songs_csv: Path) -> None:
    assert "5 rows read, 5 songs kept" in mien("catalogue", "import", songs_csv).stdout
    listed = mien("catalogue", "list").stdout
    assert "starter" in listed
    assert "songs" in listed
    songs = answer("recommend", "--emotion", "sad", "-n", "all")["songs"]
    assert isinstance(songs, list)
    assert len(songs) == 5
    stats = json.loads(mien("catalogue", "stats", "--json").stdout)
    assert stats["songs"] == 5
    assert stats["features"]["tempo"]["median"] == 100
    assert "valence" in mien("catalogue", "stats", "starter").stdout
    assert mien("catalogue", "use", "starter").exit_code == 0
    assert mien("catalogue", "remove", "songs", "--yes").exit_code == 0
    assert mien("catalogue", "use", "songs").exit_code == 1


def test_playlists(own: Catalogue, playlists: tuple[Path, Path]) -> None:
    assert own.factors is None
    assert "of 100 songs are in a playlist" in mien("catalogue", "playlists", *playlists).stdout


def test_songs_that_cannot_be_placed_are_written_down(tmp_path: Path, starter: Catalogue) -> None:
    known = starter.songs([7])[0]
    odd = os.fsencode(tmp_path) + b"/\xff.mp3"
    Path(os.fsdecode(odd)).touch()
    rows = (f',"{known.title}","{known.artists[0]}"', "a\\b.mp3,One,Nobody")
    file = write_lines(tmp_path / "mine.csv", "path,title,artist", *rows)
    file.write_bytes(file.read_bytes() + odd + b",Two,Nobody\n")
    result = mien("catalogue", "import", file, "--unplaced", tmp_path / "rest.csv")
    assert result.exit_code == 0, result.output
    assert "1 took values from the catalogue 'starter'" in result.stdout
    assert "2 not placed" in result.stdout
    assert "--audio" in result.stdout
    rest = (tmp_path / "rest.csv").read_bytes().splitlines()
    assert rest[0] == b"title,artist,path"
    assert rest[2] == b"Two,Nobody," + odd


def test_no_song_that_can_be_placed(tmp_path: Path) -> None:
    file = write_lines(tmp_path / "mine.csv", "title,artist", "One,Nobody")
    result = mien("catalogue", "import", file)
    assert result.exit_code == 1
    assert "no column for valence, energy or tempo" in result.stderr
    assert "--audio" in result.stderr
    assert mien("catalogue", "import", file, "--workers", "2").exit_code == 2


def test_paths_without_features_are_listened_to(tmp_path: Path) -> None:
    pytest.importorskip("mien.audio.analysis")
    write_sound(tmp_path / "one.mp3", tone(5.0))
    (tmp_path / "two.mp3").write_bytes(b"no sound")
    rows = ("one.mp3,One,Nobody", "two.mp3,Two,Nobody")
    file = write_lines(tmp_path / "mine.csv", "path,title,artist", *rows)
    result = CliRunner().invoke(main, ["catalogue", "import", str(file), "--audio"])
    assert result.exit_code == 0, result.output
    assert "1 analysed from their sound" in result.stdout
    assert f"{tmp_path / 'two.mp3'}: " in result.stdout
    with Store().open() as catalogue:
        (song,) = catalogue.songs([0])
    assert (song.title, song.path) == ("One", tmp_path / "one.mp3")

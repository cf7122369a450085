"""`mien play`: the songs that are shown are those that a program is given."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import catalogues
import pytest
from programs import install, runs
from running import mien
from sounds import tone, write_sound


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder in which alone programs are looked for."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def test_plays_the_songs_that_it_shows(shelf: Path, tmp_path: Path, astronaut_jpg: Path) -> None:
    files = catalogues.with_files(tmp_path / "music")
    install(shelf, "mpv")
    options = ("-n", "all", "--impersonal")
    listed = mien(astronaut_jpg, *options, "--json").stdout
    titles = [song["title"] for song in json.loads(listed)["songs"]]
    result = mien("play", astronaut_jpg, *options)
    assert result.exit_code == 0
    assert all(title in result.stdout for title in titles)
    assert "Playing with mpv" in result.stdout
    assert result.stderr == "mien: 1 of 7 songs have no file here and are left out.\n"
    (arguments,) = runs(shelf)
    expected = [str(files[int(t.split()[1])]) for t in titles if t != "Song 6"]
    assert arguments[arguments.index("--") + 1 :] == expected


def test_the_songs_can_be_rated_by_number(shelf: Path, tmp_path: Path) -> None:
    catalogues.with_files(tmp_path / "music")
    install(shelf, "mpv")
    mien("play", "--emotion", "sad", "-n", "3")
    assert mien("feedback", "rate", "3", "5").exit_code == 0
    assert mien("feedback", "rate", "4", "5").exit_code == 1


def test_the_player_can_be_chosen(shelf: Path, tmp_path: Path) -> None:
    catalogues.with_files(tmp_path / "music")
    install(shelf, "mpv")
    install(shelf, "ffplay")
    result = mien("play", "--emotion", "sad", "-n", "2", "--player", "ffplay")
    assert [arguments[0] for arguments in runs(shelf)] == ["-nodisp", "-nodisp"]
    assert "Playing with ffplay" in result.stdout
    assert " - Ann" in result.stdout
    missing = mien("play", "--emotion", "sad", "--player", "vlc")
    assert missing.exit_code == 1
    assert "vlc is not installed" in missing.stderr


def test_a_song_that_cannot_be_played_is_named(shelf: Path, tmp_path: Path) -> None:
    files = catalogues.with_files(tmp_path / "music")
    install(shelf, "ffplay", fails_on=str(files[2]))
    result = mien("play", "--emotion", "sad", "-n", "all")
    assert result.exit_code == 0
    assert "Song 2 - Ann 2 could not be played" in result.stderr


def test_without_a_program(shelf: Path, tmp_path: Path) -> None:
    catalogues.with_files(tmp_path / "music")
    result = mien("play", "--emotion", "sad")
    assert result.exit_code == 1
    assert "no player is installed; install mpv" in result.stderr


def test_without_files(shelf: Path, tmp_path: Path) -> None:
    install(shelf, "mpv")
    result = mien("play", "--emotion", "sad")
    assert result.exit_code == 1
    assert "mien library add" in result.stderr
    for file in catalogues.with_files(tmp_path / "music"):
        file.unlink()
    result = mien("play", "--emotion", "sad")
    assert result.exit_code == 1
    assert "not there" in result.stderr
    assert not (shelf / "runs").exists()


def test_files_that_are_gone_are_skipped(shelf: Path, tmp_path: Path) -> None:
    install(shelf, "mpv")
    files = catalogues.with_files(tmp_path / "music")
    files[3].unlink()
    result = mien("play", "--emotion", "sad", "-n", "all")
    assert "2 of 7 songs have no file here" in result.stderr
    (arguments,) = runs(shelf)
    assert sorted(arguments[arguments.index("--") + 1 :]) == sorted(
        str(f) for f in files if f.exists()
    )


def test_ctrl_c_ends_it_cleanly(shelf: Path, tmp_path: Path, home: Path) -> None:
    catalogues.with_files(tmp_path / "music")
    install(shelf, "mpv", sleeps=True)
    process = subprocess.Popen(
        [sys.executable, "-m", "mien", "play", "--emotion", "sad"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "MIEN_HOME": str(home)},
    )
    while not (shelf / "pid").exists():
        assert process.poll() is None
        time.sleep(0.01)
    number = int((shelf / "pid").read_text())
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate()
    assert process.returncode == 130
    assert errors == b""
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)


@pytest.mark.skipif(shutil.which("ffplay") is None, reason="ffplay is not installed")
def test_real_sound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SDL_AUDIODRIVER", "dummy")
    for file in catalogues.with_files(tmp_path / "music"):
        write_sound(file, tone(0.2))
    result = mien("play", "--emotion", "sad", "-n", "2", "--player", "ffplay")
    assert result.exit_code == 0
    assert "could not be played" not in result.stderr
    assert capfd.readouterr().err == ""

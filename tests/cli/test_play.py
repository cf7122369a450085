"""`mien play`: what it runs, with recording programs in the place of players, and with ffplay."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import own_music
import pytest
import sounds
from running import mien

RECORD = """#!/bin/sh
for argument in "$@"; do printf '%s\\n' "$argument" >> "$RECORD"; done
echo . >> "$RECORD"
"""


@pytest.fixture
def record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file in which the programs of `programs` write their arguments."""
    monkeypatch.setenv("RECORD", str(tmp_path / "record"))
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return tmp_path / "record"


def install(record: Path, *names: str) -> None:
    for name in names:
        program = record.parent / "bin" / name
        program.write_text(RECORD)
        program.chmod(0o755)


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    found = [tmp_path / "music" / name for name in ("a b.mp3", "-x.mp3")]
    own_music.save_songs([*found, None])
    return found


def test_mpv_plays_the_list(record: Path, files: list[Path]) -> None:
    install(record, "mpv", "ffplay")
    result = mien("play", "--emotion", "happy")
    assert result.exit_code == 0, result.stderr
    assert "Song 0" in result.stdout
    assert "1 of 3 songs have no file" in result.stderr
    arguments = record.read_text().splitlines()
    assert arguments.count(".") == 1
    after = arguments[arguments.index("--") + 1 : -1]
    assert sorted(after) == sorted(map(str, files))


def test_vlc_plays_the_list(record: Path, files: list[Path]) -> None:
    install(record, "vlc")
    assert mien("play", "--emotion", "happy").exit_code == 0
    arguments = record.read_text().splitlines()
    assert {f.as_uri() for f in files} < set(arguments)


def test_ffplay_plays_one_after_another(record: Path, files: list[Path]) -> None:
    install(record, "mpv", "ffplay")
    assert mien("play", "--emotion", "happy", "--player", "ffplay").exit_code == 0
    assert record.read_text().splitlines().count(".") == 2


def test_without_a_player_it_says_what_to_do(record: Path, files: list[Path]) -> None:
    result = mien("play", "--emotion", "happy")
    assert result.exit_code == 1
    assert "no player is installed; install mpv" in result.stderr
    assert "vlc is not installed" in mien("play", "--emotion", "sad", "--player", "vlc").stderr


def test_without_files_it_says_what_to_do(record: Path) -> None:
    install(record, "mpv")
    result = mien("play", "--emotion", "happy")
    assert result.exit_code == 1
    assert "mien library add FOLDER" in result.stderr
    assert not record.exists()


@pytest.mark.skipif(shutil.which("ffplay") is None, reason="ffplay is not installed")
def test_ffplay_is_heard_and_ended(tmp_path: Path) -> None:
    own_music.save_songs(
        [sounds.write_sound(tmp_path / f"{i}.mp3", sounds.tone(20)) for i in (0, 1)]
    )
    command = [sys.executable, "-m", "mien", "play", "--emotion", "sad", "--player", "ffplay"]
    process = subprocess.Popen(
        command,
        env={**os.environ, "SDL_AUDIODRIVER": "dummy"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    time.sleep(3)
    assert process.poll() is None
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 130
    assert errors.strip().endswith("interrupted.")

"""Programs that play files: what they are given, and how they end."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from programs import install, runs
from sounds import tone, write_sound

from mien.errors import NoPlayerError, PlayingError
from mien.players.programs import find_program, play

FILES = [Path("/music/-a b.mp3"), Path("/music/Olé #1.mp3")]


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder in which alone programs are looked for."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def test_the_first_that_is_installed(shelf: Path) -> None:
    with pytest.raises(NoPlayerError, match="no player is installed"):
        find_program()
    for name in ("ffplay", "vlc", "mpv"):
        install(shelf, name)
        program, command = find_program()
        assert (program.name, command) == (name, str(shelf / name))
    assert find_program("ffplay")[0].name == "ffplay"
    (shelf / "vlc").unlink()
    with pytest.raises(NoPlayerError, match="vlc is not installed"):
        find_program("vlc")


def test_mpv_plays_all_in_one_run(shelf: Path) -> None:
    install(shelf, "mpv")
    announced: list[list[int]] = []
    assert play(*find_program(), FILES, lambda run: announced.append(list(run))) == []
    (arguments,) = runs(shelf)
    assert arguments[arguments.index("--") + 1 :] == [str(path) for path in FILES]
    assert "--no-video" in arguments
    assert announced == [[0, 1]]


def test_vlc_plays_all_in_one_run_and_ends(shelf: Path) -> None:
    install(shelf, "vlc")
    play(*find_program(), FILES)
    (arguments,) = runs(shelf)
    assert arguments[-2:] == ["file:///music/-a%20b.mp3", "file:///music/Ol%C3%A9%20%231.mp3"]
    assert "--play-and-exit" in arguments


def test_ffplay_plays_one_after_another(shelf: Path) -> None:
    install(shelf, "ffplay")
    announced: list[list[int]] = []
    play(*find_program(), FILES, lambda run: announced.append(list(run)))
    assert [arguments[-2:] for arguments in runs(shelf)] == [["-i", str(p)] for p in FILES]
    assert announced == [[0], [1]]


def test_very_many_files_are_several_runs(shelf: Path) -> None:
    install(shelf, "mpv")
    files = [Path(f"/music/{i}.mp3") for i in range(1100)]
    play(*find_program(), files)
    played = [a for arguments in runs(shelf) for a in arguments[arguments.index("--") + 1 :]]
    assert played == [str(path) for path in files]


def test_files_that_cannot_be_played(shelf: Path) -> None:
    install(shelf, "ffplay", fails_on="/music/-a b.mp3")
    assert play(*find_program(), FILES) == [0]
    with pytest.raises(PlayingError, match="ffplay could not play it"):
        play(*find_program(), FILES[:1])


@pytest.mark.parametrize(("code", "played"), [(2, False), (3, True), (4, True), (1, False)])
def test_mpv_says_whether_it_played_any(shelf: Path, code: int, played: bool) -> None:
    install(shelf, "mpv", fails_on=str(FILES[0]), code=code)
    if played:
        assert play(*find_program(), FILES) == []
    else:
        with pytest.raises(PlayingError, match="mpv could not play any of them"):
            play(*find_program(), FILES)


def test_a_program_that_cannot_be_started(shelf: Path) -> None:
    (shelf / "mpv").write_bytes(b"\x7fELF no program")
    (shelf / "mpv").chmod(0o755)
    with pytest.raises(PlayingError, match="does not start"):
        play(*find_program(), FILES)


def test_an_interruption_ends_the_program(shelf: Path, tmp_path: Path) -> None:
    install(shelf, "mpv", sleeps=True)
    code = (
        "from pathlib import Path\n"
        "from mien.players.programs import find_program, play\n"
        "play(*find_program(), [Path('/a.mp3')])\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], stderr=subprocess.PIPE, env={**os.environ, "PATH": str(shelf)}
    )
    while not (shelf / "pid").exists():
        assert process.poll() is None
        time.sleep(0.01)
    number = int((shelf / "pid").read_text())
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate()
    assert b"KeyboardInterrupt" in errors
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)


@pytest.mark.skipif(shutil.which("ffplay") is None, reason="ffplay is not installed")
def test_ffplay_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """It plays any name, and goes on after a damaged file, of which it says so itself."""
    monkeypatch.setenv("SDL_AUDIODRIVER", "dummy")
    good = write_sound(tmp_path / "-good #1:a.mp3", tone(0.3))
    damaged = tmp_path / "damaged.mp3"
    damaged.write_bytes(bytes(range(256)) * 40)
    play(*find_program("ffplay"), [good])
    assert capfd.readouterr() == ("", "")
    play(*find_program("ffplay"), [damaged, good])
    assert str(damaged) in capfd.readouterr().err

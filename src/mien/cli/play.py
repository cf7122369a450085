"""`mien play`: songs for a face, an emotion or a mood, in a player on this machine."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from mien.cli.songs import choose_songs, subject_options
from mien.errors import NoPlayerError, NoSuchSoundError
from mien.support.terminal import new_console

PLAYERS = ("mpv", "vlc", "ffplay")
"""Programs that play sounds, those first that are tried first."""


@click.command()
@subject_options
@click.option("--player", type=click.Choice(PLAYERS), help="[default: the first one installed]")
def play(
    photo: Path | None,
    *,
    emotion: str | None,
    mood: str | None,
    use_neutral: bool | None,
    player: str | None,
    **options: Any,
) -> None:
    """Play songs of your own for the face in PHOTO, an emotion or a mood. Ctrl-C ends it.

    It takes mpv, VLC or ffplay, whichever is installed.
    """
    from mien.cli.printing import show_reading, show_songs

    program, path = find_player(player)
    reading, songs = choose_songs(photo, emotion, mood, use_neutral, options)
    console = new_console()
    if reading is not None:
        show_reading(console, reading)
    show_songs(console, songs)
    found = [r.song for r in songs]
    files = [song.path for song in found if song.path is not None]
    if not files:
        raise NoSuchSoundError("none of these songs has a file", "add a folder of music first")
    if len(files) < len(found):
        missing = len(found) - len(files)
        click.echo(
            f"mien: {missing} of {len(found)} songs have no file and are left out.", err=True
        )
    for command in commands(program, path, [Path(f).absolute() for f in files]):
        _run(command)


def find_player(name: str | None) -> tuple[str, str]:
    """A player and the path of its program.

    Args:
        name: one of `PLAYERS`; default: the first one installed.

    Raises:
        NoPlayerError: it, or any of them, is not installed.
    """
    for program in (name,) if name else PLAYERS:
        path = shutil.which(program)
        if path is not None:
            return program, path
    raise NoPlayerError(
        f"{name} is not installed" if name else "no player is installed",
        f"install {name or 'mpv, VLC or ffplay'}, or write a playlist and open it in your player",
    )


def commands(program: str, path: str, files: Sequence[Path]) -> list[list[str]]:
    """What to run, one after another, to hear files in order.

    >>> commands("mpv", "/usr/bin/mpv", [Path("/a.mp3"), Path("/b.mp3")])
    [['/usr/bin/mpv', '--no-video', '--msg-level=all=error', '--', '/a.mp3', '/b.mp3']]

    Args:
        program: one of `PLAYERS`.
        path: of the program.
        files: absolute.
    """
    names = [str(file) for file in files]
    if program == "mpv":
        return [[path, "--no-video", "--msg-level=all=error", "--", *names]]
    if program == "vlc":
        addresses = [file.as_uri() for file in files]
        return [[path, "--intf", "dummy", "--quiet", "--play-and-exit", *addresses]]
    return [[path, "-nodisp", "-autoexit", "-loglevel", "error", "-i", name] for name in names]


def _run(command: list[str]) -> None:
    """Wait for a player; Ctrl-C ends it and mien."""
    with subprocess.Popen(command, stdin=None) as process:  # noqa: S603 - found by its name
        try:
            process.wait()
        except KeyboardInterrupt:
            process.terminate()
            raise click.Abort from None

"""`mien play`: songs for a face, an emotion or a mood, in a player on this machine."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from mien.cli.songs import choose_songs, subject_options
from mien.errors import MissingSoundError, NoSuchSoundError
from mien.players.programs import PROGRAMS
from mien.support.terminal import new_console, print_lines, printable


@click.command()
@subject_options
@click.option(
    "--player",
    type=click.Choice([p.name for p in PROGRAMS]),
    help="[default: the first one installed]",
)
@click.pass_context
def play(
    ctx: click.Context,
    /,
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
    from mien.players.programs import find_program
    from mien.players.programs import play as play_files

    program, command = find_program(player)
    reading, songs = choose_songs(photo, emotion, mood, use_neutral, options)
    console = new_console()
    if reading is not None:
        show_reading(console, reading)
    show_songs(console, songs)
    found = [r.song for r in songs]
    with_path = [(song, song.path.absolute()) for song in found if song.path is not None]
    if found and not with_path:
        raise NoSuchSoundError("none of these songs has a file", "add a folder of music first")
    there = [(song, path) for song, path in with_path if path.is_file()]
    if with_path and not there:
        raise MissingSoundError("the files of these songs are not there", "connect their drive")
    if len(there) < len(found):
        missing = len(found) - len(there)
        click.echo(
            f"mien: {missing} of {len(found)} songs have no file here and are left out.", err=True
        )
    if not there:
        return
    names = [printable(f"{song.title} - {', '.join(song.artists)}") for song, _ in there]
    print_lines([f"Playing with {program.name}; Ctrl-C ends it."])

    def announce(run: Sequence[int]) -> None:
        if program.at_once == 1:  # others show it themselves
            print_lines([names[run[0]]])

    try:
        failed = play_files(program, command, [path for _, path in there], announce)
    except KeyboardInterrupt:
        click.echo()  # after what the terminal shows of Ctrl-C
        ctx.exit(130)
    for i in failed if program.at_once == 1 else ():
        click.echo(f"mien: {names[i]} could not be played.", err=True)

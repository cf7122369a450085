"""`mien send`: songs to a player on the shelf."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import click

from mien.cli.songs import choose_songs, subject_options
from mien.errors import NoSuchSoundError
from mien.support.terminal import new_console, print_lines

SERVICES = ("navidrome", "subsonic", "jellyfin", "mpd")


@click.command()
@partial(subject_options, journey="--journey")
@click.option("--to", "service", type=click.Choice(SERVICES), required=True, help="The player.")
@click.option("--playlist", metavar="NAME", help="Make this playlist, or replace its songs.")
def send(
    photo: Path | None,
    *,
    emotion: str | None,
    mood: str | None,
    use_neutral: bool | None,
    service: str,
    playlist: str | None,
    to: str | None,
    **options: Any,
) -> None:
    """Send songs for the face in PHOTO, an emotion or a mood to a music server or player.

    They become its queue, or a playlist. Addresses and passwords stand in players.toml or in the
    environment: see the guide to players.
    """
    from mien.cli.printing import show_reading, show_songs
    from mien.players.base import connect
    from mien.players.matching import match

    player = connect(service)
    reading, songs = choose_songs(photo, emotion, mood, use_neutral, {**options, "to": to})
    console = new_console()
    if reading is not None:
        show_reading(console, reading)
    show_songs(console, songs)
    with new_console(stderr=True).status(f"Looking for them on {service}"):
        matches = match([r.song for r in songs], player.songs(), service)
    for song in matches.missing:
        name = f"{song.title} - {', '.join(song.artists)}"
        click.echo(f"mien: {service} does not have {name}.", err=True)
    if not matches.found:
        raise NoSuchSoundError(
            f"{service} has none of these songs", "choose from the songs that it has"
        )
    if playlist is None:
        print_lines([player.queue(matches.found)])
    else:
        print_lines([player.playlist(playlist, matches.found)])

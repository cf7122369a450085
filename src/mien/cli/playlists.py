"""`--m3u`: the songs as a playlist that players open."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mien.errors import OutputError

if TYPE_CHECKING:
    from mien.catalogue.song import Song

M3U = click.option(
    "--m3u",
    type=click.Path(path_type=Path),
    help="Also write a playlist of the songs that have files here (.m3u8, or .xspf).",
)

RELATIVE_TO = click.option(
    "--relative-to",
    metavar="FOLDER",
    type=click.Path(path_type=Path),
    help="Write paths relative to this folder into it.",
)


def write_playlist(target: Path, songs: Sequence[Song], relative_to: Path | None) -> None:
    """Write the songs that have files, and say on standard error how many have none.

    Raises:
        OutputError: none of the songs has a file, or the target cannot be written.
    """
    from mien.output.playlists import file_address, path_of, to_m3u, to_xspf
    from mien.support.files import write_atomically

    without = sum(song.path is None for song in songs)
    if songs and without == len(songs):
        raise OutputError(
            f"none of the songs has a file, so that {target} would be empty",
            "add your own music with `mien library add FOLDER`",
        )
    if target.suffix.lower() == ".xspf":
        write_atomically(target, to_xspf((s for s in songs if s.path is not None), file_address))
    else:
        text = to_m3u(songs, partial(path_of, relative_to=relative_to))
        write_atomically(target, text.encode("utf-8", "surrogateescape"))
    if without:
        note = f"{without} of {len(songs)} songs have no file and are not in {target}"
        click.echo(f"mien: {note}.", err=True)

"""The command group: `mien PHOTO`, help where no command is given, errors in one line."""

from __future__ import annotations

import difflib
import io
import os
import sys
from pathlib import Path
from typing import Any, NoReturn

import click

from mien.errors import (
    ExpressiveFaceError,
    FeedbackFileError,
    MienError,
    NeutralFaceError,
    NoFaceError,
    NoNeutralFaceError,
    NoPlayerError,
    NoSuchCatalogueError,
    NoSuchGenreError,
    NoSuchSongError,
    NoSuchSoundError,
    RankingError,
    UnplacedSongsError,
    sentence,
)

_HINTS: dict[type[MienError], str] = {
    NoFaceError: (
        "try a photo that shows a face from the front, or name the mood: "
        "mien recommend --emotion happy"
    ),
    ExpressiveFaceError: "relax your face and try again, or add --anyway if it rests like this",
    NoNeutralFaceError: "take it with `mien calibrate`",
    NeutralFaceError: "take it again with `mien calibrate`, or delete it with --forget there",
    NoSuchCatalogueError: "`mien catalogue list` shows the catalogues",
    UnplacedSongsError: (
        "get a larger catalogue (`mien catalogue fetch spotify-tracks`), add --audio where the "
        "file has paths, or give the columns their usual names"
    ),
    NoSuchGenreError: "`mien catalogue stats` shows the genres",
    NoSuchSoundError: "add your own music with `mien library add FOLDER`",
    NoPlayerError: "install mpv, VLC or ffplay, or use --m3u and open the file in your player",
    NoSuchSongError: "`mien recommend --json` shows the ids of songs",
    FeedbackFileError: "move it away, or delete it with `mien feedback forget`",
    RankingError: "see `mien catalogue playlists --help`, or use another --ranking",
}
"""What to do about an error on the command line, where that says more than the error's own hint."""


class Group(click.Group):
    """A group that prints its help where no command is given."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args:
            click.echo(ctx.get_help())
            ctx.exit()
        return super().parse_args(ctx, args)


class MainGroup(Group):
    """The group of all commands, in which `mien PHOTO` is `mien recommend PHOTO`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] not in ("--help", "-h", "--version"):
            close = difflib.get_close_matches(args[0], self.commands, n=1)
            if close and not Path(args[0]).exists():
                raise click.UsageError(
                    f"there is no command {args[0]!r}; did you mean {close[0]!r}?", ctx
                )
            args = ["recommend", *args]
        return super().parse_args(ctx, args)

    def main(self, *args: Any, **kwargs: Any) -> NoReturn:
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):  # a terminal may lack a character
                stream.reconfigure(errors="backslashreplace")
        try:
            code = super().main(*args, **{**kwargs, "standalone_mode": False})
            sys.stdout.flush()
        except MienError as e:
            fail(sentence(e.message, hint_for(e)), e.exit_code)
        except click.ClickException as e:
            path = e.ctx.command_path if isinstance(e, click.UsageError) and e.ctx else "mien"
            fail(f"{e.format_message().rstrip('.')} (see {path} --help)", e.exit_code)
        except click.Abort:
            fail("interrupted.", 130)
        except OSError as e:
            # Python flushes the rest at exit, which must not fail again.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            if not isinstance(e, BrokenPipeError):
                fail(f"the output cannot be written ({e.strerror}).", 1)
            code = 0  # `mien ... | head` has read what it wanted
        sys.exit(code if isinstance(code, int) else 0)


def hint_for(error: MienError) -> str:
    """What to do about an error on the command line."""
    for cause in type(error).__mro__:
        if cause in _HINTS:
            return _HINTS[cause]
    return error.hint


def fail(message: str, code: int) -> NoReturn:
    """End with one line on standard error and this exit code."""
    click.echo(f"mien: {' '.join(message.split())}", err=True)
    sys.exit(code)

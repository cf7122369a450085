"""What the commands have in common: errors in one line, options, and how lines are printed."""

from __future__ import annotations

import difflib
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from mien.errors import MienError, MoodError

if TYPE_CHECKING:
    from rich.console import Console


class Commands(click.Group):
    """A group in which `mien PHOTO` is `mien read PHOTO`, and errors are one line."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] not in ("--help", "-h", "--version"):
            meant = difflib.get_close_matches(args[0], self.commands, n=1)
            if meant and not Path(args[0]).exists():
                raise click.UsageError(f"{args[0]!r} is no command; did you mean {meant[0]!r}?")
            args = ["read", *args]
        return super().parse_args(ctx, args)

    def main(self, *args: Any, **kwargs: Any) -> NoReturn:
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):  # a terminal that lacks a letter is no failure
                stream.reconfigure(errors="backslashreplace")
        try:
            code = super().main(*args, **{**kwargs, "standalone_mode": False})
            sys.stdout.flush()
        except MienError as e:
            # A mood that does not exist is the command's fault; the rest could not be done.
            fail(str(e), 2 if isinstance(e, MoodError) else 1)
        except click.ClickException as e:
            fail(f"{e.format_message()} (mien --help says more)", e.exit_code)
        except click.Abort:
            fail("interrupted.", 130)
        except OSError as e:
            # What is left to print must not fail once more when Python flushes it at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            if not isinstance(e, BrokenPipeError):
                fail(f"the output cannot be written ({e.strerror}).", 1)
            code = 0  # the reader of a pipe has gone, as in `mien ... | head`: no failure of ours
        sys.exit(code if isinstance(code, int) else 0)


def fail(message: str, code: int) -> NoReturn:
    """End with one line on standard error and this exit code."""
    click.echo(f"mien: {' '.join(message.split())}", err=True)
    sys.exit(code)


MODEL = click.option(
    "--model",
    default="expression",
    show_default=True,
    help="A network in the package, or a file that `mien train` wrote.",
)

DATA = click.option("--data", type=click.Path(path_type=Path), help="FER2013, as for `mien train`.")

JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def song_id(text: str) -> str | int:
    """What SONG means: a place in the last list, or the id of a song in the catalogue in use.

    Raises:
        FeedbackError: it is neither.
    """
    from mien.catalogue.store import Store
    from mien.errors import FeedbackError, FeedbackFileError
    from mien.feedback import Feedback

    place = int(text) if text.isdecimal() and len(text) < 7 else 0
    if place:
        try:
            Feedback().song_at(place)
            return place
        except FeedbackFileError:
            raise
        except FeedbackError:
            pass  # an id may be a number
    catalogue = Store().open()
    if len(catalogue.rows_of([text])):
        return text
    raise FeedbackError(
        f"the last list has no song number {text}, and the catalogue {catalogue.place.name!r} none "
        "with that id; see `mien recommend --json` for ids."
        if place
        else f"the catalogue {catalogue.place.name!r} has no song with the id {text!r}; see "
        "`mien recommend --json` for ids."
    )


def new_console(*, stderr: bool = False) -> Console:
    """Where tables and progress are printed."""
    from rich.console import Console

    return Console(stderr=stderr, highlight=False)


def print_lines(lines: Sequence[str]) -> None:
    """As they are, whatever the width of the terminal."""
    for line in lines:
        click.echo(line)

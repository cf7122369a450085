"""The command group: `mien PHOTO`, errors in one line, exit codes."""

from __future__ import annotations

import difflib
import io
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from mien.errors import MienError

if TYPE_CHECKING:
    pass


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
            fail(str(e), e.exit_code)
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

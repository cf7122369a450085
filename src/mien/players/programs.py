"""Programs on this machine that play sound files: mpv, VLC or ffplay, whichever is there."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mien.errors import NoPlayerError, PlayingError

_PATIENCE = 3.0
"""Seconds in which a program ends after it was asked to."""

_AT_ONCE = 500
"""Files of one run; the system limits how long a command may be."""

_STATUS = "${playlist-pos-1}. ${media-title}  ${time-pos} / ${duration}"


@dataclass(frozen=True)
class Program:
    """A program that plays sound files.

    Attributes:
        name: as people know it.
        commands: what it may be called, or where it may be, the first first.
        arguments: what makes it play files alone, show nothing but errors and what plays, and end.
        at_once: how many files it plays in one run, one after another.
        as_url: whether it takes files as `file:` URLs; a path might be taken for something else.
        good: exit codes with which something was played.
        chatty: whether it writes more than errors to standard error, whatever it is told.
    """

    name: str
    commands: tuple[str, ...]
    arguments: tuple[str, ...]
    at_once: int
    as_url: bool = False
    good: tuple[int, ...] = (0,)
    chatty: bool = False


PROGRAMS = (
    Program(
        "mpv",
        ("mpv",),
        (
            "--no-video",
            "--force-window=no",
            "--msg-level=all=error,statusline=status",
            f"--term-status-msg={_STATUS}",
            "--",
        ),
        _AT_ONCE,
        good=(0, 3, 4),  # 3: some could not be played; 4: a signal ended it
    ),
    Program(
        "vlc",
        (
            "vlc",
            "/Applications/VLC.app/Contents/MacOS/VLC",
            r"C:\Program Files\VideoLAN\VLC\vlc.exe",
        ),
        ("--intf", "dummy", "--quiet", "--no-video", "--play-and-exit"),
        _AT_ONCE,
        as_url=True,
        chatty=True,
    ),
    Program(
        "ffplay",
        ("ffplay",),
        ("-nodisp", "-vn", "-autoexit", "-nostats", "-loglevel", "error", "-i"),
        1,
    ),
)
"""In the order of preference."""


def find_program(name: str | None = None) -> tuple[Program, str]:
    """A program, and the command that starts it.

    Args:
        name: which one; default: the first of `PROGRAMS` that is installed.

    Raises:
        NoPlayerError: it is not installed, or none is.
    """
    for program in PROGRAMS:
        if name in (None, program.name):
            for command in program.commands:
                if (found := shutil.which(command)) is not None:
                    return program, found
    if name is None:
        raise NoPlayerError("no player is installed", "install mpv, VLC or ffplay")
    raise NoPlayerError(f"{name} is not installed", "install it, or use another player")


def play(
    program: Program,
    command: str,
    files: Sequence[Path],
    announce: Callable[[Sequence[int]], None] = lambda _: None,
) -> list[int]:
    """Play files one after another, until the last one or until somebody ends it.

    Args:
        program, command: from `find_program`.
        files: absolute paths.
        announce: called before each run with the indices of its files.

    Returns:
        The indices of the runs' first files that ended with an error.

    Raises:
        PlayingError: no run ended well.
        KeyboardInterrupt: Ctrl-C ended it; the program has ended, too.
    """
    failed: list[int] = []
    runs = [range(i, min(i + program.at_once, len(files))) for i in _starts(files, program)]
    for run in runs:
        announce(run)
        names = [files[i].as_uri() if program.as_url else str(files[i]) for i in run]
        if _run([command, *program.arguments, *names], program) not in program.good:
            failed.append(run.start)
    if len(failed) == len(runs):
        raise PlayingError(
            f"{program.name} could not play {'it' if len(files) == 1 else 'any of them'}",
            "check that sound works there, or use another player",
        )
    return failed


def _starts(files: Sequence[Path], program: Program) -> range:
    return range(0, len(files), program.at_once)


def _run(command: Sequence[str], program: Program) -> int:
    """Run a program to its end; its exit code."""
    errors = subprocess.DEVNULL if program.chatty else None
    try:
        process = subprocess.Popen(command, stderr=errors)  # noqa: S603 - from PROGRAMS
        with _ending(process):
            return process.wait()
    except OSError as e:
        raise PlayingError(
            f"{program.name} does not start ({e.strerror})", "use another player"
        ) from e


@contextlib.contextmanager
def _ending(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Whatever happens meanwhile, the process has ended at the end of the block. It is given time,
    as it may have changed how the terminal works."""
    try:
        yield
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(_PATIENCE)
            finally:
                process.kill()
                process.wait()

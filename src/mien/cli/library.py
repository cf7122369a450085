"""`mien library`: your own music."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from mien.cli.group import Group
from mien.support.terminal import new_console, print_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mien.library.scanning import Progress, ScanReport

SHOWN_PROBLEMS = 20

_WORKERS = click.option(
    "--workers",
    type=click.IntRange(1, 64),
    help="Processes that listen.  [default: all processors but one]",
)


@click.group(cls=Group)
def library() -> None:
    """Your own music: folders and music servers."""


@library.command()
@click.argument("sources", nargs=-1, required=True, metavar="FOLDER...")
@_WORKERS
def add(sources: tuple[str, ...], workers: int | None) -> None:
    """Add folders of music, listen to what is in them, and use it from now on.

    Your music server is a source, too: give `navidrome:` or `jellyfin:`.

    It can be interrupted: the songs that it has heard can be recommended at once, and `mien library
    scan` goes on with the others.
    """
    from mien.library.managing import add_sources

    add_sources(sources)
    _scan(workers, use=True)


@library.command()
@_WORKERS
def scan(workers: int | None) -> None:
    """Look for music that is new, changed, moved or gone.

    No sound is listened to twice.
    """
    _scan(workers, use=False)


@library.command("list")
def list_() -> None:
    """List the folders, and how many songs each has."""
    from mien.library.managing import count_songs

    lines = []
    for source, songs, problems in count_songs():
        others = f", {_count(problems, 'file')} not" if problems else ""
        lines.append(_printable(f"{source}  {_count(songs, 'song')}{others}"))
    print_lines(lines or ["The library has no folders yet: mien library add FOLDER"])


@library.command()
def problems() -> None:
    """List the files that are no songs, and why."""
    from mien.library.state import LibraryState

    found = LibraryState().problems()
    print_lines([_printable(f"{name}: {why}") for name, why in found.items()])


@library.command()
@click.argument("sources", nargs=-1, required=True, metavar="FOLDER...")
def remove(sources: tuple[str, ...]) -> None:
    """Take folders out of the library. Their files stay as they are.

    What was heard in them is kept: adding a folder again takes seconds.
    """
    from mien.library.managing import remove_sources, update_catalogue

    remove_sources(sources)
    songs = update_catalogue(use=False)
    print_lines([f"Your library has {_count(songs, 'song')}."])


def _scan(workers: int | None, *, use: bool) -> None:
    from mien.library.managing import LIBRARY, scan_library
    from mien.library.scanning import ScanReport

    report = ScanReport()
    with _progress() as show:
        try:
            songs = scan_library(workers, use=use, progress=show, report=report)
        except KeyboardInterrupt:
            print_lines(_lines(report))
            raise click.Abort from None
    print_lines(_lines(report))
    if songs:
        now = f"; {LIBRARY!r} is now in use" if use else ""
        print_lines([f"{_count(songs, 'song')} can be recommended{now}."])
    else:
        print_lines(["There are no songs in the library yet."])


@contextmanager
def _progress() -> Iterator[Callable[[Progress], None]]:
    """Progress on the terminal, if there is one; else a line now and then."""
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bars

    console = new_console(stderr=True)
    bars = Bars(
        TextColumn("Listening"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[speed]}"),
        console=console,
        transient=True,
        disable=not sys.stderr.isatty(),
    )
    with bars:
        task = bars.add_task("", total=None, speed="looking through your folders")

        def show(progress: Progress) -> None:
            speed = f"{progress.per_minute:,.0f} files a minute"
            if progress.left is not None:
                speed += f", {_duration(progress.left)} left"
            bars.update(task, completed=progress.done, total=progress.total, speed=speed)

        yield show


def _duration(seconds: float) -> str:
    """A time that is left, in words.

    >>> _duration(50), _duration(130), _duration(9000)
    ('less than a minute', '2 min', '2 h 30 min')
    """
    minutes = round(seconds / 60)
    if seconds < 60:
        return "less than a minute"
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def _lines(report: ScanReport) -> list[str]:
    counts = (
        (report.new, "new"),
        (report.changed, "changed"),
        (report.moved, "moved"),
        (report.gone, "gone"),
    )
    facts = ", ".join(f"{count:,} {word}" for count, word in counts if count) or "nothing new"
    lines = [f"{_count(report.files, 'sound file')}: {facts}. Listened to {report.analysed:,}."]
    for what, found in (("is no song", report.problems), ("could not be read", report.lost)):
        shown = list(found.items())[:SHOWN_PROBLEMS]
        lines += [_printable(f"{name} {what}: {why}") for name, why in shown]
        if len(found) > len(shown):
            more = len(found) - len(shown)
            lines.append(f"{more:,} more of this kind; see mien library problems.")
    if report.outside:
        places = ", ".join(list(report.outside)[:3]) + (" ..." if len(report.outside) > 3 else "")
        linked = _count(sum(report.outside.values()), "file")
        lines.append(
            f"Links lead out of your folders to {linked}; the page plays these only if you"
        )
        lines.append(_printable(f"  add where they lie, too: {places}"))
    return lines


def _count(number: int, word: str) -> str:
    """A number of things, such as `1 song`."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def _printable(text: str) -> str:
    """Text without control characters, which names of files may contain."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)

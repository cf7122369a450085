"""`mien catalogue`: the songs to choose from."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import os
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mien.cli.group import Group
from mien.cli.listening import listening
from mien.cli.options import CATALOGUE, FILE, JSON, YES, confirm
from mien.support.terminal import new_console, new_table, print_lines, printable

if TYPE_CHECKING:
    import polars as pl

    from mien.catalogue.summary import ImportSummary

SHOWN_PROBLEMS = 20
"""Files that could not be analysed which are named; of more, how many there are."""


@click.group(cls=Group)
def catalogue() -> None:
    """The songs to choose from."""


@catalogue.command("import")
@click.argument("file", type=FILE)
@click.option("--name", help="What to call it.  [default: the file's name]")
@click.option(
    "--audio", is_flag=True, help="Listen to the files of songs that no other catalogue knows."
)
@click.option("--workers", type=click.IntRange(1, 64), help="Files at once, with --audio.")
@click.option("--unplaced", type=FILE, help="Write songs that cannot be placed here, as CSV.")
def import_(
    file: Path, *, name: str | None, audio: bool, workers: int | None, unplaced: Path | None
) -> None:
    """Import a CSV or Parquet FILE of songs, and use it from now on.

    It needs columns for title and artist, or for the paths of sound files; many names for them are
    known. Songs without valence, energy and tempo take them from your other catalogues.
    """
    from mien.catalogue.importing import default_name, import_songs
    from mien.support.files import write_atomically

    if workers is not None and not audio:
        raise click.UsageError("--workers needs --audio.")
    with ExitStack() as stack:
        listen = stack.enter_context(listening(workers)) if audio else None
        done = import_songs(file, name, listen=listen)
    if unplaced is not None:
        write_atomically(unplaced, _unplaced_csv(done.unplaced))
    problems = [f"{path}: {why}" for path, why in list(done.problems.items())[:SHOWN_PROBLEMS]]
    if len(done.problems) > SHOWN_PROBLEMS:
        problems.append(f"{len(done.problems) - SHOWN_PROBLEMS:,} more files could not be heard")
    print_lines([*done.summary.lines(), *map(printable, problems)])
    if done.unplaced.height:
        print_lines([_advice(done.unplaced, audio=audio)])
    print_lines([f"{name or default_name(file)!r} is now in use."])


def _unplaced_csv(songs: pl.DataFrame) -> bytes:
    """The songs as a table that can be imported again; names of files keep their bytes."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([{"artists": "artist"}.get(name, name) for name in songs.columns])
    for row in songs.iter_rows():
        writer.writerow([os.fsdecode(v) if isinstance(v, bytes) else v for v in row])
    return out.getvalue().encode("utf-8", "surrogateescape")


def _advice(unplaced: pl.DataFrame, *, audio: bool) -> str:
    """How songs that are not placed can be."""
    advice = "To place more, get a larger catalogue (mien catalogue fetch spotify-tracks)"
    if "path" in unplaced.columns and not audio:
        return f"{advice} or add --audio, and import the file again."
    return f"{advice} and import the file again."


@catalogue.command()
@click.argument("dataset", type=click.Choice(["spotify-tracks"]))
@click.option("--file", type=FILE, help="A copy that you already have.")
def fetch(dataset: str, file: Path | None) -> None:
    """Download a public data set of songs (20 MB), verify it, and use it from now on."""
    from mien.catalogue.importing import PUBLIC_DATASETS
    from mien.catalogue.importing import fetch as fetch_dataset

    wanted = PUBLIC_DATASETS[dataset]
    with click.progressbar(
        length=wanted.bytes,
        label="Downloading",
        file=sys.stderr,
        hidden=file is not None or not sys.stderr.isatty(),
    ) as bar:

        def progress(received: int, _: int) -> None:
            bar.update(received - bar.pos)

        summary = fetch_dataset(dataset, file, progress=progress)
    print_lines([*summary.lines(), f"{wanted.licence}", f"{dataset!r} is now in use."])


@catalogue.command()
@click.argument("entries", type=FILE)
@click.argument("tracks", type=FILE)
@CATALOGUE
def playlists(entries: Path, tracks: Path, catalogue: str | None) -> None:
    """Learn from playlists which songs go together.

    ENTRIES is a CSV file with the columns pid (which playlist) and track_id, TRACKS one with
    track_id, artist_name and track_name. Your ratings then say more about your taste.
    """
    from mien.catalogue.playlists import import_playlists

    with new_console(stderr=True).status("Learning"):
        known, songs = import_playlists(entries, tracks, catalogue)
    print_lines([f"{known:,} of {songs:,} songs are in a playlist."])


@catalogue.command("list")
def list_() -> None:
    """List the catalogues; the one in use is marked."""
    from rich.text import Text

    from mien.catalogue.store import Store

    table = new_table("", "Name", "Songs", "From")
    table.columns[1].justify = table.columns[3].justify = "left"
    table.columns[1].style = "bold"
    table.columns[3].overflow = "fold"
    for s in Store().list():
        table.add_row("*" if s.in_use else "", Text(s.name), f"{s.songs:,}", Text(s.source))
    new_console().print(table)


@catalogue.command()
@click.argument("name")
def use(name: str) -> None:
    """Recommend songs of the catalogue NAME from now on."""
    from mien.catalogue.store import Store

    Store().use(name)
    print_lines([f"{name!r} is now in use."])


@catalogue.command()
@click.argument("name", required=False)
@JSON
def stats(name: str | None, as_json: bool) -> None:
    """Summarise a catalogue: features, genres, and its import."""
    from mien.catalogue.store import Store

    store = Store()
    with store.open(name) as opened:
        songs, scale, genres = len(opened), opened.scale, opened.genres()
    summary = store.import_summary(opened.ref.name)
    features = {
        feature: {
            key: round(float(values[i]), 4)
            for key, i in (("min", 0), ("q25", 25), ("median", 50), ("q75", 75), ("max", 100))
        }
        for feature, values in dataclasses.asdict(scale).items()
    }
    if as_json:
        facts = {
            "name": opened.ref.name,
            "songs": songs,
            "features": features,
            "genres": genres,
            "import": dataclasses.asdict(summary),
        }
        click.echo(json.dumps(facts, ensure_ascii=False))
        return
    _show_stats(opened.ref.name, songs, features, genres, summary)


@catalogue.command()
@click.argument("name")
@YES
def remove(name: str, yes: bool) -> None:
    """Delete the catalogue NAME."""
    from mien.catalogue.store import Store

    confirm(f"Delete the catalogue {name!r}?", yes)
    Store().remove(name)
    print_lines([f"{name!r} was removed."])


def _show_stats(
    name: str,
    songs: int,
    features: dict[str, dict[str, float]],
    genres: dict[str, int],
    summary: ImportSummary,
) -> None:
    console = new_console()
    print_lines([f"{name}: {songs:,} songs", ""])
    table = new_table("", "min", "q25", "median", "q75", "max")
    for feature, values in features.items():
        table.add_row(feature, *(f"{v:.3g}" for v in values.values()))
    console.print(table)
    listed = ", ".join(f"{genre} {count:,}" for genre, count in list(genres.items())[:40])
    more = f", and {len(genres) - 40} more (--json lists all)" if len(genres) > 40 else ""
    print_lines([f"{len(genres)} genres: {listed}{more}" if genres else "no genres", ""])
    print_lines(["Import:", *(f"  {line}" for line in summary.lines())])

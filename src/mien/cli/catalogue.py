"""`mien catalogue`: the songs to choose from."""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mien.cli.group import Group
from mien.cli.options import CATALOGUE, FILE, JSON
from mien.support.terminal import new_console, new_table, print_lines

if TYPE_CHECKING:
    from mien.catalogue.summary import ImportSummary


@click.group(cls=Group)
def catalogue() -> None:
    """The songs to choose from."""


@catalogue.command("import")
@click.argument("file", type=FILE)
@click.option("--name", help="What to call it.  [default: the file's name]")
def import_(file: Path, name: str | None) -> None:
    """Import a CSV or Parquet FILE of songs, and use it from now on.

    It needs columns for title, artist, valence, energy and tempo; many names for them are known.
    """
    from mien.catalogue.importing import default_name, import_catalogue

    summary = import_catalogue(file, name)
    print_lines([*summary.lines(), f"{name or default_name(file)!r} is now in use."])


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
def remove(name: str) -> None:
    """Delete the catalogue NAME."""
    from mien.catalogue.store import Store

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

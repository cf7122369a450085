"""`mien expression` and `watch`: the expressions in photos, videos and before a camera."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from mien.cli.neutral import NEUTRAL, neutral_face
from mien.cli.options import CATALOGUE, FILE, IMAGE_SUFFIXES, MODEL
from mien.cli.playlists import M3U, RELATIVE_TO, write_playlist
from mien.errors import MienError, PhotoError
from mien.support.terminal import print_lines


@click.command()
@click.argument("paths", nargs=-1, required=True, type=FILE)
@NEUTRAL
def expression(paths: Sequence[Path], *, use_neutral: bool | None) -> None:
    """Read the faces in photos and folders; print one line of JSON for each photo."""
    from mien.face.reading import read
    from mien.output.json import faces_json, to_line

    photos = list(_photos(paths))
    if not photos:
        raise PhotoError("no photos were found there", "give JPEG, PNG, WebP, BMP or GIF files")
    neutral = neutral_face(use_neutral)
    failed = 0
    with click.progressbar(
        photos, label="Reading", file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as progress:
        for photo in progress:
            try:
                faces = faces_json(read(photo, neutral=neutral))
                line: dict[str, Any] = {"path": str(photo), "faces": faces}
            except MienError as e:
                failed += 1
                line = {"path": str(photo), "error": {"code": e.code, "message": str(e)}}
            click.echo(to_line(line))
    if failed:
        raise PhotoError(f"{failed} of {len(photos)} photos could not be read", "see their lines")


@click.command()
@click.argument("source")
@click.option(
    "--rate",
    type=click.FloatRange(0.5, 60),
    default=10,
    show_default=True,
    help="The most frames read per second.",
)
@MODEL
@click.option("--seconds", type=click.FloatRange(0.1), help="Stop after this long.")
@NEUTRAL
@click.option("--room", is_flag=True, help="The mean of all faces, not the largest.")
@click.option("--songs", is_flag=True, help="A song for each mood.")
@CATALOGUE
@click.option("--seed", type=int, help="Other songs that fit nearly as well.")
@click.option("--csv", "table", type=FILE, help="Write the timeline here.")
@click.option("--chart", type=FILE, help="Draw the timeline here (.png, .svg, .pdf).")
@click.option("--dark", is_flag=True, help="Draw light on dark.")
@M3U
@RELATIVE_TO
def watch(
    source: str,
    *,
    rate: float,
    model: str,
    seconds: float | None,
    use_neutral: bool | None,
    room: bool,
    songs: bool,
    catalogue: str | None,
    seed: int | None,
    table: Path | None,
    chart: Path | None,
    dark: bool,
    m3u: Path | None,
    relative_to: Path | None,
) -> None:
    """Follow the moods in SOURCE: a video file, or the number of a camera, such as 0.

    Ctrl-C stops a camera; files are written all the same. Of a video, faces are read relative to
    your neutral face only with --neutral: it may show other people.
    """
    from itertools import takewhile

    from mien.cli.printing import describe_expression
    from mien.face.network import ExpressionModel
    from mien.face.tracking import Moment
    from mien.face.watching import collect, segments
    from mien.face.watching import watch as watch_source
    from mien.output.charts import require_chart
    from mien.output.timeline import chart_timeline, format_clock, to_csv
    from mien.recommendation.recommender import recommender_of
    from mien.recommendation.soundtrack import recommend_soundtrack
    from mien.support.files import write_atomically

    if chart is not None:
        require_chart(chart)  # fail now rather than after an hour of video
    if songs or m3u is not None:
        recommender_of(catalogue)

    def announce(moment: Moment) -> None:
        assert moment.steady is not None
        click.echo(f"{format_clock(moment.time):>7}  {describe_expression(moment.steady)}")

    network = ExpressionModel(model)
    if use_neutral is None and not source.isdecimal():
        use_neutral = False
    neutral = neutral_face(use_neutral, network)
    if neutral is not None:
        click.echo("Relative to your neutral face (--no-neutral ignores it).")
    moments = watch_source(source, rate=rate, room=room, model=network, neutral=neutral)
    if seconds is not None:
        moments = takewhile(lambda moment: moment.time <= seconds, moments)
    timeline = collect(moments, announce)
    parts = segments(timeline)
    if not parts:
        print_lines(["No face was visible long enough to tell a mood."])
    if table is not None:
        write_atomically(table, to_csv(timeline))
    if chart is not None and timeline:
        chart_timeline(timeline, chart, dark=dark)
    if songs or m3u is not None:
        found = recommend_soundtrack(parts, catalogue=catalogue, seed=seed)
        for part, r in zip(parts, found, strict=False):
            span = f"{format_clock(part.start)} to {format_clock(part.end)}"
            print_lines([f"{span}  {r.song.title} - {', '.join(r.song.artists)}", f"    {r.why}"])
        if m3u is not None:
            write_playlist(m3u, [r.song for r in found], relative_to)


def _photos(paths: Sequence[Path]) -> Iterator[Path]:
    """The files, and the images in the folders and their subfolders, by name."""
    for path in paths:
        if path.is_dir():
            yield from (
                p
                for p in sorted(path.rglob("*"))
                if p.suffix.lower() in IMAGE_SUFFIXES and p.is_file()
            )
        else:
            yield path

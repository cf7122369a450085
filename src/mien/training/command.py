"""`mien train`: load, train with a progress bar, calibrate, export, score on PublicTest."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mien.errors import DataError
from mien.evaluation.expression import evaluate_expression
from mien.expression import ExpressionModel
from mien.terminal import show_lines, show_scores
from mien.training import fer2013
from mien.training.checkpoint import Epoch, Outcome, claim
from mien.training.export import calibrate, export
from mien.training.fer2013 import Fer2013
from mien.training.network import Network
from mien.training.recipe import Recipe, named
from mien.training.train import batches_in, train

if TYPE_CHECKING:
    from rich.console import Console


def train_and_export(
    data: Path | None,
    out: Path | None,
    *,
    recipe: str,
    epochs: int | None,
    seed: int,
    console: Console,
) -> Path:
    """Train in the folder `out` and write `out/expression.onnx`.

    Teachers, where the recipe has any, are trained first, in folders beside it that are called
    after their recipe and seed; those that are there already are used as they are.

    Args:
        data: as for `fer2013.load`.
        out: a folder; default: in `runs`, called after recipe and seed.
        recipe: of `RECIPES`.
        epochs: instead of the recipe's own number (not its teachers').
        seed: of the random numbers.
        console: where progress is shown.

    Returns:
        The ONNX file.

    Raises:
        DataError: FER2013 or the raters' votes cannot be read, there is no such recipe, or `out`
            holds a training with another one.
        ModelError: the export does not agree with the network.
    """
    chosen = named(recipe, epochs=epochs, seed=seed)
    out = Path("runs") / folder_name(recipe, seed) if out is None else out
    with console.status("Reading FER2013"):
        faces = fer2013.load(data)
    plan = [(named(chosen.teacher, seed=seed + i), seed + i) for i in range(chosen.teachers)]
    folders = [out.parent / folder_name(chosen.teacher, number) for _, number in plan]
    if out in folders:
        raise DataError(f"{out} is the folder of a teacher; give another one with --out.")
    for folder, wanted in zip((out, *folders), (chosen, *(r for r, _ in plan)), strict=True):
        claim(folder, wanted, faces.training)  # better refused now than when the teachers are done
    teachers = [
        _train(faces, wanted, folder, what=f"Teacher {i} of {len(plan)}", console=console).network
        for i, (folder, (wanted, _)) in enumerate(zip(folders, plan, strict=True), 1)
    ]
    outcome = _train(faces, chosen, out, what="Training", console=console, teachers=teachers)

    target = out / "expression.onnx"
    export(outcome.network, calibrate(outcome.network, faces.public), target)
    best = outcome.best
    show_lines(console, [f"best epoch on PublicTest: {best.number}", f"written: {target}"])
    show_scores(console, evaluate_expression(ExpressionModel(target), faces, "public"))
    return target


def folder_name(recipe: str, seed: int) -> str:
    """What the folder of a training is called where nobody says."""
    return f"{recipe}-{seed}" if seed else recipe


def _train(
    faces: Fer2013,
    recipe: Recipe,
    folder: Path,
    *,
    what: str,
    console: Console,
    teachers: list[Network] | None = None,
) -> Outcome:
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:3.0f} %"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task(what, total=batches_in(faces, recipe))

        def on_batch(done: int, loss: float) -> None:
            progress.update(task, completed=done, description=f"{what}, loss {loss:.3f}")

        def on_epoch(epoch: Epoch) -> None:
            people = epoch.raters_accuracy
            progress.console.print(
                f"epoch {epoch.number:3d}  loss {epoch.training_loss:.4f}  "
                f"PublicTest loss {epoch.public_loss:.4f}  accuracy {epoch.public_accuracy:.2%}"
                + ("" if people is None else f"  raters {people:.2%}")
            )

        outcome = train(
            faces, recipe, folder, teachers=teachers or (), on_batch=on_batch, on_epoch=on_epoch
        )
        progress.update(task, completed=progress.tasks[0].total)
    return outcome

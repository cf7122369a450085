"""`mien train`: load, train with a progress bar, calibrate, export, score on PublicTest."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mien.evaluation.expression import evaluate_expression
from mien.expression import ExpressionModel
from mien.terminal import show_lines, show_scores
from mien.training import fer2013
from mien.training.export import calibrate, export
from mien.training.train import Epoch, Recipe, batches_in, train

if TYPE_CHECKING:
    from rich.console import Console


def train_and_export(
    data: Path | None, out: Path, *, epochs: int, seed: int, console: Console
) -> Path:
    """Train in the folder `out` and write `out/expression.onnx`.

    Returns:
        The ONNX file.

    Raises:
        DataError: FER2013 cannot be read, or `out` holds a training with another recipe.
        ModelError: the export does not agree with the network.
    """
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    recipe = Recipe(epochs=epochs, seed=seed)
    with console.status("Reading FER2013"):
        faces = fer2013.load(data)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:3.0f} %"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("Training", total=batches_in(faces, recipe))

        def on_batch(done: int, loss: float) -> None:
            progress.update(task, completed=done, description=f"Training, loss {loss:.3f}")

        def on_epoch(epoch: Epoch) -> None:
            progress.console.print(
                f"epoch {epoch.number:3d}  loss {epoch.training_loss:.4f}  "
                f"PublicTest loss {epoch.public_loss:.4f}  accuracy {epoch.public_accuracy:.2%}"
            )

        outcome = train(faces, recipe, out, on_batch=on_batch, on_epoch=on_epoch)
        progress.update(task, completed=progress.tasks[0].total)

    target = out / "expression.onnx"
    calibration = calibrate(outcome.network, faces.public)
    export(outcome.network, calibration, target)
    best = outcome.best
    show_lines(console, [f"best epoch on PublicTest: {best.number}", f"written: {target}"])
    show_scores(console, evaluate_expression(ExpressionModel(target), faces, "public"))
    return target

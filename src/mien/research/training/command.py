"""Train a recipe and all that it needs, with a progress bar; export, and score on PublicTest."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mien.errors import TrainingError
from mien.face.network import ExpressionModel
from mien.research.data import fer2013
from mien.research.data.fer2013 import Fer2013
from mien.research.evaluation.expression import evaluate_expression
from mien.research.printing import show_scores
from mien.research.training.balance import predict_votes
from mien.research.training.calibration import Frequencies
from mien.research.training.checkpoint import Epoch, Outcome, claim, describe
from mien.research.training.export import ship
from mien.research.training.network import Ensemble, Network
from mien.research.training.plan import Planned, folder_name, plan_trainings
from mien.research.training.recipe import find_recipe
from mien.research.training.train import count_batches, train
from mien.support.terminal import show_lines

if TYPE_CHECKING:
    from rich.console import Console


def train_and_export(
    data: Path | None,
    out: Path | None,
    *,
    recipe: str,
    epochs: int | None,
    seed: int | None,
    console: Console,
) -> Path:
    """Train in the folder `out`, and write `out/expression.onnx`.

    The recipe's teachers, its start and other members are trained first, in neighbouring folders
    named after recipe and seed; finished ones are used as they are.

    Args:
        data: as for `mien.research.data.fer2013.load`.
        out: a folder; default: in `runs`, named after recipe and seed.
        recipe: of `RECIPES`.
        epochs, seed: replace the recipe's, unless None; not those of what is trained first.
        console: shows the progress.

    Returns:
        The ONNX file.

    Raises:
        DataError: FER2013 or the raters' votes are missing or damaged.
        TrainingError: there is no such recipe, or `out` holds another training.
        ModelError: the exported file does not agree with the network.
    """
    chosen = find_recipe(recipe, epochs=epochs, seed=seed)
    out = Path("runs") / folder_name(recipe, chosen.seed) if out is None else out
    with console.status("Reading FER2013"):
        faces = fer2013.load(data)
    plan = plan_trainings(chosen, out)
    folders = [t.folder for t in plan]
    if out in folders[:-1]:
        raise TrainingError(
            f"{out} is the folder of a network that is trained first", "use another folder"
        )
    for training in plan:  # to fail now rather than after the teachers
        claim(training.folder, training.recipe, faces.training)
    done: dict[Path, Outcome] = {}
    for training in plan:
        teachers = [done[folder].network for folder in training.teachers]
        start = None if training.start is None else done[training.start]
        done[training.folder] = _train(faces, training, teachers, start, console)

    outcome, target = done[out], out / "expression.onnx"
    frequencies = Frequencies.of(faces.training).votes
    outcomes = [done[folder] for folder in (out, *plan[-1].members)]
    members = [predict_votes(each, frequencies) for each in outcomes]
    together = Ensemble(members, [each.recipe.weight for each in outcomes])
    with console.status("Exporting"):
        ship(together if len(members) > 1 else members[0], faces, target)
    best = outcome.best
    show_lines(console, [f"{chosen.keep} epoch: {best.number}", f"written: {target}"])
    show_scores(console, evaluate_expression(ExpressionModel(target), faces, "public"))
    return target


def _train(
    faces: Fer2013,
    training: Planned,
    teachers: Sequence[Network],
    start: Outcome | None,
    console: Console,
) -> Outcome:
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:3.0f} %"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as progress:
        name = training.folder.name
        task = progress.add_task(name, total=count_batches(faces, training.recipe))

        def on_batch(done: int, loss: float) -> None:
            progress.update(task, completed=done, description=f"{name}, loss {loss:.3f}")

        def on_epoch(epoch: Epoch) -> None:
            progress.console.print(describe(epoch))

        outcome = train(
            faces,
            training.recipe,
            training.folder,
            teachers=teachers,
            start=start,
            on_batch=on_batch,
            on_epoch=on_epoch,
        )
        progress.update(task, completed=progress.tasks[0].total)
    return outcome

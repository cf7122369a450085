"""`mien train`: load, train with a progress bar, calibrate, export, score on PublicTest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mien.errors import DataError
from mien.face.network import ExpressionModel
from mien.research.data import fer2013
from mien.research.data.fer2013 import Fer2013
from mien.research.evaluation.expression import evaluate_expression
from mien.research.printing import show_scores
from mien.research.training.checkpoint import Epoch, Outcome, claim
from mien.research.training.export import ship
from mien.research.training.network import Ensemble, Network
from mien.research.training.recipe import Recipe, called, named
from mien.research.training.train import batches_in, train
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
    """Train in the folder `out` and write `out/expression.onnx`.

    Teachers and the networks that are joined with it, where the recipe has any, are trained first,
    in folders beside it that are called after their recipe and seed; those that are there already
    are used as they are.

    Args:
        data: as for `fer2013.load`.
        out: a folder; default: in `runs`, called after recipe and seed.
        recipe: of `RECIPES`.
        epochs: instead of the recipe's own number (not that of those trained first).
        seed: of the random numbers, instead of the recipe's own (nor theirs).
        console: where progress is shown.

    Returns:
        The ONNX file.

    Raises:
        DataError: FER2013 or the raters' votes cannot be read, there is no such recipe, or `out`
            holds a training with another one.
        ModelError: the export does not agree with the network.
    """
    chosen = named(recipe, epochs=epochs, seed=seed)
    out = Path("runs") / folder_name(recipe, chosen.seed) if out is None else out
    with console.status("Reading FER2013"):
        faces = fer2013.load(data)
    plan = _plan(chosen, out)
    folders = [t.folder for t in plan]
    if out in folders[:-1]:
        raise DataError(f"{out} is the folder of what is trained first", "give another with --out")
    for training in plan:  # better refused now than when the teachers are done
        claim(training.folder, training.recipe, faces.training)
    done: dict[Path, Outcome] = {}
    for training in plan:
        teachers = [done[folder].network for folder in training.teachers]
        done[training.folder] = _train(faces, training, teachers, console)

    outcome, target = done[out], out / "expression.onnx"
    members = [outcome.network, *(done[folder].network for folder in plan[-1].joined)]
    with console.status("Exporting"):
        ship(Ensemble(members) if plan[-1].joined else outcome.network, faces, target)
    best = outcome.best
    show_lines(console, [f"best epoch on PublicTest: {best.number}", f"written: {target}"])
    show_scores(console, evaluate_expression(ExpressionModel(target), faces, "public"))
    return target


def folder_name(recipe: str, seed: int) -> str:
    """What the folder of a training is called where nobody says."""
    return recipe if seed == named(recipe).seed else f"{recipe}-{seed}"


@dataclass(frozen=True)
class _Training:
    """A training, where, and the folders of its teachers and of what it is joined with."""

    recipe: Recipe
    folder: Path
    teachers: tuple[Path, ...]
    joined: tuple[Path, ...]


def _plan(recipe: Recipe, folder: Path) -> list[_Training]:
    """The trainings in order, none twice: each after those it needs, that in `folder` last."""
    teachers, joined = (
        [
            _plan(wanted, folder.parent / folder_name(name, wanted.seed))
            for name, wanted in called(names)
        ]
        for names in (recipe.teachers, recipe.joined)
    )
    first = dict.fromkeys(training for plan in (*teachers, *joined) for training in plan)
    folders = (tuple(plan[-1].folder for plan in plans) for plans in (teachers, joined))
    return [*first, _Training(recipe, folder, *folders)]


def _train(
    faces: Fer2013, training: _Training, teachers: Sequence[Network], console: Console
) -> Outcome:
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:3.0f} %"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as progress:
        what = training.folder.name
        task = progress.add_task(what, total=batches_in(faces, training.recipe))

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
            faces,
            training.recipe,
            training.folder,
            teachers=teachers,
            on_batch=on_batch,
            on_epoch=on_epoch,
        )
        progress.update(task, completed=progress.tasks[0].total)
    return outcome

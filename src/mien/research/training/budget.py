"""Train all that some recipes need in a given time: teachers, then the networks they teach.

A short warm-up measures how long each training would take. Networks that ship get the time they
need, up to two fifths; their teachers share the rest in proportion to what they need. A training
ends when its time is used, its learning rate by then at zero, and what it leaves goes to the next.
Teachers predict each face once; their mean is stored with each network that learns from them, which
therefore needs them no more. Interrupted, everything goes on where it was in the time of the next
call.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from mien.errors import TrainingError
from mien.face.network import HEADS
from mien.research.data import fer2013
from mien.research.data.fer2013 import Fer2013, Split, without_blanks
from mien.research.training.balance import class_frequencies, predict_votes
from mien.research.training.checkpoint import (
    Epoch,
    Outcome,
    claim,
    describe,
    has_predictions,
    is_finished,
    load_outcome,
    save_predictions,
)
from mien.research.training.network import build
from mien.research.training.plan import Planned, folder_name, plan_trainings
from mien.research.training.predictions import check_teachers, half_precision, predict_mean
from mien.research.training.published import PUBLISHED, load_published
from mien.research.training.recipe import Recipe, find_recipe
from mien.research.training.targets import Targets, make_targets
from mien.research.training.train import count_batches, train
from mien.support.terminal import show_lines

if TYPE_CHECKING:
    from rich.console import Console

RESERVE = 0.04
"""The share of the time that is kept for scores, predictions and checkpoints."""

LEARNERS = 0.4
"""The largest share of the time that is kept for networks that learn from teachers."""

SKIPPED = 0.1
"""A teacher that would get less than this share of the time it needs is left out."""

_TIMED = 3  # steps of the warm-up that are measured, after as many that are not


def load_and_train(
    minutes: float, data: Path | None, recipes: Sequence[str], out: Path | None, *, console: Console
) -> None:
    """Read FER2013, and `train_within` the minutes.

    Args:
        minutes: for everything.
        recipes: as for `train_within`.
        data: as for `mien.research.data.fer2013.load`.
        out: as for `train_within`; default: `runs`.
        console: shows the progress.
    """

    def on_epoch(name: str, epoch: Epoch) -> None:
        show_lines(console, [f"{name}: {describe(epoch)}"])

    began = time.monotonic()
    with console.status("Reading FER2013"):
        faces = fer2013.load(data)
    train_within(
        minutes - (time.monotonic() - began) / 60,
        faces,
        recipes,
        Path("runs") if out is None else out,
        show=lambda line: show_lines(console, [line]),
        on_epoch=on_epoch,
    )


def train_within(
    minutes: float,
    data: Fer2013,
    recipes: Sequence[str],
    out: Path,
    *,
    show: Callable[[str], None],
    on_epoch: Callable[[str, Epoch], None] = lambda name, epoch: None,
) -> None:
    """Train the recipes and all that they need.

    Args:
        minutes: for everything.
        data: FER2013, with the raters' votes.
        recipes: of `RECIPES`.
        out: the folder that has or gets a folder for each training.
        show: prints a line about a training.
        on_epoch: called with the training's folder name after each epoch.

    Raises:
        TrainingError: there is no such recipe; a folder holds another training; or no teacher of a
            network could be trained in this time.
        DataError: published weights or the raters' votes are missing or damaged.
    """
    end = time.monotonic() + 60 * minutes * (1 - RESERVE)
    plans = [
        plan_trainings(find_recipe(name), out / folder_name(name, find_recipe(name).seed))
        for name in recipes
    ]
    plan = list(dict.fromkeys(training for each in plans for training in each))
    for training in plan:  # to fail now rather than after the teachers
        claim(training.folder, training.recipe, data.training)
        _check_start(training, data)
    needs = _measure(plan, data, show)
    learners = {training.folder for training in plan if training.teachers}
    # Teachers first: all that no teacher is needed for.
    order = sorted(plan, key=lambda training: training.folder in learners)
    waiting = [training for training in order if not is_finished(training.folder)]
    seen = _Predictions(data)
    while waiting:
        training = waiting.pop(0)
        name, need = training.folder.name, needs[training.folder]
        seconds = _share(training, waiting, learners, needs, end - time.monotonic())
        if training.folder not in learners and learners and seconds < SKIPPED * need:
            show(f"{name}: left out, {seconds:.0f} s of {need:.0f}")
            continue
        if training.teachers:
            _teach(training, seen, show)
        show(f"{name}: {min(seconds, need):.0f} s of {need:.0f}")
        _train(training, data, time.monotonic() + seconds, show, on_epoch)
    show("finished; a recipe is exported from its folder when it is trained without a limit")


def _check_start(training: Planned, data: Fer2013) -> None:
    recipe = training.recipe
    if recipe.starts_from in PUBLISHED and not is_finished(training.folder):
        network = build(recipe.architecture, recipe.seed)
        load_published(network, recipe.starts_from, data.training.crops[:1])


def _train(
    training: Planned,
    data: Fer2013,
    until: float,
    show: Callable[[str], None],
    on_epoch: Callable[[str, Epoch], None],
) -> None:
    start = load_outcome(training.start) if training.start is not None else None
    name = training.folder.name
    try:
        train(
            data,
            training.recipe,
            training.folder,
            start=start,
            until=until,
            on_epoch=lambda epoch: on_epoch(name, epoch),
        )
    except torch.OutOfMemoryError:
        show(f"{name}: left out, its batches are too large for the memory")


def _share(
    training: Planned,
    waiting: Sequence[Planned],
    learners: set[Path],
    needs: dict[Path, float],
    left: float,
) -> float:
    """The seconds of this training, of those that are left."""

    def total(chosen: Sequence[Planned]) -> float:
        return sum(needs[each.folder] for each in chosen)

    alike = [each for each in waiting if (each.folder in learners) == (training.folder in learners)]
    later = [each for each in waiting if each not in alike]
    for_alike = left - min(total(later), LEARNERS * left)
    need = needs[training.folder]
    return max(0.0, for_alike * need / max(1e-9, need + total(alike)))


def _measure(
    plan: Sequence[Planned], data: Fer2013, show: Callable[[str], None]
) -> dict[Path, float]:
    """The seconds that each training would take, from a few steps without a compiler."""
    rates: dict[tuple[object, int], float] = {}
    needs = {}
    for training in plan:
        recipe = training.recipe
        key = (recipe.architecture, recipe.batch)
        if is_finished(training.folder):
            needs[training.folder] = 0.0
            continue
        if key not in rates:
            rates[key] = _seconds_per_step(recipe)
            show(f"{training.folder.name}: {recipe.batch / rates[key]:.0f} faces a second")
        needs[training.folder] = rates[key] * count_batches(data, recipe)
    return needs


def _seconds_per_step(recipe: Recipe) -> float:
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    network = build(recipe.architecture, recipe.seed).to(device).train()
    side = recipe.architecture.side
    faces = torch.randn(recipe.batch, 1, side, side, device=device)
    started = 0.0
    for step in range(2 * _TIMED):
        if step == _TIMED:
            _wait(device)
            started = time.monotonic()
        with half_precision(device):
            logits: Tensor = network(faces)
        logits.float().square().mean().backward()  # type: ignore[no-untyped-call]
    _wait(device)
    return (time.monotonic() - started) / _TIMED


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize()


def _teach(training: Planned, seen: _Predictions, show: Callable[[str], None]) -> None:
    """Store the mean of what the finished teachers predict.

    Raises:
        TrainingError: no teacher is finished.
    """
    if has_predictions(training.folder):
        return
    finished = [folder for folder in training.teachers if is_finished(folder)]
    if not finished:
        raise TrainingError(
            f"no teacher of {training.folder.name} could be trained in this time",
            "use more minutes, or a faster device",
        )
    names = [folder.name for folder in finished]
    show(f"{training.folder.name}: learns from {', '.join(names)}")
    save_predictions(training.folder, seen.mean(finished, training.recipe), names)


@dataclass
class _Predictions:
    """What finished teachers predict, each once."""

    data: Fer2013

    def __post_init__(self) -> None:
        self._split: Split = without_blanks(self.data.training)
        self._found: dict[Path, Targets] = {}

    def mean(self, folders: Sequence[Path], recipe: Recipe) -> Targets:
        for folder in folders:
            if folder not in self._found:
                self._found[folder] = self._predict(load_outcome(folder), recipe)
        return Targets(
            **{
                head: np.mean([getattr(self._found[f], head) for f in folders], axis=0)
                for head in HEADS
            }
        )

    def _predict(self, teacher: Outcome, recipe: Recipe) -> Targets:
        check_teachers([teacher.network], recipe)
        frequencies = class_frequencies(make_targets(self._split, tuple(HEADS)).raters)
        network = predict_votes(teacher, frequencies)
        device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        return predict_mean([network.to(device)], self._split)

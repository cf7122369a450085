"""The training loop: seeded, checkpointed after every epoch, resumed after being killed."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from mien.emotions import EMOTIONS
from mien.face.network import HEADS
from mien.research.data.fer2013 import Fer2013, Split, without_blanks
from mien.research.training.answers import able, mean_answers, score, view_answers
from mien.research.training.checkpoint import (
    Epoch,
    Outcome,
    best_of,
    claim,
    finish,
    is_finished,
    load_outcome,
    resume,
    save,
)
from mien.research.training.network import Network, build, by_head, prepare
from mien.research.training.recipe import Architecture, Recipe
from mien.research.training.targets import targets_of, taught

_LOSS_EVERY = 16  # batches


Progress = Callable[[int, float], None]
"""Called with the batches done in all so far and the latest loss."""


def batches_in(data: Fer2013, recipe: Recipe) -> int:
    """How many batches the whole training takes."""
    return recipe.epochs * _batches_per_epoch(without_blanks(data.training), recipe)


def train(
    data: Fer2013,
    recipe: Recipe,
    folder: Path,
    *,
    teachers: Sequence[Network] = (),
    on_batch: Progress = lambda done, loss: None,
    on_epoch: Callable[[Epoch], None] = lambda epoch: None,
) -> Outcome:
    """Train, or go on with what lies in `folder` (see `checkpoint`).

    On a CPU, a resumed training gives what one that was never interrupted gives, since the random
    numbers of an epoch depend on the seed and the epoch alone.

    Args:
        data: FER2013, with the raters' votes where the recipe has that head.
        recipe: how to train.
        folder: made if it is not there.
        teachers: whose answers are learnt beside labels and votes (`recipe.taught_by`).
        on_batch: told the progress.
        on_epoch: told each epoch.

    Raises:
        DataError: `folder` holds a training with another recipe or on other data, or damage; the
            raters' votes are missing; or a teacher lacks a head, or sees other pixels than the
            student and is to be asked about its views.
    """
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    split = without_blanks(data.training)
    targets = targets_of(
        split,
        recipe.architecture.heads,
        merge_copies=recipe.merge_copies,
        smoothing=recipe.label_smoothing,
    )
    claim(folder, recipe, data.training)
    if is_finished(folder, recipe):
        return load_outcome(folder)
    asked = able([_placed(copy.deepcopy(t), device).eval() for t in teachers], recipe)
    if asked and recipe.taught_by == "face":
        targets, asked = taught(targets, mean_answers(asked, split), recipe.distillation), []
    crops = torch.from_numpy(split.crops).to(device)
    wanted = torch.from_numpy(np.hstack([targets.fer2013, targets.raters])).to(device)

    per_epoch = _batches_per_epoch(split, recipe)
    parts = _Parts.fresh(recipe, per_epoch, device)
    so_far = resume(folder, parts.stateful, device)
    history = list(so_far.history) if so_far else []
    best = so_far.network.state_dict() if so_far else {}
    averaged = cast("Network", parts.averaged.module)

    for number in range(len(history) + 1, recipe.epochs + 1):
        before = (number - 1) * per_epoch
        batches = _batches(crops, wanted, recipe, number)
        told = partial(_told, on_batch, before)
        trained = _one_epoch(parts, batches, recipe, asked, told)
        loss, accuracy, people = score(averaged, data.public)
        epoch = Epoch(number, *trained, loss, accuracy, people)
        history.append(epoch)
        if epoch == best_of(history):
            best = copy.deepcopy(averaged.state_dict())
        states = {name: part.state_dict() for name, part in parts.stateful.items()}
        save(folder, states, best, history)
        on_epoch(epoch)
    return finish(folder)


def _told(on_batch: Progress, before: int, done: int, loss: float) -> None:
    on_batch(before + done, loss)


@dataclass(frozen=True)
class _Parts:
    """What changes while training."""

    network: Network
    averaged: AveragedModel
    optimiser: torch.optim.Optimizer
    schedule: torch.optim.lr_scheduler.LRScheduler

    @classmethod
    def fresh(cls, recipe: Recipe, per_epoch: int, device: torch.device) -> _Parts:
        network = _placed(build(recipe.architecture, recipe.seed), device)
        ema = get_ema_multi_avg_fn(recipe.ema)  # type: ignore[no-untyped-call]
        averaged = AveragedModel(network, multi_avg_fn=ema, use_buffers=True)
        optimiser = _optimiser(network, recipe)
        schedule = _schedule(optimiser, recipe, per_epoch)
        return cls(network, averaged, optimiser, schedule)

    @property
    def stateful(self) -> dict[str, Any]:
        """What a checkpoint holds."""
        return {k: getattr(self, k) for k in ("network", "averaged", "optimiser", "schedule")}


def _one_epoch(
    parts: _Parts,
    batches: Iterable[_Batch],
    recipe: Recipe,
    teachers: Sequence[Network],
    on_batch: Progress,
) -> tuple[float, float]:
    """Mean loss, and share of FER2013's labels that were right as the faces went by."""
    network = parts.network.train()
    device = next(network.parameters()).device
    total, hits = torch.zeros((), device=device), torch.zeros((), device=device)
    done, latest = 0, 0.0
    for done, batch in enumerate(batches, 1):
        with torch.autocast(device.type, dtype=torch.bfloat16):
            logits = network(batch.faces)
        wanted = batch.targets
        if teachers and batch.shown is not None:
            teacher = teachers[int(batch.chance * len(teachers))]
            wanted = torch.lerp(wanted, view_answers(teacher, batch.shown), recipe.distillation)
        answers = by_head(logits.float(), recipe.architecture)
        loss = loss_of(answers, _by_task(wanted))
        parts.optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        parts.optimiser.step()
        parts.schedule.step()
        parts.averaged.update_parameters(network)
        total += loss.detach()
        same = answers["fer2013"].argmax(1) == batch.targets[:, : len(EMOTIONS)].argmax(1)
        hits += same.float().mean()
        if done % _LOSS_EVERY == 1:  # reading it waits for the device
            latest = loss.item()
        on_batch(done, latest)
    return total.item() / done, hits.item() / done


def loss_of(answers: Mapping[str, Tensor], targets: Mapping[str, Tensor]) -> Tensor:
    """The mean over faces of the heads' cross-entropies.

    Args:
        answers: head -> the network's logits [n, classes].
        targets: head -> distributions [n, classes]; a row that sums to less counts for less.
    """
    losses = [F.cross_entropy(logits, targets[head]) for head, logits in answers.items()]
    return torch.stack(losses).sum()


def _batches_per_epoch(split: Split, recipe: Recipe) -> int:
    return max(1, len(split) // recipe.batch)


@dataclass(frozen=True)
class _Batch:
    """Faces as the network sees them, [n, 1, side, side], as its teachers are shown them,
    and the targets.

    `chance`, in [0, 1), decides which teacher that is.
    """

    faces: Tensor
    shown: Tensor | None
    targets: Tensor
    chance: float


def _batches(crops: Tensor, targets: Tensor, recipe: Recipe, epoch: int) -> Iterator[_Batch]:
    """Every face once in random order, less the last incomplete batch; varied anew each epoch."""
    random = torch.Generator(device=crops.device).manual_seed(recipe.seed * 100_003 + epoch)
    torch.manual_seed(recipe.seed * 100_003 + epoch)  # dropout draws from the global generator
    mixing = np.random.default_rng((recipe.seed, epoch))
    asking = np.random.default_rng((recipe.seed, epoch, 1))
    order = torch.randperm(len(targets), generator=random, device=crops.device)
    full = order[: max(1, len(order) // recipe.batch) * recipe.batch]
    for rows in torch.split(full, recipe.batch):
        faces = recipe.augmentation(crops[rows], recipe.architecture.side, random)
        wanted = targets[rows]
        if recipe.mixup:
            share = float(mixing.beta(recipe.mixup, recipe.mixup))
            faces, wanted = (torch.lerp(x.roll(1, 0), x, share) for x in (faces, wanted))
        shown = None
        if recipe.taught_by == "view":
            mirrored = torch.rand(len(rows), generator=random, device=crops.device) < 0.5
            shown = torch.where(mirrored.view(-1, 1, 1, 1), faces.flip(3), faces)
            shown = _ready(shown, recipe.architecture)
        seen = _ready(recipe.augmentation.degraded(faces, random), recipe.architecture)
        yield _Batch(seen, shown, wanted, chance=float(asking.random()))


def _ready(faces: Tensor, architecture: Architecture) -> Tensor:
    return prepare(faces, architecture).to(memory_format=torch.channels_last)


def _by_task(targets: Tensor) -> dict[str, Tensor]:
    sizes = [len(classes) for classes in HEADS.values()]
    return dict(zip(HEADS, torch.split(targets, sizes, dim=1), strict=True))


def _placed(network: Network, device: torch.device) -> Network:
    return network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload,no-any-return]


def _optimiser(network: nn.Module, recipe: Recipe) -> torch.optim.Optimizer:
    """SGD with Nesterov momentum, or Adam; no weight decay on biases and batch normalisation."""
    parameters = list(network.parameters())
    groups = [
        {"params": [p for p in parameters if p.ndim > 1], "weight_decay": recipe.weight_decay},
        {"params": [p for p in parameters if p.ndim <= 1], "weight_decay": 0.0},
    ]
    if recipe.optimiser == "adam":
        return torch.optim.Adam(groups, lr=recipe.learning_rate)
    return torch.optim.SGD(groups, lr=recipe.learning_rate, momentum=0.9, nesterov=True)


def _schedule(
    optimiser: torch.optim.Optimizer, recipe: Recipe, per_epoch: int
) -> torch.optim.lr_scheduler.LRScheduler:
    """Linear warm-up, then half a cosine down to zero; or no change at all."""
    schedulers = torch.optim.lr_scheduler
    if recipe.schedule == "constant":
        return schedulers.ConstantLR(optimiser, 1.0)
    warm = max(1, round(min(recipe.warm_up_epochs, recipe.epochs / 4) * per_epoch))
    rest = max(1, recipe.epochs * per_epoch - warm)
    return schedulers.SequentialLR(
        optimiser,
        [
            schedulers.LinearLR(optimiser, 0.01, total_iters=warm),
            schedulers.CosineAnnealingLR(optimiser, rest),
        ],
        milestones=[warm],
    )

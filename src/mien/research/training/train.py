"""The training loop: seeded, with a checkpoint after every epoch, and resumable."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from mien.emotions import EMOTIONS
from mien.errors import TrainingError
from mien.face.network import HEADS
from mien.research.data.fer2013 import Fer2013, Split, without_blanks
from mien.research.training.balance import class_frequencies, logit_offsets, rarity_weights
from mien.research.training.checkpoint import (
    Epoch,
    Outcome,
    best_epoch,
    claim,
    finish,
    is_finished,
    load_outcome,
    load_predictions,
    resume,
    save,
    save_predictions,
)
from mien.research.training.mixing import mix
from mien.research.training.network import Network, build, prepare, split_heads
from mien.research.training.predictions import (
    check_teachers,
    half_precision,
    predict_mean,
    predict_shipped,
    predict_views,
    score,
)
from mien.research.training.published import PUBLISHED, load_published
from mien.research.training.recipe import Architecture, Recipe
from mien.research.training.schedule import Schedule, TimedSchedule, make_optimiser, make_schedule
from mien.research.training.targets import Targets, distil, make_targets
from mien.support.arrays import Float32Array

_LOSS_EVERY = 16  # batches

OnBatch = Callable[[int, float], None]
"""Called with the number of batches done since the first epoch, and the latest loss."""


def count_batches(data: Fer2013, recipe: Recipe) -> int:
    """The number of batches of the whole training."""
    return recipe.epochs * _batches_per_epoch(without_blanks(data.training), recipe)


def train(
    data: Fer2013,
    recipe: Recipe,
    folder: Path,
    *,
    teachers: Sequence[Network] = (),
    start: Outcome | None = None,
    until: float | None = None,
    on_batch: OnBatch = lambda done, loss: None,
    on_epoch: Callable[[Epoch], None] = lambda epoch: None,
) -> Outcome:
    """Train a network, or resume the training in `folder`.

    On a CPU, a resumed training and one without interruption give the same network, as the random
    numbers of an epoch depend on the seed and the epoch alone.

    Args:
        data: FER2013, with the raters' votes if the recipe has that head.
        recipe: how to train.
        folder: as described in `mien.research.training.checkpoint`; created if it does not exist.
        teachers: networks to learn from beside labels and votes (`recipe.teacher_input`).
        start: the training whose weights this one starts from, if `recipe.starts_from` names one.
        until: a time of `time.monotonic`; fewer epochs are trained if it comes first, the learning
            rate falling to zero by then. None: no limit.
        on_batch: called after each batch.
        on_epoch: called after each epoch.

    Raises:
        TrainingError: `folder` holds a damaged training, or one with another recipe or on other
            data; or a teacher or the training to start from does not suit the recipe.
        MissingDataError: the recipe has a raters' head, and the votes are missing.
    """
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    split = without_blanks(data.training)
    targets = make_targets(
        split,
        recipe.architecture.heads,
        merge_copies=recipe.merge_copies,
        smoothing=recipe.label_smoothing,
    )
    claim(folder, recipe, data.training)
    if is_finished(folder):
        return load_outcome(folder)
    check_teachers(teachers, recipe)
    teachers = [_to_device(copy.deepcopy(t), device).eval() for t in teachers]
    frequencies = class_frequencies(targets.raters)
    weights = rarity_weights(targets.raters, recipe.rarity_weighting)
    offsets = {}
    if recipe.logit_adjustment or recipe.rarity_weighting:
        adjusted = logit_offsets(targets.raters, weights, recipe.logit_adjustment)
        offsets["raters"] = torch.from_numpy(adjusted).to(device)
    taught = _predict_faces(teachers, recipe, split, folder)
    if taught is not None:
        targets = distil(targets, taught, recipe.distillation, recipe.distilled_heads)
    if recipe.rarity_weighting:
        targets = replace(targets, raters=targets.raters * weights[:, None])
    crops = torch.from_numpy(split.crops).to(device)
    distributions = torch.from_numpy(np.hstack([targets.fer2013, targets.raters])).to(device)

    view_teachers = teachers if recipe.teacher_input == "view" else []
    per_epoch = _batches_per_epoch(split, recipe)
    network = _to_device(_initialise(recipe, start, split, frequencies), device)
    begun = copy.deepcopy(network.state_dict())
    parts = _Parts.fresh(network, recipe, per_epoch, until)
    so_far = resume(folder, parts.stateful, device)
    history = list(so_far.history) if so_far else []
    best = so_far.network.state_dict() if so_far else {}
    averaged = cast("Network", parts.averaged.module)

    for number in range(len(history) + 1, recipe.epochs + 1):
        if history and parts.over:
            break
        batches = draw_batches(crops, distributions, recipe, number)
        count_on = partial(_count_on, on_batch, (number - 1) * per_epoch)
        trained = _train_epoch(
            parts, batches, recipe, view_teachers, offsets=offsets, on_batch=count_on
        )
        loss, accuracy, raters_accuracy, balanced = score(averaged, data.public)
        epoch = Epoch(number, *trained, loss, accuracy, raters_accuracy, balanced)
        history.append(epoch)
        if epoch == best_epoch(history, recipe.keep):
            kept = (
                mix(averaged, begun, recipe.start_share, crops) if recipe.start_share else averaged
            )
            best = copy.deepcopy(kept.state_dict())
        states = {name: part.state_dict() for name, part in parts.stateful.items()}
        save(folder, states, best, history)
        on_epoch(epoch)
    return finish(folder)


def _count_on(on_batch: OnBatch, before: int, done: int, loss: float) -> None:
    on_batch(before + done, loss)


@dataclass(frozen=True)
class _Parts:
    """The parts of a training that have a state."""

    network: Network
    averaged: AveragedModel
    optimiser: torch.optim.Optimizer
    schedule: Schedule
    forward: Callable[[Tensor], Tensor]

    @classmethod
    def fresh(cls, network: Network, recipe: Recipe, per_epoch: int, until: float | None) -> _Parts:
        ema = get_ema_multi_avg_fn(recipe.ema)  # type: ignore[no-untyped-call]
        averaged = AveragedModel(network, multi_avg_fn=ema, use_buffers=True)
        optimiser = make_optimiser(network, recipe)
        schedule = make_schedule(optimiser, recipe, per_epoch, until)
        return cls(network, averaged, optimiser, schedule, compiled(network))

    @property
    def over(self) -> bool:
        """Whether the time of the training is used."""
        return isinstance(self.schedule, TimedSchedule) and self.schedule.progress >= 1

    @property
    def stateful(self) -> dict[str, Any]:
        """Name in the checkpoint -> part."""
        return {k: getattr(self, k) for k in ("network", "averaged", "optimiser", "schedule")}


def _initialise(
    recipe: Recipe, start: Outcome | None, split: Split, frequencies: Float32Array
) -> Network:
    """The network before its first step, its raters' logits adjusted as the recipe says."""
    network = build(recipe.architecture, recipe.seed)
    if recipe.starts_from in PUBLISHED:
        load_published(network, recipe.starts_from, split.crops)
    if recipe.starts_from in {"", *PUBLISHED}:
        return network
    if start is None:
        raise TrainingError(
            f"this training starts from {recipe.starts_from!r}, which is missing",
            "train that one first",
        )
    try:
        network.load_state_dict(start.network.state_dict())
    except RuntimeError as e:
        raise TrainingError(
            f"this training starts from {recipe.starts_from!r}, which has another architecture",
            "use the same architecture for both",
        ) from e
    more = recipe.logit_adjustment - start.recipe.logit_adjustment
    bias = split_heads(network.head.bias.detach().unsqueeze(0), recipe.architecture)
    if "raters" in bias:
        bias["raters"] -= more * torch.from_numpy(
            np.log(frequencies)
        )  # a view of the network's bias
    return network


def _predict_faces(
    teachers: Sequence[Network], recipe: Recipe, split: Split, folder: Path
) -> Targets | None:
    """The predictions of teachers that see each face once, the stored ones if there are any.

    None without such teachers.
    """
    stored = load_predictions(folder)
    if stored is None and recipe.shipped_teacher:
        save_predictions(folder, predict_shipped(split))
        stored = load_predictions(folder)  # in the precision of a resumed training
    if stored is None and teachers and recipe.teacher_input == "face":
        return predict_mean(teachers, split)
    return stored


def _train_epoch(
    parts: _Parts,
    batches: Iterable[Batch],
    recipe: Recipe,
    teachers: Sequence[Network],
    *,
    offsets: Mapping[str, Tensor],
    on_batch: OnBatch,
) -> tuple[float, float]:
    """The mean loss, and the accuracy against FER2013's labels during the epoch."""
    network = parts.network.train()
    device = next(network.parameters()).device
    total, hits = torch.zeros((), device=device), torch.zeros((), device=device)
    done, latest = 0, 0.0
    for done, batch in enumerate(batches, 1):
        with half_precision(device):
            logits = parts.forward(batch.faces)
        targets = batch.targets
        if teachers and batch.views is not None:
            teacher = teachers[int(batch.chance * len(teachers))]
            targets = torch.lerp(targets, predict_views(teacher, batch.views), recipe.distillation)
        by_head = split_heads(logits.float(), recipe.architecture)
        loss = compute_loss(by_head, _split_targets(targets), offsets)
        parts.optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        parts.optimiser.step()
        parts.schedule.step()
        parts.averaged.update_parameters(network)
        total += loss.detach()
        right = by_head["fer2013"].argmax(1) == batch.targets[:, : len(EMOTIONS)].argmax(1)
        hits += right.float().mean()
        if done % _LOSS_EVERY == 1:  # waits for the device
            latest = loss.item()
        on_batch(done, latest)
        if parts.over:
            break
    return total.item() / done, hits.item() / done


def compute_loss(
    logits: Mapping[str, Tensor],
    targets: Mapping[str, Tensor],
    offsets: Mapping[str, Tensor] = MappingProxyType({}),
) -> Tensor:
    """The sum of the heads' cross-entropies, each the mean over faces.

    Args:
        logits: head -> float [n, classes].
        targets: head -> distributions [n, classes]; a row that sums to less than 1 counts less.
        offsets: head -> float [classes], added to its logits; heads without one stay as they are.
    """
    adjusted = {head: z + offsets[head] if head in offsets else z for head, z in logits.items()}
    losses = [F.cross_entropy(z, targets[head]) for head, z in adjusted.items()]
    return torch.stack(losses).sum()


def _batches_per_epoch(split: Split, recipe: Recipe) -> int:
    return max(1, int(recipe.epoch_share * len(split)) // recipe.batch)


@dataclass(frozen=True)
class Batch:
    """Faces and their targets.

    Attributes:
        faces: as the network sees them, float [n, 1, side, side].
        views: the same as a teacher sees them, without blur and noise; None if teachers do not
            predict views.
        targets: float [n, 15], the distributions of all heads side by side.
        chance: in [0, 1), selects the teacher.
    """

    faces: Tensor
    views: Tensor | None
    targets: Tensor
    chance: float


def draw_batches(crops: Tensor, targets: Tensor, recipe: Recipe, epoch: int) -> Iterator[Batch]:
    """The batches of one epoch: faces in random order, each varied, without an incomplete batch.

    Args:
        crops: uint8 [n, 48, 48].
        targets: float [n, classes], the distributions of all heads side by side.
        recipe: how to vary and mix faces.
        epoch: with the recipe's seed, determines all random numbers.
    """
    random = torch.Generator(device=crops.device).manual_seed(recipe.seed * 100_003 + epoch)
    torch.manual_seed(recipe.seed * 100_003 + epoch)  # dropout draws from the global generator
    mixing = np.random.default_rng((recipe.seed, epoch))
    teaching = np.random.default_rng((recipe.seed, epoch, 1))
    order = torch.randperm(len(targets), generator=random, device=crops.device)
    while len(order) < int(recipe.epoch_share * len(targets)):
        again = torch.randperm(len(targets), generator=random, device=crops.device)
        order = torch.cat([order, again])
    count = max(1, int(recipe.epoch_share * len(targets)) // recipe.batch)
    full = order[: count * recipe.batch]
    for rows in torch.split(full, recipe.batch):
        faces = recipe.augmentation(crops[rows], recipe.architecture.side, random)
        mixed = targets[rows]
        if recipe.mixup:
            share = float(mixing.beta(recipe.mixup, recipe.mixup))
            faces, mixed = (torch.lerp(x.roll(1, 0), x, share) for x in (faces, mixed))
        views = None
        if recipe.teacher_input == "view":
            mirrored = torch.rand(len(rows), generator=random, device=crops.device) < 0.5
            views = torch.where(mirrored.view(-1, 1, 1, 1), faces.flip(3), faces)
            views = _to_input(views, recipe.architecture)
        seen = _to_input(recipe.augmentation.degrade(faces, random), recipe.architecture)
        yield Batch(seen, views, mixed, chance=float(teaching.random()))


def _to_input(faces: Tensor, architecture: Architecture) -> Tensor:
    return prepare(faces, architecture).to(memory_format=torch.channels_last)


def _split_targets(targets: Tensor) -> dict[str, Tensor]:
    """Head -> its distributions [n, classes]."""
    sizes = [len(classes) for classes in HEADS.values()]
    return dict(zip(HEADS, torch.split(targets, sizes, dim=1), strict=True))


def compiled(network: Network) -> Callable[[Tensor], Tensor]:
    """The network's forward pass, compiled on a GPU; as it is where that fails, and on a CPU."""
    if next(network.parameters()).device.type != "cuda":
        return network
    torch.backends.cudnn.benchmark = True  # all batches have one size
    torch.set_float32_matmul_precision("high")
    torch._dynamo.reset()  # it compiles only so many networks of one class
    torch._dynamo.config.suppress_errors = True  # falls back to the network
    return cast("Callable[[Tensor], Tensor]", torch.compile(network))


def _to_device(network: Network, device: torch.device) -> Network:
    return network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload,no-any-return]

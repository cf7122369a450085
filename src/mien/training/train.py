"""The training loop: seeded, checkpointed after every epoch, resumed after being killed."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from mien.errors import DataError
from mien.files import write_whole
from mien.training.augment import Augmentation
from mien.training.fer2013 import Fer2013, Split, without_blanks
from mien.training.network import INPUT_SIDE, CropsToProbabilities, build, standardise


@dataclass(frozen=True)
class Recipe:
    """Everything that decides the outcome of a training, besides the data."""

    epochs: int = 48
    batch: int = 128
    learning_rate: float = 0.1
    warm_up_epochs: float = 2.0
    weight_decay: float = 5e-4
    label_smoothing: float = 0.1
    ema: float = 0.999
    dropout: float = 0.3
    widths: tuple[int, int, int, int] = (32, 64, 128, 256)
    augmentation: Augmentation = field(default_factory=Augmentation)
    seed: int = 0


@dataclass(frozen=True)
class Epoch:
    """What one epoch came to: loss on the augmented Training faces, accuracy on PublicTest."""

    number: int
    training_loss: float
    public_loss: float
    public_accuracy: float


@dataclass(frozen=True)
class Outcome:
    """The averaged network of the best epoch on PublicTest, and how it came there."""

    network: nn.Module
    history: tuple[Epoch, ...]

    @property
    def best(self) -> Epoch:
        """The epoch with the highest accuracy on PublicTest; the later one of equals."""
        return best_of(self.history)


def best_of(history: Sequence[Epoch]) -> Epoch:
    """The epoch with the highest accuracy on PublicTest; the later one of equals."""
    return max(history, key=lambda e: (e.public_accuracy, e.number))


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
    on_batch: Progress = lambda done, loss: None,
    on_epoch: Callable[[Epoch], None] = lambda epoch: None,
) -> Outcome:
    """Train, or go on with what lies in `folder`.

    Writes `recipe.json`, `last.pt` (to resume), `best.pt` (the best epoch's averaged weights) and
    `history.json` there; each file is replaced whole. On a CPU, a resumed training gives what one
    that was never interrupted gives, since the random numbers of an epoch depend on the seed and
    the epoch alone.

    Raises:
        DataError: `folder` holds a training with another recipe or on other data, or damage.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as e:
        raise DataError(f"{folder} cannot be a folder for checkpoints ({e.strerror}).") from e
    _check_recipe(folder, recipe, data.training)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    split = without_blanks(data.training)
    crops = torch.from_numpy(split.crops).to(device)
    labels = torch.from_numpy(split.labels).long().to(device)

    network = build(recipe.widths, recipe.dropout, recipe.seed).to(device)
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    ema = get_ema_multi_avg_fn(recipe.ema)  # type: ignore[no-untyped-call]
    averaged = AveragedModel(network, multi_avg_fn=ema, use_buffers=True)
    optimiser = _optimiser(network, recipe)
    per_epoch = _batches_per_epoch(split, recipe)
    schedule = _schedule(optimiser, recipe, per_epoch)
    history: list[Epoch] = []

    last = folder / "last.pt"
    if last.exists():
        state = _load(last, device)
        for part, name in _stateful(network, averaged, optimiser, schedule):
            part.load_state_dict(state[name])
        history = [Epoch(**epoch) for epoch in state["history"]]

    for number in range(len(history) + 1, recipe.epochs + 1):
        network.train()
        total, done = 0.0, 0
        for faces, targets in _batches(crops, labels, recipe, number):
            with torch.autocast(device.type, dtype=torch.bfloat16):
                logits = network(faces)
            loss = F.cross_entropy(logits.float(), targets, label_smoothing=recipe.label_smoothing)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            schedule.step()
            averaged.update_parameters(network)
            total, done = total + loss.item(), done + 1
            on_batch((number - 1) * per_epoch + done, loss.item())
        public_loss, public_accuracy = score(averaged.module, data.public)
        epoch = Epoch(number, total / done, public_loss, public_accuracy)
        history.append(epoch)
        if epoch == best_of(history):
            _save(averaged.module.state_dict(), folder / "best.pt")
        state = {
            name: part.state_dict()
            for part, name in _stateful(network, averaged, optimiser, schedule)
        }
        facts = [dataclasses.asdict(e) for e in history]
        _save({**state, "history": facts}, last)
        write_whole(folder / "history.json", json.dumps(facts, indent=1) + "\n")
        on_epoch(epoch)

    return load_outcome(folder, recipe)


def load_outcome(folder: Path, recipe: Recipe) -> Outcome:
    """The best network so far of the training in `folder`, finished or not.

    Raises:
        DataError: there is none.
    """
    if not (folder / "last.pt").exists():
        raise DataError(f"{folder} holds no finished epoch; start one with `mien train`.")
    cpu = torch.device("cpu")
    network = build(recipe.widths, recipe.dropout, recipe.seed)
    network.load_state_dict(_load(folder / "best.pt", cpu))
    history = _load(folder / "last.pt", cpu)["history"]
    return Outcome(network.eval(), tuple(Epoch(**epoch) for epoch in history))


def load_recipe(folder: Path) -> Recipe:
    """The recipe of the training in `folder`.

    Raises:
        DataError: there is none.
    """
    path = folder / "recipe.json"
    if not path.exists():
        raise DataError(f"{folder} holds no training; start one with `mien train`.")
    try:
        values = json.loads(path.read_text())["recipe"]
        values["widths"] = tuple(values["widths"])
        return Recipe(**{**values, "augmentation": Augmentation(**values["augmentation"])})
    except (ValueError, TypeError, KeyError, OSError) as e:
        raise DataError(f"{path} is damaged ({e}); give another folder with --out.") from e


@torch.inference_mode()
def logits_of(network: nn.Module, split: Split, batch: int = 256) -> Tensor:
    """The network's logits for the middle crop of each face, float32 [n, 7], without mirroring."""
    network.eval()
    device = next(network.parameters()).device
    whole = CropsToProbabilities(network, temperature=1.0)
    crops = torch.from_numpy(split.crops).to(device)
    return torch.cat([whole.logits(part).float().cpu() for part in torch.split(crops, batch)])


def score(network: nn.Module, split: Split) -> tuple[float, float]:
    """(mean cross-entropy in nats, accuracy in [0, 1])."""
    logits = logits_of(network, split)
    labels = torch.from_numpy(split.labels).long()
    accuracy = (logits.argmax(1) == labels).float().mean().item()
    return F.cross_entropy(logits, labels).item(), accuracy


def _batches_per_epoch(split: Split, recipe: Recipe) -> int:
    return max(1, len(split) // recipe.batch)


def _batches(
    crops: Tensor, labels: Tensor, recipe: Recipe, epoch: int
) -> Iterator[tuple[Tensor, Tensor]]:
    """Every face once in random order, less the last incomplete batch; varied anew each epoch."""
    random = torch.Generator(device=crops.device).manual_seed(recipe.seed * 100_003 + epoch)
    torch.manual_seed(recipe.seed * 100_003 + epoch)  # dropout draws from the global generator
    order = torch.randperm(len(labels), generator=random, device=crops.device)
    full = order[: max(1, len(order) // recipe.batch) * recipe.batch]
    for rows in torch.split(full, recipe.batch):
        faces = recipe.augmentation(crops[rows], INPUT_SIDE, random)
        yield standardise(faces).to(memory_format=torch.channels_last), labels[rows]


def _optimiser(network: nn.Module, recipe: Recipe) -> torch.optim.SGD:
    """SGD with Nesterov momentum; no weight decay on biases and batch normalisation."""
    parameters = list(network.parameters())
    groups = [
        {"params": [p for p in parameters if p.ndim > 1], "weight_decay": recipe.weight_decay},
        {"params": [p for p in parameters if p.ndim <= 1], "weight_decay": 0.0},
    ]
    return torch.optim.SGD(groups, lr=recipe.learning_rate, momentum=0.9, nesterov=True)


def _schedule(
    optimiser: torch.optim.Optimizer, recipe: Recipe, per_epoch: int
) -> torch.optim.lr_scheduler.LRScheduler:
    """Linear warm-up, then half a cosine down to zero."""
    schedulers = torch.optim.lr_scheduler
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


def _stateful(
    network: nn.Module,
    averaged: nn.Module,
    optimiser: torch.optim.Optimizer,
    schedule: torch.optim.lr_scheduler.LRScheduler,
) -> tuple[tuple[Any, str], ...]:
    return (
        (network, "network"),
        (averaged, "averaged"),
        (optimiser, "optimiser"),
        (schedule, "schedule"),
    )


def _check_recipe(folder: Path, recipe: Recipe, training: Split) -> None:
    """Remember what is trained on what; refuse to mix two trainings in one folder."""
    seen = hashlib.sha256(training.crops.tobytes() + training.labels.tobytes()).hexdigest()
    path = folder / "recipe.json"
    if path.exists():
        if load_recipe(folder) != recipe or json.loads(path.read_text())["data"] != seen:
            raise DataError(
                f"{folder} holds a training with another recipe or other data (see recipe.json); "
                "give another folder with --out, or the same options to go on."
            )
        return
    facts = {"data": seen, "recipe": dataclasses.asdict(recipe)}
    write_whole(path, json.dumps(facts, indent=1) + "\n")


def _load(path: Path, device: torch.device) -> Any:
    try:
        return torch.load(path, map_location=device, weights_only=True)
    except Exception as e:  # torch's reader raises many things on damaged files
        raise DataError(f"{path} is damaged; remove {path.parent} to start again.") from e


def _save(state: object, path: Path) -> None:
    buffer = io.BytesIO()
    torch.save(state, buffer)
    write_whole(path, buffer.getvalue())

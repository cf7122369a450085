"""The optimiser of a training and its learning rate, by steps or by the clock."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import torch
from torch import nn

from mien.errors import TrainingError
from mien.research.training.recipe import Recipe

_SETTLING = 3  # steps until the clock starts: the first ones compile and reserve memory


class Schedule(Protocol):
    """What sets the learning rate after each step."""

    def step(self) -> None:
        """Set the learning rate of the next step."""

    def state_dict(self) -> dict[str, Any]:
        """For a checkpoint."""

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """From a checkpoint."""


def make_optimiser(network: nn.Module, recipe: Recipe) -> torch.optim.Optimizer:
    """SGD with Nesterov momentum, or Adam; no weight decay of biases and batch normalisation."""
    parameters = list(network.parameters())
    groups = [
        {"params": [p for p in parameters if p.ndim > 1], "weight_decay": recipe.weight_decay},
        {"params": [p for p in parameters if p.ndim <= 1], "weight_decay": 0.0},
    ]
    if recipe.optimiser == "adam":
        return torch.optim.Adam(groups, lr=recipe.learning_rate)
    return torch.optim.SGD(groups, lr=recipe.learning_rate, momentum=0.9, nesterov=True)


def make_schedule(
    optimiser: torch.optim.Optimizer, recipe: Recipe, per_epoch: int, until: float | None = None
) -> Schedule:
    """Linear warm-up and half a cosine down to zero, or a constant.

    Args:
        optimiser: with the recipe's learning rate.
        recipe: of the training.
        per_epoch: steps of an epoch.
        until: as for `TimedSchedule`; None: by steps alone.
    """
    schedulers = torch.optim.lr_scheduler
    if until is not None:
        return TimedSchedule(optimiser, recipe, per_epoch, until)
    if recipe.schedule == "constant":
        return schedulers.ConstantLR(optimiser, 1.0)
    warm = max(1, round(_warm_up_epochs(recipe) * per_epoch))
    rest = max(1, recipe.epochs * per_epoch - warm)
    return schedulers.SequentialLR(
        optimiser,
        [
            schedulers.LinearLR(optimiser, 0.01, total_iters=warm),
            schedulers.CosineAnnealingLR(optimiser, rest),
        ],
        milestones=[warm],
    )


class TimedSchedule:
    """The same curve over the share of the steps or of the time that is used, whichever is larger.

    A training thus ends in time with a learning rate of zero, however fast the device is. Resumed,
    it has its remaining share of the curve for its remaining steps and its new time.

    Args:
        optimiser: with the recipe's learning rate.
        recipe: of the training.
        per_epoch: steps of an epoch.
        until: when the training ends, a time of `clock`.
        clock: in seconds.
    """

    def __init__(
        self,
        optimiser: torch.optim.Optimizer,
        recipe: Recipe,
        per_epoch: int,
        until: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.progress = 0.0
        self._optimiser, self._recipe = optimiser, recipe
        self._until, self._clock = until, clock
        self._total, self._steps = recipe.epochs * per_epoch, 0
        self._resumed = (0, 0.0)  # steps and progress
        self._started = math.inf
        self._set_rate()

    def step(self) -> None:
        """Set the learning rate of the next step."""
        self._steps += 1
        before, used = self._resumed
        now = self._clock()
        if self._steps - before <= _SETTLING:
            self._started = now
        by_steps = (self._steps - before) / max(1, self._total - before)
        by_time = (now - self._started) / max(1e-9, self._until - self._started)
        share = 1.0 if now >= self._until else max(by_steps, by_time)
        self.progress = min(1.0, used + (1 - used) * share)
        self._set_rate()

    def state_dict(self) -> dict[str, Any]:
        """For a checkpoint."""
        return {"steps": self._steps, "progress": self.progress}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """From a checkpoint.

        Raises:
            TrainingError: it is one of a training whose time was not limited.
        """
        if "progress" not in state:
            raise TrainingError(
                "this training was begun without a limit of time", "resume it without one"
            )
        self._steps, self.progress = state["steps"], state["progress"]
        self._resumed = (self._steps, self.progress)
        self._set_rate()

    def _set_rate(self) -> None:
        rate = self._recipe.learning_rate * self._curve(self.progress)
        for group in self._optimiser.param_groups:
            group["lr"] = rate

    def _curve(self, progress: float) -> float:
        if self._recipe.schedule == "constant":
            return 1.0
        warm = max(1 / self._total, _warm_up_epochs(self._recipe) / self._recipe.epochs)
        if progress < warm:
            return 0.01 + 0.99 * progress / warm
        return (1 + math.cos(math.pi * (progress - warm) / max(1e-9, 1 - warm))) / 2


def _warm_up_epochs(recipe: Recipe) -> float:
    return min(recipe.warm_up_epochs, recipe.epochs / 4)

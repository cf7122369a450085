"""Learning rates by steps and by the clock."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from small_trainings import RECIPE
from torch import nn

from mien.errors import TrainingError
from mien.research.training.schedule import TimedSchedule, make_optimiser, make_schedule

PER_EPOCH = 5


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def timed(seconds: float, epochs: int = 4) -> tuple[TimedSchedule, torch.optim.Optimizer, Clock]:
    recipe, clock = replace(RECIPE, epochs=epochs, warm_up_epochs=1.0), Clock()
    optimiser = make_optimiser(nn.Linear(2, 2), recipe)
    until = clock.now + seconds
    return TimedSchedule(optimiser, recipe, PER_EPOCH, until, clock), optimiser, clock


def test_with_enough_time_it_is_the_schedule_by_steps() -> None:
    recipe = replace(RECIPE, epochs=4, warm_up_epochs=1.0)
    by_steps = make_optimiser(nn.Linear(2, 2), recipe)
    steps = make_schedule(by_steps, recipe, PER_EPOCH)
    schedule, optimiser, _ = timed(math.inf)
    for _ in range(4 * PER_EPOCH - 1):
        by_steps.step()
        steps.step()
        schedule.step()
        expected = by_steps.param_groups[0]["lr"]
        assert optimiser.param_groups[0]["lr"] == pytest.approx(expected, abs=1e-6)
        assert schedule.progress < 1
    schedule.step()
    assert schedule.progress == 1
    assert optimiser.param_groups[0]["lr"] == pytest.approx(0)


@given(st.floats(1, 50))
def test_it_ends_in_time_at_a_rate_of_zero(step: float) -> None:
    schedule, optimiser, clock = timed(100.0, epochs=10_000)
    while schedule.progress < 1:
        clock.now += step
        schedule.step()
    assert 200 <= clock.now <= 200 + step + 1e-6
    assert optimiser.param_groups[0]["lr"] == pytest.approx(0)


def test_the_first_steps_do_not_count() -> None:
    """Compiling may take half of the time: the rate still rises slowly."""
    schedule, _, clock = timed(100.0, epochs=100)
    clock.now += 50
    for _ in range(3):
        schedule.step()
    assert schedule.progress == pytest.approx(3 / (100 * PER_EPOCH))
    clock.now += 25
    schedule.step()
    assert schedule.progress == pytest.approx(0.5)


def test_a_resumed_training_has_the_rest_of_the_curve() -> None:
    schedule, _, clock = timed(100.0, epochs=10_000)
    for seconds in (0, 0, 0, 60):
        clock.now += seconds
        schedule.step()
    again, optimiser, later = timed(10.0, epochs=10_000)
    again.load_state_dict(schedule.state_dict())
    assert again.progress == pytest.approx(0.6)
    before = optimiser.param_groups[0]["lr"]
    for seconds in (0, 0, 0, 5):
        later.now += seconds
        again.step()
    assert again.progress == pytest.approx(0.8, abs=1e-3)
    assert 0 < optimiser.param_groups[0]["lr"] < before


def test_a_training_without_a_limit_goes_on_without_one() -> None:
    recipe = replace(RECIPE, epochs=4)
    steps = make_schedule(make_optimiser(nn.Linear(2, 2), recipe), recipe, PER_EPOCH)
    with pytest.raises(TrainingError, match="without a limit"):
        timed(1.0)[0].load_state_dict(steps.state_dict())


def test_a_constant_rate_stays_constant() -> None:
    recipe = replace(RECIPE, schedule="constant", epochs=2)
    optimiser = make_optimiser(nn.Linear(2, 2), recipe)
    schedule = TimedSchedule(optimiser, recipe, PER_EPOCH, math.inf)
    schedule.step()
    assert optimiser.param_groups[0]["lr"] == recipe.learning_rate

"""Probabilities are honest, rare emotions are read, and labels that are said are right."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
import torch
from small_fer2013 import small
from torch import Tensor

from mien.emotions import EMOTIONS
from mien.research.data.truth import majority_emotions
from mien.research.evaluation.robustness import CAMERA
from mien.research.training.calibration import (
    MIN_SURE_ACCURACY,
    Calibration,
    Frequencies,
    Group,
    calibrate,
    choose_threshold,
    fit_scaling,
    see,
)
from mien.research.training.readout import Readout

FACES = small((70, 700, 7))


def test_the_scaling_corrects_overconfidence() -> None:
    random = torch.Generator().manual_seed(0)
    logits = torch.randn(4000, 7, generator=random)
    labels = torch.multinomial(logits.softmax(1), 1, generator=random)[:, 0]
    fitted = fit_scaling(logits * 3, labels)
    assert fitted.exponent == pytest.approx(1, abs=0.11)
    assert fitted.temperature == pytest.approx(3, rel=0.2)
    differences = logits.amax(1, keepdim=True) - logits
    bent = fit_scaling(-(2 * differences).sqrt(), labels)  # undone by the square
    assert bent.exponent == pytest.approx(2, abs=0.11)
    assert bent.temperature == pytest.approx(2, rel=0.2)


@pytest.mark.parametrize(
    ("chance", "expected"),
    [
        # Labels above 0.7 have an accuracy of 0.85.
        (lambda c: c, 0.70),
        # Almost always right above 0.5, and often wrong below: the mean is high enough.
        (lambda c: np.where(c > 0.5, 0.999, 0.3), 0.45),
        (np.zeros_like, 1.0),
    ],
)
def test_labels_above_the_threshold_are_accurate(
    chance: Callable[[np.ndarray], np.ndarray], expected: float
) -> None:
    random = np.random.default_rng(0)
    confidence = random.uniform(0.2, 1, 50_000)
    right = random.random(50_000) < chance(confidence)
    group = Group(confidence, right, np.ones(50_000))
    assert choose_threshold([group]) == pytest.approx(expected, abs=0.015)


def test_labels_are_accurate_in_every_group() -> None:
    """Where the faces that are easy to read are rare as well."""
    random = np.random.default_rng(0)
    confidence = random.uniform(0.2, 1, 50_000)
    easy = random.random(50_000) < 0.5
    right = easy | (random.random(50_000) < confidence**2)
    as_they_are = Group(confidence, right, np.ones(50_000))
    mostly_hard = Group(confidence, right, np.where(easy, 0.1, 1.0))
    thresholds = [choose_threshold(g) for g in ([as_they_are], [as_they_are, mostly_hard])]
    assert thresholds[1] > thresholds[0] + 0.1
    above = confidence >= thresholds[1]
    accuracy = np.average(right[above], weights=mostly_hard.weights[above])
    assert accuracy == pytest.approx(MIN_SURE_ACCURACY, abs=0.02)


def _calibrate(fer2013: Tensor, raters: Tensor) -> Calibration:
    """A network that sees the same in clean and in corrupted faces."""
    seen = see(lambda crops: {"fer2013": fer2013, "raters": raters}, FACES.public)
    assert tuple(seen) == CAMERA
    return calibrate(seen, FACES)


def test_each_head_has_its_own_scaling() -> None:
    """Both heads are confident; the first is right in half of the cases, the second always."""
    seen = torch.from_numpy(np.eye(8, dtype=np.float32)[FACES.public.labels])
    half = torch.where(torch.arange(700)[:, None] < 350, seen, seen.roll(1, 1))
    calibration = _calibrate(9 * half[:, :7], 9 * seen)
    assert calibration.scalings["fer2013"](9 * half[:, :7]).amax(1).mean() < 0.6
    assert calibration.scalings["raters"](9 * seen).amax(1).mean() > 0.99


def test_a_network_without_votes_reads_with_its_head() -> None:
    public = small((70, 700, 7), votes=False)
    seen = torch.from_numpy(np.eye(7, dtype=np.float32)[public.public.labels]) * 5
    calibration = calibrate({"as it is": {"fer2013": seen}}, public)
    assert calibration.default_head == "fer2013"
    assert calibration.readout is None


def test_the_readout_reads_rare_emotions() -> None:
    """A network that calls every second face of each emotion but one neutral."""
    truth = torch.from_numpy(np.maximum(majority_emotions(FACES.public), 0))
    logits = torch.nn.functional.one_hot(truth, 8).float() * 4
    logits[::2, EMOTIONS.index("neutral")] += 4.2
    frequencies = Frequencies(
        np.array([0.05] * 6 + [0.7], np.float32), np.array([0.05] * 6 + [0.7, 0.7], np.float32)
    )
    as_votes, even = (frequencies.readout(exponent, 0.0) for exponent in (0.0, 1.0))
    assert (as_votes.logits({"raters": logits}).argmax(1) == truth).float().mean() < 0.65
    assert (even.logits({"raters": logits}).argmax(1) == truth).float().mean() == 1


def test_the_labels_count_beside_the_votes() -> None:
    unclear = {"raters": torch.zeros(1, 8), "fer2013": torch.eye(7)[:1] * 3}
    offsets = ((0.0,) * 8, (math.log(7),) * 7)
    assert Readout(*offsets)(unclear).std() < 1e-6
    found = Readout(*offsets, label_weight=0.5)(unclear)
    assert found.shape == (1, 8)
    assert found.argmax() == 0
    assert float(found.sum()) == pytest.approx(1)
    assert found[0, 7] > found[0, 1]  # labels say nothing about contempt

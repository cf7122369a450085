"""Predictions of networks under training: logits, scores, and the predictions of teachers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from mien.emotions import EMOTIONS
from mien.errors import TrainingError
from mien.face.network import HEADS, ExpressionModel
from mien.research.data.fer2013 import Split
from mien.research.data.truth import majority_emotions, truth_of
from mien.research.evaluation.expression import confusion_matrix, mean_recall
from mien.research.training.network import AnyNetwork, CropsToProbabilities, Network, split_heads
from mien.research.training.recipe import Architecture, Recipe
from mien.research.training.targets import Targets
from mien.support.arrays import UInt8Array


def predict_logits(network: AnyNetwork, split: Split, batch: int = 256) -> dict[str, Tensor]:
    """Head -> logits for the middle crop of each face, float32 [n, classes]."""
    return predict_crops(network, split.crops, batch)


@torch.inference_mode()
def predict_crops(network: AnyNetwork, crops: UInt8Array, batch: int = 256) -> dict[str, Tensor]:
    """The same for crops, uint8 [n, 48, 48]."""
    network.eval()
    device = next(network.parameters()).device
    pipeline = CropsToProbabilities(network, {})
    parts = torch.split(torch.from_numpy(crops).to(device), batch)
    logits = [pipeline.logits(part).float().cpu() for part in parts]
    return split_heads(torch.cat(logits), network.architecture)


def score(network: AnyNetwork, split: Split) -> tuple[float, float, float | None, float | None]:
    """Score a network without test-time augmentation.

    Returns:
        The mean cross-entropy in nats and the accuracy in [0, 1] against FER2013's labels; the
        accuracy against the raters' majority, and the balanced accuracy against their majority
        among the seven emotions: both None without that head or the votes.
    """
    logits = predict_logits(network, split)
    labels = torch.from_numpy(split.labels).long()
    loss = F.cross_entropy(logits["fer2013"], labels).item()
    accuracy = (logits["fer2013"].argmax(1) == labels).float().mean().item()
    if "raters" not in logits or split.votes is None:
        return loss, accuracy, None, None
    truth = truth_of(split, "raters")
    right = logits["raters"].argmax(1).numpy() == truth
    seven, clear = logits["raters"][:, : len(EMOTIONS)].argmax(1).numpy(), majority_emotions(split)
    balanced = mean_recall(confusion_matrix(seven[clear >= 0], clear[clear >= 0]))
    return loss, accuracy, float(right[truth >= 0].mean()), balanced


def half_precision(device: torch.device) -> torch.autocast:
    """Compute in bfloat16, except on processors that emulate it, which is twenty times slower."""
    native = device.type != "cpu" or "AVX512" in torch.backends.cpu.get_cpu_capability()
    return torch.autocast(device.type, dtype=torch.bfloat16, enabled=native)


def check_teachers(teachers: Sequence[Network], recipe: Recipe) -> None:
    """Check that the teachers suit the recipe.

    Raises:
        TrainingError: a teacher lacks a head, or is to predict a student's views and has another
            input.
    """
    for teacher in teachers:
        if set(teacher.architecture.heads) != set(HEADS):
            raise TrainingError(
                f"a teacher has the heads {', '.join(teacher.architecture.heads)}",
                f"a teacher must have the heads {' and '.join(HEADS)}",
            )
        if recipe.teacher_input == "view" and _input(teacher.architecture) != _input(
            recipe.architecture
        ):
            raise TrainingError(
                "a teacher has another input than its student",
                "to predict the student's views, it must see the same pixels",
            )


def _input(architecture: Architecture) -> tuple[int, bool]:
    return architecture.side, architecture.standardised


def predict_mean(teachers: Sequence[Network], split: Split) -> Targets:
    """The teachers' mean probabilities over each face and its mirror image."""
    mirrored = Split(np.ascontiguousarray(split.crops[:, :, ::-1]), split.labels, split.votes)
    mean = {
        head: np.zeros((len(split), len(classes)), np.float32) for head, classes in HEADS.items()
    }
    for teacher in teachers:
        for faces in (split, mirrored):
            for head, logits in predict_logits(teacher, faces).items():
                mean[head] += F.softmax(logits, dim=1).numpy() / (2 * len(teachers))
    return Targets(**mean)


def predict_shipped(split: Split) -> Targets:
    """The mean probabilities of the network in the package over each face and its mirror image."""
    model = ExpressionModel()
    there, mirrored = (model.predict_heads(split.crops[:, :, ::step]) for step in (1, -1))
    half = np.float32(0.5)
    return Targets(**{head: half * (there[head] + mirrored[head]) for head in HEADS})


@torch.no_grad()
def predict_views(teacher: Network, views: Tensor) -> Tensor:
    """The teacher's probabilities for prepared views.

    Args:
        teacher: with both heads.
        views: float [n, 1, side, side].

    Returns:
        float32 [n, 15], the heads side by side in the order of `HEADS`.
    """
    with half_precision(views.device):
        logits = teacher(views)
    found = split_heads(logits.float(), teacher.architecture)
    return torch.cat([F.softmax(found[head], dim=1) for head in HEADS], dim=1)

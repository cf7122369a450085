"""What networks answer: their logits, how often these are right, and what teachers say."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from mien.errors import DataError
from mien.face.network import HEADS
from mien.research.data.fer2013 import Split
from mien.research.data.truth import truth_of
from mien.research.training.network import AnyNetwork, CropsToProbabilities, Network, by_head
from mien.research.training.recipe import Architecture, Recipe
from mien.research.training.targets import Targets


@torch.inference_mode()
def logits_of(network: AnyNetwork, split: Split, batch: int = 256) -> dict[str, Tensor]:
    """Head -> logits for the middle crop of each face, float32 [n, classes], not mirrored."""
    network.eval()
    device = next(network.parameters()).device
    whole = CropsToProbabilities(network, {})
    crops = torch.from_numpy(split.crops).to(device)
    logits = [whole.logits(part).float().cpu() for part in torch.split(crops, batch)]
    return by_head(torch.cat(logits), network.architecture)


def score(network: AnyNetwork, split: Split) -> tuple[float, float, float | None]:
    """Against FER2013's labels: mean cross-entropy in nats, accuracy in [0, 1].

    Third, the accuracy against the raters' majority, or None without that head or the votes.
    """
    logits = logits_of(network, split)
    labels = torch.from_numpy(split.labels).long()
    loss = F.cross_entropy(logits["fer2013"], labels).item()
    accuracy = (logits["fer2013"].argmax(1) == labels).float().mean().item()
    if "raters" not in logits or split.votes is None:
        return loss, accuracy, None
    truth = truth_of(split, "raters")
    right = logits["raters"].argmax(1).numpy() == truth
    return loss, accuracy, float(right[truth >= 0].mean())


def able(teachers: list[Network], recipe: Recipe) -> list[Network]:
    """The teachers.

    Raises:
        DataError: one of them cannot teach by this recipe.
    """
    for teacher in teachers:
        if set(teacher.architecture.heads) != set(HEADS):
            raise DataError(f"a teacher must have the heads {' and '.join(HEADS)}")
        if recipe.taught_by == "view" and _pixels(teacher.architecture) != _pixels(
            recipe.architecture
        ):
            raise DataError("a teacher that is shown a student's views must see the same pixels")
    return teachers


def _pixels(architecture: Architecture) -> tuple[int, bool]:
    return architecture.side, architecture.standardised


def mean_answers(teachers: Sequence[Network], split: Split) -> Targets:
    """What the networks say of each face and its mirror image, the mean of all probabilities."""
    mirrored = Split(np.ascontiguousarray(split.crops[:, :, ::-1]), split.labels, split.votes)
    answers = {head: np.zeros((len(split), len(of)), np.float32) for head, of in HEADS.items()}
    for teacher in teachers:
        for faces in (split, mirrored):
            for head, logits in logits_of(teacher, faces).items():
                answers[head] += F.softmax(logits, dim=1).numpy() / (2 * len(teachers))
    return Targets(**answers)


@torch.no_grad()
def view_answers(teacher: Network, faces: Tensor) -> Tensor:
    """The teacher's probabilities for prepared faces [n, 1, side, side], all heads side by side."""
    with torch.autocast(faces.device.type, dtype=torch.bfloat16):
        logits = teacher(faces)
    found = by_head(logits.float(), teacher.architecture)
    return torch.cat([F.softmax(found[head], dim=1) for head in HEADS], dim=1)

"""Published weights that a training can start from, by name."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import torch
from torch import nn

from mien.research.training import dlib, efficientnet
from mien.research.training.network import Network, to_input
from mien.support.arrays import UInt8Array

PUBLISHED = (dlib.START, efficientnet.START)
"""What `Recipe.starts_from` may name in place of a recipe."""

_FIRST = 1000  # faces that set the normalisation of dlib's network


def load_published(
    network: Network, name: str, crops: UInt8Array, folder: Path | None = None
) -> None:
    """Fill a network's body with published weights.

    Args:
        network: of the published architecture.
        name: of `PUBLISHED`.
        crops: of Training, uint8 [n, 48, 48].
        folder: of the data sets; default: the one that `MIEN_DATA` names.

    Raises:
        MissingDataError: the weights are missing.
        DataError: they are damaged.
    """
    body = cast("nn.Sequential", network.body)
    if name == dlib.START:
        faces = to_input(torch.from_numpy(crops[:_FIRST]), network.architecture)
        dlib.load_weights(body, dlib.read_weights(folder), faces)
    else:
        efficientnet.load_weights(body, efficientnet.read_weights(folder))

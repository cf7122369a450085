"""The mean of two networks' weights, of which one was trained further from the other.

Wortsman et al. 2022, "Robust fine-tuning of zero-shot models": it does most of what both can.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping

import torch
from torch import Tensor, nn

from mien.research.training.network import Network, to_input

_FACES = 2000
_BATCH = 250


@torch.no_grad()
def mix(network: Network, start: Mapping[str, Tensor], share: float, crops: Tensor) -> Network:
    """Interpolate between a network and what it started from.

    The statistics of batch normalisation are measured again.

    Args:
        network: trained.
        start: its weights before, by name.
        share: of these, in [0, 1).
        crops: faces to measure with, uint8 [n, 48, 48]; the first 2,000 are used.

    Returns:
        A new network.
    """
    mixed = copy.deepcopy(network)
    own = network.state_dict()
    mixed.load_state_dict(
        {k: torch.lerp(w, start[k], share) if w.is_floating_point() else w for k, w in own.items()}
    )
    mixed.train()
    for module in mixed.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.reset_running_stats()
            module.momentum = None  # the mean of all batches
        elif isinstance(module, nn.Dropout):
            module.eval()
    for part in torch.split(crops[:_FACES], _BATCH):
        mixed(to_input(part, network.architecture))
    for module in mixed.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = 0.1
    return mixed.eval()

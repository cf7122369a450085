"""Rounding of the largest layers' weights to four bits, so that their outputs change little.

Frantar et al. 2023, "GPTQ: Accurate post-training quantization for generative pre-trained
transformers": weights are rounded one after the other, and those that are still to come make up for
the error of each, as far as the layer's usual inputs tell.
"""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mien.research.training.network import AnyNetwork, to_input
from mien.research.training.quantise import MIN_FOUR_BIT_WEIGHTS, STEPS, four_bit_steps
from mien.support.arrays import UInt8Array

_FACES = 256
_DAMPING = 0.01  # of the mean of the diagonal


@torch.no_grad()
def round_large_layers(network: AnyNetwork, crops: UInt8Array) -> AnyNetwork:
    """Copy a network and round the weights of its largest convolutions.

    Args:
        network: without batch normalisation.
        crops: faces to measure inputs with, uint8 [n, 48, 48].

    Returns:
        A network whose convolutions with `MIN_FOUR_BIT_WEIGHTS` weights have 15 even steps for each
        channel.
    """
    network = copy.deepcopy(network).eval()
    picked = torch.from_numpy(crops[:: max(1, len(crops) // _FACES)][:_FACES])
    faces = to_input(picked, network.architecture)
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d) and layer.weight.numel() >= MIN_FOUR_BIT_WEIGHTS:
            layer.weight.copy_(_round(layer, _inputs_of(layer, network, faces)))
    return network


class _SeenError(Exception):
    """Ends a forward pass once the layer has been reached."""


def _inputs_of(layer: nn.Conv2d, network: AnyNetwork, faces: Tensor) -> Tensor:
    """What the layer sees: float [n, channels, h, w]."""
    seen: list[Tensor] = []

    def look(_: nn.Module, inputs: tuple[Tensor]) -> None:
        seen.append(inputs[0])
        raise _SeenError

    hook = layer.register_forward_pre_hook(look)
    try:
        network(faces)
    except _SeenError:
        pass
    finally:
        hook.remove()
    return seen[0]


def _round(layer: nn.Conv2d, inputs: Tensor) -> Tensor:
    """The layer's weights in 15 steps, for these inputs."""
    weights = layer.weight.flatten(1).clone()
    steps = torch.from_numpy(four_bit_steps(weights.numpy()))
    side, stride, padding = layer.kernel_size[0], layer.stride[0], int(layer.padding[0])
    patches = F.unfold(inputs, side, padding=padding, stride=stride).transpose(1, 2).flatten(0, 1)
    products = patches.T @ patches
    products.diagonal().add_(_DAMPING * products.diagonal().mean())
    inverse = torch.cholesky_inverse(torch.linalg.cholesky(products))
    spread = torch.linalg.cholesky(inverse, upper=True)
    for i in range(weights.shape[1]):
        rounded = (weights[:, i : i + 1] / steps).round().clamp(-STEPS, STEPS) * steps
        error = (weights[:, i : i + 1] - rounded) / spread[i, i]
        weights[:, i : i + 1] = rounded
        weights[:, i + 1 :] -= error * spread[i, i + 1 :]
    return weights.view_as(layer.weight)

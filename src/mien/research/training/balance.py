"""Rare emotions beside common ones: how common each is, and how a loss corrects for that.

Menon et al. 2021, "Long-tail learning via logit adjustment". The raters vote for neutral thirty
times as often as for disgust, so that a network which predicts their votes has a low recall of
rare emotions. A loss that adds the logarithms of the frequencies to the logits gives logits without
them, which treat all emotions alike.

Contempt is nearly as rare as disgust, and the faces that the raters call contemptuous look neutral.
Corrected like the other emotions, it would be predicted for faces at rest. It is therefore taken to
be as common as the most common emotion.
"""

from __future__ import annotations

import copy

import numpy as np
import torch

from mien.emotions import EMOTIONS
from mien.research.data.fer2013 import Split, without_blanks
from mien.research.data.raters import distribution
from mien.research.training.checkpoint import Outcome
from mien.research.training.network import Network, split_heads
from mien.support.arrays import Float32Array


def class_frequencies(votes: Float32Array) -> Float32Array:
    """How common each emotion is among the votes.

    Args:
        votes: distributions in the order of `RATED`, float32 [n, 8].

    Returns:
        float32 [8], positive. The seven emotions sum to 1; contempt has the largest of their
        frequencies.

    >>> votes = np.eye(8, dtype=np.float32)[[0, 0, 1, 7]]
    >>> [round(float(frequency), 3) for frequency in class_frequencies(votes)]
    [0.667, 0.333, 0.0, 0.0, 0.0, 0.0, 0.0, 0.667]
    """
    total = votes.sum(axis=0, dtype=np.float64)[: len(EMOTIONS)]
    seven = np.maximum(total, 1e-6 * max(total.sum(), 1e-6))  # the logarithm must be finite
    seven = seven / seven.sum()
    return np.append(seven, seven.max()).astype(np.float32)


def frequencies_in(training: Split) -> Float32Array:
    """The frequencies of the emotions among the votes of a split, float32 [8].

    Raises:
        MissingDataError: the split has no votes.
    """
    return class_frequencies(distribution(without_blanks(training).require_votes()))


def rarity_weights(votes: Float32Array, exponent: float) -> Float32Array:
    """The weight of each face, higher the rarer the emotions that the raters see in it.

    Args:
        votes: distributions in the order of `RATED`, float32 [n, 8].
        exponent: of the inverse frequency, in [0, 1]. 0: all faces count the same. 1: all emotions
            count the same in total.

    Returns:
        float32 [n], 1 on average.
    """
    rarity = class_frequencies(votes).astype(np.float64) ** -exponent
    # Votes for no emotion count as those for the most common one.
    weights = votes @ rarity + (1 - votes.sum(axis=1)) * rarity.min()
    normalised: Float32Array = (weights / weights.mean()).astype(np.float32)
    return normalised


def logit_offsets(votes: Float32Array, weights: Float32Array, adjustment: float) -> Float32Array:
    """What the loss adds to the logits of the raters' head.

    Trained with these weights and offsets, the logits are the logarithms of the raters' votes less
    `adjustment` times those of the emotions' frequencies.

    Args:
        votes: distributions in the order of `RATED`, float32 [n, 8].
        weights: of the faces, float32 [n].
        adjustment: 0: predict the votes. 1: treat all emotions alike.

    Returns:
        float32 [8].
    """
    weighted = np.log(class_frequencies(votes * weights[:, None]))
    unweighted = np.log(class_frequencies(votes))
    offsets: Float32Array = weighted - np.float32(1 - adjustment) * unweighted
    return offsets


def predict_votes(outcome: Outcome, frequencies: Float32Array | None) -> Network:
    """A training's network, its raters' logits without adjustment, so that they predict the votes.

    Args:
        outcome: of the training.
        frequencies: of the emotions (`class_frequencies`), float32 [8]; None without votes.
    """
    network = copy.deepcopy(outcome.network)
    bias = split_heads(network.head.bias.detach().unsqueeze(0), network.architecture)
    if frequencies is not None and "raters" in bias:  # views of the network's bias
        bias["raters"] += outcome.recipe.logit_adjustment * torch.from_numpy(np.log(frequencies))
    return network

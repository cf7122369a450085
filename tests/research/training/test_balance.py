"""Corrections for the frequencies of the emotions."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from mien.research.training.balance import class_frequencies, logit_offsets, rarity_weights
from mien.research.training.train import compute_loss

VOTES = np.array(
    [[0, 0, 0, 0, 0, 0, 1, 0]] * 6
    + [[1, 0, 0, 0, 0, 0, 0, 0]] * 2
    + [[0, 0.5, 0, 0, 0, 0, 0, 0.5], [0, 0, 0, 0, 0, 0, 0, 0]],
    np.float32,
)


def test_frequencies_are_of_seven_emotions_and_contempt_is_common() -> None:
    frequencies = class_frequencies(VOTES)
    assert frequencies[:7].sum() == pytest.approx(1, abs=1e-4)
    assert frequencies[6] == pytest.approx(6 / 8.5, abs=1e-4)
    assert frequencies[7] == frequencies[6]


def test_rare_faces_count_more() -> None:
    assert np.allclose(rarity_weights(VOTES, 0.0), 1)
    weights = rarity_weights(VOTES, 0.5)
    assert weights.mean() == pytest.approx(1)
    assert weights[8] > weights[6] > weights[0]
    assert weights[6] / weights[0] == pytest.approx(3**0.5, rel=1e-4)
    assert weights[9] == weights[0]  # no emotion is as common as the most common one


def test_without_adjustment_and_weights_nothing_is_added() -> None:
    ones = np.ones(len(VOTES), np.float32)
    assert np.allclose(logit_offsets(VOTES, ones, 0.0), 0)
    assert np.allclose(logit_offsets(VOTES, ones, 1.0), np.log(class_frequencies(VOTES)))


@pytest.mark.parametrize("exponent", [0.0, 0.5])
def test_adjusted_logits_treat_emotions_alike(exponent: float) -> None:
    """Logits that are the same for all faces would otherwise learn the frequencies."""
    votes = VOTES[:8]
    weights = rarity_weights(votes, exponent)
    offsets = {"raters": torch.from_numpy(logit_offsets(votes, weights, 1.0))}
    targets = {"raters": torch.from_numpy(votes * weights[:, None])}
    logits = torch.zeros(8, requires_grad=True)
    optimiser = torch.optim.LBFGS([logits], max_iter=200)

    def closure() -> torch.Tensor:
        optimiser.zero_grad()
        loss = compute_loss({"raters": logits.expand(8, 8)}, targets, offsets)
        loss.backward()  # type: ignore[no-untyped-call]
        return loss

    optimiser.step(closure)  # type: ignore[no-untyped-call]
    assert logits[0].item() == pytest.approx(logits[6].item(), abs=0.01)

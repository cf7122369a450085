"""Scaled logits."""

from __future__ import annotations

import torch

from mien.research.training.readout import Scaling


def test_scaling_keeps_the_order_of_classes() -> None:
    logits = torch.randn(200, 8, generator=torch.Generator().manual_seed(0))
    assert torch.allclose(Scaling()(logits), logits.softmax(1), atol=1e-6)
    assert torch.allclose(Scaling(2.0)(logits), (logits / 2).softmax(1), atol=1e-6)
    for exponent in (0.5, 1.5, 2.0):
        p = Scaling(0.7, exponent)(logits)
        assert torch.allclose(p.sum(1), torch.ones(200))
        assert torch.equal(p.argsort(1), logits.argsort(1))

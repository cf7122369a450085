"""The mean of two networks' weights."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import torch
from small_fer2013 import small
from small_trainings import RECIPE, TINY

from mien.research.training.mixing import mix
from mien.research.training.network import build, to_input
from mien.research.training.train import train

CROPS = torch.from_numpy(small().training.crops)


def test_weights_lie_between_and_statistics_are_measured_again() -> None:
    start, network = build(TINY, 1), build(TINY, 2)
    mixed = mix(network, start.state_dict(), 0.25, CROPS)
    name = "body.0.0.weight"
    found, own, before = (n.state_dict()[name] for n in (mixed, network, start))
    torch.testing.assert_close(found, 0.75 * own + 0.25 * before)
    with torch.no_grad():
        convolved = mixed.body[0][0](to_input(CROPS, TINY))  # type: ignore[index]
    statistics = mixed.state_dict()["body.0.1.running_mean"]
    torch.testing.assert_close(statistics, convolved.mean(dim=(0, 2, 3)), rtol=1e-3, atol=1e-4)
    assert torch.equal(network.state_dict()[name], own)  # unchanged


def test_a_training_keeps_a_share_of_its_start(tmp_path: Path) -> None:
    first = train(small(), RECIPE, tmp_path / "first")
    recipe = replace(RECIPE, epochs=1, starts_from="first", keep="last", seed=9)
    name = "head.weight"
    alone, half = (
        train(
            small(), replace(recipe, start_share=share), tmp_path / f"{share}", start=first
        ).network.state_dict()[name]
        for share in (0.0, 0.5)
    )
    expected = (alone + first.network.state_dict()[name]) / 2
    torch.testing.assert_close(half, expected, rtol=0.01, atol=0.002)  # stored in half precision

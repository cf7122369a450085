"""dlib's network as a starting point: its weights are read, kept, and trained further."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from small_fer2013 import small
from small_trainings import RECIPE
from torch.nn import functional as F

from mien.errors import DataError, MissingDataError
from mien.research.data.datasets import DLIB, DLIB_MANIFEST
from mien.research.training import dlib
from mien.research.training.export import fold_normalisation
from mien.research.training.network import build
from mien.research.training.recipe import Architecture
from mien.research.training.train import train

ARCHITECTURE = Architecture(kind="dlib", widths=(32, 64), residuals=(1, 1))
PARTS = ("conv32_down", *(f"{b}/conv{i}" for b in ("conv32_1", "conv64_down") for i in (1, 2)))
KERNELS = ((7, 7, 3, 32), (3, 3, 32, 32), (3, 3, 32, 32), (3, 3, 32, 64), (3, 3, 64, 64))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Random weights in the package's form: some in eight bits, some in single precision."""
    random = np.random.default_rng(0)
    entries, stored = [], b""
    for part, kernel in zip(PARTS, KERNELS, strict=True):
        deviation = float(np.sqrt(2 / np.prod(kernel[:3])))
        for name, shape, scale, least in (
            ("conv/filters", kernel, deviation / 64, -2 * deviation),
            ("conv/bias", kernel[3:], 0.001, -0.1),
            ("scale/weights", kernel[3:], 0.004, 0.5),
            ("scale/biases", kernel[3:], 0.002, -0.2),
        ):
            entry: dict[str, object] = {"name": f"{part}/{name}", "shape": shape}
            entry["dtype"] = "float32"
            codes = random.integers(0, 256, shape, dtype=np.uint8)
            if part.startswith("conv64") and name == "conv/filters":
                stored += (codes * np.float32(scale) + np.float32(least)).tobytes()
            else:
                entry["quantization"] = {"dtype": "uint8", "scale": scale, "min": least}
                stored += codes.tobytes()
            entries.append(entry)
    DLIB.path(tmp_path).parent.mkdir()
    DLIB.path(tmp_path).write_bytes(stored)
    DLIB_MANIFEST.path(tmp_path).write_text(json.dumps([{"weights": entries}]))
    return tmp_path


def test_the_network_computes_what_dlibs_does(folder: Path) -> None:
    found = dlib.read_weights(folder)
    faces = torch.randn(6, 1, 44, 44, generator=torch.Generator().manual_seed(1))
    body = build(ARCHITECTURE, 0).body
    assert isinstance(body, torch.nn.Sequential)
    dlib.load_weights(body, found, faces)

    def affine(x: torch.Tensor, name: str, stride: int = 1, padding: int = 1) -> torch.Tensor:
        kernel = found[f"{name}/conv/filters"].permute(3, 2, 0, 1)
        x = F.conv2d(x, kernel, found[f"{name}/conv/bias"], stride, padding)
        scale, shift = found[f"{name}/scale/weights"], found[f"{name}/scale/biases"]
        return x * scale.view(-1, 1, 1) + shift.view(-1, 1, 1)

    large = F.interpolate(faces, size=(112, 112), mode="bilinear", align_corners=False)
    colour = (large * 0.25).expand(-1, 3, -1, -1)
    x = F.max_pool2d(F.relu(affine(colour, PARTS[0], 2, 2)), 3, 2)
    x = F.relu(x + affine(F.relu(affine(x, PARTS[1])), PARTS[2]))
    around = F.pad(F.avg_pool2d(x, 2), (0, 0, 0, 0, 0, 32))
    x = F.relu(around + affine(F.relu(affine(x, PARTS[3], 2, 0)), PARTS[4]))
    assert x.shape == (6, 64, 13, 13)
    torch.testing.assert_close(body.eval()(faces), x.mean(dim=(2, 3)), rtol=1e-3, atol=1e-3)
    # Batch normalisation starts where these faces leave it.
    torch.testing.assert_close(body.train()(faces), x.mean(dim=(2, 3)), rtol=0.01, atol=0.01)


def test_normalisation_is_folded_away() -> None:
    network = build(ARCHITECTURE, 0)
    faces = torch.randn(16, 1, 44, 44, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        for _ in range(3):
            network.train()(faces)
    folded = fold_normalisation(network)
    assert not any(isinstance(m, torch.nn.BatchNorm2d) for m in folded.modules())
    torch.testing.assert_close(folded(faces), network.eval()(faces), rtol=0.02, atol=0.02)


def test_a_training_starts_from_the_weights(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MIEN_DATA", str(folder))
    recipe = replace(RECIPE, epochs=1, architecture=ARCHITECTURE, starts_from=dlib.START, ema=0.0)
    still = train(small(), replace(recipe, learning_rate=1e-9), tmp_path / "still").network
    body = dlib.layers(ARCHITECTURE)
    dlib.load_weights(body, dlib.read_weights(folder), torch.randn(8, 1, 44, 44))
    kernel = "1.convolution.weight"
    found = still.state_dict()[f"body.{kernel}"]
    torch.testing.assert_close(found, body.state_dict()[kernel], rtol=0.01, atol=0.001)
    moved = train(small(), recipe, tmp_path / "moved").network.state_dict()[f"body.{kernel}"]
    assert not torch.allclose(moved, found, atol=0.001)


def test_missing_and_damaged_weights_are_named(folder: Path) -> None:
    manifest = DLIB_MANIFEST.path(folder)
    DLIB.path(folder).write_bytes(b"short")
    with pytest.raises(DataError, match="other weights than dlib's"):
        dlib.read_weights(folder)
    manifest.write_text("[]")
    with pytest.raises(DataError, match="other weights than dlib's"):
        dlib.read_weights(folder)
    manifest.unlink()
    with pytest.raises(MissingDataError, match="@vladmandic/face-api"):
        dlib.read_weights(folder)

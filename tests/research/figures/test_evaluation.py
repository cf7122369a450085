"""Plots of networks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mien import ExpressionModel, MienError
from mien.face.network import HEADS
from mien.research.data.fer2013 import Fer2013
from mien.research.figures.evaluation import plot_all, read_history


def test_draws_all_plots(model: ExpressionModel, fer2013: Fer2013, tmp_path: Path) -> None:
    history = [
        {
            "number": n,
            "training_accuracy": 0.3 + n / 10,
            "training_loss": 2 - n / 10,
            "public_accuracy": 0.4 + n / 10,
            "public_loss": 1.5,
            "raters_accuracy": None,
        }
        for n in (1, 2, 3)
    ]
    plot_all(model, fer2013.public.take(np.arange(300)), history, tmp_path / "new")
    names = {path.name for path in (tmp_path / "new").iterdir()}
    heads = {*HEADS, model.default_head}
    kinds = {
        f"{kind}-{head}.png" for kind in ("confusion", "reliability", "samples") for head in heads
    }
    assert names == {*kinds, "curves.png"}
    for path in (tmp_path / "new").iterdir():
        with Image.open(path) as image:
            assert min(image.size) > 300
            assert len(image.convert("L").histogram()) - image.convert("L").histogram().count(0) > 9
    plot_all(model, fer2013.public.take(np.arange(1)), (), tmp_path / "one face")
    (tmp_path / "file").touch()
    with pytest.raises(MienError, match="cannot be a folder"):
        plot_all(model, fer2013.public, (), tmp_path / "file")


@pytest.mark.parametrize("content", ["{", "[1, 2]", "3", '{"loss": [1]}'])
def test_ignores_foreign_histories(tmp_path: Path, content: str) -> None:
    assert read_history(tmp_path / "x.onnx") == []
    (tmp_path / "history.json").write_text(content)
    assert read_history(tmp_path / "x.onnx") == []

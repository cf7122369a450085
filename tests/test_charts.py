"""Charts of rankings, and charts from the command line."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import numpy as np
from PIL import Image

from mien.output.charts import DARK, LIGHT, require_matplotlib, save_figure
from mien.research.figures.evaluation import rankings_figure


def brightness(path: Path) -> float:
    with Image.open(path) as image:
        return float(np.asarray(image.convert("L")).mean()) / 255


def test_rankings_light_and_dark(tmp_path: Path) -> None:
    require_matplotlib()
    text = (files("mien") / "research/evaluation/results/ranking.json").read_text(encoding="utf-8")
    for name, theme in (("light", LIGHT), ("dark", DARK)):
        save_figure(rankings_figure(json.loads(text), theme), tmp_path / f"{name}.png")
    assert brightness(tmp_path / "dark.png") < 0.3
    assert brightness(tmp_path / "light.png") > 0.8

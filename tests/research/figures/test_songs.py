"""Figures of songs and rankings."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mien.output.charts import DARK, LIGHT, Theme, require_matplotlib, save_figure
from mien.research.figures.songs import draw_rankings
from mien.research.paper.results import PACKAGED


@pytest.mark.parametrize(("theme", "low", "high"), [(LIGHT, 0.8, 1), (DARK, 0, 0.3)])
def test_rankings_light_and_dark(theme: Theme, low: float, high: float, tmp_path: Path) -> None:
    require_matplotlib()
    scores = json.loads((PACKAGED / "ranking.json").read_text(encoding="utf-8"))
    path = tmp_path / "rankings.png"
    save_figure(draw_rankings(scores, theme), path)
    with Image.open(path) as image:
        assert low <= np.asarray(image.convert("L")).mean() / 255 <= high

"""`mien paper --full`."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from mien.face.network import ExpressionModel
from mien.research.data.datasets import FER2013
from mien.research.data.fer2013 import Fer2013
from mien.research.paper.command import make_full_report
from mien.research.paper.full import measure_all
from mien.research.paper.results import COMMANDS, PACKAGED


def test_full_trains_measures_and_goes_on(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained: list[str] = []
    epochs = json.loads((PACKAGED / "paper-history.json").read_text())[:3]

    def train(data: Path, out: Path, recipe: str) -> Path:
        assert data == FER2013.path(tiny)
        trained.append(recipe)
        out.mkdir(parents=True, exist_ok=True)
        (out / "history.json").write_text(json.dumps(epochs))
        shutil.copy(ExpressionModel().path, out / "expression.onnx")
        return out / "expression.onnx"

    measured: list[str] = []

    def classical(data: Fer2013, on_score: object) -> list[dict[str, Any]]:
        measured.append("classical")
        confusion = np.full((7, 7), 10).tolist()
        common = {"features": "hog", "learner": "linear SVM", "setting": {"C": 0.1}}
        scores = {"public": 0.2, "private": 1 / 7, "macro_f1": 0.1, "seconds": 1.0}
        return [{**common, **scores, "confusion": confusion}]

    evaluation = "mien.research.evaluation"
    monkeypatch.setattr(f"{evaluation}.classical.evaluate_classical", classical)
    monkeypatch.setattr(f"{evaluation}.speed.evaluate_speed", lambda songs: None)
    silent = Console(quiet=True)
    measure_all(tiny, tmp_path, train, recipe="expression", peer=None, say=silent.print)
    page, facts = make_full_report(tiny, tmp_path, silent, recipe="expression", train=train)
    assert trained == ["paper", "expression"] * 2
    assert measured == ["classical"]  # the second time it was there
    numbers = facts["numbers"]
    assert numbers["paper.private.accuracy"]["command"] == "mien paper --full"
    assert numbers["classical.hog.linear_SVM.public.accuracy"]["value"] == 0.2
    assert numbers["ranking.paper.similarity"]["command"] == COMMANDS["ranking"]
    text = page.read_text(encoding="utf-8")
    assert "epoch 3 of 3" in text

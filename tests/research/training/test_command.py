"""`mien train`, with teachers and the other members of an ensemble."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console
from small_fer2013 import csv_text, small, votes_text
from small_trainings import RECIPE, TINY

from mien import ExpressionModel
from mien.research.training.command import train_and_export
from mien.research.training.network import build, count_parameters
from mien.research.training.recipe import RECIPES


def test_mien_train_from_the_shell(tmp_path: Path) -> None:
    path = tmp_path / "fer2013.csv"
    path.write_text(csv_text(small((140, 35, 14))))
    out = tmp_path / "run"
    environment = {**os.environ, "MIEN_HOME": str(tmp_path / "home")}

    def mien_train(*options: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "mien", "train", "--data", str(path)]
        command += ["--out", str(out), "--recipe", "first", *options]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    taken = mien_train("--recipe", "live", "--out", str(tmp_path / "first"))
    assert taken.returncode == 1
    assert "is the folder of a network that is trained first" in taken.stderr
    without_votes = mien_train("--epochs", "1")
    assert without_votes.returncode == 1
    assert "fer2013new.csv beside" in without_votes.stderr
    (tmp_path / "fer2013new.csv").write_text(votes_text(small((140, 35, 14))))
    done = mien_train("--epochs", "1")
    assert done.returncode == 0, done.stderr
    assert "PublicTest" in done.stderr
    crops = small().private.crops
    assert ExpressionModel(out / "expression.onnx").predict(crops, "raters").shape == (14, 8)
    again = mien_train("--epochs", "2")
    assert again.returncode == 1
    assert "another recipe" in again.stderr
    assert "Traceback" not in again.stderr


def test_teachers_and_members_are_trained_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    master = replace(RECIPE, epochs=1)
    teacher = replace(master, teachers=("master", "master-4"), distillation=0.5, seed=7)
    student = replace(teacher, teachers=("teacher", "master"), members=("master-4",), seed=0)
    names = {"master": master, "teacher": teacher, "student": student}
    for name, recipe in names.items():
        monkeypatch.setitem(RECIPES, name, recipe)
    (tmp_path / "fer2013.csv").write_text(csv_text(small()))
    (tmp_path / "fer2013new.csv").write_text(votes_text(small()))

    def run(recipe: str, folder: str) -> str:
        console = Console(file=io.StringIO(), width=100)
        train_and_export(
            tmp_path / "fer2013.csv",
            tmp_path / folder,
            recipe=recipe,
            epochs=None,
            seed=None,
            console=console,
        )
        assert isinstance(console.file, io.StringIO)
        return console.file.getvalue()

    output = run("student", "mine")
    folders = {p.parent.name for p in tmp_path.glob("*/best.pt")}
    assert folders == {"master", "master-4", "teacher", "mine"}
    assert output.count("epoch   1") == 4
    ensemble = ExpressionModel(tmp_path / "mine" / "expression.onnx")
    assert ensemble.parameters == 2 * count_parameters(build(TINY, 0))
    monkeypatch.setitem(RECIPES, "tuned", replace(master, starts_from="master-4", seed=8))
    assert run("tuned", "tuned").count("epoch   1") == 1
    assert run("student", "mine").count("epoch   1") == 0
    assert run("student", "other").count("epoch   1") == 1

"""Teachers and the networks they teach, in a given time."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from small_fer2013 import csv_text, small, votes_text
from small_trainings import RECIPE

from mien.errors import MissingDataError, TrainingError
from mien.research.training import budget
from mien.research.training.budget import train_within
from mien.research.training.camera import Camera
from mien.research.training.checkpoint import is_finished, load_outcome, load_predictions
from mien.research.training.plan import plan_trainings
from mien.research.training.recipe import RECIPES, Architecture, Recipe

MASTER = replace(
    RECIPE,
    epochs=2,
    epoch_share=2.0,
    rarity_weighting=0.5,
    keep="last",
    augmentation=replace(RECIPE.augmentation, camera=Camera()),
)
PUPIL = replace(
    MASTER, teachers=("master", "master-4"), distillation=0.7, logit_adjustment=0.5, seed=7
)
PANEL = replace(PUPIL, members=("pupil-8",))
ENDLESS = 100_000  # epochs


@pytest.fixture(autouse=True)
def _recipes(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, recipe in (("master", MASTER), ("pupil", PUPIL), ("panel", PANEL)):
        monkeypatch.setitem(RECIPES, name, recipe)


def run(minutes: float, out: Path, *names: str) -> list[str]:
    lines: list[str] = []
    train_within(minutes, small(), names, out, show=lines.append)
    return lines


def test_trains_teachers_first_and_each_network_once(tmp_path: Path) -> None:
    lines = run(5, tmp_path, "panel", "pupil")
    names = {path.parent.name for path in tmp_path.glob("*/best.pt")}
    assert names == {"master", "master-4", "panel", "pupil", "pupil-8"}
    assert not list(tmp_path.glob("*/last.pt"))
    trained = [line.split(":")[0] for line in lines if " s of " in line]
    assert trained[:2] == ["master", "master-4"]
    assert len(trained) == 5
    assert all(len(load_outcome(tmp_path / name).history) == 2 for name in names)
    assert "pupil: learns from master, master-4" in lines
    assert not [line for line in run(5, tmp_path, "panel") if " s of " in line]


def test_keeps_the_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, recipe in (("master", MASTER), ("pupil", PUPIL)):
        monkeypatch.setitem(RECIPES, name, replace(recipe, epochs=ENDLESS))
    monkeypatch.setattr(budget, "SKIPPED", 0.0)
    began = time.monotonic()
    run(0.15, tmp_path, "pupil")
    assert time.monotonic() - began < 0.15 * 60 + 5  # the machine may be busy
    for name in ("master", "master-4", "pupil"):
        assert is_finished(tmp_path / name)
        assert 1 <= len(load_outcome(tmp_path / name).history) < ENDLESS


def test_the_rest_goes_on_without_a_limit_or_the_teachers(tmp_path: Path) -> None:
    """The teachers' predictions are kept with the network, so that they need not be."""
    run(5, tmp_path, "pupil")
    predictions = load_predictions(tmp_path / "pupil")
    assert predictions is not None
    assert predictions.raters.shape == (len(small().training), 8)
    assert predictions.fer2013.sum(axis=1) == pytest.approx(1, abs=1e-2)
    for name in ("master", "master-4"):
        for file in (tmp_path / name).iterdir():
            file.unlink()
        (tmp_path / name).rmdir()
    assert [each.folder.name for each in plan_trainings(PUPIL, tmp_path / "pupil")] == ["pupil"]
    (tmp_path / "pupil" / "best.pt").unlink()  # as if it had not been trained
    assert [each.folder.name for each in plan_trainings(PUPIL, tmp_path / "pupil")] == ["pupil"]


def test_learns_from_the_teachers_that_are_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(5, tmp_path, "master")
    monkeypatch.setattr(budget, "SKIPPED", 1e9)  # no other teacher has enough time
    lines = run(5, tmp_path, "pupil")
    assert any(line.startswith("master-4: left out") for line in lines)
    assert "pupil: learns from master" in lines
    assert is_finished(tmp_path / "pupil")
    with pytest.raises(TrainingError, match="no teacher of pupil"):
        run(5, tmp_path / "other", "pupil")


def test_a_killed_run_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class KilledError(BaseException):
        pass

    def killing(name: str, number: int) -> Callable[[str, object], None]:
        def on_epoch(current: str, epoch: object) -> None:
            if current == name and getattr(epoch, "number", 0) == number:
                raise KilledError

        return on_epoch

    for name in ("master-4", "pupil"):
        with pytest.raises(KilledError):
            train_within(
                5, small(), ["pupil"], tmp_path, show=lambda _: None, on_epoch=killing(name, 1)
            )
    assert is_finished(tmp_path / "master-4")
    assert not is_finished(tmp_path / "pupil")
    assert len(load_outcome(tmp_path / "pupil").history) == 1
    lines = run(5, tmp_path, "pupil")
    assert [line.split(":")[0] for line in lines if " s of " in line] == ["pupil"]
    assert [epoch.number for epoch in load_outcome(tmp_path / "pupil").history] == [1, 2]


def test_says_at_once_which_weights_are_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lite = Architecture(kind="efficientnet", widths=(8,) * 7, residuals=(1,) * 7)
    photos = replace(MASTER, architecture=lite, starts_from="efficientnet")
    monkeypatch.setitem(RECIPES, "photos", photos)
    monkeypatch.setitem(RECIPES, "pupil", replace(PUPIL, teachers=("master", "photos")))
    monkeypatch.setenv("MIEN_DATA", str(tmp_path))
    with pytest.raises(MissingDataError, match="efficientnet_lite0"):
        run(5, tmp_path, "pupil")
    assert not list(tmp_path.glob("*/*.pt"))


SHELL = """
import os, signal, sys
from dataclasses import replace
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from small_trainings import RECIPE
from mien.cli import main
from mien.research.training.recipe import RECIPES
short = replace(RECIPE, epochs=2)
RECIPES["wide"] = short
RECIPES["body"] = replace(short, teachers=("wide",), distillation=0.7, seed=1)
if len(sys.argv) > 4:
    from mien.research.training import budget
    told = budget.describe
    def kill(epoch):
        if len(list(Path(sys.argv[3]).glob("*/best.pt"))):
            os.kill(os.getpid(), signal.SIGKILL)
        return told(epoch)
    budget.describe = kill
main(["train", "--data", sys.argv[2], "--out", sys.argv[3], "--minutes", "3", "--recipe", "body"])
"""


def test_mien_train_with_minutes_from_the_shell(tmp_path: Path) -> None:
    """Killed in the second training, it goes on there when it is called again."""
    (tmp_path / "fer2013.csv").write_text(csv_text(small()))
    (tmp_path / "fer2013new.csv").write_text(votes_text(small()))

    def shell(*more: str) -> subprocess.CompletedProcess[str]:
        helpers = str(Path(__file__).parents[2])
        command = [sys.executable, "-c", SHELL, helpers, str(tmp_path / "fer2013.csv")]
        command += [str(tmp_path / "runs"), *more]
        environment = {**os.environ, "MIEN_HOME": str(tmp_path / "home")}
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    assert shell("kill").returncode == -signal.SIGKILL
    assert is_finished(tmp_path / "runs" / "wide")
    assert not is_finished(tmp_path / "runs" / "body")
    done = shell()
    assert done.returncode == 0, done.stderr
    assert "body: epoch   2" in done.stderr
    history = json.loads((tmp_path / "runs" / "body" / "history.json").read_text())
    assert [epoch["number"] for epoch in history] == [1, 2]
    stored = json.loads((tmp_path / "runs" / "body" / "recipe.json").read_text())
    assert Recipe.from_json(stored["recipe"]).teachers == ("wide",)

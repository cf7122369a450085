"""The folder of a training."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from small_fer2013 import small
from small_trainings import RECIPE

from mien.errors import TrainingError
from mien.research.training.checkpoint import Epoch, Outcome, best_epoch, load_recipe
from mien.research.training.train import train
from mien.support.files import write_atomically


def test_resumes_after_being_killed_at_any_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = write_atomically
    written: list[str] = []

    def train_until(last: int, folder: Path) -> Outcome:
        written.clear()

        def write_or_die(path: Path, content: str | bytes) -> None:
            written.append(path.name)
            if len(written) == last:
                raise KeyboardInterrupt
            write(path, content)

        monkeypatch.setattr("mien.research.training.checkpoint.write_atomically", write_or_die)
        try:
            return train(small(), RECIPE, folder)
        finally:
            monkeypatch.setattr("mien.research.training.checkpoint.write_atomically", write)

    whole = train_until(0, tmp_path / "whole")
    assert written == [
        "recipe.json",
        *["last.pt", "history.json"] * 3,
        "best.pt",
        "history.json",
    ]
    for number in range(1, len(written) + 1):
        folder = tmp_path / str(number)
        with pytest.raises(KeyboardInterrupt):
            train_until(number, folder)
        (folder / ".last.pt.orphan").touch()  # left by kill -9 while writing
        outcome = train(small(), RECIPE, folder)
        assert outcome.history == whole.history
        for p, q in zip(outcome.network.parameters(), whole.network.parameters(), strict=True):
            assert torch.equal(p, q)
        names = {path.name for path in folder.iterdir()}
        assert names == {"recipe.json", "history.json", "best.pt"}


def test_refuses_damaged_checkpoints(tmp_path: Path) -> None:
    recipe = replace(RECIPE, epochs=1)
    other = io.BytesIO()
    torch.save({"weights": 1}, other)
    for name in ("recipe.json", "last.pt", "best.pt", "history.json"):
        for content in (b"damage", b"[1]" if name.endswith("json") else other.getvalue()):
            folder = tmp_path / name.replace(".", "_") / str(len(content))
            train(small(), recipe, folder)
            (folder / name).write_bytes(content)
            with pytest.raises(TrainingError, match="damaged or of another version"):
                train(small(), recipe, folder)
    (tmp_path / "file").touch()
    with pytest.raises(TrainingError, match="cannot be a folder"):
        train(small(), recipe, tmp_path / "file")


def test_a_finished_training_is_small_and_not_repeated(tmp_path: Path) -> None:
    first = train(small(), RECIPE, tmp_path)
    names = {"recipe.json", "history.json", "best.pt"}
    assert {path.name for path in tmp_path.iterdir()} == names
    seen: list[int] = []
    again = train(small(), RECIPE, tmp_path, on_batch=lambda done, loss: seen.append(done))
    assert again.history == first.history
    assert not seen


def test_the_best_epoch_has_the_highest_mean_of_the_known_accuracies() -> None:
    labels_only = [Epoch(1, 1.0, 0.5, 1.0, 0.6), Epoch(2, 1.0, 0.5, 1.0, 0.6)]
    assert best_epoch(labels_only).number == 2
    older = [Epoch(1, 1.0, 0.5, 1.0, 0.6, 0.9), Epoch(2, 1.0, 0.5, 1.0, 0.7, 0.7)]
    assert best_epoch(older).number == 1
    newer = [replace(older[0], balanced_accuracy=0.5), replace(older[1], balanced_accuracy=0.7)]
    assert best_epoch(newer).number == 2
    assert best_epoch(older, "last").number == 2


def test_refuses_to_resume_with_other_data(tmp_path: Path) -> None:
    train(small(), replace(RECIPE, epochs=1), tmp_path)
    with pytest.raises(TrainingError, match="other data"):
        train(small((98, 21, 14)), replace(RECIPE, epochs=1), tmp_path)


def test_refuses_a_folder_with_another_recipe(tmp_path: Path) -> None:
    train(small(), replace(RECIPE, epochs=1), tmp_path)
    assert load_recipe(tmp_path) == replace(RECIPE, epochs=1)
    with pytest.raises(TrainingError, match="another recipe"):
        train(small(), RECIPE, tmp_path)
    with pytest.raises(TrainingError, match="holds no"):
        load_recipe(tmp_path / "none")

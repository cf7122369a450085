"""Trainings learn, repeat exactly, and resume."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
import torch
from small_fer2013 import small
from small_trainings import RECIPE, TINY

from mien import ExpressionModel, ModelError
from mien.errors import TrainingError
from mien.research.data.fer2013 import Split
from mien.research.data.raters import distribution
from mien.research.training.augment import Augmentation
from mien.research.training.balance import class_frequencies
from mien.research.training.calibration import calibrate, see
from mien.research.training.camera import Camera
from mien.research.training.checkpoint import Epoch, load_outcome
from mien.research.training.export import export
from mien.research.training.network import build
from mien.research.training.predictions import predict_crops, predict_mean
from mien.research.training.recipe import Architecture, Recipe, find_recipe
from mien.research.training.targets import Targets
from mien.research.training.train import compute_loss, count_batches, draw_batches, train


def test_the_papers_network_trains_and_is_exported(tmp_path: Path) -> None:
    """Adam on pixels in [0, 1], with one head and without votes."""
    architecture = replace(find_recipe("paper").architecture, widths=(4, 4, 8, 8))
    recipe = replace(find_recipe("paper", epochs=2), architecture=architecture, batch=16)
    data = small(votes=False)
    outcome = train(data, recipe, tmp_path)
    assert outcome.history[-1].raters_accuracy is None
    path = tmp_path / "expression.onnx"
    seen = see(lambda crops: predict_crops(outcome.network, crops), data.public)
    export(outcome.network, calibrate(seen, data), path)
    model = ExpressionModel(path)
    assert model.heads == ("fer2013",)
    assert model.default_head == "fer2013"
    assert model.predict(data.public.crops).shape == (21, 7)
    with pytest.raises(ModelError, match="no head 'raters'"):
        model.predict(data.public.crops, "raters")


@pytest.mark.parametrize("by", ["face", "view"])
def test_students_learn_from_all_teachers(tmp_path: Path, by: Literal["face", "view"]) -> None:
    """From their mean, or from random ones; the same for the same seed."""
    one, two = (
        train(small(), replace(RECIPE, epochs=1, seed=seed), tmp_path / f"{seed}").network
        for seed in (8, 9)
    )
    recipe = replace(RECIPE, distillation=0.5, teacher_input=by)
    histories = [
        train(small(), recipe, tmp_path / f"taught-{i}", teachers=teachers).history
        for i, teachers in enumerate(([one], [two], [one, two], [one, two]))
    ]
    assert histories[2] == histories[3]
    assert histories[0] != histories[2] != histories[1]


@pytest.mark.parametrize("by", ["face", "view"])
def test_students_learn_from_teachers(tmp_path: Path, by: Literal["face", "view"]) -> None:
    teacher = train(small(), replace(RECIPE, epochs=1), tmp_path / "teacher").network
    before = [p.clone() for p in teacher.parameters()]
    alone = train(small(), RECIPE, tmp_path / "alone")
    recipe = replace(RECIPE, distillation=0.5, teacher_input=by)
    taught = train(small(), recipe, tmp_path / "taught", teachers=[teacher])
    assert taught.history != alone.history
    assert all(torch.equal(p, q) for p, q in zip(before, teacher.parameters(), strict=True))
    one_head = build(replace(TINY, heads=("fer2013",)), 0)
    with pytest.raises(TrainingError, match="must have the heads"):
        train(small(), recipe, tmp_path / "other", teachers=[one_head])
    wider = build(replace(TINY, side=48), 0)
    if by == "view":
        with pytest.raises(TrainingError, match="it must see the same pixels"):
            train(small(), recipe, tmp_path / "wider", teachers=[wider])
    else:
        train(small(), replace(recipe, epochs=1), tmp_path / "wider", teachers=[wider])


def test_learns(tmp_path: Path) -> None:
    data = small((420, 70, 70))
    wider = Architecture(widths=(8, 8, 16, 16))
    recipe = replace(RECIPE, epochs=8, architecture=wider, label_smoothing=0.0, mixup=0.0)
    gentle = Augmentation(0, 0, 0, 0, 0.1, 0.11)
    outcome = train(data, replace(recipe, augmentation=gentle), tmp_path)
    assert len(outcome.history) == 8
    assert outcome.best.public_accuracy > 0.5  # chance: 0.14
    assert outcome.best.raters_accuracy is not None
    assert outcome.best.raters_accuracy > 0.5
    assert outcome.history[-1].training_loss < outcome.history[0].training_loss


def test_the_same_seed_gives_the_same_network(tmp_path: Path) -> None:
    first = train(small(), RECIPE, tmp_path / "a")
    again = train(small(), RECIPE, tmp_path / "b")
    other = train(small(), replace(RECIPE, seed=4), tmp_path / "c")
    assert first.history == again.history
    assert first.history != other.history


def test_resumes_after_being_killed(tmp_path: Path) -> None:
    """After kill -9 in the second epoch, the outcome is that of an uninterrupted training."""
    whole = train(small(), RECIPE, tmp_path / "whole")
    code = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "sys.path.insert(0, sys.argv[2])\n"
        "from small_fer2013 import small\n"
        "from small_trainings import RECIPE\n"
        "from mien.research.training.train import train\n"
        "def kill(done, loss):\n"
        "    if done == 8: os.kill(os.getpid(), signal.SIGKILL)\n"
        "train(small(), RECIPE, Path(sys.argv[1]), on_batch=kill)\n"
    )
    folder = tmp_path / "killed"
    helpers = str(Path(__file__).parents[2])
    done = subprocess.run([sys.executable, "-c", code, str(folder), helpers], check=False)
    assert done.returncode == -signal.SIGKILL
    assert len(load_outcome(folder).history) == 1
    outcome = train(small(), RECIPE, folder)
    assert outcome.history == whole.history
    for a, b in zip(outcome.network.parameters(), whole.network.parameters(), strict=True):
        assert torch.equal(a, b)


def fine_tuned() -> Recipe:
    """From `RECIPE`'s network, in steps that hardly change it."""
    return replace(
        RECIPE,
        epochs=2,
        learning_rate=1e-9,
        epoch_share=0.5,
        starts_from="first",
        logit_adjustment=0.5,
        rarity_weighting=0.5,
        augmentation=Augmentation(camera=Camera()),
    )


def test_starts_from_another_network_and_adjusts_its_logits(tmp_path: Path) -> None:
    first = train(small(), replace(RECIPE, epochs=1), tmp_path / "first")
    tuned = train(small(), fine_tuned(), tmp_path / "tuned", start=first)
    moved = (tuned.network.head.bias - first.network.head.bias).detach().numpy()
    frequencies = class_frequencies(distribution(small().training.require_votes()))
    assert np.allclose(moved[:7], 0, atol=1e-5)
    assert np.allclose(moved[7:], -0.5 * np.log(frequencies), atol=0.05)
    assert count_batches(small(), fine_tuned()) == 2 * (42 // 16)
    assert tuned.history[-1].balanced_accuracy is not None


def test_a_start_must_be_there_and_have_the_same_architecture(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="starts from 'first', which is missing"):
        train(small(), fine_tuned(), tmp_path / "a")
    wider = replace(RECIPE, epochs=1, architecture=Architecture(widths=(4, 4, 8, 16)))
    other = train(small(), wider, tmp_path / "wider")
    with pytest.raises(TrainingError, match="another architecture"):
        train(small(), fine_tuned(), tmp_path / "b", start=other)


def test_fine_tuning_resumes(tmp_path: Path) -> None:
    first = train(small(), replace(RECIPE, epochs=1), tmp_path / "first")
    recipe = replace(fine_tuned(), learning_rate=0.1)
    whole = train(small(), recipe, tmp_path / "whole", start=first)

    def kill(epoch: Epoch) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(small(), recipe, tmp_path / "killed", start=first, on_epoch=kill)
    resumed = train(small(), recipe, tmp_path / "killed", start=first)
    assert resumed.history == whole.history


def test_the_shipped_teacher_predicts_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    teacher = build(TINY, 5).eval()
    predicted = []

    def predict(split: Split) -> Targets:
        predicted.append(len(split))
        return predict_mean([teacher], split)

    monkeypatch.setattr("mien.research.training.train.predict_shipped", predict)
    recipe = replace(RECIPE, epochs=1, shipped_teacher=True, distillation=0.5)
    taught = train(small(), recipe, tmp_path / "taught")
    (tmp_path / "taught" / "best.pt").unlink()  # to train again, with the stored predictions
    again = train(small(), recipe, tmp_path / "taught")
    assert again.history == taught.history
    assert predicted == [len(small().training)]
    alone = train(small(), replace(RECIPE, epochs=1), tmp_path / "alone")
    assert alone.history != taught.history
    (tmp_path / "taught" / "best.pt").unlink()
    (tmp_path / "taught" / "predictions.npz").write_bytes(b"damage")
    with pytest.raises(TrainingError, match="damaged"):
        train(small(), recipe, tmp_path / "taught")


def test_keeps_the_last_epoch(tmp_path: Path) -> None:
    last = train(small(), replace(RECIPE, keep="last"), tmp_path)
    assert last.best.number == RECIPE.epochs


def test_counts_batches(tmp_path: Path) -> None:
    seen = []
    train(small(), RECIPE, tmp_path, on_batch=lambda done, loss: seen.append(done))
    assert seen == list(range(1, count_batches(small(), RECIPE) + 1))
    assert len(json.loads((tmp_path / "history.json").read_text())) == RECIPE.epochs


def test_mixup_mixes_faces_and_targets_equally() -> None:
    """With flat faces, the grey value gives the target."""
    grey = torch.arange(0, 240, 15, dtype=torch.uint8)
    crops = grey[:, None, None].expand(-1, 48, 48)
    targets = grey[:, None].float() / 255
    paper = replace(find_recipe("paper").architecture, side=48)
    unchanged = Augmentation(0, 0, 0, 0, 0, 0)
    recipe = replace(RECIPE, architecture=paper, augmentation=unchanged, mixup=0.5)
    batch = next(iter(draw_batches(crops, targets, recipe, 1)))
    mixed = batch.targets
    assert torch.allclose(batch.faces.mean(dim=(1, 2, 3)), mixed[:, 0], atol=1e-5)
    assert not set((mixed[:, 0] * 255).round(decimals=3).tolist()) <= set(grey.tolist())


def test_the_loss_is_lowest_at_the_targets() -> None:
    random = torch.Generator().manual_seed(0)
    logits = {"fer2013": torch.randn(6, 7, generator=random, requires_grad=True)}
    targets = {"fer2013": torch.randn(6, 7, generator=random).softmax(1)}
    compute_loss(logits, targets).backward()  # type: ignore[no-untyped-call]
    gradient = logits["fer2013"].grad
    assert gradient is not None
    off = logits["fer2013"].softmax(1) - targets["fer2013"]
    assert torch.allclose(gradient * 6, off, atol=1e-6)
    alone = torch.nn.functional.cross_entropy(logits["fer2013"], torch.arange(6))
    assert compute_loss(logits, {"fer2013": torch.eye(7)[:6]}).item() == pytest.approx(alone.item())


def test_an_epoch_may_draw_each_face_several_times() -> None:
    faces = torch.arange(40, dtype=torch.uint8)
    crops = faces[:, None, None].expand(-1, 48, 48)
    recipe = replace(RECIPE, batch=10, mixup=0.0, epoch_share=2.5)
    drawn = torch.cat([b.targets[:, 0] for b in draw_batches(crops, faces[:, None], recipe, 1)])
    counts = drawn.bincount()
    assert len(drawn) == 100
    assert set(counts.tolist()) == {2, 3}
    once = next(iter(draw_batches(crops, faces[:, None], replace(recipe, epoch_share=1.0), 1)))
    assert torch.equal(once.targets[:, 0], drawn[:10])


def test_ends_in_time(tmp_path: Path) -> None:
    """However late it is, one batch of one epoch is trained."""
    until = time.monotonic() - 1
    outcome = train(small(), RECIPE, tmp_path, until=until)
    assert len(outcome.history) == 1
    assert train(small(), RECIPE, tmp_path).history == outcome.history

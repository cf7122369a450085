"""FER2013 in every form that people have, and a training that survives being killed."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Literal

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto
from rich.console import Console
from small_fer2013 import csv_text, small, votes_text

from mien import DataError, ExpressionModel, ModelError
from mien.research.data.fer2013 import Split
from mien.research.training.answers import logits_of, mean_answers, score
from mien.research.training.augment import Augmentation
from mien.research.training.checkpoint import Outcome, load_outcome, load_recipe
from mien.research.training.command import train_and_export
from mien.research.training.export import (
    PARITY,
    Calibration,
    calibrate,
    calibration_of,
    choose_threshold,
    export,
    fit_scaling,
    folded,
    moved,
    parity,
    ship,
)
from mien.research.training.network import (
    CropsToProbabilities,
    Ensemble,
    Scaling,
    build,
    parameter_count,
)
from mien.research.training.quantise import FOUR_BITS_FROM, four_bits
from mien.research.training.recipe import RECIPES, Architecture, Recipe, called, named
from mien.research.training.targets import targets_of, taught
from mien.research.training.train import _batches, batches_in, loss_of, train
from mien.support.files import write_atomically

Taught = Literal["face", "view"]
TINY = Architecture(widths=(4, 4, 8, 8))
EXACT = "donot_use_mm_for_euclid_dist"
UNCALIBRATED = {"fer2013": Scaling(), "raters": Scaling()}
RECIPE = Recipe(epochs=3, batch=16, architecture=TINY, warm_up_epochs=0.5, ema=0.9, seed=3)


class TestTargets:
    def test_copies_share_their_labels_and_votes(self) -> None:
        split = small().training
        crops = split.crops.copy()
        crops[8] = crops[0]
        assert split.votes is not None
        twice = Split(crops, split.labels, split.votes)
        targets = targets_of(twice, ("fer2013", "raters"))
        assert targets.fer2013[0].tolist() == targets.fer2013[8].tolist()
        assert targets.fer2013[0, [0, 1]].tolist() == [0.5, 0.5]
        assert targets.raters[0, [0, 1]].tolist() == [0.5, 0.5]
        assert np.allclose(targets.fer2013.sum(axis=1), 1)
        assert (targets.fer2013[9:].argmax(axis=1) == split.labels[9:]).all()

    def test_needs_votes_for_the_raters_head_alone(self) -> None:
        bare = small(votes=False).training
        with pytest.raises(DataError, match="FERPlus"):
            targets_of(bare, ("fer2013", "raters"))
        assert targets_of(bare, ("fer2013",)).fer2013.shape == (len(bare), 7)

    def test_copies_are_left_alone_where_the_recipe_says_so(self) -> None:
        split = small().training
        twice = Split(np.repeat(split.crops[:1], 2, axis=0), split.labels[:2])
        alone = targets_of(twice, ("fer2013",), merge_copies=False)
        assert alone.fer2013.argmax(axis=1).tolist() == [0, 1]
        assert alone.fer2013.max() == 1
        assert named("paper").merge_copies is False

    def test_smoothed_labels_leave_votes_as_they_are(self) -> None:
        split = small().training
        smooth = targets_of(split, ("fer2013", "raters"), smoothing=0.21)
        plain = targets_of(split, ("fer2013", "raters"))
        assert np.allclose(smooth.fer2013.sum(axis=1), 1)
        assert np.allclose(smooth.fer2013.max(axis=1), 0.82)
        assert np.allclose(smooth.fer2013.min(axis=1), 0.03)
        assert np.array_equal(smooth.raters, plain.raters)

    def test_distillation_leans_on_the_teachers(self) -> None:
        """Their mean answer for the face and its mirror image, weighted against the labels."""
        data = small()
        both = [build(TINY, seed).eval() for seed in (1, 2)]
        own = targets_of(data.training, ("fer2013", "raters"))
        answers = mean_answers(both, data.training)
        crops = np.ascontiguousarray(data.training.crops[:, :, ::-1])
        mirrored = Split(crops, data.training.labels)
        each = [
            logits_of(network, faces)["raters"].softmax(1).numpy()
            for network in both
            for faces in (data.training, mirrored)
        ]
        assert np.allclose(answers.raters, np.mean(each, axis=0), atol=1e-6)
        assert np.allclose(answers.fer2013.sum(axis=1), 1, atol=1e-5)
        assert np.allclose(taught(own, answers, 1.0).fer2013, answers.fer2013, atol=1e-6)
        assert np.array_equal(taught(own, answers, 0.0).raters, own.raters)
        between = taught(own, answers, 0.25)
        assert np.allclose(between.raters, 0.75 * own.raters + 0.25 * answers.raters, atol=1e-6)

    def test_the_loss_is_least_where_the_answers_are_the_targets(self) -> None:
        random = torch.Generator().manual_seed(0)
        logits = {"fer2013": torch.randn(6, 7, generator=random, requires_grad=True)}
        wanted = {"fer2013": torch.randn(6, 7, generator=random).softmax(1)}
        loss_of(logits, wanted).backward()  # type: ignore[no-untyped-call]
        gradient = logits["fer2013"].grad
        assert gradient is not None
        off = logits["fer2013"].softmax(1) - wanted["fer2013"]
        assert torch.allclose(gradient * 6, off, atol=1e-6)
        alone = torch.nn.functional.cross_entropy(logits["fer2013"], torch.arange(6))
        assert loss_of(logits, {"fer2013": torch.eye(7)[:6]}).item() == pytest.approx(alone.item())


class TestRecipes:
    def test_survive_being_written_down(self) -> None:
        for recipe in RECIPES.values():
            assert Recipe.from_json(json.loads(json.dumps(asdict(recipe)))) == recipe

    def test_unknown_names_are_told_the_known_ones(self) -> None:
        with pytest.raises(DataError, match="use expression, live, first, student, paper"):
            named("cubist")
        assert named("paper", epochs=2, seed=5).seed == 5
        assert named("student").seed != named("first").seed == 0
        assert named("student", seed=0).seed == 0

    def test_others_begin_at_their_own_seed(self) -> None:
        assert called(()) == []
        assert called(named("student").teachers) == [("first", named("first"))]
        assert [name for name, _ in called(named("expression").joined)] == ["first", "student"]
        assert [recipe.seed for _, recipe in called(("first", "student", "paper-4"))] == [0, 1, 4]

    def test_the_papers_network_trains_and_ships_alike(self, tmp_path: Path) -> None:
        """Adam on pixels in [0, 1], one head; no votes needed."""
        architecture = replace(named("paper").architecture, widths=(4, 4, 8, 8))
        recipe = replace(named("paper", epochs=2), architecture=architecture, batch=16)
        data = small(votes=False)
        outcome = train(data, recipe, tmp_path)
        assert outcome.history[-1].raters_accuracy is None
        path = tmp_path / "expression.onnx"
        export(outcome.network, calibrate(outcome.network, data.public), path)
        model = ExpressionModel(path)
        assert model.heads == ("fer2013",)
        assert model.default_head == "fer2013"
        assert model.predict(data.public.crops).shape == (21, 7)
        with pytest.raises(ModelError, match="no head 'raters'"):
            model.predict(data.public.crops, "raters")

    @pytest.mark.parametrize("by", ["face", "view"])
    def test_students_learn_from_all_teachers(self, tmp_path: Path, by: Taught) -> None:
        """From their mean, or from one after the other; the same again with the same seed."""
        one, two = (
            train(small(), replace(RECIPE, epochs=1, seed=seed), tmp_path / f"{seed}").network
            for seed in (8, 9)
        )
        recipe = replace(RECIPE, distillation=0.5, taught_by=by)
        taught = [
            train(small(), recipe, tmp_path / f"taught-{i}", teachers=teachers).history
            for i, teachers in enumerate(([one], [two], [one, two], [one, two]))
        ]
        assert taught[2] == taught[3]
        assert taught[0] != taught[2] != taught[1]

    @pytest.mark.parametrize("by", ["face", "view"])
    def test_students_learn_from_teachers(self, tmp_path: Path, by: Taught) -> None:
        teacher = train(small(), replace(RECIPE, epochs=1), tmp_path / "teacher").network
        before = [p.clone() for p in teacher.parameters()]
        alone = train(small(), RECIPE, tmp_path / "alone")
        recipe = replace(RECIPE, distillation=0.5, taught_by=by)
        taught = train(small(), recipe, tmp_path / "taught", teachers=[teacher])
        assert taught.history != alone.history
        assert all(torch.equal(p, q) for p, q in zip(before, teacher.parameters(), strict=True))
        one_head = build(replace(TINY, heads=("fer2013",)), 0)
        with pytest.raises(DataError, match="must have the heads"):
            train(small(), recipe, tmp_path / "other", teachers=[one_head])
        wider = build(replace(TINY, side=48), 0)
        if by == "view":
            with pytest.raises(DataError, match="must see the same pixels"):
                train(small(), recipe, tmp_path / "wider", teachers=[wider])
        else:
            train(small(), replace(recipe, epochs=1), tmp_path / "wider", teachers=[wider])


class TestTraining:
    def test_learns(self, tmp_path: Path) -> None:
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

    def test_the_same_seed_gives_the_same_network(self, tmp_path: Path) -> None:
        first = train(small(), RECIPE, tmp_path / "a")
        again = train(small(), RECIPE, tmp_path / "b")
        other = train(small(), replace(RECIPE, seed=4), tmp_path / "c")
        assert first.history == again.history
        assert first.history != other.history

    def test_goes_on_after_being_killed(self, tmp_path: Path) -> None:
        """kill -9 in the second epoch; the rest gives what an uninterrupted training gives."""
        whole = train(small(), RECIPE, tmp_path / "whole")
        code = (
            "import os, signal, sys\n"
            "from pathlib import Path\n"
            "sys.path.insert(0, sys.argv[2])\n"
            "from test_training import RECIPE, small\n"
            "from mien.research.training.train import train\n"
            "def kill(done, loss):\n"
            "    if done == 8: os.kill(os.getpid(), signal.SIGKILL)\n"
            "train(small(), RECIPE, Path(sys.argv[1]), on_batch=kill)\n"
        )
        folder = tmp_path / "killed"
        here = str(Path(__file__).parent)
        done = subprocess.run([sys.executable, "-c", code, str(folder), here], check=False)
        assert done.returncode == -signal.SIGKILL
        assert len(load_outcome(folder).history) == 1
        outcome = train(small(), RECIPE, folder)
        assert outcome.history == whole.history
        for a, b in zip(outcome.network.parameters(), whole.network.parameters(), strict=True):
            assert torch.equal(a, b)

    def test_goes_on_after_being_killed_at_any_file(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write = write_atomically
        written: list[str] = []

        def train_until(last: int, folder: Path) -> Outcome:
            written.clear()

            def dies(path: Path, content: str | bytes) -> None:
                written.append(path.name)
                if len(written) == last:
                    raise KeyboardInterrupt
                write(path, content)

            monkeypatch.setattr("mien.research.training.checkpoint.write_atomically", dies)
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
            (folder / ".last.pt.orphan").touch()  # of a kill -9 while writing
            outcome = train(small(), RECIPE, folder)
            assert outcome.history == whole.history
            for p, q in zip(outcome.network.parameters(), whole.network.parameters(), strict=True):
                assert torch.equal(p, q)
            names = {path.name for path in folder.iterdir()}
            assert names == {"recipe.json", "history.json", "best.pt"}

    def test_damaged_checkpoints_are_one_clear_line(self, tmp_path: Path) -> None:
        recipe = replace(RECIPE, epochs=1)
        stranger = io.BytesIO()
        torch.save({"weights": 1}, stranger)
        for name in ("recipe.json", "last.pt", "best.pt", "history.json"):
            for content in (b"damage", b"[1]" if name.endswith("json") else stranger.getvalue()):
                folder = tmp_path / name.replace(".", "_") / str(len(content))
                train(small(), recipe, folder)
                (folder / name).write_bytes(content)
                with pytest.raises(DataError, match="damaged or of another version"):
                    train(small(), recipe, folder)
        (tmp_path / "file").touch()
        with pytest.raises(DataError, match="cannot be a folder"):
            train(small(), recipe, tmp_path / "file")

    def test_a_finished_training_is_kept_small_and_used_as_it_is(self, tmp_path: Path) -> None:
        first = train(small(), RECIPE, tmp_path)
        names = {"recipe.json", "history.json", "best.pt"}
        assert {path.name for path in tmp_path.iterdir()} == names
        seen: list[int] = []
        again = train(small(), RECIPE, tmp_path, on_batch=lambda done, loss: seen.append(done))
        assert again.history == first.history
        assert not seen

    def test_refuses_to_go_on_with_other_data(self, tmp_path: Path) -> None:
        train(small(), replace(RECIPE, epochs=1), tmp_path)
        with pytest.raises(DataError, match="other data"):
            train(small((98, 21, 14)), replace(RECIPE, epochs=1), tmp_path)

    def test_refuses_a_folder_with_another_recipe(self, tmp_path: Path) -> None:
        train(small(), replace(RECIPE, epochs=1), tmp_path)
        assert load_recipe(tmp_path) == replace(RECIPE, epochs=1)
        with pytest.raises(DataError, match="another recipe"):
            train(small(), RECIPE, tmp_path)
        with pytest.raises(DataError, match="holds no"):
            load_recipe(tmp_path / "none")

    def test_counts_its_batches(self, tmp_path: Path) -> None:
        seen = []
        train(small(), RECIPE, tmp_path, on_batch=lambda done, loss: seen.append(done))
        assert seen == list(range(1, batches_in(small(), RECIPE) + 1))
        assert len(json.loads((tmp_path / "history.json").read_text())) == RECIPE.epochs

    def test_score_is_that_of_the_middle_crop(self) -> None:
        data = small().public
        network = build(TINY, 0)
        loss, accuracy, people = score(network, data)
        whole = CropsToProbabilities(network.eval(), UNCALIBRATED)
        with torch.inference_mode():
            p, q = (part.numpy() for part in whole(torch.from_numpy(data.crops)))
        assert accuracy == pytest.approx((p.argmax(1) == data.labels).mean())
        assert people == pytest.approx((q.argmax(1) == data.labels).mean())
        assert loss == pytest.approx(-np.log(p[np.arange(len(data)), data.labels]).mean(), rel=1e-4)


class TestAugmentation:
    def test_brightness_is_linear_and_clipped(self) -> None:
        crops = torch.full((64, 48, 48), 200, dtype=torch.uint8)
        brighter = Augmentation(0, 0, 0, 0, 0, 0, brightness=0.5)
        faces = brighter(crops, 48, torch.Generator().manual_seed(0))
        means = faces.mean(dim=(1, 2, 3))
        assert means.max() == 1
        assert 200 / 255 * 0.5 <= means.min() < 200 / 255 * 0.7

    def test_blur_smooths_and_noise_roughens_some_faces(self) -> None:
        crops = torch.from_numpy(small((140, 7, 7)).training.crops)
        still = Augmentation(0, 0, 0, 0, 0, 0)

        def roughness(augmentation: Augmentation) -> torch.Tensor:
            faces = crops.unsqueeze(1).float() / 255
            faces = augmentation.degraded(faces, torch.Generator().manual_seed(0))
            assert faces.min() >= 0
            assert faces.max() <= 1
            return faces.diff(dim=2).abs().mean(dim=(1, 2, 3))

        plain = roughness(still)
        blurred = roughness(replace(still, blur=0.5))
        noisy = roughness(replace(still, noise=0.3))
        for varied, rougher in ((blurred, False), (noisy, True)):
            changed = ~torch.isclose(varied, plain, atol=1e-6)
            assert 0.3 < changed.float().mean() < 0.7
            assert ((varied > plain) == rougher)[changed].float().mean() > 0.95

    def test_mixup_mixes_faces_and_targets_alike(self) -> None:
        """Flat faces: their grey says what the target must be."""
        grey = torch.arange(0, 240, 15, dtype=torch.uint8)
        crops = grey[:, None, None].expand(-1, 48, 48)
        targets = grey[:, None].float() / 255
        paper = replace(named("paper").architecture, side=48)
        still = Augmentation(0, 0, 0, 0, 0, 0)
        recipe = replace(RECIPE, architecture=paper, augmentation=still, mixup=0.5)
        batch = next(iter(_batches(crops, targets, recipe, 1)))
        mixed = batch.targets
        assert torch.allclose(batch.faces.mean(dim=(1, 2, 3)), mixed[:, 0], atol=1e-5)
        assert not set((mixed[:, 0] * 255).round(decimals=3).tolist()) <= set(grey.tolist())

    def test_nothing_varied_is_the_middle_crop(self) -> None:
        crops = torch.from_numpy(small().training.crops)
        still = Augmentation(0, 0, 0, 0, 0, 0.1)
        faces = still(crops, 44, torch.Generator().manual_seed(0))
        middle = crops[:, 2:46, 2:46].float().unsqueeze(1) / 255
        plain = torch.minimum(
            (faces - middle).abs().mean(dim=(1, 2, 3)),
            (faces - middle.flip(3)).abs().mean(dim=(1, 2, 3)),
        )
        assert plain.max() < 0.02  # apart from the flips and small erased squares

    def test_varies_each_face_and_stays_in_range(self) -> None:
        crops = torch.from_numpy(np.repeat(small().training.crops[:1], 20, axis=0))
        faces = Augmentation()(crops, 44, torch.Generator().manual_seed(0))
        assert faces.shape == (20, 1, 44, 44)
        assert faces.min() >= 0
        assert faces.max() <= 1
        assert len({face.numpy().tobytes() for face in faces}) == 20


class TestExport:
    def test_onnx_agrees_with_pytorch(self, tmp_path: Path) -> None:
        network = build(Architecture(widths=(8, 16, 16, 32)), 1)
        with torch.no_grad():  # batch normalisation that does something
            for _ in range(3):
                network.train()(torch.randn(16, 1, 44, 44))
        path = tmp_path / "new" / "expression.onnx"
        scalings = {"fer2013": Scaling(0.8, 1.4), "raters": Scaling(1.3, 0.9)}
        export(network, Calibration(scalings, "raters", 0.45), path)
        crops = np.random.default_rng(5).integers(0, 256, (33, 48, 48), dtype=np.uint8)
        assert parity(CropsToProbabilities(folded(network), scalings), path, crops) < PARITY
        # Half-precision weights cost almost nothing against the network as trained.
        assert parity(CropsToProbabilities(network.eval(), scalings), path, crops) < 0.01
        model = ExpressionModel(path)
        assert model.parameters == parameter_count(network)
        assert model.unsure_below == 0.45
        assert (model.heads, model.default_head) == (("fer2013", "raters"), "raters")
        assert [p.name for p in path.parent.iterdir()] == ["expression.onnx"]
        stored = path.read_bytes()
        assert str(Path(__file__).parent.parent).encode() not in stored  # no paths of this machine

    def test_several_ship_as_one(self, tmp_path: Path) -> None:
        """Their mean, in whole numbers; calibrated as it then answers."""
        faces = small((210, 70, 14))
        recipe = replace(RECIPE, epochs=2, architecture=Architecture(widths=(8, 8, 16, 16)))
        members = [
            train(faces, replace(recipe, seed=seed), tmp_path / f"{seed}").network
            for seed in (1, 2)
        ]
        both = Ensemble(members)
        found = logits_of(both, faces.public)
        alone = [logits_of(member, faces.public) for member in members]
        for head, logits in found.items():
            mean = (alone[0][head] + alone[1][head]) / 2
            assert torch.allclose(logits, mean, atol=1e-4)
        path = tmp_path / "both.onnx"
        ship(both, faces, path)
        model = ExpressionModel(path)
        assert model.parameters == sum(map(parameter_count, members))
        assert {p.name for p in tmp_path.iterdir()} == {"1", "2", "both.onnx"}
        scalings = calibrate(both, faces.public).scalings
        whole = CropsToProbabilities(folded(both), scalings)
        assert moved(whole, path, faces.public.crops) < 0.1
        stored = {t.data_type for t in onnx.load(path).graph.initializer if len(t.dims) == 4}
        assert stored == {TensorProto.INT8, TensorProto.FLOAT}  # the first: FLOAT

    def test_large_layers_have_four_bits(self, tmp_path: Path) -> None:
        """They answer as with their weights rounded to fifteen steps."""
        architecture = Architecture(widths=(4, 4, 8, 224), residuals=(0, 0, 0, 0))
        network = build(architecture, 3).eval()
        faces = small((70, 35, 14))
        large = [w for w in network.parameters() if w.numel() >= FOUR_BITS_FROM]
        assert len(large) == 1
        path = tmp_path / "large.onnx"
        export(network, Calibration(UNCALIBRATED, "raters", 0.5), path, faces)
        stored = [t for t in onnx.load(path).graph.initializer if t.data_type == TensorProto.INT4]
        assert [list(t.dims) for t in stored] == [[224, 224, 3, 3]]
        with torch.no_grad():
            large[0].copy_(torch.from_numpy(four_bits(large[0].numpy())))
        assert len(np.unique(large[0][0].detach().numpy())) <= 15
        whole = CropsToProbabilities(network, UNCALIBRATED)
        assert moved(whole, path, faces.public.crops) < 0.02

    def test_four_bits_err_less_than_the_widest_steps(self) -> None:
        kernels = np.random.default_rng(0).normal(size=(5, 40, 3, 3)).astype(np.float32)
        kernels[4] = 0
        near = four_bits(kernels)
        assert near.shape == kernels.shape
        assert not near[4].any()
        for channel, coarse in zip(kernels[:4], near[:4], strict=True):
            step = np.abs(channel).max() / 7
            plain = np.round(channel / step) * step
            assert np.square(coarse - channel).sum() <= np.square(plain - channel).sum()
            assert len(np.unique(coarse)) <= 15

    def test_temperature_mends_too_much_confidence(self) -> None:
        random = torch.Generator().manual_seed(0)
        logits = torch.randn(4000, 7, generator=random)
        labels = torch.multinomial(logits.softmax(1), 1, generator=random)[:, 0]
        fitted = fit_scaling(logits * 3, labels)
        assert fitted.exponent == pytest.approx(1, abs=0.11)
        assert fitted.temperature == pytest.approx(3, rel=0.2)
        behind = logits.amax(1, keepdim=True) - logits
        bent = fit_scaling(-(2 * behind).sqrt(), labels)  # the square undoes it
        assert bent.exponent == pytest.approx(2, abs=0.11)
        assert bent.temperature == pytest.approx(2, rel=0.2)

    def test_scaling_keeps_the_order_and_one_is_the_softmax(self) -> None:
        logits = torch.randn(200, 8, generator=torch.Generator().manual_seed(0))
        assert torch.allclose(Scaling()(logits), logits.softmax(1), atol=1e-6)
        assert torch.allclose(Scaling(2.0)(logits), (logits / 2).softmax(1), atol=1e-6)
        for exponent in (0.5, 1.5, 2.0):
            p = Scaling(0.7, exponent)(logits)
            assert torch.allclose(p.sum(1), torch.ones(200))
            assert torch.equal(p.argsort(1), logits.argsort(1))

    @pytest.mark.parametrize(
        ("chance", "expected"),
        [
            # All above 0.8 together are right in nine cases of ten.
            (lambda c: c, 0.80),
            # Nearly always right above one half, and a coin below: all together are good enough.
            (lambda c: np.where(c > 0.5, 0.999, 0.3), 0.45),
            (np.zeros_like, 1.0),
        ],
    )
    def test_threshold_is_where_labels_are_worth_saying(
        self, chance: Callable[[np.ndarray], np.ndarray], expected: float
    ) -> None:
        random = np.random.default_rng(0)
        confidence = random.uniform(0.2, 1, 50_000)
        right = random.random(50_000) < chance(confidence)
        assert choose_threshold(confidence, right) == pytest.approx(expected, abs=0.015)

    def test_each_head_is_scaled_on_its_own(self) -> None:
        """The first head is sure of what is so in half of the cases, the second rightly so."""
        public = small((7, 700, 7)).public
        seen = torch.from_numpy(np.eye(8, dtype=np.float32)[public.labels])
        half = torch.where(torch.arange(700)[:, None] < 350, seen, seen.roll(1, 1))
        calibration = calibration_of({"fer2013": 9 * half[:, :7], "raters": 9 * seen}, public)
        assert calibration.scalings["fer2013"](9 * half[:, :7]).amax(1).mean() < 0.6
        assert calibration.scalings["raters"](9 * seen).amax(1).mean() > 0.99
        assert list(calibrate(build(TINY, 0), public).scalings) == ["fer2013", "raters"]

    def test_reads_with_the_head_that_agrees_with_people(self) -> None:
        public = small((7, 700, 7)).public
        seen = torch.from_numpy(np.eye(8, dtype=np.float32)[public.labels]) * 5
        missed = seen.roll(1, 0)
        logits = {"fer2013": seen[:, :7], "raters": missed}
        assert calibration_of(logits, public).reads_with == "fer2013"
        logits = {"fer2013": missed[:, :7], "raters": seen}
        assert calibration_of(logits, public).reads_with == "raters"


def test_mien_train_from_the_shell(tmp_path: Path) -> None:
    path = tmp_path / "fer2013.csv"
    path.write_text(csv_text(small((140, 35, 14))))
    out = tmp_path / "run"
    environment = {**os.environ, "MIEN_HOME": str(tmp_path / "home")}

    def mien_train(*options: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "mien", "train", "--data", str(path)]
        command += ["--out", str(out), "--recipe", "first", *options]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    in_the_way = mien_train("--recipe", "live", "--out", str(tmp_path / "first"))
    assert in_the_way.returncode == 1
    assert "is the folder of what is trained first" in in_the_way.stderr
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


def test_what_is_needed_is_trained_first_and_used_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    master = replace(RECIPE, epochs=1)
    teacher = replace(master, teachers=("master", "master-4"), distillation=0.5, seed=7)
    student = replace(teacher, teachers=("teacher", "master"), joined=("master-4",), seed=0)
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

    first = run("student", "mine")
    folders = {p.parent.name for p in tmp_path.glob("*/best.pt")}
    assert folders == {"master", "master-4", "teacher", "mine"}
    assert first.count("epoch   1") == 4
    joined = ExpressionModel(tmp_path / "mine" / "expression.onnx")
    assert joined.parameters == 2 * parameter_count(build(TINY, 0))
    assert run("student", "mine").count("epoch   1") == 0
    assert run("student", "other").count("epoch   1") == 1

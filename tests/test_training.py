"""FER2013 in every form that people have, and a training that survives being killed."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from mien import EMOTIONS, DataError, ExpressionModel
from mien.files import write_whole
from mien.training.augment import Augmentation
from mien.training.export import (
    PARITY,
    Calibration,
    calibrate,
    choose_threshold,
    export,
    fit_temperature,
    folded,
    parity,
)
from mien.training.fer2013 import Fer2013, Split, load, without_blanks, without_copies
from mien.training.network import CropsToProbabilities, build, parameter_count
from mien.training.train import Recipe, batches_in, load_outcome, load_recipe, score, train

RECIPE = Recipe(epochs=3, batch=16, widths=(4, 4, 8, 8), warm_up_epochs=0.5, ema=0.9, seed=3)


def small(counts: tuple[int, int, int] = (84, 21, 14)) -> Fer2013:
    """Faces of which the label can be seen: the brightest of seven stripes."""
    random = np.random.default_rng(0)

    def split(n: int) -> Split:
        labels = (np.arange(n) % 7).astype(np.uint8)
        crops = random.integers(0, 120, (n, 48, 48), dtype=np.uint8)
        for crop, label in zip(crops, labels, strict=True):
            crop[6 + 5 * label : 11 + 5 * label] += 130
        return Split(crops, labels)

    return Fer2013(*(split(n) for n in counts))


def csv_text(data: Fer2013) -> str:
    lines = ["emotion,pixels,Usage"]
    for usage, split in (
        ("Training", data.training),
        ("PublicTest", data.public),
        ("PrivateTest", data.private),
    ):
        for crop, label in zip(split.crops, split.labels, strict=True):
            lines.append(f"{label},{' '.join(map(str, crop.ravel()))},{usage}")
    return "\n".join(lines) + "\n"


def same(a: Fer2013, b: Fer2013) -> bool:
    return all(
        np.array_equal(getattr(a.split(name), part), getattr(b.split(name), part))
        for name in ("training", "public", "private")
        for part in ("crops", "labels")
    )


class TestLoading:
    @pytest.mark.parametrize("form", ["csv", "csv.gz", "zip", "zip with gz"])
    def test_reads_the_kaggle_file(self, tmp_path: Path, form: str) -> None:
        data = small((7, 7, 7))
        text = csv_text(data).encode()
        path = tmp_path / f"fer2013.{form.split(' ', maxsplit=1)[0]}"
        if form == "csv":
            path.write_bytes(text)
        elif form == "csv.gz":
            path.write_bytes(gzip.compress(text))
        else:
            with zipfile.ZipFile(path, "w") as archive:
                archive.writestr("challenges/train.csv", "emotion,pixels\n")
                inner = text if form == "zip" else gzip.compress(text)
                archive.writestr(f"challenges/fer2013.csv{'' if form == 'zip' else '.gz'}", inner)
        assert same(load(path), data)
        assert same(load(path), data)  # from the array file

    def test_reads_the_image_folders(self, tmp_path: Path) -> None:
        data = small((12, 7, 7))
        for usage, split in (
            ("Training", data.training),
            ("PublicTest", data.public),
            ("PrivateTest", data.private),
        ):
            for i, (crop, label) in enumerate(zip(split.crops, split.labels, strict=True)):
                side = "train" if usage == "Training" else "test"
                folder = tmp_path / side / EMOTIONS[label]
                folder.mkdir(parents=True, exist_ok=True)
                Image.fromarray(crop).save(folder / f"{usage}_{i}.png")
        assert same(load(tmp_path), data)

    def test_a_changed_file_is_read_again(self, tmp_path: Path) -> None:
        path = tmp_path / "fer2013.csv"
        path.write_text(csv_text(small((7, 7, 7))))
        load(path)
        changed = small((14, 7, 7))
        path.write_text(csv_text(changed))
        assert same(load(path), changed)

    def test_a_damaged_cache_is_made_again(self, tmp_path: Path, home: Path) -> None:
        path = tmp_path / "fer2013.csv"
        path.write_text(csv_text(small((7, 7, 7))))
        load(path)
        (stored,) = (home / "cache").glob("*.npz")
        stored.write_bytes(b"PK damage")
        assert same(load(path), small((7, 7, 7)))
        assert stored.stat().st_size > 1000

    @pytest.mark.parametrize(
        ("row", "message"),
        [
            ("7,{pixels},Training", "emotion is '7'"),
            ("x,{pixels},Training", "emotion is 'x'"),
            ("1,1 2 3,Training", "3 pixels, expected 2304"),
            ("1,{pixels} 9,Training", "2305 pixels"),
            ("1,{large},Training", r"0\.\.255"),
            ("1,{words},Training", "not whole numbers"),
            ("1,{pixels},Test", "Usage is 'Test'"),
            ("1,{pixels}", "2 fields"),
        ],
    )
    def test_says_which_line_is_wrong(self, tmp_path: Path, row: str, message: str) -> None:
        numbers = " ".join(["9"] * 2304)
        row = row.format(
            pixels=numbers, large=numbers.replace("9", "256", 1), words=numbers.replace("9", "a", 1)
        )
        path = tmp_path / "fer2013.csv"
        path.write_text(f"emotion,pixels,Usage\n0,{numbers},Training\n{row}\n")
        with pytest.raises(DataError, match=message) as error:
            load(path)
        assert "line 3" in str(error.value)

    def test_says_what_is_missing(self, tmp_path: Path) -> None:
        path = tmp_path / "fer2013.csv"
        with pytest.raises(DataError, match="MIEN_DATA"):
            load(path)
        path.write_text("emotion,pixels\n")
        with pytest.raises(DataError, match="FER2013 has emotion, pixels, Usage"):
            load(path)
        path.write_text("emotion,pixels,Usage\n")
        with pytest.raises(DataError, match="no rows"):
            load(path)
        path.write_text(csv_text(small((7, 7, 7))).replace("PublicTest", "Training"))
        with pytest.raises(DataError, match="no PublicTest rows"):
            load(path)
        path.write_bytes(gzip.compress(b"x"))
        with pytest.raises(DataError, match="cannot be read as a CSV"):
            load(path)
        (tmp_path / "none").mkdir()
        with pytest.raises(DataError, match="holds no FER2013 images"):
            load(tmp_path / "none")
        with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
            archive.writestr("readme.txt", "")
        with pytest.raises(DataError, match="no CSV"):
            load(tmp_path / "x.zip")
        (tmp_path / "y.zip").write_bytes(b"PK nothing")
        with pytest.raises(DataError, match="cannot be read as a CSV"):
            load(tmp_path / "y.zip")

    def test_the_real_one(self, fer2013: Fer2013) -> None:
        """The counts, blanks and copies that are known of it."""
        splits = (fer2013.training, fer2013.public, fer2013.private)
        assert [len(s) for s in splits] == [28_709, 3_589, 3_589]
        assert sum(len(s) - len(without_blanks(s)) for s in splits) == 11
        copies = [int((~without_copies(s, fer2013.training)).sum()) for s in splits[1:]]
        assert copies == [280, 288]


class TestTraining:
    def test_learns(self, tmp_path: Path) -> None:
        data = small((420, 70, 70))
        recipe = replace(RECIPE, epochs=8, widths=(8, 8, 16, 16), label_smoothing=0.0)
        gentle = Augmentation(0, 0, 0, 0, 0.1, 0.11)
        outcome = train(data, replace(recipe, augmentation=gentle), tmp_path)
        assert len(outcome.history) == 8
        assert outcome.best.public_accuracy > 0.5  # chance: 0.14
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
            "from mien.training.train import train\n"
            "def kill(done, loss):\n"
            "    if done == 8: os.kill(os.getpid(), signal.SIGKILL)\n"
            "train(small(), RECIPE, Path(sys.argv[1]), on_batch=kill)\n"
        )
        folder = tmp_path / "killed"
        here = str(Path(__file__).parent)
        done = subprocess.run([sys.executable, "-c", code, str(folder), here], check=False)
        assert done.returncode == -signal.SIGKILL
        assert len(load_outcome(folder, RECIPE).history) == 1
        outcome = train(small(), RECIPE, folder)
        assert outcome.history == whole.history
        for a, b in zip(outcome.network.parameters(), whole.network.parameters(), strict=True):
            assert torch.equal(a, b)

    def test_goes_on_after_being_killed_between_two_files(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        whole = train(small(), RECIPE, tmp_path / "whole")
        write = write_whole
        for name in ("best.pt", "last.pt", "history.json"):
            folder = tmp_path / name

            def dies(path: Path, content: str | bytes, name: str = name) -> None:
                if path.name == name:
                    raise KeyboardInterrupt
                write(path, content)

            monkeypatch.setattr("mien.training.train.write_whole", dies)
            with pytest.raises(KeyboardInterrupt):
                train(small(), RECIPE, folder)
            monkeypatch.setattr("mien.training.train.write_whole", write)
            assert train(small(), RECIPE, folder).history == whole.history

    def test_damaged_checkpoints_are_one_clear_line(self, tmp_path: Path) -> None:
        recipe = replace(RECIPE, epochs=1)
        for name in ("recipe.json", "last.pt", "best.pt"):
            folder = tmp_path / name.replace(".", "_")
            train(small(), recipe, folder)
            (folder / name).write_bytes(b"damage")
            with pytest.raises(DataError, match="damaged"):
                train(small(), recipe, folder)
        (tmp_path / "file").touch()
        with pytest.raises(DataError, match="cannot be a folder"):
            train(small(), recipe, tmp_path / "file")

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
        network = build(RECIPE.widths, 0.0, 0)
        loss, accuracy = score(network, data)
        whole = CropsToProbabilities(network.eval(), 1.0)
        with torch.inference_mode():
            p = whole(torch.from_numpy(data.crops)).numpy()
        assert accuracy == pytest.approx((p.argmax(1) == data.labels).mean())
        assert loss == pytest.approx(-np.log(p[np.arange(len(data)), data.labels]).mean(), rel=1e-4)


class TestAugmentation:
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
        network = build((8, 16, 16, 32), 0.0, 1)
        with torch.no_grad():  # batch normalisation that does something
            for _ in range(3):
                network.train()(torch.randn(16, 1, 44, 44))
        path = tmp_path / "new" / "expression.onnx"
        export(network, Calibration(0.8, 0.45), path)
        crops = np.random.default_rng(5).integers(0, 256, (33, 48, 48), dtype=np.uint8)
        assert parity(CropsToProbabilities(folded(network), 0.8), path, crops) < PARITY
        # Half-precision weights cost almost nothing against the network as trained.
        assert parity(CropsToProbabilities(network.eval(), 0.8), path, crops) < 0.01
        model = ExpressionModel(path)
        assert model.parameters == parameter_count(network)
        assert model.unsure_below == 0.45
        assert [p.name for p in path.parent.iterdir()] == ["expression.onnx"]
        stored = path.read_bytes()
        assert str(Path(__file__).parent.parent).encode() not in stored  # no paths of this machine

    def test_temperature_mends_too_much_confidence(self) -> None:
        random = torch.Generator().manual_seed(0)
        logits = torch.randn(4000, 7, generator=random)
        labels = torch.multinomial(logits.softmax(1), 1, generator=random)[:, 0]
        assert fit_temperature(logits * 3, labels) == pytest.approx(3, rel=0.1)

    def test_threshold_is_where_right_and_wrong_balance(self) -> None:
        random = np.random.default_rng(0)
        confidence = random.uniform(0.2, 1, 50_000)
        right = random.random(50_000) < confidence - 0.1
        assert choose_threshold(confidence, right) == pytest.approx(0.56, abs=0.03)
        assert choose_threshold(confidence, np.zeros(50_000, bool)) == 1.0

    def test_calibrates_on_the_split_it_is_given(self) -> None:
        calibration = calibrate(build(RECIPE.widths, 0.0, 0), small().public)
        assert 0.2 <= calibration.temperature <= 5
        assert 0.15 <= calibration.unsure_below <= 1


def test_mien_train_from_the_shell(tmp_path: Path) -> None:
    path = tmp_path / "fer2013.csv"
    path.write_text(csv_text(small()))
    out = tmp_path / "run"
    command = [sys.executable, "-m", "mien", "train", "--data", str(path), "--out", str(out)]
    environment = {**os.environ, "MIEN_HOME": str(tmp_path / "home")}
    done = subprocess.run(
        [*command, "--epochs", "1"], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "PublicTest" in done.stderr
    crops = small().private.crops
    assert ExpressionModel(out / "expression.onnx").predict(crops).shape == (14, 7)
    again = subprocess.run(
        [*command, "--epochs", "2"], env=environment, capture_output=True, text=True, check=False
    )
    assert again.returncode == 1
    assert "another recipe" in again.stderr
    assert "Traceback" not in again.stderr

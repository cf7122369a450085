"""FER2013 in each of its forms."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from row_counts import FER2013_BLANKS, FER2013_SPLITS
from small_fer2013 import csv_text, small, splits_of, votes_text

from mien import EMOTIONS, DataError
from mien.errors import MissingDataError
from mien.research.data.fer2013 import Fer2013, load, without_blanks


def same(a: Fer2013, b: Fer2013) -> bool:
    return all(
        np.array_equal(getattr(a.split(name), part), getattr(b.split(name), part))
        for name in ("training", "public", "private")
        for part in ("crops", "labels")
    )


@pytest.mark.parametrize("form", ["csv", "csv.gz", "zip", "zip with gz"])
def test_reads_the_kaggle_file(tmp_path: Path, form: str) -> None:
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


def test_reads_the_image_folders(tmp_path: Path) -> None:
    data = small((12, 7, 7))
    for usage, split in splits_of(data):
        for i, (crop, label) in enumerate(zip(split.crops, split.labels, strict=True)):
            side = "train" if usage == "Training" else "test"
            folder = tmp_path / side / EMOTIONS[label]
            folder.mkdir(parents=True, exist_ok=True)
            Image.fromarray(crop).save(folder / f"{usage}_{i}.png")
    assert same(load(tmp_path), data)


def test_reads_a_changed_file_again(tmp_path: Path) -> None:
    path = tmp_path / "fer2013.csv"
    path.write_text(csv_text(small((7, 7, 7))))
    load(path)
    changed = small((14, 7, 7))
    path.write_text(csv_text(changed))
    assert same(load(path), changed)


def test_replaces_a_damaged_cache(tmp_path: Path, home: Path) -> None:
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
def test_names_the_line_with_an_error(tmp_path: Path, row: str, message: str) -> None:
    numbers = " ".join(["9"] * 2304)
    row = row.format(
        pixels=numbers, large=numbers.replace("9", "256", 1), words=numbers.replace("9", "a", 1)
    )
    path = tmp_path / "fer2013.csv"
    path.write_text(f"emotion,pixels,Usage\n0,{numbers},Training\n{row}\n")
    with pytest.raises(DataError, match=message) as error:
        load(path)
    assert "line 3" in str(error.value)


def test_names_what_is_missing(tmp_path: Path) -> None:
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


def test_real_counts(fer2013: Fer2013) -> None:
    splits = (fer2013.training, fer2013.public, fer2013.private)
    assert tuple(len(s) for s in splits) == FER2013_SPLITS
    assert sum(len(s) - len(without_blanks(s)) for s in splits) == FER2013_BLANKS


def test_without_a_path_reads_the_folder_of_the_data_sets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MIEN_DATA", str(tmp_path))
    with pytest.raises(MissingDataError, match=r"fer2013\.csv\.gz is missing; get FER2013"):
        load()
    (tmp_path / "fer2013").mkdir()
    packed = gzip.compress(csv_text(small((7, 7, 7))).encode())
    (tmp_path / "fer2013" / "fer2013.csv.gz").write_bytes(packed)
    assert same(load(), small((7, 7, 7)))


def test_names_an_unknown_split() -> None:
    with pytest.raises(DataError, match="use training, public or private"):
        small((7, 7, 7)).split("test")


def test_reads_the_votes_in_the_same_folder(tmp_path: Path) -> None:
    data = small((140, 7, 7))
    (tmp_path / "fer2013.csv").write_text(csv_text(data))
    assert load(tmp_path / "fer2013.csv").training.votes is None
    (tmp_path / "fer2013new.csv").write_text(votes_text(data))
    for _ in range(2):  # from the CSV file, then from the array file
        loaded = load(tmp_path / "fer2013.csv")
        for name in ("training", "public", "private"):
            votes = loaded.split(name).require_votes()
            assert np.array_equal(votes, data.split(name).require_votes())

"""FER2013, in any of its common forms -> arrays.

Goodfellow et al. 2013, "Challenges in Representation Learning: A report on three machine learning
contests". 35,887 grey faces of 48x48 pixels with one of seven labels, in three splits.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

import numpy as np

from mien.emotions import EMOTIONS
from mien.errors import DataError, MienError, MissingDataError
from mien.research.data.datasets import FER2013, FER_PLUS
from mien.research.data.packed import SUFFIX, unpack
from mien.research.data.raters import read_votes
from mien.support.arrays import UInt8Array
from mien.support.files import write_atomically
from mien.support.paths import cache_dir

SIDE = 48
SPLITS = ("Training", "PublicTest", "PrivateTest")
_COLUMNS = ("emotion", "pixels", "Usage")
_IMAGE_NAME = re.compile(r"(Training|PublicTest|PrivateTest)_(\d+)\.(?:jpe?g|png)$", re.IGNORECASE)
_CACHE_FORMAT = 1


@dataclass(frozen=True)
class Split:
    """Faces and their labels, in the data set's order.

    Attributes:
        crops: uint8 [n, 48, 48], grey.
        labels: uint8 [n], indices into `EMOTIONS`.
        votes: uint8 [n, 10], the number of raters for each of `mien.research.data.raters.VOTED`;
            None without FER+.
    """

    crops: UInt8Array
    labels: UInt8Array
    votes: UInt8Array | None = None

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, rows: np.ndarray) -> Split:
        """A split of these rows (indices or a mask)."""
        votes = None if self.votes is None else self.votes[rows]
        return Split(self.crops[rows], self.labels[rows], votes)

    def require_votes(self) -> UInt8Array:
        """The votes.

        Raises:
            MissingDataError: there are none.
        """
        if self.votes is None:
            raise MissingDataError(
                "the raters' votes are missing",
                f"put {FER_PLUS.file_name} beside FER2013 ({FER_PLUS.source})",
            )
        return self.votes


@dataclass(frozen=True)
class Fer2013:
    """The three splits of FER2013."""

    training: Split
    public: Split
    private: Split

    def split(self, name: str) -> Split:
        """The split called `training`, `public` or `private`.

        Raises:
            DataError: there is no such split.
        """
        if name not in ("training", "public", "private"):
            raise DataError(f"there is no split called {name!r}", "use training, public or private")
        chosen: Split = getattr(self, name)
        return chosen


def load(path: Path | None = None, *, cache: bool = True) -> Fer2013:
    """Read FER2013, and cache it as one array file that loads in a moment.

    Args:
        path: the Kaggle CSV (`.csv`, `.csv.gz`, or inside a `.zip`), a file of
            `mien.research.data.packed`, or a folder that holds `train/angry/Training_*.jpg` and so
            on. Default: the file in the folder that `MIEN_DATA` names. FER+'s votes are read from
            `fer2013new.csv` in the same folder, if it is there.
        cache: read from and write to the array file in the cache folder.

    Raises:
        MissingDataError: there is no such file or folder.
        DataError: wrong columns, wrong pixel counts, a label out of range, or a missing split.
    """
    path = FER2013.require() if path is None else path
    if not path.exists():
        raise MissingDataError(
            f"FER2013 was not found at {path}",
            "name the Kaggle CSV (.csv, .csv.gz, .zip) or the folder with train/ and test/, or "
            "set MIEN_DATA",
        )
    stored = cache_dir() / f"fer2013-{_fingerprint(path)}.npz"
    if cache and stored.exists():
        try:
            with np.load(stored, allow_pickle=False) as arrays:
                return _fer2013(arrays["crops"], arrays["labels"], arrays["usage"], path)
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            stored.unlink(missing_ok=True)  # damaged; written again below
    crops, labels, usage = _read(path)
    data = _fer2013(crops, labels, usage, path)
    if cache:
        buffer = io.BytesIO()
        np.savez(buffer, crops=crops, labels=labels, usage=usage)
        # If the cache cannot be written, the source is read each time.
        with suppress(OSError, MienError):
            stored.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(stored, buffer.getvalue())
    return data


def without_blanks(split: Split) -> Split:
    """The split without the images that are one flat grey."""
    flat = split.crops.reshape(len(split), -1)
    return split.take(flat.min(axis=1) != flat.max(axis=1))


def _fer2013(crops: UInt8Array, labels: UInt8Array, usage: UInt8Array, path: Path) -> Fer2013:
    missing = [name for code, name in enumerate(SPLITS) if not np.any(usage == code)]
    if missing:
        raise DataError(
            f"this FER2013 has no {' and no '.join(missing)} rows",
            f"all of {', '.join(SPLITS)} are needed (Kaggle's train.csv alone is not enough: "
            "use fer2013.csv)",
        )
    beside = (path if path.is_dir() else path.parent) / FER_PLUS.file_name
    votes = None
    if beside.exists():
        votes = read_votes(beside, [SPLITS[code] for code in usage], labels)
    whole = Split(crops, labels, votes)
    return Fer2013(*(whole.take(usage == code) for code in range(len(SPLITS))))


def _fingerprint(path: Path) -> str:
    """Changes with the data set, by names, sizes and times alone."""
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    facts = [_CACHE_FORMAT, str(path.resolve())]
    facts += [(str(f), f.stat().st_size, f.stat().st_mtime_ns) for f in files if f.is_file()]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:16]


def _read(path: Path) -> tuple[UInt8Array, UInt8Array, UInt8Array]:
    """Crops, labels, and the codes of their splits."""
    if path.is_dir():
        return _read_folder(path)
    return unpack(path.read_bytes()) if path.suffix == SUFFIX else _read_csv(path)


@contextmanager
def _open_csv(path: Path) -> Iterator[Iterable[str]]:
    with ExitStack() as stack:
        name = path.name
        data = cast("IO[bytes]", stack.enter_context(path.open("rb")))
        if name.lower().endswith(".zip"):
            archive = stack.enter_context(zipfile.ZipFile(data))
            name = _csv_inside(archive.namelist(), path)
            data = stack.enter_context(archive.open(name))
        if name.lower().endswith(".gz"):
            data = cast("IO[bytes]", stack.enter_context(gzip.open(data)))
        yield stack.enter_context(io.TextIOWrapper(data, encoding="utf-8", newline=""))


def _csv_inside(names: list[str], path: Path) -> str:
    """The CSV file in an archive; `fer2013.csv` if there are several."""
    tables = [n for n in names if n.lower().endswith((".csv", ".csv.gz"))]
    if not tables:
        raise DataError(f"{path} holds no CSV file", "fer2013.csv is expected in it")
    return min(tables, key=lambda n: (Path(n).name.lower().split(".")[0] != "fer2013", n))


def _read_csv(path: Path) -> tuple[UInt8Array, UInt8Array, UInt8Array]:
    try:
        with _open_csv(path) as lines:
            return _parse(lines, path)
    except (OSError, ValueError, EOFError, zlib.error, zipfile.BadZipFile, csv.Error) as e:
        raise DataError(f"{path} cannot be read as a CSV file ({e})", "download it again") from e


def _parse(lines: Iterable[str], path: Path) -> tuple[UInt8Array, UInt8Array, UInt8Array]:
    reader = csv.reader(lines)
    header = [name.strip() for name in next(reader, [])]
    if any(name not in header for name in _COLUMNS):
        raise DataError(
            f"{path} has the columns {', '.join(header) or '(none)'}",
            f"FER2013 has {', '.join(_COLUMNS)}",
        )
    emotion, pixels, usage = (header.index(name) for name in _COLUMNS)
    crops, labels, splits = [], [], []
    for row in reader:
        where = f"{path}, line {reader.line_num}"
        if len(row) != len(header):
            raise DataError(f"{where}: {len(row)} fields, expected {len(header)}")
        crops.append(_pixels(row[pixels], where))
        labels.append(_label(row[emotion], where))
        if row[usage] not in SPLITS:
            raise DataError(f"{where}: Usage is {row[usage]!r}, expected {', '.join(SPLITS)}")
        splits.append(SPLITS.index(row[usage]))
    if not crops:
        raise DataError(f"{path} has a header and no rows", "download it again")
    return np.stack(crops), np.array(labels, np.uint8), np.array(splits, np.uint8)


def _pixels(text: str, where: str) -> UInt8Array:
    try:
        values = np.array(text.split(), dtype=np.int64)
    except (ValueError, OverflowError):
        raise DataError(f"{where}: pixels are not whole numbers") from None
    if values.size != SIDE * SIDE:
        raise DataError(f"{where}: {values.size} pixels, expected {SIDE * SIDE} (48x48)")
    if values.min() < 0 or values.max() > 255:
        raise DataError(f"{where}: pixel values must be in 0..255")
    return values.astype(np.uint8).reshape(SIDE, SIDE)


def _label(text: str, where: str) -> int:
    if text.strip() not in {str(i) for i in range(len(EMOTIONS))}:
        raise DataError(f"{where}: emotion is {text!r}, expected 0..{len(EMOTIONS) - 1}")
    return int(text)


def _read_folder(folder: Path) -> tuple[UInt8Array, UInt8Array, UInt8Array]:
    from PIL import Image, UnidentifiedImageError

    found: list[tuple[int, int, int, Path]] = []
    for path in folder.rglob("*"):
        match = _IMAGE_NAME.search(path.name)
        if match is None:
            continue
        emotion = path.parent.name.lower()
        if emotion not in EMOTIONS:
            raise DataError(
                f"{path} is in a folder called {emotion!r}", f"use one of {', '.join(EMOTIONS)}"
            )
        found.append((SPLITS.index(match[1]), int(match[2]), EMOTIONS.index(emotion), path))
    if not found:
        raise DataError(
            f"{folder} holds no FER2013 images", "expected files such as train/angry/Training_1.jpg"
        )
    found.sort()
    crops = []
    for *_, path in found:
        try:
            with Image.open(path) as image:
                crop = np.asarray(image.convert("L"))
        except (UnidentifiedImageError, OSError) as e:
            raise DataError(f"{path} cannot be read as an image ({e})", "download it again") from e
        if crop.shape != (SIDE, SIDE):
            raise DataError(f"{path} is {crop.shape[1]}x{crop.shape[0]} pixels, expected 48x48")
        crops.append(crop)
    columns = np.array([row[:3] for row in found], dtype=np.int64)
    return np.stack(crops), columns[:, 2].astype(np.uint8), columns[:, 0].astype(np.uint8)

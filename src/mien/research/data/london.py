"""The London set: people of three ethnic groups, each once neutral and once smiling.

DeBruine & Jones 2017, "Face Research Lab London Set" (10.6084/m9.figshare.5047666), CC BY 4.0. The
people agreed to their use in studies.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from mien.errors import DataError
from mien.face.photo import load_photo
from mien.research.data.datasets import LONDON
from mien.support.arrays import UInt8Array


@dataclass(frozen=True)
class Person:
    """A person of the London set.

    Attributes:
        id: their number in the set.
        age: in years, as they said; None if they did not.
        sex, ethnicity: as they said.
        neutral, smiling: uint8 [h, w, 3], RGB.
    """

    id: str
    age: float | None
    sex: str
    ethnicity: str
    neutral: UInt8Array
    smiling: UInt8Array


def load_people(path: Path | None = None) -> list[Person]:
    """Read everyone.

    Args:
        path: the table `people.csv`, beside the photos. Default: in the folder that `MIEN_DATA`
            names.

    Raises:
        MissingDataError: there is no such file.
        DataError: it has other columns.
        PhotoError: a photo cannot be read.
    """
    path = LONDON.require() if path is None else path
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    try:
        return [
            Person(
                row["id"],
                None if row["age"] in ("", "NA") else float(row["age"]),
                row["sex"],
                row["ethnicity"],
                load_photo(path.parent / row["neutral"]),
                load_photo(path.parent / row["smiling"]),
            )
            for row in rows
        ]
    except (KeyError, ValueError, AttributeError) as e:
        raise DataError(f"{path} is not the London set's table ({e})", "use its people.csv") from e

"""The London set: a table, and two photos of each person."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mien.errors import DataError, MissingDataError, PhotoError
from mien.research.data.london import Person, load_people

HEAD = "id,age,sex,ethnicity,neutral,smiling\n"


def test_reads_everyone(london: list[Person]) -> None:
    assert len(london) == len({person.id for person in london}) == 51
    for person in london:
        assert person.age is None or 18 <= person.age <= 60
        assert person.sex in ("female", "male")
        for photo in (person.neutral, person.smiling):
            assert photo.dtype == np.uint8
            assert photo.ndim == 3


def test_an_age_may_be_missing(tmp_path: Path) -> None:
    Image.new("RGB", (5, 4)).save(tmp_path / "a.jpg")
    table = tmp_path / "people.csv"
    table.write_text(f"{HEAD}001,NA,female,white,a.jpg,a.jpg\n")
    (person,) = load_people(table)
    assert person.age is None
    assert person.neutral.shape == (4, 5, 3)


def test_refuses_other_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = tmp_path / "people.csv"
    table.write_text("id,name\n1,Ann\n")
    with pytest.raises(DataError):
        load_people(table)
    table.write_text(f"{HEAD}001,20,female,white,gone.jpg,gone.jpg\n")
    with pytest.raises(PhotoError):
        load_people(table)
    monkeypatch.delenv("MIEN_DATA", raising=False)
    with pytest.raises(MissingDataError):
        load_people()

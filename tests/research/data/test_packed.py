"""FER2013 in one small file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from small_fer2013 import csv_text, small, votes_text

from mien.errors import DataError
from mien.research.data import fer2013
from mien.research.data.packed import main, pack, unpack


@given(
    st.tuples(st.integers(1, 4), st.integers(1, 6), st.integers(1, 6)).flatmap(
        lambda shape: arrays.arrays(np.uint8, shape)
    )
)
def test_nothing_is_lost(crops: np.ndarray) -> None:
    labels = np.arange(len(crops), dtype=np.uint8)
    for before, after in zip(
        (crops, labels, labels), unpack(pack(crops, labels, labels)), strict=True
    ):
        assert after.dtype == np.uint8
        assert np.array_equal(before, after)


def test_a_packed_data_set_is_read_like_the_others(tmp_path: Path) -> None:
    (tmp_path / "fer2013.csv").write_text(csv_text(small()))
    (tmp_path / "fer2013new.csv").write_text(votes_text(small()))
    packed = tmp_path / "fer2013.packed"
    main(str(tmp_path / "fer2013.csv"), str(packed))
    found = fer2013.load(packed, cache=False)
    for name in ("training", "public", "private"):
        assert np.array_equal(found.split(name).crops, small().split(name).crops)
        assert np.array_equal(found.split(name).labels, small().split(name).labels)
        assert np.array_equal(
            found.split(name).require_votes(), small().split(name).require_votes()
        )
    packed.write_bytes(packed.read_bytes()[:-9])
    with pytest.raises(DataError, match="packed FER2013 is damaged"):
        fer2013.load(packed, cache=False)


def test_smooth_faces_take_little_room() -> None:
    slope = np.add.outer(np.arange(48), np.arange(48)).astype(np.uint8)
    random = np.random.default_rng(0)
    crops = slope + random.integers(0, 4, (200, 48, 48), dtype=np.uint8)
    labels = np.zeros(len(crops), np.uint8)
    assert len(pack(crops, labels, labels)) < 0.45 * crops.nbytes

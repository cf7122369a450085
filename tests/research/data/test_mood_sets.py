"""Songs with listeners' moods."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mien import Catalogue, Store
from mien.errors import MissingDataError
from mien.research.data.mood_sets import MOODS, load_data_moods, load_deezer, quadrants


def test_quadrants() -> None:
    positions = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]])
    assert quadrants(positions).tolist() == ["happy", "angry", "sad", "calm"]


def test_names_the_missing_file(tmp_path: Path) -> None:
    with pytest.raises(MissingDataError, match=r"data_moods\.csv is missing; get data_moods"):
        load_data_moods(tmp_path, Store(tmp_path / "songs.sqlite"))
    with pytest.raises(MissingDataError, match=r"deezer_mood_detection\.csv is missing"):
        load_deezer(tmp_path, Store().open("starter"), "test")


def test_real_data_moods(data: Path, tmp_path: Path) -> None:
    songs = load_data_moods(data, Store(tmp_path / "songs.sqlite"))
    assert len(songs.moods) == len(songs.catalogue)
    assert set(songs.moods) == set(MOODS)
    assert songs.positions is None


def test_deezers_splits_share_no_song(data: Path, spotify: Catalogue) -> None:
    validation, test = (load_deezer(data, spotify, split) for split in ("validation", "test"))
    assert not set(validation.rows.tolist()) & set(test.rows.tolist())
    assert test.require_positions().shape == (len(test.rows), 2)
    assert quadrants(test.require_positions()).tolist() == test.moods.tolist()

"""FER+ votes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from small_fer2013 import csv_text, small, votes_of, votes_text

from mien import DataError
from mien.research.data.fer2013 import load
from mien.research.data.raters import distribution, majority


def test_refuses_votes_of_other_rows(tmp_path: Path) -> None:
    data = small((140, 7, 7))
    (tmp_path / "fer2013.csv").write_text(csv_text(data))
    votes = tmp_path / "fer2013new.csv"
    header, *rows = votes_text(data).splitlines()
    for lines, message in (
        ([header, *rows[1:]], "other rows"),
        ([header, *rows[1:], rows[0]], "other rows"),
        ([header, *rows[1:140], rows[0], *rows[140:]], "does not fit"),
        ([header, *rows[:-1], rows[-1].replace("8", "x")], "cannot be read"),
        ([header, *rows[:-1], rows[-1].replace("8", "-8")], "not counts"),
        (["Usage,anger", *rows], "cannot be read"),
    ):
        votes.write_text("\n".join(lines) + "\n")
        with pytest.raises(DataError, match=message):
            load(tmp_path / "fer2013.csv")


def test_a_majority_has_no_tie() -> None:
    rows = [
        {"happy": 6, "sad": 4},
        {"contempt": 5, "angry": 3, "unknown": 2},
        {"happy": 5, "sad": 5},
        {"happy": 4, "sad": 3, "unknown": 4},
        {"unknown": 6, "happy": 4},
        {"not a face": 10},
        {},
    ]
    assert majority(votes_of(*rows)).tolist() == [3, 7, -1, -1, -1, -1, -1]


def test_shares_without_outliers() -> None:
    counts = np.zeros((4, 10), np.uint8)
    counts[0, [0, 2, 3]] = 6, 3, 1
    counts[1, [4, 8]] = 5, 5
    counts[2, [0, 1, 2]] = 1
    counts[3, 9] = 10
    shares = distribution(counts)
    assert shares.dtype == np.float32
    assert np.allclose(shares[0, [0, 2, 3]], [6 / 9, 3 / 9, 0])
    assert np.allclose(shares.sum(axis=1), [1, 0.5, 1, 0])

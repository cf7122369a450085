"""Conditions on songs."""

from __future__ import annotations

from pathlib import Path

import catalogues
import numpy as np
import pytest

from mien import Catalogue, Filter, MienError
from mien.errors import FilterError, NotFoundError


@pytest.fixture
def marked(tmp_path: Path) -> Catalogue:
    return catalogues.marked(tmp_path)


def passing(where: Filter, catalogue: Catalogue) -> list[int]:
    rows: list[int] = np.flatnonzero(where.mask(catalogue)).tolist()
    return rows


def test_genres_in_and_out(marked: Catalogue) -> None:
    assert passing(Filter(genres=("Rock",)), marked) == list(range(0, 30, 3))
    assert passing(Filter(without=("live",)), marked) == [i for i in range(30) if i % 3]
    assert passing(Filter(genres=("rock", "pop"), without=("rock",)), marked) == [
        i for i in range(30) if i % 3
    ]
    with pytest.raises(NotFoundError, match="no genre 'polka'"):
        Filter(without=("polka",)).mask(marked)


def test_unknown_is_not_explicit_and_of_no_length_or_popularity(marked: Catalogue) -> None:
    assert passing(Filter(clean=True), marked) == [*range(1, 29, 2), 29]
    assert passing(Filter(minutes=(2, 3)), marked) == list(range(6, 13))
    assert passing(Filter(popularity=(0, 10)), marked) == [0, 1, 2, 3]
    assert passing(Filter(popularity=(0, 100)), marked) == list(range(29))


def test_all_conditions_together(marked: Catalogue) -> None:
    where = Filter(("rock",), clean=True, popularity=(10, 100))
    assert passing(where, marked) == [9, 15, 21, 27]


def test_no_condition_passes_all(marked: Catalogue) -> None:
    assert Filter().mask(marked).all()


@pytest.mark.parametrize("bounds", [(3.0, 2.0), (-1.0, 5.0), (float("nan"), 1.0)])
def test_refuses_empty_ranges(bounds: tuple[float, float]) -> None:
    with pytest.raises(FilterError, match="lower one first"):
        Filter(minutes=bounds)


def test_accepts_lists_and_a_single_genre() -> None:
    where = Filter(genres=["rock"], popularity=[0, 50])  # type: ignore[arg-type]
    assert where == Filter(("rock",), popularity=(0, 50))
    assert Filter("rock", "live") == Filter(("rock",), ("live",))  # type: ignore[arg-type]
    numbers = (np.float32(2), np.int64(5))
    assert Filter(minutes=numbers).minutes == (2.0, 5.0)  # type: ignore[arg-type]
    assert hash(where) == hash(Filter(("rock",), popularity=(0, 50)))


NUMBERS_HINT = "give the lowest and the highest"
ORDER_HINT = "give two numbers, the lower one first"


@pytest.mark.parametrize(
    ("fields", "message", "hint"),
    [
        ({"genres": 5}, "genres must hold texts, got 5", "give a list of them"),
        ({"genres": ["rock", 5]}, "genres must hold texts, got ['rock', 5]", "give a list of them"),
        ({"without": None}, "without must hold texts, got None", "give a list of them"),
        ({"clean": "no"}, "clean cannot be 'no'", "give True or False"),
        ({"minutes": 5}, "minutes must be two numbers, got 5", NUMBERS_HINT),
        ({"minutes": "25"}, "minutes must be two numbers, got '25'", NUMBERS_HINT),
        ({"minutes": (1, 2, 3)}, "minutes must be two numbers, got (1, 2, 3)", NUMBERS_HINT),
        ({"popularity": (0, None)}, "popularity must be two numbers, got (0, None)", NUMBERS_HINT),
        ({"minutes": (3, 2)}, "no song can have minutes from 3 to 2", ORDER_HINT),
        (
            {"popularity": (101, 200)},
            "no song can have popularity from 101 to 200",
            "give two numbers from 0 to 100, the lower one first",
        ),
    ],
)
def test_says_what_is_wrong_and_what_to_do(
    fields: dict[str, object], message: str, hint: str
) -> None:
    with pytest.raises(MienError) as refused:
        Filter(**fields)  # type: ignore[arg-type]
    assert type(refused.value) is FilterError
    assert (refused.value.message, refused.value.hint) == (message, hint)


def test_numbers_that_are_too_large() -> None:
    with pytest.raises(FilterError, match="two numbers"):
        Filter(minutes=(0, 10**400))

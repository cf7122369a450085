"""The card's words follow from the numbers."""

from __future__ import annotations

from typing import Any

import pytest

from mien.research.evaluation.fairness_words import (
    fairness_tables,
    fairness_text,
    low_light_text,
)


def rate(hits: int, n: int) -> dict[str, Any]:
    return {"hits": hits, "n": n, "low": 0.1, "high": 0.9}


def interval(low: float, value: float, high: float) -> dict[str, float]:
    return {"value": value, "low": low, "high": high}


def scores(plain: dict[str, float], equal: dict[str, float]) -> dict[str, Any]:
    group = {
        "people": 20,
        "happy": rate(15, 20),
        "neutral": rate(20, 20),
        "unsure": rate(1, 40),
        "strength": 0.5,
        "found": {"0.125": rate(39, 40), "0.0625": rate(20, 40)},
    }
    men = {**group, "happy": rate(8, 20), "strength": 0.4}
    thirds = {name: {"women": rate(3, 7), "men": None} for name in ("weak", "middling", "strong")}
    smiles = {
        "correlation": interval(0.7, 0.83, 0.9),
        "difference": plain,
        "at_equal_strength": equal,
        "thirds": thirds,
    }
    return {"groups": {"everyone": group, "women": group, "men": men}, "smiles": smiles}


@pytest.mark.parametrize(
    ("plain", "equal", "verdict"),
    [
        (
            interval(0.1, 0.4, 0.6),
            interval(-0.1, 0.1, 0.3),
            "explains 75% of the difference; the rest may be",
        ),
        (
            interval(0.1, 0.4, 0.6),
            interval(0.1, 0.3, 0.5),
            "explains 25% of the difference; the rest is",
        ),
        (interval(-0.1, 0.1, 0.3), interval(-0.1, 0.1, 0.3), "cannot show"),
    ],
)
def test_the_verdict_depends_on_the_intervals(
    plain: dict[str, float], equal: dict[str, float], verdict: str
) -> None:
    assert verdict in fairness_text(scores(plain, equal))


def test_the_text_gives_the_rates_and_the_strengths() -> None:
    text = fairness_text(scores(interval(0.1, 0.35, 0.6), interval(-0.3, -0.1, 0.1)))
    assert "75% are read as happy, of men's 40%: a difference of 35 points (10 to 60)" in text
    assert "stronger (0.50 and 0.40 on average)" in text
    assert "0.83 (0.70 to 0.90)" in text
    assert "10 points less often (from -30 to 10 points more)" in text


def test_the_tables_have_a_row_for_each_group() -> None:
    tables = fairness_tables(scores(interval(0, 0, 0), interval(0, 0, 0)))
    assert [row[0] for row in tables["fairness"][1:]] == ["everyone (20)", "women (20)", "men (20)"]
    assert tables["low light"][0][1:] == ["1/8 of the light", "1/16 of the light"]
    assert tables["low light"][1][1] == "39 of 40: 98% (10 to 90)"
    assert tables["smiles"][1] == ["weak smiles", "3 of 7: 43% (10 to 90)", ""]


def test_groups_that_are_found_less_often_are_named() -> None:
    found = scores(interval(0, 0, 0), interval(0, 0, 0))
    assert low_light_text(found).startswith("No two groups differ")
    low = {"hits": 2, "n": 40, "low": 0.0, "high": 0.2}
    high = {"hits": 39, "n": 40, "low": 0.8, "high": 1.0}
    women, men = found["groups"]["women"], found["groups"]["men"]
    found["groups"]["women"] = {**women, "found": {**women["found"], "0.0625": low}}
    found["groups"]["men"] = {**men, "found": {**men["found"], "0.0625": high}}
    assert low_light_text(found) == (
        "With 1/16 of the light, faces are found in 2 of 40 photos of women and in 39 of 40 of men."
    )

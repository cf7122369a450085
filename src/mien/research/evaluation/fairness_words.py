"""The scores of `mien.research.evaluation.fairness` as tables and in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mien.research.evaluation.fairness import THIRDS, Rate

Scores = Mapping[str, Any]
"""JSON values of `FairnessScores`."""

PAIRS = (("women", "men"), ("white", "Black"), ("white", "East or West Asian"))
"""Groups whose rates are compared in words."""

_PLURALS = {
    "women": "women",
    "men": "men",
    "white": "white people",
    "Black": "Black people",
    "East or West Asian": "East or West Asian people",
}

Table = list[list[str]]
"""Rows of cells; the first row is the header."""


def fairness_tables(scores: Scores) -> dict[str, Table]:
    """Name -> table: rates by group, smiles by strength, detection in the dark."""
    groups: Mapping[str, Any] = scores["groups"]
    lights = [str(light) for light in next(iter(groups.values()))["found"]]
    rates = [["London set", "smiles read as happy", "neutral read as neutral", "unsure"]]
    dark = [["London set: faces found", *(_light(light) for light in lights)]]
    for name, group in groups.items():
        shown = f"{name} ({group['people']})"
        rates.append([shown, *(_rate(group[key]) for key in ("happy", "neutral", "unsure"))])
        dark.append([shown, *(_rate(group["found"][light]) for light in lights)])
    smiles = [["smiles read as happy", "women", "men"]]
    for third in THIRDS:
        found = scores["smiles"]["thirds"][third]
        smiles.append([f"{third} smiles", *(_rate(found[sex]) for sex in ("women", "men"))])
    return {"fairness": rates, "smiles": smiles, "low light": dark}


def fairness_text(scores: Scores) -> str:
    """What the numbers say about women's and men's smiles, in sentences."""
    groups, smiles = scores["groups"], scores["smiles"]
    correlation, plain, equal = (
        smiles[key] for key in ("correlation", "difference", "at_equal_strength")
    )
    sentences = [_sexes(groups, plain)] if {"women", "men"} <= groups.keys() else []
    sentences += [
        "Measured without a network, by how much the mouth differs between a person's two photos, "
        f"the strength of a smile and its probability of happy have a rank correlation of "
        f"{correlation['value']:.2f} ({correlation['low']:.2f} to {correlation['high']:.2f}).",
        f"Compared at equal strength, women's smiles are read as happy {_more(equal)}.",
        _verdict(plain, equal),
    ]
    return " ".join(sentences)


def low_light_text(scores: Scores) -> str:
    """Which groups' faces are found less often in the dark, in sentences.

    Two groups differ where their intervals do not overlap.
    """
    groups = scores["groups"]
    sentences = [
        f"With {_light(light)}, faces are found in {first['hits']} of {first['n']} photos of "
        f"{_PLURALS[one]} and in {second['hits']} of {second['n']} of {_PLURALS[other]}."
        for one, other in PAIRS
        if {one, other} <= groups.keys()
        for light, first in groups[one]["found"].items()
        for second in [groups[other]["found"][light]]
        if first["low"] > second["high"] or second["low"] > first["high"]
    ]
    if not sentences:
        return "No two groups differ so much that their intervals do not overlap."
    return " ".join(sentences)


def _sexes(groups: Mapping[str, Any], plain: Scores) -> str:
    women, men = groups["women"], groups["men"]
    return (
        f"Of women's smiles, {_share(women['happy']):.0%} are read as happy, of men's "
        f"{_share(men['happy']):.0%}: {_points(plain)}. Women's smiles are "
        f"{'stronger' if women['strength'] > men['strength'] else 'no stronger'} "
        f"({women['strength']:.2f} and {men['strength']:.2f} on average)."
    )


def _verdict(plain: Scores, equal: Scores) -> str:
    if not _is_clear(plain):
        return "So many people cannot show that the network treats women and men differently."
    explained = 1 - equal["value"] / plain["value"]
    part = f"The smile explains {min(max(explained, 0), 1):.0%} of the difference"
    if _is_clear(equal):
        return f"{part}; the rest is the network's, or of what this measure of smiles misses."
    return f"{part}; the rest may be chance."


def _points(interval: Scores) -> str:
    low, value, high = (100 * interval[key] for key in ("low", "value", "high"))
    return f"a difference of {value:.0f} points ({low:.0f} to {high:.0f})"


def _more(interval: Scores) -> str:
    low, value, high = (100 * interval[key] for key in ("low", "value", "high"))
    more = "more" if value >= 0 else "less"
    return f"{abs(value):.0f} points {more} often (from {low:.0f} to {high:.0f} points more)"


def _is_clear(interval: Scores) -> bool:
    """Whether the interval leaves out zero, also when rounded to points."""
    return bool(interval["low"] > 0.005 or interval["high"] < -0.005)


def _light(light: str) -> str:
    return f"1/{1 / float(light):.0f} of the light"


def _share(rate: Scores) -> float:
    return float(rate["hits"] / rate["n"])


def _rate(rate: Scores | None) -> str:
    return "" if rate is None else str(Rate(**rate))

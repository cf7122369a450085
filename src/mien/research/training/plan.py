"""What is trained for a recipe, in which order and in which folders."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mien.research.training.checkpoint import has_predictions, is_finished
from mien.research.training.published import PUBLISHED
from mien.research.training.recipe import Recipe, find_recipe, find_recipes


@dataclass(frozen=True)
class Planned:
    """A recipe, its folder, and the folders of its teachers, its other members and its start."""

    recipe: Recipe
    folder: Path
    teachers: tuple[Path, ...]
    members: tuple[Path, ...]
    start: Path | None = None


def folder_name(recipe: str, seed: int) -> str:
    """The default name of a training's folder."""
    return recipe if seed == find_recipe(recipe).seed else f"{recipe}-{seed}"


def plan_trainings(recipe: Recipe, folder: Path) -> list[Planned]:
    """The trainings in order, none twice: each after those it needs, the recipe's last.

    Teachers are not needed once the training is finished or their predictions are stored.

    Args:
        recipe: of the last training.
        folder: of the last training; the others are beside it, named after recipe and seed.
    """
    finished = is_finished(folder)
    teachers, members, start = (
        [
            plan_trainings(needed, folder.parent / folder_name(name, needed.seed))
            for name, needed in find_recipes(names)
        ]
        for names in (
            () if finished or has_predictions(folder) else recipe.teachers,
            recipe.members,
            () if finished or recipe.starts_from in {"", *PUBLISHED} else (recipe.starts_from,),
        )
    )
    first = dict.fromkeys(training for plan in (*teachers, *members, *start) for training in plan)
    teacher_folders, member_folders, starts = (
        tuple(plan[-1].folder for plan in plans) for plans in (teachers, members, start)
    )
    return [*first, Planned(recipe, folder, teacher_folders, member_folders, *starts)]

"""The workflow, drawn from the code: what each stage is called, does and gives comes from its own
source, so that the picture cannot tell of a stage that is not there."""

from __future__ import annotations

import ast
import importlib.util
import textwrap
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from mien.errors import DataError
from mien.output.charts import LIGHT, new_figure
from mien.research.figures.report import WIDTH

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Stage:
    """A step of the way.

    Attributes:
        module: where it is, such as `mien.face.detection`.
        name: a function, or `Class.method`.
        does: the first sentence of its documentation.
        gives: its return annotation.
    """

    module: str
    name: str
    does: str
    gives: str


TRAINING = (
    ("mien.research.data.fer2013", "load"),
    ("mien.research.training.augment", "Augmentation"),
    ("mien.research.training.train", "train"),
    ("mien.research.training.export", "ship"),
    ("mien.research.evaluation.expression", "evaluate_expression"),
)
READING = (
    ("mien.face.photo", "load_photo"),
    ("mien.face.detection", "find_faces"),
    ("mien.face.network", "ExpressionModel.read"),
    ("mien.recommendation.target", "expected_mood"),
)
CHOOSING = (
    ("mien.catalogue.cleaning", "clean"),
    ("mien.recommendation.rankings.base", "Ranking.top"),
    ("mien.recommendation.diversity", "diversify"),
    ("mien.recommendation.recommender", "recommend"),
    ("mien.listener.feedback", "Feedback.rate"),
)
LANES = {"once, the network": TRAINING, "each photo": READING, "each list of songs": CHOOSING}


def stages() -> dict[str, list[Stage]]:
    """Lane -> its stages, in order.

    Raises:
        DataError: the code has no such stage any more.
    """
    return {lane: [stage(*where) for where in places] for lane, places in LANES.items()}


def stage(module: str, name: str) -> Stage:
    """A stage as its source describes it; nothing is imported, so no extra is needed.

    Raises:
        DataError: the code has no such stage.
    """
    body: list[ast.stmt] = _source(module).body
    found: ast.stmt | None = None
    for part in name.split("."):
        named = (
            n for n in body if isinstance(n, ast.FunctionDef | ast.ClassDef) and n.name == part
        )
        found = next(named, None)
        if found is None:
            raise DataError(f"the workflow names {module}.{name}, which is no part of the code")
        body = found.body
    assert isinstance(found, ast.FunctionDef | ast.ClassDef)
    said = " ".join((ast.get_docstring(found) or "").split("\n\n")[0].split())
    returns = found.returns if isinstance(found, ast.FunctionDef) else None
    gives = "None" if returns is None else ast.unparse(returns)
    return Stage(module, name, said.replace("`", "").split(". ")[0], gives)


@cache
def _source(module: str) -> ast.Module:
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        raise DataError(f"the workflow names {module}, which is no part of the code")
    return ast.parse(Path(spec.origin).read_text(encoding="utf-8"))


_BOX, _GAP, _HIGH, _STEP = 1.72, 0.26, 1.42, 2.02


def draw() -> Figure:
    """A row of boxes for each lane; beneath each box what it gives to the next."""
    lanes = stages()
    most = max(len(found) for found in lanes.values())
    figure, (axes,) = new_figure((WIDTH, 1.94 * len(lanes)))
    axes.set_axis_off()
    for row, (lane, found) in enumerate(lanes.items()):
        top = -row * _STEP
        axes.text(0, top + 0.12, lane, size=10, weight="bold", color=LIGHT.ink, va="bottom")
        for column, one in enumerate(found):
            _box(axes, column * (_BOX + _GAP), top, one, last=column == len(found) - 1)
    axes.set(
        xlim=(-0.05, most * (_BOX + _GAP) - _GAP + 0.05), ylim=(-_STEP * len(lanes) + 0.3, 0.4)
    )
    figure.tight_layout()
    return figure


def _box(axes: Axes, left: float, top: float, one: Stage, *, last: bool) -> None:
    from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

    axes.add_patch(
        FancyBboxPatch(
            (left, top - _HIGH), _BOX, _HIGH, boxstyle="round,pad=0,rounding_size=0.07",
            fc=LIGHT.background, ec=LIGHT.accent, lw=1.3,
        )
    )  # fmt: skip
    middle = left + _BOX / 2

    def write(down: float, text: str, colour: str, size: float, weight: str = "normal") -> None:
        axes.text(
            middle, top - down, text, ha="center", va="top", size=size, color=colour,
            weight=weight, linespacing=1.25, parse_math=False,
        )  # fmt: skip

    write(0.07, one.name, LIGHT.ink, 7.8, "bold")
    write(0.26, one.module.removeprefix("mien."), LIGHT.accent, 7.2)
    wrapped = textwrap.wrap(one.does, 25, max_lines=6, placeholder=" …", break_long_words=False)
    write(0.48, "\n".join(wrapped), LIGHT.ink, 7.2)
    if one.gives != "None":
        write(_HIGH + 0.05, f"gives {textwrap.shorten(one.gives, 30)}", LIGHT.other, 7.0)
    if not last:
        ends = (left + _BOX + 0.02, top - _HIGH / 2), (left + _BOX + _GAP - 0.02, top - _HIGH / 2)
        axes.add_patch(
            FancyArrowPatch(*ends, arrowstyle="-|>", mutation_scale=10, color=LIGHT.ink, lw=1.2)
        )

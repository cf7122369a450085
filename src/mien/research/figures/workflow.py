"""The workflow, drawn from the code: the name, purpose and result of each stage are read from its
source, so that the figure cannot show a stage that does not exist."""

from __future__ import annotations

import ast
import importlib.util
import re
import textwrap
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mien.errors import DataError
from mien.output.charts import LIGHT, Theme, new_figure
from mien.research.figures.style import WIDTH, Style, finish

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LANES = {
    "once: train the network": (
        "mien.research.data.fer2013:load",
        "mien.research.training.augment:Augmentation",
        "mien.research.training.train:train",
        "mien.research.training.export:ship",
        "mien.research.evaluation.expression:evaluate_expression",
    ),
    "for each photo": (
        "mien.face.photo:load_photo",
        "mien.face.detection:find_faces",
        "mien.face.network:ExpressionModel.read",
        "mien.recommendation.target:expected_mood",
    ),
    "for each list of songs": (
        "mien.catalogue.cleaning:clean",
        "mien.recommendation.rankings.base:Ranking.top",
        "mien.recommendation.diversity:diversify",
        "mien.recommendation.recommender:recommend",
        "mien.listener.feedback:Feedback.rate",
    ),
}
"""Lane -> its stages, each `MODULE:FUNCTION` or `MODULE:CLASS.METHOD`."""


@dataclass(frozen=True)
class Stage:
    """A step of the workflow.

    Attributes:
        module: such as `mien.face.detection`.
        name: a function, a class, or `Class.method`.
        purpose: the first sentence of its docstring.
        returns: its return annotation, or nothing.
    """

    module: str
    name: str
    purpose: str
    returns: str


def read_stages() -> dict[str, list[Stage]]:
    """Lane -> its stages, in order.

    Raises:
        DataError: the code has no such stage.
    """
    return {lane: [read_stage(ref) for ref in refs] for lane, refs in LANES.items()}


def read_stage(ref: str) -> Stage:
    """A stage as its source describes it; nothing is imported, so no extra is needed.

    Raises:
        DataError: the code has no such stage.
    """
    module, name = ref.split(":")
    found: Any = _source(module)
    for part in name.split("."):
        named = (node for node in found.body if getattr(node, "name", "") == part)
        found = next(named, None)
        if found is None:
            raise DataError(f"the workflow names {ref}, which is not part of the code")
    purpose = " ".join((ast.get_docstring(found) or "").split("\n\n")[0].split()).replace("`", "")
    purpose = re.sub(r"\bmien(\.\w+)*\.", "", purpose).split(". ")[0]
    returns = getattr(found, "returns", None)
    text = "" if returns is None else ast.unparse(returns).replace("None", "")
    return Stage(module, name, purpose, text)


@cache
def _source(module: str) -> ast.Module:
    try:
        spec = importlib.util.find_spec(module)
    except ModuleNotFoundError:
        spec = None
    if spec is None or spec.origin is None:
        raise DataError(f"the workflow names {module}, which is not part of the code")
    return ast.parse(Path(spec.origin).read_text(encoding="utf-8"))


_BOX, _GAP, _HIGH, _STEP = 1.72, 0.26, 1.42, 2.02


def draw_workflow(theme: Theme = LIGHT) -> Figure:
    """A row of boxes for each lane; beneath each box what it returns."""
    lanes = read_stages()
    figure, (axes,) = new_figure((WIDTH, 1.94 * len(lanes)), theme)
    axes.set_axis_off()
    for row, (lane, found) in enumerate(lanes.items()):
        top = -row * _STEP
        axes.text(0, top + 0.12, lane, size=10, weight="bold", color=theme.ink, va="bottom")
        for column, one in enumerate(found):
            _draw_stage(axes, column * (_BOX + _GAP), top, one, theme)
            if column:
                left, middle = column * (_BOX + _GAP), top - _HIGH / 2
                arrow = {"arrowstyle": "-|>", "color": theme.ink, "shrinkA": 2, "shrinkB": 2}
                axes.annotate("", (left, middle), (left - _GAP, middle), arrowprops=arrow)
    most = max(map(len, lanes.values()))
    axes.set(xlim=(-0.05, most * (_BOX + _GAP) - _GAP + 0.05), ylim=(0.3 - _STEP * len(lanes), 0.4))
    return finish(figure)


def _draw_stage(axes: Axes, left: float, top: float, one: Stage, theme: Theme) -> None:
    from matplotlib.patches import FancyBboxPatch

    style = Style(boxstyle="round,pad=0,rounding_size=0.07", fc=theme.background, ec=theme.accent)
    axes.add_patch(FancyBboxPatch((left, top - _HIGH), _BOX, _HIGH, lw=1.3, **style))
    purpose = textwrap.wrap(one.purpose, 25, max_lines=6, placeholder=" …", break_long_words=False)
    returns = textwrap.shorten(f"→ {one.returns}", 36) if one.returns else ""
    for down, text, colour, size, weight in (
        (0.07, one.name, theme.ink, 7.8, "bold"),
        (0.26, one.module.removeprefix("mien."), theme.accent, 6.4, "normal"),
        (0.48, "\n".join(purpose), theme.ink, 7.2, "normal"),
        (_HIGH + 0.05, returns, theme.other, 7.0, "normal"),
    ):
        axes.text(
            left + _BOX / 2, top - down, text, ha="center", va="top", size=size, color=colour,
            weight=weight, linespacing=1.25, parse_math=False,
        )  # fmt: skip

"""Sizes and small helpers that the figures share.

Colours come from a `Theme` alone, so that the report's page can replace them by its own; shapes,
hatches and words repeat what colours say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mien.output.charts import Theme

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Style = dict[str, Any]
"""Keywords for matplotlib."""
WIDTH = 9.6
"""Inches of a figure as wide as a page."""
SMALL, SMALLER = 9, 8
"""Points of annotations, and of legends."""


def annotate(
    axes: Axes, text: str, point: tuple[float, float], offset: tuple[float, float], theme: Theme,
    **style: Any,
) -> None:  # fmt: skip
    """Write beside a point; `offset` in points of the page."""
    look = Style(va="center", color=theme.ink, size=SMALL) | style
    axes.annotate(text, point, offset, textcoords="offset points", **look)


def add_title(axes: Axes, text: str, theme: Theme) -> None:
    """Head an axes, flush left."""
    axes.set_title(text, loc="left", size=10, color=theme.ink)


def add_legend(axes: Axes, theme: Theme, loc: Any) -> None:
    """Add a legend without a frame."""
    axes.legend(frameon=False, fontsize=SMALLER, labelcolor=theme.ink, loc=loc)


def hide_frame(axes: Axes) -> None:
    """Hide grid, ticks and frame."""
    axes.grid(visible=False)
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)


def finish(figure: Figure) -> Figure:
    """Make room for the labels."""
    figure.tight_layout()
    return figure

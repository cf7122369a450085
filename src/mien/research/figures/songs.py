"""Figures of the songs' features, and of how rankings order songs by mood."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from mien.output.charts import LIGHT, Theme, new_figure
from mien.research.figures.style import (
    SMALL,
    WIDTH,
    Style,
    add_legend,
    add_title,
    annotate,
    finish,
    hide_frame,
)
from mien.support.arrays import Float64Array

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def add_sign(r: float) -> str:
    """A correlation with its sign; no sign where it rounds to 0.

    >>> add_sign(0.254), add_sign(-0.001)
    ('+0.25', '0.00')
    """
    return f"{r:+.2f}".replace("-", "\N{MINUS SIGN}") if abs(r) >= 0.005 else "0.00"


def draw_correlation(matrix: Float64Array, features: Sequence[str], theme: Theme = LIGHT) -> Figure:
    """The lower triangle of a correlation matrix, float64 [n, n]; negative values are hatched."""
    from matplotlib.patches import Rectangle

    figure, (axes,) = new_figure((WIDTH * 0.78, 5.4), theme)
    n = len(features)
    hatched = Style(lw=0, fill=False, hatch="\\\\\\", edgecolor=theme.grid)
    for i, j in combinations(reversed(range(n)), 2):
        r, corner = matrix[i, j], (j - 0.47, i - 0.47)
        colour = theme.accent if r > 0 else theme.other
        axes.add_patch(Rectangle(corner, 0.94, 0.94, lw=0, alpha=abs(r) * 0.85, color=colour))
        if r <= -0.05:
            axes.add_patch(Rectangle(corner, 0.94, 0.94, **hatched))
        look = Style(color=theme.ink, weight="bold" if abs(r) >= 0.3 else "normal")
        axes.text(j, i, add_sign(r), ha="center", va="center", size=SMALL, **look)
    axes.set(xlim=(-0.5, n - 1.5), ylim=(n - 0.5, 0.5))
    axes.set_xticks(range(n - 1), features[:-1], rotation=35, ha="right")
    axes.set_yticks(range(1, n), features[1:])
    hide_frame(axes)
    return finish(figure)


def draw_genres(
    medians: Mapping[str, Sequence[float]],
    overall: Sequence[float],
    features: Sequence[str],
    each: int = 9,
    theme: Theme = LIGHT,
) -> Figure:
    """The genres with the lowest and the highest medians of some features.

    Args:
        medians: genre -> median of each feature.
        overall: the median of each feature over all songs.
        features: the titles of the panels.
        each: genres to show at either end.
        theme: light or dark.
    """
    figure, panels = new_figure((WIDTH, 4.9), theme, len(features))
    for i, (axes, feature) in enumerate(zip(panels, features, strict=True)):
        shown = sorted(medians, key=lambda g, i=i: (medians[g][i], g))  # type: ignore[misc]
        rows = np.arange(len(shown), dtype=float)
        if len(shown) > 2 * each:
            shown, rows = [*shown[:each], *shown[-each:]], rows[: 2 * each]
            rows[each:] += 1.2
        values = np.array([medians[g][i] for g in shown])
        axes.hlines(rows, overall[i], values, color=theme.faint, lw=1.4)
        axes.axvline(overall[i], color=theme.ink, lw=1, ls="--")
        high = values > overall[i]
        for mask, marker, colour in ((high, "o", theme.accent), (~high, "D", theme.other)):
            axes.plot(values[mask], rows[mask], marker, ms=5.5, color=colour)
        axes.set_yticks(rows, shown, size=SMALL)
        add_title(axes, feature, theme)
        axes.grid(visible=False, axis="y")
        axes.margins(x=0.12)
    return finish(figure)


def draw_years(
    years: Sequence[float],
    medians: Sequence[Sequence[float]],
    features: Sequence[str],
    theme: Theme = LIGHT,
) -> Figure:
    """Medians of some features over the years: for each year, that of each feature."""
    figure, panels = new_figure((WIDTH, 2.9), theme, len(features))
    looks = (("o", "-", theme.accent), ("s", "--", theme.other), ("^", ":", theme.ink))
    of_features = zip(*medians, strict=True)
    for axes, feature, values, (marker, style, colour) in zip(
        panels, features, of_features, looks, strict=True
    ):
        axes.plot(years, values, marker=marker, ls=style, lw=1.8, ms=5, color=colour)
        axes.set_xlabel("middle of five years")
        add_title(axes, feature, theme)
        if max(values) <= 1:
            axes.set_ylim(0, 1)
    return finish(figure)


def draw_similarities(
    found: Mapping[str, tuple[float | None, float]], theme: Theme = LIGHT
) -> Figure:
    """Bars: ranking -> mean similarity of six songs, as published (or None) and as measured."""
    figure, (axes,) = new_figure((WIDTH, 0.62 * len(found) + 1.1), theme)
    for row, (published, measured) in enumerate(found.values()):
        axes.barh(row, measured, 0.6, color=theme.accent, alpha=0.85, lw=0)
        annotate(axes, f"{measured:.2f}", (measured, row), (5, 0), theme, size=10, weight="bold")
        if published is not None:
            axes.plot([published] * 2, [row - 0.38, row + 0.38], color=theme.ink, lw=2.4)
            look = {"ha": "right", "color": theme.background}
            annotate(axes, f"published {published:.2f}", (published, row), (-6, 0), theme, **look)
    axes.set_yticks(range(len(found)), list(found))
    axes.invert_yaxis()
    axes.set(xlim=(0, 1.08), xlabel="mean cosine similarity of six songs to the ideal vector")
    axes.grid(visible=False, axis="y")
    return finish(figure)


def draw_threshold(
    quantiles: Mapping[str, Float64Array],
    passing: Mapping[str, float],
    threshold: float,
    theme: Theme = LIGHT,
) -> Figure:
    """Boxes of the similarity of all songs to each emotion's ideal vector, and what passes.

    Args:
        quantiles: emotion -> quantiles of the similarity in hundredths, float64 [101].
        passing: emotion -> share of songs at or above the threshold.
        threshold: in [0, 1].
        theme: light or dark.
    """
    figure, (axes,) = new_figure((WIDTH, 3.6), theme)
    for row, (emotion, values) in enumerate(quantiles.items()):
        low, q25, median, q75, high = values[[5, 25, 50, 75, 95]]
        axes.plot([low, high], [row] * 2, color=theme.faint, lw=1.6, zorder=0.5)
        axes.barh(row, q75 - q25, 0.42, q25, color=theme.accent, edgecolor=theme.ink, lw=0.8)
        axes.plot([median] * 2, [row - 0.3, row + 0.3], color=theme.ink, lw=2)
        annotate(axes, f"{passing[emotion]:.0%} pass", (1.0, row), (8, 0), theme)
    axes.axvline(threshold, color=theme.wrong, lw=1.8, ls="--")
    look = {"ha": "right", "color": theme.wrong}
    annotate(axes, f"threshold {threshold:g}", (threshold, -0.75), (-5, 0), theme, **look)
    axes.set_yticks(range(len(quantiles)), list(quantiles))
    axes.set(xlim=(0.4, 1), ylim=(len(quantiles) - 0.5, -1.1))
    axes.set_xlabel("similarity (box: middle half of all songs; line: 5 to 95 %; bar: median)")
    axes.grid(visible=False, axis="y")
    return finish(figure)


def draw_rankings(scores: Mapping[str, Mapping[str, Any]], theme: Theme = LIGHT) -> Figure:
    """How well each ranking separates moods: areas under the ROC curve, the best ranking on top.

    Args:
        scores: ranking -> `mien.research.evaluation.ranking.RankingScores.as_json`.
        theme: light or dark.
    """
    sets = list(next(iter(scores.values()))["listeners"])
    figure, panels = new_figure((10.4, 0.55 * len(scores) + 1.4), theme, len(sets))
    looks = {"happy": (theme.other, "o"), "angry": (theme.wrong, "^"), "sad": (theme.accent, "s"),
             "calm": (theme.right, "D")}  # fmt: skip

    def mean(name: str, data_set: str) -> float:
        moods = scores[name]["listeners"][data_set].values()
        return float(np.mean([mood["area"]["value"] for mood in moods]))

    order = sorted(scores, key=lambda name: mean(name, sets[0]))
    for axes, data_set in zip(panels, sets, strict=True):
        axes.axvline(0.5, color=theme.faint, lw=1, ls="--")
        for row, name in enumerate(order):
            moods = scores[name]["listeners"][data_set]
            for shift, mood in zip((0.24, 0.08, -0.08, -0.24), moods, strict=True):
                area, (colour, marker), y = moods[mood]["area"], looks[mood], row + shift
                axes.plot([area["low"], area["high"]], [y, y], color=colour, lw=1.6)
                label = mood if row == 0 else None
                axes.plot(area["value"], y, marker, ms=4.5, color=colour, label=label)
            middle = mean(name, data_set)
            axes.plot([middle] * 2, [row - 0.38, row + 0.38], color=theme.ink, lw=2.2)
        axes.set_yticks(range(len(order)), order if axes is panels[0] else [""] * len(order))
        axes.set(xlim=(0.05, 1), xlabel="area under the ROC curve (bar: mean; 0.5: chance)")
        add_title(axes, data_set, theme)
    add_legend(panels[0], theme, "lower right")
    return finish(figure)

"""Figures of FER2013: its faces, its classes, and how far people agree with its labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from mien.output.charts import LIGHT, Theme, new_figure
from mien.research.figures.style import WIDTH, Style, add_legend, annotate, finish
from mien.support.arrays import UInt8Array

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def sample(labels: np.ndarray, classes: Sequence[int], each: int) -> list[npt.NDArray[np.intp]]:
    """Choose rows at random, always the same ones, for each class in turn.

    Args:
        labels: int [n].
        classes: the classes to choose from.
        each: the most rows to choose for a class.
    """
    random = np.random.default_rng(0)
    return [random.permutation(np.flatnonzero(labels == c))[:each] for c in classes]


def draw_faces(
    faces: Mapping[str, UInt8Array],
    answers: Mapping[str, Sequence[str]] | None = None,
    theme: Theme = LIGHT,
) -> Figure:
    """A row of faces for each label; right answers are ticked, wrong ones crossed.

    Args:
        faces: label -> uint8 [m, 48, 48].
        answers: label -> what the network reads in each of these faces.
        theme: light or dark.
    """
    from matplotlib.figure import Figure

    columns = max(map(len, faces.values()))
    room = 0.06 if answers is None else 0.34
    high = len(faces) * (WIDTH - 0.9) / columns * (1 + room)
    figure = Figure((WIDTH, high), facecolor=theme.background)
    grid = figure.subplots(len(faces), columns, squeeze=False)
    figure.subplots_adjust(0.09, 0.01, 0.995, 0.99 - room / len(faces), wspace=0.06, hspace=room)
    for axes in grid.flat:
        axes.set(xticks=[], yticks=[])
        axes.spines[:].set_visible(False)
    for row, (label, crops) in zip(grid, faces.items(), strict=True):
        row[0].set_ylabel(label, rotation=0, ha="right", va="center", color=theme.ink, size=10)
        for column, (axes, crop) in enumerate(zip(row, crops, strict=False)):
            axes.imshow(crop, cmap="gray", vmin=0, vmax=255, interpolation="none")
            if answers is not None:
                answer = answers[label][column]
                right = answer == label
                colour, mark = (theme.right, "✓") if right else (theme.wrong, "✗")
                axes.set_title(f"{mark} {answer}", color=colour, size=9, pad=3)
                axes.spines[:].set(visible=True, color=colour, lw=2, ls="-" if right else "--")
    return figure


def draw_class_counts(
    counts: Mapping[str, Sequence[int]], classes: Sequence[str], theme: Theme = LIGHT
) -> Figure:
    """Stacked bars: split -> faces of each class."""
    figure, (axes,) = new_figure((WIDTH, 3.4), theme)
    rows, left = np.arange(len(classes)), np.zeros(len(classes))
    looks = ((theme.accent, ""), (theme.other, "///"), (theme.faint, "xxx"))
    for (split, faces), (colour, hatch) in zip(counts.items(), looks, strict=True):
        look = Style(color=colour, hatch=hatch, edgecolor=theme.background, lw=0.8)
        axes.barh(rows, faces, 0.68, left, label=split, **look)
        left = left + faces
    for row, total in enumerate(left.tolist()):
        annotate(axes, f"{total:,.0f}  ({total / left.sum():.1%})", (total, row), (5, 0), theme)
    axes.set_yticks(rows, classes)
    axes.invert_yaxis()
    axes.set(xlim=(0, left.max() * 1.18), xlabel="faces")
    axes.grid(visible=False, axis="y")
    add_legend(axes, theme, "lower right")
    return finish(figure)


def draw_agreement(shares: Mapping[str, tuple[float, int]], theme: Theme = LIGHT) -> Figure:
    """Bars: label -> share of its faces in which most raters see that emotion, and their number."""
    figure, (axes,) = new_figure((WIDTH * 0.8, 3.2), theme)
    other = Style(color=theme.background, edgecolor=theme.faint, hatch="///", lw=0.8)
    for row, (share, faces) in enumerate(shares.values()):
        axes.barh(row, share, 0.64, color=theme.accent, lw=0)
        axes.barh(row, 1 - share, 0.64, share, **other)
        annotate(axes, f"{share:.0%} of {faces:,}", (1, row), (6, 0), theme)
    axes.set_yticks(range(len(shares)), list(shares))
    axes.invert_yaxis()
    axes.set(xlim=(0, 1.0), xlabel="filled: raters agree with the label; hatched: they do not")
    axes.grid(visible=False)
    return finish(figure)

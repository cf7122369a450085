"""Figures of how networks are trained and what they get right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from mien.output.charts import LIGHT, Theme, new_figure
from mien.research.evaluation.expression import CONFIDENT, most_confident, reliability
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

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def draw_confusion(
    counts: np.ndarray, classes: Sequence[str], truth: str, theme: Theme = LIGHT
) -> Figure:
    """A confusion matrix: shares of each true class, and the number of faces.

    Args:
        counts: int [n, n]; rows are the true classes, columns the network's answers.
        classes: their names.
        truth: what decides the true class, such as "FER2013's label".
        theme: light or dark.
    """
    from matplotlib.patches import Rectangle

    n = len(classes)
    figure, (axes,) = new_figure((0.85 * n, 0.72 * n), theme)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    for (i, j), share in np.ndenumerate(shares):
        fill = Style(color=theme.accent, alpha=min(0.06 + share, 1), lw=0)
        axes.add_patch(Rectangle((j - 0.5, i - 0.5), 1, 1, **fill))
        look = Style(color=theme.background if share > 0.6 else theme.ink, ha="center", va="center")
        axes.text(j, i - 0.1, f"{share:.0%}", size=11, **look)
        axes.text(j, i + 0.27, f"{counts[i, j]}", size=7, **look)
        if i == j:
            frame = Style(fill=False, ec=theme.ink, lw=1.1, zorder=3)
            axes.add_patch(Rectangle((i - 0.48, i - 0.48), 0.96, 0.96, **frame))
    axes.set(xlim=(-0.5, n - 0.5), ylim=(n - 0.5, -0.5), xlabel="network's answer", ylabel=truth)
    axes.set_xticks(range(n), classes, rotation=35, ha="right")
    axes.set_yticks(range(n), classes)
    hide_frame(axes)
    return finish(figure)


def find_best_epoch(history: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """The epoch whose network was kept, of `history.json`.

    It has the highest mean of the accuracies known on PublicTest; of equals, it is the last (see
    `mien.research.training.checkpoint`).
    """

    def score(epoch: Mapping[str, Any]) -> tuple[float, int]:
        keys = ("public_accuracy", "raters_accuracy", "balanced_accuracy")
        known = [epoch[key] for key in keys if epoch.get(key) is not None]
        return sum(known) / len(known), epoch["number"]

    return max(history, key=score)


def draw_curves(history: Sequence[Mapping[str, Any]], theme: Theme = LIGHT) -> Figure:
    """Accuracy and loss by epoch, of `history.json`; dots mark the epoch that was kept."""
    figure, panels = new_figure((WIDTH, 3.1), theme, 2)
    epochs, best = [e["number"] for e in history], find_best_epoch(history)
    lines = (
        ("training", "Training, augmented", theme.faint, "--"),
        ("public", "PublicTest, FER2013's labels", theme.accent, "-"),
        ("raters", "PublicTest, raters' majority", theme.other, "-."),
    )
    for axes, measure, unit in zip(panels, ("accuracy", "loss"), ("", ", nats"), strict=True):
        for name, label, colour, style in lines:
            key = f"{name}_{measure}"
            values = [epoch[key] for epoch in history if epoch.get(key) is not None]
            if len(values) < len(epochs):
                continue
            axes.plot(epochs, values, style, color=colour, lw=1.8, label=label)
            if name != "training":
                axes.plot(best["number"], best[key], "o", ms=6, color=colour)
        axes.set(xlabel="epoch", ylabel=measure + unit)
        add_legend(axes, theme, "lower right" if measure == "accuracy" else "upper right")
    panels[0].set_ylim(0, 1)
    return finish(figure)


def draw_calibration(
    probabilities: np.ndarray, truth: np.ndarray, head: str, theme: Theme = LIGHT
) -> Figure:
    """Accuracy by confidence, and accuracy of the most confident answers.

    Args:
        probabilities: float [n, classes].
        truth: the true classes, int [n].
        head: the head that gave the probabilities.
        theme: light or dark.
    """
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == truth
    figure, (left, other) = new_figure((WIDTH, 4.4), theme, 2)
    counts, expected, found = np.array(reliability(confidence, right)).T
    left.plot([0, 1], [0, 1], color=theme.grid, lw=1.5)
    left.plot(expected, found, color=theme.ink, lw=1)
    left.scatter(expected, found, s=8 + 400 * counts / counts.sum(), color=theme.accent, zorder=3)
    left.set(xlim=(0, 1), ylim=(0, 1), xlabel="confidence", ylabel="accuracy")
    add_title(left, "Reliability: the larger the dot, the more faces", theme)
    n = np.arange(1, len(right) + 1)
    enough = n > 0.02 * len(n)
    accuracy = np.cumsum(most_confident(confidence, right, 1.0)) / n
    other.plot((n / len(n))[enough], accuracy[enough], color=theme.accent, lw=2)
    at = round(CONFIDENT * len(n)) - 1
    other.scatter([CONFIDENT], accuracy[at : at + 1], color=theme.ink, zorder=3)
    text = f"{accuracy[at]:.1%} of the\n{CONFIDENT:.0%} most confident"
    annotate(other, text, (CONFIDENT, accuracy[at]), (-10, -10), theme, ha="right", va="top")
    other.set(xlim=(0, 1), ylim=(max(0, accuracy[enough].min() - 0.1), 1.005))
    other.set(xlabel="share of faces, most confident first", ylabel=f"accuracy ({head})")
    add_title(other, "Accuracy by coverage", theme)
    return finish(figure)


def draw_class_scores(
    scores: Mapping[str, Mapping[str, Mapping[str, float]]],
    classes: Sequence[str],
    theme: Theme = LIGHT,
) -> Figure:
    """Dots for the scores of each class: a panel for each measure, a marker for each name.

    Args:
        scores: measure -> name -> class -> score; classes may be missing.
        classes: in the order of the rows.
        theme: light or dark.
    """
    figure, panels = new_figure((WIDTH, 3.9), theme, len(scores))
    looks = (("*", theme.ink, 9.0), ("o", theme.other, 5.5), ("s", theme.accent, 5.5),
             ("^", theme.faint, 5.5))  # fmt: skip
    handles: dict[str, Any] = {}
    for axes, (measure, of_names) in zip(panels, scores.items(), strict=True):
        for i, (name, values) in enumerate(of_names.items()):
            marker, colour, size = looks[i]
            face = theme.background if marker == "^" else colour
            rows = [classes.index(c) - 0.3 + 0.2 * i for c in values]
            style = Style(ls="", ms=size, mfc=face, mec=colour, mew=1.2)
            handles[name] = axes.plot([*values.values()], rows, marker, **style)[0]
        axes.set_yticks(range(len(classes)), classes if axes is panels[0] else [])
        axes.set(xlim=(0.25, 1), ylim=(len(classes) - 0.4, -0.6))
        add_title(axes, measure, theme)
    look = Style(frameon=False, fontsize=SMALL, labelcolor=theme.ink)
    figure.legend(handles.values(), handles, loc="lower center", ncols=len(handles), **look)
    figure.tight_layout(rect=(0, 0.06, 1, 1))
    return figure


def draw_without_copies(
    accuracies: Mapping[str, Mapping[str, float]], theme: Theme = LIGHT
) -> Figure:
    """Lines: network -> kind of faces -> accuracy."""
    figure, (axes,) = new_figure((WIDTH * 0.8, 3.4), theme)
    looks = (("o", "--", theme.other), ("s", "-", theme.accent), ("D", ":", theme.ink))
    for (name, steps), (marker, style, colour) in zip(accuracies.items(), looks, strict=False):
        values = [*steps.values()]
        axes.plot(values, marker=marker, ls=style, color=colour, lw=1.8, ms=6, label=name)
        for step, value in enumerate(values):
            annotate(axes, f"{value:.1%}", (step, value), (0, 8), theme, ha="center", va="bottom")
        axes.set_xticks(range(len(steps)), list(steps))
    axes.set_ylabel("accuracy")
    axes.margins(x=0.12, y=0.22)
    add_legend(axes, theme, "best")
    return finish(figure)

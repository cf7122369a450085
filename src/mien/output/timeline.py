"""Expressions over time, as a table and as a chart."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from mien.emotions import EMOTIONS
from mien.face.expression import Expression
from mien.face.tracking import Moment
from mien.face.watching import segments
from mien.output.charts import DARK, LIGHT, new_figure, require_chart, save_figure

CSV_COLUMNS = ("seconds", "faces", *EMOTIONS, "label", "steady", "changed")

_COLOURS = ("#c62828", "#558b2f", "#8e44ad", "#e0a000", "#3b6fb6", "#00a0a8", "#8a94a6")
"""Of the emotions, in the order of `EMOTIONS`."""


def to_csv(moments: Iterable[Moment]) -> str:
    """A CSV table with the columns `CSV_COLUMNS`, one line per frame.

    Probabilities are smoothed, and empty while no face is visible.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    for m in moments:
        probabilities = [""] * len(EMOTIONS)
        if m.expression is not None:
            probabilities = [f"{p:.4f}" for p in m.expression.probabilities]
        labels = (_label(m.expression), _label(m.steady))
        writer.writerow((f"{m.time:.3f}", len(m.visible), *probabilities, *labels, int(m.changed)))
    return out.getvalue()


def chart_timeline(moments: Sequence[Moment], path: Path, *, dark: bool = False) -> None:
    """Draw the seven probabilities over time, stacked, and each change of the steady expression.

    Args:
        moments: at least one.
        path: a PNG, SVG or PDF file.
        dark: draw light on dark.

    Raises:
        OutputError: `path` is another kind of file or cannot be written.
        MissingExtraError: matplotlib is not installed.
    """
    require_chart(path)
    theme = DARK if dark else LIGHT
    figure, (axes,) = new_figure((10.4, 4.2), theme)
    times = [m.time for m in moments]
    none = (0.0,) * len(EMOTIONS)
    shares = np.array([m.expression.probabilities if m.expression else none for m in moments])
    axes.stackplot(times, shares.T, labels=EMOTIONS, colors=_COLOURS, alpha=0.85, lw=0)
    for segment in segments(moments):
        axes.axvline(segment.start, color=theme.ink, lw=1, ls=":")
        axes.text(segment.start, 1.02, f" {_label(segment.expression)}", color=theme.ink, size=9)
    axes.set(xlim=(times[0], max(times[-1], times[0] + 1e-3)), ylim=(0, 1))
    axes.set(xlabel="seconds", ylabel="probability")
    axes.legend(
        frameon=False, fontsize=9, labelcolor=theme.ink, loc="upper left", bbox_to_anchor=(1, 1)
    )
    save_figure(figure, path)


def format_clock(seconds: float) -> str:
    """Minutes, seconds and tenths.

    >>> format_clock(62.5)
    '1:02.5'
    """
    tenths = round(seconds * 10)
    return f"{tenths // 600}:{tenths % 600 / 10:04.1f}"


def _label(expression: Expression | None) -> str:
    if expression is None:
        return ""
    return expression.label or "unsure"

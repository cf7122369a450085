"""A camera or a video -> the moods in it over time, and songs for each of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mien.charts import DARK, LIGHT, blank, require_chart, write
from mien.expression import EMOTIONS, Expression, ExpressionModel
from mien.mood import mood_of
from mien.reading import read
from mien.recommender import Recommendation, recommender_of
from mien.selection import Filter
from mien.stream import ROOM, Moment, Steadiness, follow
from mien.video import frames_of

CSV_COLUMNS = ("seconds", "faces", *EMOTIONS, "label", "steady", "changed")

_HUES = ("#c62828", "#558b2f", "#8e44ad", "#e0a000", "#3b6fb6", "#00a0a8", "#8a94a6")  # by emotion


def watch(
    source: str,
    *,
    rate: float = 10.0,
    room: bool = False,
    steadiness: Steadiness = Steadiness(),  # noqa: B008 - frozen
    model: ExpressionModel | None = None,
) -> Iterator[Moment]:
    """What each frame shows, as it comes. Nothing is kept of the frames.

    Args:
        source: a camera's number, such as `0` (it is watched until the iterator is closed), or a
            video file.
        rate: at most so many frames a second.
        room: the mean of all faces instead of the largest face.
        steadiness: how slowly moods are taken seriously.
        model: another network than the default one.

    Raises:
        PhotoError, ModelError: (at the first frame) the source or the network cannot be read.
    """
    model = model or ExpressionModel()
    moment = None
    with frames_of(source, rate) as frames:
        for frame in frames:
            moment = follow(
                moment,
                read(frame.image, model=model, thorough=False),
                frame.time,
                whom=ROOM if room else None,
                unsure_below=model.unsure_below,
                steadiness=steadiness,
            )
            yield moment


@dataclass(frozen=True)
class Stretch:
    """A part of a timeline with one steady mood: from `start` to `end` seconds."""

    start: float
    end: float
    expression: Expression


def stretches(moments: Sequence[Moment]) -> list[Stretch]:
    """The timeline's parts, each from where the expression turned to where it turned again.

    What lies before the first steady mood belongs to the first part.
    """
    turns = [(m.time, m.steady) for m in moments if m.changed and m.steady is not None]
    if not turns:
        return []
    starts = [moments[0].time, *(time for time, _ in turns[1:])]
    ends = [*starts[1:], moments[-1].time]
    said = (expression for _, expression in turns)
    return [Stretch(*each) for each in zip(starts, ends, said, strict=True)]


def soundtrack(
    parts: Iterable[Stretch], *, catalogue: str | None = None, seed: int | None = None
) -> list[Recommendation]:
    """A song for each part, none twice.

    Raises:
        CatalogueError: there is no such catalogue.
    """
    recommender = recommender_of(catalogue)
    songs: list[Recommendation] = []
    for part in parts:
        where = Filter(never=frozenset(r.song.id for r in songs))
        mood = mood_of(part.expression, recommender.catalogue.scale, recommender.ranking.mood_table)
        songs += recommender.recommend(mood, 1, where=where, seed=seed)
    return songs


def to_csv(moments: Iterable[Moment]) -> str:
    """A table with the columns `CSV_COLUMNS`: a line a frame; probabilities are smoothed, and empty
    where no face is seen."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    for m in moments:
        shares = [""] * len(EMOTIONS)
        if m.expression is not None:
            shares = [f"{p:.4f}" for p in m.expression.probabilities]
        labels = (_label(m.expression), _label(m.steady))
        writer.writerow((f"{m.time:.3f}", len(m.visible), *shares, *labels, int(m.changed)))
    return out.getvalue()


def chart_timeline(moments: Sequence[Moment], path: Path, *, dark: bool = False) -> None:
    """Draw the seven probabilities over time, stacked, and where the mood turned.

    Args:
        moments: at least one.
        path: a PNG, SVG or PDF file.
        dark: light on dark.

    Raises:
        MienError: another kind of file, nothing to draw with, or `path` cannot be written.
    """
    require_chart(path)
    theme = DARK if dark else LIGHT
    figure, (axes,) = blank((10.4, 4.2), theme)
    times = [m.time for m in moments]
    nothing = (0.0,) * len(EMOTIONS)
    shares = np.array([m.expression.probabilities if m.expression else nothing for m in moments])
    axes.stackplot(times, shares.T, labels=EMOTIONS, colors=_HUES, alpha=0.85, lw=0)
    for part in stretches(moments):
        axes.axvline(part.start, color=theme.ink, lw=1, ls=":")
        axes.text(part.start, 1.02, f" {_label(part.expression)}", color=theme.ink, size=9)
    axes.set(xlim=(times[0], max(times[-1], times[0] + 1e-3)), ylim=(0, 1))
    axes.set(xlabel="seconds", ylabel="probability")
    axes.legend(
        frameon=False, fontsize=9, labelcolor=theme.ink, loc="upper left", bbox_to_anchor=(1, 1)
    )
    write(figure, path)


def gather(moments: Iterable[Moment], on_change: Callable[[Moment], None]) -> list[Moment]:
    """All moments of a source that ends or is interrupted (Ctrl-C); told each new steady mood."""
    found = []
    try:
        for moment in moments:
            found.append(moment)
            if moment.changed:
                on_change(moment)
    except KeyboardInterrupt:
        pass
    return found


def clock(seconds: float) -> str:
    """`1:02.5`: minutes, seconds and tenths."""
    tenths = round(seconds * 10)
    return f"{tenths // 600}:{tenths % 600 / 10:04.1f}"


def _label(expression: Expression | None) -> str:
    if expression is None:
        return ""
    return expression.label or "unsure"

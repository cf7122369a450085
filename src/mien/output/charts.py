"""Songs on the plane of moods, drawn by matplotlib (the `sample` extra).

Figures are made without pyplot, which would change the backend and the list of figures of a program
that draws with matplotlib itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mien.emotions import EMOTIONS
from mien.errors import MissingExtraError, OutputError
from mien.recommendation.recommender import Recommender
from mien.recommendation.results import Recommendations
from mien.support.arrays import Float64Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SUFFIXES = (".png", ".svg", ".pdf")
MAX_SONGS = 30
_MARKER = 14  # diameter in points


@dataclass(frozen=True)
class Theme:
    """The colours of a chart.

    Attributes:
        ink: text and axes.
        background: behind everything.
        grid, faint: lines and areas that recede.
        accent, other: two series.
        right, wrong: correct and incorrect answers.
    """

    ink: str
    background: str
    grid: str
    faint: str
    accent: str
    other: str
    right: str
    wrong: str


LIGHT = Theme(
    ink="#1f2430",
    background="#ffffff",
    grid="#d9dce3",
    faint="#8a94a6",
    accent="#3b6fb6",
    other="#b5651d",
    right="#1a7f37",
    wrong="#c62828",
)
DARK = Theme(
    ink="#e6e8ee",
    background="#14171e",
    grid="#2c313c",
    faint="#7d879a",
    accent="#7fb0f5",
    other="#e0a060",
    right="#5fc27e",
    wrong="#f08080",
)


def require_matplotlib() -> None:
    """Check that matplotlib is installed.

    Raises:
        MissingExtraError: it is not.
    """
    try:
        import matplotlib  # noqa: F401 - only whether it can be imported
    except ModuleNotFoundError as e:
        raise MissingExtraError("matplotlib", "sample") from e


def require_chart(path: Path, songs: int | None = 0) -> None:
    """Check that a chart can be drawn, before the work that leads up to it.

    Args:
        path: where to.
        songs: how many it shows; None is all.

    Raises:
        OutputError: `path` has another suffix than `SUFFIXES`, or there are more than `MAX_SONGS`.
        MissingExtraError: matplotlib is not installed.
    """
    if songs is None or songs > MAX_SONGS:
        raise OutputError(
            f"a chart shows at most {MAX_SONGS} songs", f"ask for {MAX_SONGS} or fewer"
        )
    if path.suffix.lower() not in SUFFIXES:
        raise OutputError(
            f"{path} is not the name of a chart", f"end its name in {', '.join(SUFFIXES)}"
        )
    require_matplotlib()


def new_figure(
    size: tuple[float, float], theme: Theme = LIGHT, count: int = 1
) -> tuple[Figure, list[Axes]]:
    """A figure with empty axes side by side, with a faint grid and without a frame.

    Args:
        size: width and height in inches.
        theme: its colours.
        count: the number of axes.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=size, facecolor=theme.background)
    (row,) = figure.subplots(1, count, squeeze=False)
    for axes in row:
        axes.set_facecolor(theme.background)
        axes.grid(visible=True, color=theme.grid, lw=0.6)
        axes.set_axisbelow(True)
        axes.tick_params(colors=theme.ink)
        for side, spine in axes.spines.items():
            spine.set_visible(side not in ("top", "right"))
            spine.set_color(theme.faint)
        for label in (axes.xaxis.label, axes.yaxis.label, axes.title):
            label.set_color(theme.ink)
    return figure, list(row)


def save_figure(figure: Figure, path: Path) -> None:
    """Write a figure to a file of the kind that its suffix names.

    Raises:
        OutputError: `path` cannot be written.
    """
    try:
        figure.savefig(path, dpi=150, bbox_inches="tight", facecolor=figure.get_facecolor())
    except OSError as e:
        raise OutputError(f"{path} cannot be written ({e.strerror})", "choose another path") from e


def chart_songs(
    recommender: Recommender, songs: Recommendations, path: Path, *, dark: bool = False
) -> None:
    """Draw the catalogue on the plane of moods, the mood as a star, and the songs with their ranks.

    Args:
        recommender: the one that recommended the songs.
        songs: at most `MAX_SONGS`.
        path: a PNG, SVG or PDF file.
        dark: draw light on dark.

    Raises:
        OutputError: `path` is another kind of file or cannot be written, or there are too many
            songs.
        MissingExtraError: matplotlib is not installed.
    """
    require_chart(path, len(songs))
    from matplotlib.colors import LinearSegmentedColormap

    theme = DARK if dark else LIGHT
    figure, (axes,) = new_figure((9.4, 6.2), theme)
    ranking = recommender.ranking(songs.ranking)
    every = ranking.positions()
    shades = LinearSegmentedColormap.from_list("songs", [theme.grid, theme.faint])
    axes.hexbin(*every, gridsize=55, cmap=shades, bins="log", mincnt=1, linewidths=0, zorder=1)
    for name in EMOTIONS:
        x, y = ranking.position_of(recommender.mood(name, songs.ranking)).tolist()
        axes.plot([x], [y], ".", color=theme.ink, ms=4, alpha=0.75, zorder=2)
        axes.annotate(
            name, (x, y), (0, -14), textcoords="offset points", ha="center", color=theme.ink, size=9
        )
    ends = np.array([ranking.position_of(m) for m in (songs.mood, songs.to) if m is not None])
    axes.plot(*ends.T, "--", color=theme.other, lw=1.5, zorder=3)
    axes.plot(*ends.T, "*", ms=17, color=theme.other, zorder=4)
    rows = recommender.catalogue.require([r.song.id for r in songs])
    points = every[:, rows].T.astype(float)
    axes.plot(*points.T, ".", ms=4, color=theme.accent, zorder=3)
    figure.draw_without_rendering()  # fixes the axes, and so the pixels of the points
    _draw_ranks(axes, points, ends, theme)
    lines = [
        f"{r.rank:2d}  {_shorten(strip_undrawable(r.song.title))} · "
        f"{_shorten(strip_undrawable(r.song.artists[0]))}"
        for r in songs
    ]
    axes.text(
        1.03, 0.98, "\n".join(lines), transform=axes.transAxes, va="top", color=theme.ink, size=9,
        linespacing=1.6, parse_math=False,
    )  # fmt: skip
    axes.set(xlabel=ranking.axes[0], ylabel=ranking.axes[1])
    mood = songs.mood
    target = f"valence {mood.valence:.2f}, energy {mood.energy:.2f}, {mood.tempo:.0f} BPM (star)"
    journey = "" if songs.to is None else ", on the way to the second star"
    title = f"{len(songs)} of {every.shape[1]:,} songs for {target}{journey}"
    axes.set_title(title, loc="left", size=10, color=theme.ink)
    save_figure(figure, path)


def _draw_ranks(axes: Axes, points: Float64Array, stars: Float64Array, theme: Theme) -> None:
    """Draw a marker with its rank beside each song's point, so that none covers another."""
    axes.autoscale(enable=False)
    pixels = axes.transData.transform(np.concatenate([points, stars]))
    markers = axes.transData.inverted().transform(push_apart(pixels, len(points)))
    for rank, (point, (x, y)) in enumerate(zip(points, markers, strict=True), 1):
        axes.plot(*zip(point, (x, y), strict=True), "-", lw=0.8, color=theme.accent, zorder=3)
        axes.plot(
            [x], [y], "o", ms=_MARKER, color=theme.accent, mec=theme.background, zorder=5,
            clip_on=False,
        )  # fmt: skip
        axes.text(
            x, y, str(rank), ha="center", va="center_baseline", color=theme.background, size=8,
            weight="bold", zorder=6,
        )  # fmt: skip


def push_apart(points: Float64Array, movable: int) -> Float64Array:
    """Move points until their markers hardly overlap.

    Args:
        points: float64 [n, 2], in pixels, 100 to the inch.
        movable: how many of them, from the first on, may be moved.

    Returns:
        The movable points, float64 [movable, 2].
    """
    points = points.copy()
    # Equal points move in different directions, the same ones each time.
    points[:movable] += np.random.default_rng(0).normal(0, 0.5, (movable, 2))
    least = _MARKER / 72 * 100 * 1.1
    for _ in range(300):
        offsets = points[:movable, None] - points[None]
        distances = np.linalg.norm(offsets, axis=2)
        np.fill_diagonal(distances, np.inf)
        overlaps = np.maximum(least - distances, 0)
        if not overlaps.any():
            break
        directions = offsets / np.maximum(distances, 1e-9)[..., None]
        points[:movable] += (directions * overlaps[..., None]).sum(axis=1) / 2
    return points[:movable]


def strip_undrawable(text: str) -> str:
    """Remove the characters that matplotlib's font lacks; `?` if none remain."""
    from matplotlib.font_manager import FontProperties, findfont, get_font

    known = get_font(findfont(FontProperties())).get_charmap()
    return "".join(c for c in text if ord(c) in known).strip() or "?"


def _shorten(text: str, length: int = 34) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"

"""Songs on the plane of moods, as a picture; matplotlib, from the `sample` extra."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mien.emotions import EMOTIONS
from mien.errors import MienError, MissingExtraError
from mien.recommendation.recommender import Recommender
from mien.recommendation.results import Recommendations
from mien.support.arrays import Float64Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SUFFIXES = (".png", ".svg", ".pdf")
MOST_SONGS = 30
_MARKER = 14  # points across


@dataclass(frozen=True)
class Theme:
    """The colours of a chart."""

    ink: str
    paper: str
    grid: str
    faint: str
    accent: str
    other: str
    right: str
    wrong: str


LIGHT = Theme(
    ink="#1f2430",
    paper="#ffffff",
    grid="#d9dce3",
    faint="#8a94a6",
    accent="#3b6fb6",
    other="#b5651d",
    right="#1a7f37",
    wrong="#c62828",
)
DARK = Theme(
    ink="#e6e8ee",
    paper="#14171e",
    grid="#2c313c",
    faint="#7d879a",
    accent="#7fb0f5",
    other="#e0a060",
    right="#5fc27e",
    wrong="#f08080",
)


def require_matplotlib() -> None:
    """See that there is something to draw with.

    Raises:
        MienError: there is not.
    """
    try:
        import matplotlib as mpl
    except ModuleNotFoundError as e:
        raise MissingExtraError("matplotlib", "sample") from e
    mpl.use("Agg")


def require_chart(path: Path, songs: int | None = 0) -> None:
    """See that a chart of so many songs (None: all) can be drawn for this path.

    Raises:
        MienError: it is another kind of file, there are too many, or nothing to draw with.
    """
    if songs is None or songs > MOST_SONGS:
        raise MienError("these are too many songs for a chart", f"ask for {MOST_SONGS} or fewer")
    if path.suffix.lower() not in SUFFIXES:
        raise MienError(f"{path} is no chart", f"end its name in {', '.join(SUFFIXES)}")
    require_matplotlib()


def blank(
    size: tuple[float, float], theme: Theme = LIGHT, count: int = 1
) -> tuple[Figure, list[Axes]]:
    """A figure with `count` axes side by side, in inches, with a faint grid and no box."""
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, count, figsize=size, facecolor=theme.paper, squeeze=False)
    for one in axes[0]:
        one.set_facecolor(theme.paper)
        one.grid(visible=True, color=theme.grid, lw=0.6)
        one.set_axisbelow(True)
        one.tick_params(colors=theme.ink)
        for side, spine in one.spines.items():
            spine.set_visible(side not in ("top", "right"))
            spine.set_color(theme.faint)
        for label in (one.xaxis.label, one.yaxis.label, one.title):
            label.set_color(theme.ink)
    return figure, list(axes[0])


def write(figure: Figure, path: Path) -> None:
    """Write a figure and let it go.

    Raises:
        MienError: it cannot be written there.
    """
    from matplotlib import pyplot

    try:
        figure.savefig(path, dpi=150, bbox_inches="tight", facecolor=figure.get_facecolor())
    except OSError as e:
        raise MienError(f"{path} cannot be written ({e.strerror})") from e
    finally:
        pyplot.close(figure)


def chart_songs(
    recommender: Recommender, songs: Recommendations, path: Path, *, dark: bool = False
) -> None:
    """Draw the catalogue on the plane of moods, the mood, and the songs with their numbers.

    Args:
        recommender: what recommended them.
        songs: up to `MOST_SONGS`.
        path: a PNG, SVG or PDF file.
        dark: light on dark.

    Raises:
        MienError: another kind of file, too many songs, nothing to draw with, or `path` cannot be
            written.
    """
    require_chart(path, len(songs))
    from matplotlib.colors import LinearSegmentedColormap

    theme = DARK if dark else LIGHT
    figure, (axes,) = blank((9.4, 6.2), theme)
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
    places = every[:, rows].T.astype(float)
    axes.plot(*places.T, ".", ms=4, color=theme.accent, zorder=3)
    figure.canvas.draw()  # only now is it known where on the paper a place is
    axes.autoscale(enable=False)
    pixels = axes.transData.transform(np.concatenate([places, ends]))
    apart = axes.transData.inverted().transform(pushed_apart(pixels, len(places)))
    for r, true, (x, y) in zip(songs, places, apart, strict=True):
        axes.plot(*zip(true, (x, y), strict=True), "-", lw=0.8, color=theme.accent, zorder=3)
        axes.plot(
            [x], [y], "o", ms=_MARKER, color=theme.accent, mec=theme.paper, zorder=5, clip_on=False
        )
        axes.text(
            x, y, str(r.rank), ha="center", va="center_baseline", color=theme.paper, size=8,
            weight="bold", zorder=6,
        )  # fmt: skip
    lines = [
        f"{r.rank:2d}  {_short(drawable(r.song.title))} · {_short(drawable(r.song.artists[0]))}"
        for r in songs
    ]
    axes.text(
        1.03, 0.98, "\n".join(lines), transform=axes.transAxes, va="top", color=theme.ink, size=9,
        linespacing=1.6, parse_math=False,
    )  # fmt: skip
    axes.set(xlabel=ranking.axes[0], ylabel=ranking.axes[1])
    mood = songs.mood
    where = f"valence {mood.valence:.2f}, energy {mood.energy:.2f}, {mood.tempo:.0f} BPM"
    there = "" if songs.to is None else " on the way to the other star"
    title = f"{len(songs)} songs for {where} (star){there}, among {every.shape[1]:,}"
    axes.set_title(title, loc="left", size=10, color=theme.ink)
    write(figure, path)


def pushed_apart(points: Float64Array, movable: int) -> Float64Array:
    """Points moved so far that their markers do not cover one another, or hardly.

    Args:
        points: float64 [n, 2], in pixels at 100 to the inch.
        movable: how many of them, from the first on, may be moved.

    Returns:
        The movable ones, float64 [movable, 2].
    """
    points = points.copy()
    # Equal points go different ways, always the same.
    points[:movable] += np.random.default_rng(0).normal(0, 0.5, (movable, 2))
    room = _MARKER / 72 * 100 * 1.1
    for _ in range(300):
        ways = points[:movable, None] - points[None]
        apart = np.linalg.norm(ways, axis=2)
        np.fill_diagonal(apart, np.inf)
        lacking = np.maximum(room - apart, 0)
        if not lacking.any():
            break
        points[:movable] += (ways / np.maximum(apart, 1e-9)[..., None] * lacking[..., None]).sum(
            axis=1
        ) / 2
    return points[:movable]


def drawable(text: str) -> str:
    """What of a text matplotlib's font has letters for; `?` where that is nothing."""
    from matplotlib.font_manager import FontProperties, findfont, get_font

    known = get_font(findfont(FontProperties())).get_charmap()
    return "".join(c for c in text if ord(c) in known).strip() or "?"


def _short(text: str, most: int = 34) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"

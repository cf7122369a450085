"""Songs on the plane of moods, as a picture; matplotlib, from the `sample` extra."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mien.errors import MienError
from mien.expression import EMOTIONS
from mien.recommender import Recommendations, Recommender

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SUFFIXES = (".png", ".svg", ".pdf")
MOST_SONGS = 30


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
        raise MienError("matplotlib is not installed; install mien's `sample` extra.") from e
    mpl.use("Agg")


def require_chart(path: Path, songs: int | None = 0) -> None:
    """See that a chart of so many songs (None: all) can be drawn for this path.

    Raises:
        MienError: it is another kind of file, there are too many, or nothing to draw with.
    """
    if songs is None or songs > MOST_SONGS:
        raise MienError(f"these are too many songs for a chart; ask for {MOST_SONGS} or fewer.")
    if path.suffix.lower() not in SUFFIXES:
        raise MienError(f"{path} is no chart; end its name in {', '.join(SUFFIXES)}.")
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
        raise MienError(f"{path} cannot be written ({e.strerror}).") from e
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
    ranking = recommender.ranking
    every, axis_names = ranking.plane()
    shades = LinearSegmentedColormap.from_list("songs", [theme.grid, theme.faint])
    axes.hexbin(*every, gridsize=55, cmap=shades, bins="log", mincnt=1, linewidths=0, zorder=1)
    for name in EMOTIONS:
        x, y = ranking.place_of(recommender.mood(name)).tolist()
        axes.plot([x], [y], ".", color=theme.ink, ms=4, alpha=0.75, zorder=2)
        axes.annotate(
            name, (x, y), (0, -14), textcoords="offset points", ha="center", color=theme.ink, size=9
        )
    ends = np.array([ranking.place_of(m) for m in (songs.mood, songs.to) if m is not None])
    axes.plot(*ends.T, "--", color=theme.other, lw=1.5, zorder=3)
    axes.plot(*ends.T, "*", ms=17, color=theme.other, zorder=4)
    rows = [int(recommender.catalogue.rows_of([r.song.id])[0]) for r in songs]
    axes.plot(*every[:, rows], "o", ms=14, color=theme.accent, mec=theme.paper, zorder=5)
    for r, (x, y) in zip(songs, every[:, rows].T.tolist(), strict=True):
        axes.text(
            x, y, str(r.rank), ha="center", va="center_baseline", color=theme.paper, size=8,
            weight="bold", zorder=6,
        )  # fmt: skip
    lines = [f"{r.rank:2d}  {_short(r.song.title)} · {_short(r.song.artists[0])}" for r in songs]
    axes.text(
        1.03, 0.98, "\n".join(lines), transform=axes.transAxes, va="top", color=theme.ink, size=9,
        linespacing=1.6, parse_math=False,
    )  # fmt: skip
    axes.set(xlabel=axis_names[0], ylabel=axis_names[1])
    mood = songs.mood
    where = f"valence {mood.valence:.2f}, energy {mood.energy:.2f}, {mood.tempo:.0f} BPM"
    there = "" if songs.to is None else " on the way to the other star"
    title = f"{len(songs)} songs for {where} (star){there}, among {every.shape[1]:,}"
    axes.set_title(title, loc="left", size=10, color=theme.ink)
    write(figure, path)


def _short(text: str, most: int = 34) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"

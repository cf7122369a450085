"""The pictures of the report, in the colours of `mien.output.charts.LIGHT` alone, so that the page
can put
those of another theme in their place. Shapes, hatches and words say again what colours say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from mien.emotions import EMOTIONS
from mien.output.charts import LIGHT, new_figure
from mien.research.paper.facts import FEATURES, SPLITS, TRENDS, FaceFacts, SongFacts, YearFacts
from mien.research.paper.published import PER_CLASS
from mien.research.paper.results import Network, Scores, best_epoch
from mien.support.arrays import Float64Array, UInt8Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH = 9.6
"""Inches of a figure that takes the whole width."""

_UNITS = {"tempo": "tempo, BPM"}
_SMALL, _SMALLER = 9, 8
_STYLES = {  # network -> marker, colour, filled
    "published": ("*", LIGHT.ink, True),
    "paper": ("o", LIGHT.other, True),
    "expression": ("s", LIGHT.accent, True),
    "peer": ("^", LIGHT.faint, False),
}


def samples(crops: UInt8Array) -> Figure:
    """Faces of each class in a row; uint8 [7, n, 48, 48]."""
    figure, grid = _grid(len(crops), crops.shape[1])
    for row, faces, emotion in zip(grid, crops, EMOTIONS, strict=True):
        for axes, face in zip(row, faces, strict=True):
            axes.imshow(face, cmap="gray", vmin=0, vmax=255, interpolation="none")
        _beside(row[0], emotion)
    return figure


def predictions(
    crops: UInt8Array, answers: np.ndarray, truth: np.ndarray, columns: int = 8
) -> Figure:
    """Faces of each class, drawn by chance, with what the network says: right in green and ticked,
    wrong in red and crossed.

    Args:
        crops: uint8 [n, 48, 48].
        answers, truth: places in `EMOTIONS`, int [n].
    """
    figure, grid = _grid(len(EMOTIONS), columns, room=0.34)
    random = np.random.default_rng(0)
    for wanted, row in enumerate(grid):
        _beside(row[0], EMOTIONS[wanted])
        shown = random.permutation(np.flatnonzero(truth == wanted))[:columns]
        for axes, face in zip(row, shown, strict=False):
            good = answers[face] == wanted
            colour = LIGHT.right if good else LIGHT.wrong
            axes.imshow(crops[face], cmap="gray", vmin=0, vmax=255, interpolation="none")
            axes.set_title(
                f"{'✓' if good else '✗'} {EMOTIONS[answers[face]]}", color=colour, size=9, pad=3
            )
            for spine in axes.spines.values():
                spine.set(visible=True, color=colour, lw=2, ls="-" if good else "--")
    return figure


def class_counts(facts: FaceFacts) -> Figure:
    """How many faces of each emotion each split has."""
    figure, (axes,) = new_figure((WIDTH, 3.4))
    places, left = np.arange(len(EMOTIONS)), np.zeros(len(EMOTIONS))
    looks = ((LIGHT.accent, ""), (LIGHT.other, "///"), (LIGHT.faint, "xxx"))
    for (split, counts), (colour, hatch) in zip(facts.counts.items(), looks, strict=True):
        axes.barh(
            places, counts, 0.68, left, color=colour, hatch=hatch, edgecolor=LIGHT.background,
            lw=0.8, label=SPLITS[split],
        )  # fmt: skip
        left = left + counts
    for place, total in zip(places, left, strict=True):
        axes.annotate(
            f"{total:,.0f}  ({total / left.sum():.1%})", (total, place), (5, 0),
            textcoords="offset points", va="center", color=LIGHT.ink, size=_SMALL,
        )  # fmt: skip
    axes.set_yticks(places, EMOTIONS)
    axes.invert_yaxis()
    axes.set(xlim=(0, left.max() * 1.18), xlabel="faces")
    axes.grid(visible=False, axis="y")
    _legend(axes, loc="lower right")
    return _done(figure)


def correlation(matrix: Float64Array) -> Figure:
    """Correlations of the features, the lower triangle; what is negative is hatched."""
    from matplotlib.patches import Rectangle

    figure, (axes,) = new_figure((WIDTH * 0.78, 5.4))
    n = len(FEATURES)
    for i in range(1, n):
        for j in range(i):
            r = matrix[i, j]
            axes.add_patch(
                Rectangle(
                    (j - 0.47, i - 0.47), 0.94, 0.94, lw=0, alpha=abs(r) * 0.85,
                    color=LIGHT.accent if r > 0 else LIGHT.other,
                )
            )  # fmt: skip
            if r <= -0.05:
                axes.add_patch(
                    Rectangle(
                        (j - 0.47, i - 0.47), 0.94, 0.94, lw=0, fill=False, hatch="\\\\\\",
                        edgecolor=LIGHT.grid,
                    )
                )  # fmt: skip
            weight = "bold" if abs(r) >= 0.3 else "normal"
            axes.text(
                j, i, signed(r), ha="center", va="center", color=LIGHT.ink, size=9, weight=weight
            )
    axes.set(xlim=(-0.5, n - 1.5), ylim=(n - 0.5, 0.5))
    axes.set_xticks(range(n - 1), FEATURES[:-1], rotation=35, ha="right")
    axes.set_yticks(range(1, n), FEATURES[1:])
    _bare(axes)
    return _done(figure)


def signed(r: float) -> str:
    """A correlation with its sign; none where it rounds to 0."""
    return f"{r:+.2f}".replace("-", "\N{MINUS SIGN}") if abs(r) >= 0.005 else "0.00"


def genre_trends(facts: SongFacts, each: int = 9) -> Figure:
    """The genres with the lowest and the highest medians of valence, energy and tempo."""
    figure, panels = new_figure((WIDTH, 4.9), count=len(TRENDS))
    for feature, (axes, name) in enumerate(zip(panels, TRENDS, strict=True)):
        ordered = sorted(facts.by_genre, key=lambda g: (facts.by_genre[g][feature], g))
        several = len(ordered) > 2 * each
        shown = [*ordered[:each], *ordered[-each:]] if several else ordered
        places = np.arange(len(shown), dtype=float)
        places[each:] += 1.2 if several else 0
        values = [facts.by_genre[g][feature] for g in shown]
        middle = facts.spread[feature]
        axes.hlines(places, middle, values, color=LIGHT.faint, lw=1.4)
        axes.axvline(middle, color=LIGHT.ink, lw=1, ls="--")
        high = np.array(values) > middle
        for mask, marker, colour in ((high, "o", LIGHT.accent), (~high, "D", LIGHT.other)):
            axes.plot(np.array(values)[mask], places[mask], marker, ms=5.5, color=colour)
        axes.set_yticks(places, shown, size=_SMALL)
        axes.set_title(f"median {_UNITS.get(name, name)}", loc="left", size=10, color=LIGHT.ink)
        axes.grid(visible=False, axis="y")
        axes.margins(x=0.12)
    return _done(figure)


def year_trends(facts: YearFacts) -> Figure:
    """Medians of valence, energy and tempo, span by span."""
    figure, panels = new_figure((WIDTH, 2.9), count=len(TRENDS))
    middles = [(first + last + 1) / 2 for first, last, _ in facts.spans]
    looks = (("o", "-", LIGHT.accent), ("s", "--", LIGHT.other), ("^", ":", LIGHT.ink))
    for i, (axes, name) in enumerate(zip(panels, TRENDS, strict=True)):
        marker, style, colour = looks[i]
        values = [m[i] for m in facts.medians]
        axes.plot(middles, values, marker=marker, ls=style, lw=1.8, ms=5, color=colour)
        axes.set_xlabel("middle of five years", color=LIGHT.ink)
        axes.set_title(f"median {_UNITS.get(name, name)}", loc="left", size=10, color=LIGHT.ink)
        if name != "tempo":
            axes.set_ylim(0, 1)
    return _done(figure)


def curves(networks: Sequence[Network]) -> Figure:
    """Accuracy and loss of trainings, epoch by epoch; one row for each network."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH, 3.1 * len(networks)), facecolor=LIGHT.background)
    figure.subplots(len(networks), 2, squeeze=False)
    lines = (
        ("training_accuracy", "training_loss", "Training, varied faces", LIGHT.faint, "--"),
        ("public_accuracy", "public_loss", "PublicTest, FER2013's labels", LIGHT.accent, "-"),
        ("raters_accuracy", "", "PublicTest, raters' majority", LIGHT.other, "-."),
    )
    for i, network in enumerate(networks):
        epochs = [e["number"] for e in network.history]
        for j, what in enumerate(("accuracy", "loss")):
            axes = figure.axes[2 * i + j]
            _plain(axes)
            for *keys, label, colour, style in lines:
                values = [e[keys[j]] for e in network.history if e.get(keys[j]) is not None]
                if len(values) == len(epochs):
                    axes.plot(epochs, values, style, color=colour, lw=1.8, label=label)
                    if keys[j].startswith(("public", "raters")):
                        best = best_epoch(network.history)
                        axes.plot(best["number"], best[keys[j]], "o", ms=6, color=colour)
            axes.set(xlabel="epoch", ylabel="share right" if j == 0 else "loss, nats")
            if j == 0:
                axes.set_ylim(0, 1)
            axes.set_title(f"{network.title}: {what}", loc="left", size=10, color=LIGHT.ink)
            for words in (axes.xaxis.label, axes.yaxis.label):
                words.set_color(LIGHT.ink)
            _legend(axes, loc="lower right" if j == 0 else "upper right")
    return _done(figure)


def class_scores(networks: Sequence[Network]) -> Figure:
    """Precision, recall and F1 of each emotion, for each network and as published."""
    figure, panels = new_figure((WIDTH, 3.9), count=3)
    for axes, measure in zip(panels, ("precision", "recall", "f1"), strict=True):
        for place, emotion in enumerate(EMOTIONS):
            published = PER_CLASS.get(emotion)
            value = None if published is None else getattr(published, measure, None)
            if value is not None:
                _mark(axes, "published", "as published", value, place - 0.3)
            for i, network in enumerate(networks):
                assert network.private is not None
                y = place - 0.1 + 0.2 * i
                _mark(
                    axes, network.name, network.title, _value(network.private, measure, emotion), y
                )
        axes.set_yticks(range(len(EMOTIONS)), EMOTIONS if axes is panels[0] else [])
        axes.set(xlim=(0.25, 1), ylim=(len(EMOTIONS) - 0.4, -0.6))
        title = "F1" if measure == "f1" else measure
        axes.set_title(title, loc="left", size=10, color=LIGHT.ink)
    handles: dict[Any, Any] = {}
    for axes in panels:
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True):
            handles.setdefault(label, handle)
    names = sorted(handles, key=lambda name: name != "as published")
    figure.legend(
        [handles[name] for name in names], [str(name) for name in names], loc="lower center",
        ncols=len(names),
        frameon=False, fontsize=_SMALL, labelcolor=LIGHT.ink,
    )  # fmt: skip
    figure.tight_layout(rect=(0, 0.06, 1, 1))
    return figure


def _value(scores: Scores, measure: str, emotion: str) -> float:
    if measure == "precision":
        return scores.precision(emotion)
    return (scores.recall(emotion) if measure == "recall" else scores.f1(emotion)).value


def confusion(scores: Scores) -> Figure:
    """Shares of each label's faces by the network's answer, with their counts."""
    from matplotlib.patches import Rectangle

    figure, (axes,) = new_figure((WIDTH * 0.62, 5.0))
    shares = scores.confusion / np.maximum(scores.confusion.sum(axis=1, keepdims=True), 1)
    for (i, j), share in np.ndenumerate(shares):
        axes.add_patch(
            Rectangle(
                (j - 0.5, i - 0.5), 1, 1, color=LIGHT.accent, alpha=min(0.06 + share, 1), lw=0
            )
        )
        # Dark on what is pale and pale on what is dark, in either theme.
        colour = LIGHT.background if share > 0.6 else LIGHT.ink
        axes.text(j, i - 0.1, f"{share:.0%}", ha="center", va="center", color=colour, size=11)
        axes.text(
            j, i + 0.27, f"{scores.confusion[i, j]}", ha="center", va="center", color=colour, size=7
        )
    for i in range(len(EMOTIONS)):
        axes.add_patch(
            Rectangle((i - 0.48, i - 0.48), 0.96, 0.96, fill=False, ec=LIGHT.ink, lw=1.1)
        )
    axes.set(
        xlim=(-0.5, 6.5), ylim=(6.5, -0.5), xlabel="the network says", ylabel="FER2013's label"
    )
    axes.set_xticks(range(7), EMOTIONS, rotation=35, ha="right")
    axes.set_yticks(range(7), EMOTIONS)
    _bare(axes)
    return _done(figure)


def similarities(found: Mapping[str, tuple[float | None, float]]) -> Figure:
    """The paper's similarity of the six songs: as published (or None), and as measured here.

    Args:
        found: name of the ranking -> both.
    """
    figure, (axes,) = new_figure((WIDTH, 0.62 * len(found) + 1.1))
    for place, (published, measured) in enumerate(found.values()):
        axes.barh(place, measured, 0.6, color=LIGHT.accent, alpha=0.85, lw=0)
        axes.annotate(
            f"{measured:.2f}", (measured, place), (5, 0), textcoords="offset points",
            va="center", color=LIGHT.ink, size=10, weight="bold",
        )  # fmt: skip
        if published is not None:
            axes.plot([published] * 2, [place - 0.38, place + 0.38], color=LIGHT.ink, lw=2.4)
            axes.annotate(
                f"published {published:.2f}", (published, place), (-6, 0),
                textcoords="offset points", ha="right", va="center", color=LIGHT.background,
                size=_SMALL,
            )  # fmt: skip
    axes.set_yticks(range(len(found)), list(found))
    axes.invert_yaxis()
    axes.set(xlim=(0, 1.08), xlabel="mean cosine similarity of six songs to the ideal vector")
    axes.grid(visible=False, axis="y")
    return _done(figure)


def threshold(facts: SongFacts, least: float) -> Figure:
    """The similarity of all songs to each emotion's ideal vector, and what passes the threshold."""
    figure, (axes,) = new_figure((WIDTH, 3.6))
    for place, emotion in enumerate(EMOTIONS):
        low, q25, middle, q75, high = facts.similarity[emotion][[5, 25, 50, 75, 95]]
        axes.plot([low, high], [place] * 2, color=LIGHT.faint, lw=1.6, zorder=0.5)
        axes.barh(place, q75 - q25, 0.42, q25, color=LIGHT.accent, edgecolor=LIGHT.ink, lw=0.8)
        axes.plot([middle] * 2, [place - 0.3, place + 0.3], color=LIGHT.ink, lw=2)
        axes.annotate(
            f"{facts.passing[emotion]:.0%} pass", (1.0, place), (8, 0), textcoords="offset points",
            va="center", color=LIGHT.ink, size=_SMALL,
        )  # fmt: skip
    axes.axvline(least, color=LIGHT.wrong, lw=1.8, ls="--")
    axes.annotate(
        f"threshold {least:g}", (least, -0.75), (-5, 0), textcoords="offset points", ha="right",
        va="center", color=LIGHT.wrong, size=_SMALL,
    )  # fmt: skip
    axes.set_yticks(range(len(EMOTIONS)), EMOTIONS)
    axes.set(xlim=(0.4, 1), ylim=(len(EMOTIONS) - 0.5, -1.1))
    axes.set_xlabel(
        "similarity: box, the middle half of all songs; line, 5 to 95 %; bar, the median"
    )
    axes.grid(visible=False, axis="y")
    return _done(figure)


def without_copies(parts: Mapping[str, Sequence[tuple[str, float]]]) -> Figure:
    """Accuracy on all faces, and on those without copies in Training.

    Args:
        parts: what is scored -> the kinds of faces and the share right.
    """
    figure, (axes,) = new_figure((WIDTH * 0.8, 3.4))
    looks = (("o", "--", LIGHT.other), ("s", "-", LIGHT.accent), ("D", ":", LIGHT.ink))
    for (name, steps), (marker, style, colour) in zip(parts.items(), looks, strict=False):
        values = [accuracy for _, accuracy in steps]
        axes.plot(values, marker=marker, ls=style, color=colour, lw=1.8, ms=6, label=name)
        for place, value in enumerate(values):
            axes.annotate(
                f"{value:.1%}", (place, value), (0, 8), textcoords="offset points", ha="center",
                color=LIGHT.ink, size=_SMALL,
            )  # fmt: skip
        axes.set_xticks(range(len(steps)), [kind for kind, _ in steps])
    axes.set_ylabel("share right")
    axes.margins(x=0.12, y=0.22)
    _legend(axes, loc="best")
    return _done(figure)


def agreement(shares: Mapping[str, tuple[float, int]]) -> Figure:
    """How often the raters agree with FER2013's labels: emotion -> share, faces."""
    figure, (axes,) = new_figure((WIDTH * 0.8, 3.2))
    for place, (share, n) in enumerate(shares.values()):
        axes.barh(place, share, 0.64, color=LIGHT.accent, lw=0)
        axes.barh(
            place, 1 - share, 0.64, share, color=LIGHT.background, edgecolor=LIGHT.faint,
            hatch="///", lw=0.8,
        )  # fmt: skip
        axes.annotate(
            f"{share:.0%} of {n:,}", (1, place), (6, 0), textcoords="offset points", va="center",
            color=LIGHT.ink, size=_SMALL,
        )  # fmt: skip
    axes.set_yticks(range(len(shares)), list(shares))
    axes.invert_yaxis()
    axes.set(xlim=(0, 1.0), xlabel="filled: most raters see what the label says; hatched: another")
    axes.grid(visible=False)
    return _done(figure)


def _mark(axes: Axes, name: str, label: str, x: float, y: float) -> None:
    marker, colour, filled = _STYLES[name]
    size = 9 if marker == "*" else 5.5
    face = colour if filled else LIGHT.background
    axes.plot(x, y, marker, ms=size, mfc=face, mec=colour, mew=1.2, ls="", label=label)


def _grid(rows: int, columns: int, room: float = 0.06) -> tuple[Figure, Any]:
    from matplotlib.figure import Figure

    side = (WIDTH - 0.9) / columns
    figure = Figure(figsize=(WIDTH, rows * side * (1 + room)), facecolor=LIGHT.background)
    grid = figure.subplots(rows, columns, squeeze=False)
    for axes in grid.flat:
        axes.set(xticks=[], yticks=[])
        for spine in axes.spines.values():
            spine.set_visible(False)
    figure.subplots_adjust(0.09, 0.01, 0.995, 0.99 - room / rows, wspace=0.06, hspace=room)
    return figure, grid


def _beside(axes: Axes, text: str) -> None:
    axes.set_ylabel(text, rotation=0, ha="right", va="center", color=LIGHT.ink, size=10)


def _bare(axes: Axes) -> None:
    axes.grid(visible=False)
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _plain(axes: Axes) -> None:
    """As `mien.output.charts.new_figure` makes them."""
    axes.set_facecolor(LIGHT.background)
    axes.grid(visible=True, color=LIGHT.grid, lw=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(colors=LIGHT.ink)
    for side, spine in axes.spines.items():
        spine.set_visible(side not in ("top", "right"))
        spine.set_color(LIGHT.faint)


def _legend(axes: Axes, loc: Any) -> None:
    axes.legend(frameon=False, fontsize=_SMALLER, labelcolor=LIGHT.ink, loc=loc)


def _done(figure: Figure) -> Figure:
    figure.tight_layout()
    return figure

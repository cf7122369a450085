"""Pictures of what networks and rankings get right; matplotlib, from the `evaluate` extra."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mien.errors import MienError
from mien.face.network import HEADS, ExpressionModel
from mien.output.charts import LIGHT, Theme, new_figure, require_matplotlib, save_figure
from mien.research.data.fer2013 import Split
from mien.research.data.truth import truth_of
from mien.research.evaluation.expression import (
    CONFIDENT,
    confusion_matrix,
    most_confident,
    reliability,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, PAPER, GRID = LIGHT.ink, LIGHT.background, LIGHT.grid
RIGHT, WRONG = LIGHT.right, LIGHT.wrong
_TRUTH = {"fer2013": "FER2013's label", "raters": "raters' majority"}


def plot_all(model: ExpressionModel, split: Split, history: Sequence[Any], folder: Path) -> None:
    """Write every plot there is to draw as PNG files in `folder`.

    Args:
        model: the network.
        split: the faces it is shown.
        history: the epochs of its training (`history.json`), or nothing.
        folder: made if it is not there.

    Raises:
        MienError: `folder` cannot be written.
    """
    prepare(folder)
    for head, probabilities in model.predict_heads(split.crops).items():
        if head != "fer2013" and split.votes is None:
            continue
        truth = truth_of(split, head)
        clear = truth >= 0
        if not clear.any():
            continue
        _save(confusion_figure(probabilities[clear], truth[clear], head), folder, "confusion", head)
        _save(
            calibration_figure(probabilities[clear], truth[clear], head),
            folder,
            "reliability",
            head,
        )
        figure = samples_figure(split.crops[clear], probabilities[clear], truth[clear], head)
        _save(figure, folder, "samples", head)
    if history:
        _save(curves_figure(history), folder, "curves")


def prepare(folder: Path) -> None:
    """Make the folder, and see that there is something to draw with.

    Raises:
        MienError: neither can be.
    """
    require_matplotlib()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as e:
        raise MienError(f"{folder} cannot be a folder for plots ({e.strerror})") from e


def history_beside(network: Path) -> list[dict[str, Any]]:
    """The epochs of the training that wrote `network`, from `history.json` in its folder."""
    path = network.parent / "history.json"
    try:
        epochs = json.loads(path.read_text())
        return [e for e in epochs if "number" in e]
    except (OSError, ValueError, TypeError):  # another program's file
        return []


def confusion_figure(probabilities: np.ndarray, truth: np.ndarray, head: str) -> Figure:
    """The confusion matrix: shares of each true class, with their counts."""
    classes = HEADS[head]
    counts = confusion_matrix(probabilities.argmax(axis=1), truth, len(classes))
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    figure, (axes,) = _figure(1, (6.4, 5.6))
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for (i, j), share in np.ndenumerate(shares):
        colour = PAPER if share > 0.55 else INK
        axes.text(j, i - 0.12, f"{share:.0%}", ha="center", va="center", color=colour, size=10)
        axes.text(j, i + 0.24, f"{counts[i, j]}", ha="center", va="center", color=colour, size=7)
    axes.set_xticks(range(len(classes)), classes, rotation=40, ha="right")
    axes.set_yticks(range(len(classes)), classes)
    axes.set_xlabel("the network says")
    axes.set_ylabel(_TRUTH[head])
    axes.grid(visible=False)
    right = counts.trace() / counts.sum()
    axes.set_title(f"{right:.2%} of {counts.sum():,} faces right", loc="left")
    return figure


def calibration_figure(probabilities: np.ndarray, truth: np.ndarray, head: str) -> Figure:
    """Reliability (accuracy by confidence), and accuracy of the most confident part."""
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == truth
    figure, (left, other) = _figure(2, (9.6, 4.4))
    counts, said, found = np.array(reliability(confidence, right)).T
    left.plot([0, 1], [0, 1], color=GRID, lw=1.5)
    left.plot(said, found, color=INK, lw=1)
    left.scatter(said, found, s=8 + 400 * counts / counts.sum(), color="#3b6fb6", zorder=3)
    left.set(xlim=(0, 1), ylim=(0, 1), xlabel="confidence", ylabel="share right")
    left.set_title("Reliability: larger dots, more faces", loc="left")
    n = np.arange(1, len(right) + 1)
    enough = n > 0.02 * len(n)
    accuracy = np.cumsum(most_confident(confidence, right, 1.0)) / n
    other.plot((n / len(n))[enough], accuracy[enough], color="#3b6fb6", lw=2)
    at = round(CONFIDENT * len(n)) - 1
    other.scatter([CONFIDENT], accuracy[at : at + 1], color=INK, zorder=3)
    other.annotate(
        f"{accuracy[at]:.1%} of the\n{CONFIDENT:.0%} most confident",
        (CONFIDENT, accuracy[at]),
        (-10, -10),
        textcoords="offset points",
        ha="right",
        va="top",
    )
    other.set(xlim=(0, 1), ylim=(max(0, accuracy[enough].min() - 0.1), 1.005))
    other.set(xlabel="share of faces answered, the surest first", ylabel=f"share right ({head})")
    other.set_title("Accuracy by coverage", loc="left")
    return figure


def curves_figure(history: Sequence[Any]) -> Figure:
    """Accuracy and loss, epoch by epoch; `history` as in `history.json`."""
    epochs = [e["number"] for e in history]
    figure, (left, other) = _figure(2, (9.6, 4.0))
    lines = (
        (left, "training_accuracy", "Training, varied faces", "#8a94a6", "-"),
        (left, "public_accuracy", "PublicTest, FER2013's labels", "#3b6fb6", "-"),
        (left, "raters_accuracy", "PublicTest, raters' majority", "#b5651d", "--"),
        (other, "training_loss", "Training, varied faces (what is minimised)", "#8a94a6", "-"),
        (other, "public_loss", "PublicTest, FER2013's labels", "#3b6fb6", "-"),
    )
    for axes, key, label, colour, style in lines:
        values = [e.get(key) for e in history]
        if None not in values:
            axes.plot(epochs, values, style, color=colour, lw=1.8, label=label)
    for axes, name in ((left, "accuracy"), (other, "loss")):
        axes.set(xlabel="epoch", ylabel=name)
        axes.legend(frameon=False, fontsize=8)
    return figure


def rankings_figure(scores: Mapping[str, Mapping[str, Any]], theme: Theme = LIGHT) -> Figure:
    """How well each ranking tells moods apart: the area under the ROC curve, the best one on top.

    Args:
        scores: ranking -> `mien.research.evaluation.ranking.RankingScores.as_json`.
        theme: light or dark.
    """
    sets = list(next(iter(scores.values()))["listeners"])
    figure, panels = new_figure((10.4, 0.55 * len(scores) + 1.4), theme, len(sets))
    looks = {
        "happy": (theme.other, "o"),
        "angry": (theme.wrong, "^"),
        "sad": (theme.accent, "s"),
        "calm": (theme.right, "D"),
    }

    def mean(name: str, data_set: str) -> float:
        moods = scores[name]["listeners"][data_set].values()
        return float(np.mean([m["area"]["value"] for m in moods]))

    order = sorted(scores, key=lambda name: mean(name, sets[0]))
    for axes, data_set in zip(panels, sets, strict=True):
        axes.axvline(0.5, color=theme.faint, lw=1, ls="--")
        for row, name in enumerate(order):
            moods = scores[name]["listeners"][data_set]
            for place, mood in zip((0.24, 0.08, -0.08, -0.24), moods, strict=True):
                area, (colour, marker) = moods[mood]["area"], looks[mood]
                axes.plot([area["low"], area["high"]], [row + place] * 2, color=colour, lw=1.6)
                label = mood if row == 0 else None
                axes.plot(area["value"], row + place, marker, ms=4.5, color=colour, label=label)
            at = mean(name, data_set)
            axes.plot([at] * 2, [row - 0.38, row + 0.38], color=theme.ink, lw=2.2)
        axes.set_yticks(range(len(order)), order if axes is panels[0] else [""] * len(order))
        axes.set(xlim=(0.05, 1), xlabel="area under the ROC curve; bars: the mean; .5: chance")
        axes.set_title(data_set, loc="left", color=theme.ink)
    panels[0].legend(frameon=False, fontsize=8, labelcolor=theme.ink, loc="lower right")
    figure.tight_layout()
    return figure


def samples_figure(
    crops: np.ndarray, probabilities: np.ndarray, truth: np.ndarray, head: str, seed: int = 0
) -> Figure:
    """Faces drawn by chance, as many of each class: right in green and ticked, wrong in red."""
    from matplotlib.figure import Figure

    columns = 6
    names = HEADS[head]
    classes = [c for c in range(len(names)) if (truth == c).any()]
    random = np.random.default_rng(seed)
    figure = Figure(figsize=(columns * 1.45, len(classes) * 1.72), facecolor=PAPER)
    grid = figure.subplots(len(classes), columns, squeeze=False)
    for axes in grid.flat:
        axes.axis("off")
    for row, wanted in zip(grid, classes, strict=True):
        found = np.flatnonzero(truth == wanted)
        shown = random.permutation(found)[:columns]
        for axes, face in zip(row, shown, strict=False):
            answer = int(probabilities[face].argmax())
            good = answer == wanted
            axes.imshow(crops[face], cmap="gray", vmin=0, vmax=255)
            said = f"✓ {names[answer]}" if good else f"✗ {names[answer]}"
            axes.set_title(said, color=RIGHT if good else WRONG, size=9, pad=3)
        row[0].text(-8, 24, names[wanted], rotation=90, va="center", ha="right", size=10)
    figure.suptitle(f"Rows: {_TRUTH[head]}. Above each face: the network.", size=10)
    figure.tight_layout()
    return figure


def _figure(count: int, size: tuple[float, float]) -> tuple[Figure, list[Axes]]:
    return new_figure(size, LIGHT, count)


def _save(figure: Figure, folder: Path, *name: str) -> None:
    save_figure(figure, folder / f"{'-'.join(name)}.png")

"""`mien evaluate expression --plots`: the figures of one network on one split, as PNG files."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mien.emotions import EMOTIONS
from mien.errors import MienError
from mien.face.expression import fold
from mien.face.network import HEADS, READING, ExpressionModel
from mien.output.charts import require_matplotlib, save_figure
from mien.research.data.fer2013 import Split
from mien.research.data.truth import majority_emotions, truth_of
from mien.research.evaluation.expression import confusion_matrix
from mien.research.figures.faces import draw_faces, sample
from mien.research.figures.networks import draw_calibration, draw_confusion, draw_curves

TRUTH = {
    "fer2013": "FER2013's label",
    "raters": "raters' majority",
    READING: "raters' majority of the seven",
}
"""Output of a network -> what decides the true class."""


def plot_all(
    model: ExpressionModel, split: Split, history: Sequence[Mapping[str, Any]], folder: Path
) -> None:
    """Write every figure there is evidence for.

    Args:
        model: the network.
        split: the faces it reads.
        history: the epochs of its training (`history.json`), or nothing.
        folder: created if missing.

    Raises:
        MienError: `folder` cannot be written.
    """
    prepare(folder)
    for head, outputs in model.predict_heads(split.crops).items():
        if head != "fer2013" and split.votes is None:
            continue
        is_reading = head == READING
        truth = majority_emotions(split) if is_reading else truth_of(split, head)
        every, names = (fold(outputs), EMOTIONS) if is_reading else (outputs, HEADS[head])
        clear = truth >= 0
        if not clear.any():
            continue
        crops, probabilities, truth = split.crops[clear], every[clear], truth[clear]
        answers = probabilities.argmax(axis=1)
        confusion = confusion_matrix(answers, truth, len(names))
        save_figure(draw_confusion(confusion, names, TRUTH[head]), folder / f"confusion-{head}.png")
        save_figure(
            draw_calibration(probabilities, truth, head), folder / f"reliability-{head}.png"
        )
        present = [c for c in range(len(names)) if (truth == c).any()]
        rows = dict(zip(present, sample(truth, present, 6), strict=True))
        figure = draw_faces(
            {names[c]: crops[shown] for c, shown in rows.items()},
            {names[c]: [names[a] for a in answers[shown]] for c, shown in rows.items()},
        )
        save_figure(figure, folder / f"samples-{head}.png")
    if history:
        save_figure(draw_curves(history), folder / "curves.png")


def prepare(folder: Path) -> None:
    """Create the folder, and check that figures can be drawn.

    Raises:
        MienError: the folder cannot be created.
        MissingExtraError: matplotlib is not installed.
    """
    require_matplotlib()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as e:
        raise MienError(
            f"{folder} cannot be a folder ({e.strerror})", "choose another folder"
        ) from e


def read_history(network: Path) -> list[dict[str, Any]]:
    """The epochs of the training that wrote `network`, from `history.json` in its folder."""
    try:
        epochs = json.loads((network.parent / "history.json").read_text())
        return [e for e in epochs if "number" in e]
    except (OSError, ValueError, TypeError):  # another program's file
        return []

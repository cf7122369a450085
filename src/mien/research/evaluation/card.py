"""The tables of the model card, from the results that ship."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import fill
from typing import Any

import numpy as np

from mien.emotions import EMOTIONS
from mien.face.network import NETWORKS, ExpressionModel
from mien.research.evaluation.expression import Chance, mean_recall
from mien.research.evaluation.fairness_words import fairness_tables, fairness_text, low_light_text
from mien.research.evaluation.measure import load_result
from mien.research.evaluation.robustness import BalanceScores

CARD = ExpressionModel().path.parent / "README.md"
"""The model card."""

_SPLITS = tuple(f"`{n}`, {split}" for n in NETWORKS for split in ("PublicTest", "PrivateTest"))
_MISSING = "-"  # not recorded yet

Table = list[list[str]]
"""Rows of cells; the first row is the header."""

Cell = Callable[[dict[str, Any]], str]
"""Scores -> the text of a cell."""


def updated_card() -> str:
    """The text of the model card, its tables and sentences of numbers those of the results."""
    text = CARD.read_text(encoding="utf-8")
    parts = {name: markdown(table) for name, table in tables().items()}
    fairness = load_result("fairness")
    for name, words in (("fairness", fairness_text), ("low light", low_light_text)):
        parts[f"{name} in words"] = fill(words(fairness), 132) + "\n"
    for name, part in parts.items():
        before, rest = text.split(f"<!-- {name} -->\n")
        after = rest.split(f"<!-- end of {name} -->\n")[1]
        text = f"{before}<!-- {name} -->\n{part}<!-- end of {name} -->\n{after}"
    return text


def tables() -> dict[str, Table]:
    """Name of a table in the card -> the table."""
    splits = [
        load_result(f"{name}-{split}") for name in NETWORKS for split in ("public", "private")
    ]
    private = load_result("expression-private")
    return {
        "scores": _scores(splits),
        "classes": _classes(private),
        "recalls": _recalls(splits),
        "robustness": _robustness(load_result("robustness-private")),
        **fairness_tables(load_result("fairness")),
        "baselines": _baselines(private, load_result("paper-private"), load_result("classical")),
    }


def markdown(table: Table) -> str:
    """A table in Markdown, the first column left, the others right aligned.

    >>> print(markdown([["", "accuracy"], ["ours", "72 %"]]), end="")
    |  | accuracy |
    |---|---:|
    | ours | 72 % |
    """
    head, *rows = (f"| {' | '.join(row)} |" for row in table)
    rule = "|---|" + "---:|" * (len(table[0]) - 1)
    return "\n".join([head, rule, *rows]) + "\n"


def _scores(splits: list[dict[str, Any]]) -> Table:
    def part(name: str) -> Cell:
        return lambda s: f"{s[name]['accuracy']:.2%} of {s[name]['n']:,}"

    def chance(scores: dict[str, Any]) -> str:
        return str(Chance(**scores["honest_error"]))

    calibration: list[tuple[str, Cell]] = [
        ("expected calibration error", lambda s: f"{s['calibration_error']:.2%}"),
        ("the same by chance, if calibrated", chance),
        ("accuracy on the 70 % most confident", lambda s: f"{s['confident']['accuracy']:.2%}"),
    ]
    of_heads: list[tuple[str, Cell]] = [
        ("faces without an exact copy in Training", part("without_copies")),
        ("faces without a near copy in Training", part("without_near_copies")),
        ("with test-time augmentation: the mirror image", lambda s: f"{s['mirrored']:.2%}"),
        ("with test-time augmentation: ten views", lambda s: f"{s['ten_views']:.2%}"),
        ("cross-entropy, nats", lambda s: f"{s['loss']:.4f}"),
        *calibration,
    ]
    of_readings: list[tuple[str, Cell]] = [
        *calibration,
        (
            "unsure: confidence below the threshold",
            lambda s: f"{s['unsure']:.1%} (below {s['unsure_below']:.2f})",
        ),
        ("accuracy on the other faces", lambda s: f"{s['sure']['accuracy']:.2%}"),
    ]
    table = [["", *_SPLITS]]
    for title, key, rows in (
        ("FER2013's labels", "fer2013", of_heads),
        ("raters' majority", "raters", of_heads),
        ("readings, seven emotions, raters' majority", "reading", of_readings),
    ):
        scores = [split[key] for split in splits]
        accuracies = (f"**{s['accuracy']:.2%}** of {s['n']:,}" for s in scores)
        table.append([f"**{title}: accuracy**", *accuracies])
        table.append(["**balanced accuracy**: the mean recall", *map(_balanced, scores)])
        table += [[name, *map(cell, scores)] for name, cell in rows]
    return table


def _balanced(scores: dict[str, Any]) -> str:
    """The balanced accuracy; a hyphen for readings that were recorded without their confusion."""
    found = scores.get("confusion")
    return _MISSING if found is None else f"**{mean_recall(np.array(found)):.2%}**"


def _recalls(splits: list[dict[str, Any]]) -> Table:
    """The recall of each emotion by the readings."""
    table = [["readings, raters' majority: recall", *_SPLITS]]
    for emotion in EMOTIONS:
        found = (split["reading"].get("per_class") for split in splits)
        table.append([emotion, *(f"{s[emotion]['recall']:.3f}" if s else _MISSING for s in found)])
    return table


def _classes(private: dict[str, Any]) -> Table:
    table = [["PrivateTest", "FER2013: precision", "recall", "F1"]]
    table[0] += ["raters: precision", "recall", "F1"]
    for emotion in (*EMOTIONS, "contempt"):
        row = [emotion]
        for head in ("fer2013", "raters"):
            found = private[head]["per_class"].get(emotion)
            row += [f"{v:.3f}" for v in found.values()] if found else [""] * 3
        table.append(row)
    return table


def _robustness(scores: dict[str, dict[str, Any]]) -> Table:
    """Accuracy / balanced accuracy; what was recorded as one number has only the accuracy."""

    def cell(found: Any, key: str) -> str:
        if not isinstance(found, dict):
            return f"{found:.1%}" if key == "labels" else _MISSING
        return str(BalanceScores(**found[key])) if found[key] else ""

    kinds = {"labels": "FER2013's labels", "readings": "readings"}
    columns = [
        (key, name) for key in kinds for name in scores if (key, name) != ("readings", "fer")
    ]
    corruptions = next(iter(scores.values()))
    return [
        ["PrivateTest: accuracy / balanced", *(f"{name}, {kinds[key]}" for key, name in columns)],
        *([c, *(cell(scores[name][c], key) for key, name in columns)] for c in corruptions),
    ]


def _baselines(ours: dict[str, Any], paper: dict[str, Any], others: list[dict[str, Any]]) -> Table:
    def mean_f1(scores: dict[str, Any]) -> str:
        values = [s["f1"] for s in scores["fer2013"]["per_class"].values()]
        return f"{sum(values) / len(values):.3f}"

    def balanced(scores: dict[str, Any]) -> str:
        return f"{mean_recall(np.array(scores['confusion'])):.2%}"

    table = [["PrivateTest, FER2013's labels", "accuracy", "balanced accuracy", "mean F1"]]
    for name, scores in (("`expression`", ours), ("the paper's recipe", paper)):
        labels = scores["fer2013"]
        table.append([name, f"{labels['accuracy']:.2%}", balanced(labels), mean_f1(scores)])
    for s in sorted(others, key=lambda s: -s["private"]):
        setting = ", ".join(f"{name} {value:g}" for name, value in s["setting"].items())
        name = f"{s['learner']} on {s['features'].upper()} ({setting})"
        table.append([name, f"{s['private']:.2%}", balanced(s), f"{s['macro_f1']:.3f}"])
    return table

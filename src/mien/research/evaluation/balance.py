"""The recall of each emotion, on clean faces and as cameras take them, for choosing a training.

    python -m mien.research.evaluation.balance trainings/robust
    python -m mien.research.evaluation.balance trainings/student trainings/robust  # their mean
    python -m mien.research.evaluation.balance --first 1200 --clean runs/robust    # quick

Readings are scored on PublicTest against the raters' majority among the seven emotions, with
several adjustments of the logits for the frequencies of the emotions. An unfinished training is
scored at its kept epoch so far.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mien.emotions import EMOTIONS
from mien.research.data import fer2013
from mien.research.data.fer2013 import Split
from mien.research.data.truth import majority_emotions
from mien.research.evaluation.robustness import CAMERA, CORRUPTIONS, BalanceScores
from mien.research.training.balance import frequencies_in, predict_votes
from mien.research.training.checkpoint import load_outcome
from mien.research.training.predictions import predict_logits
from mien.support.arrays import Float32Array

ADJUSTMENTS = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Exponents of the frequencies, as `Recipe.logit_adjustment`."""


@dataclass(frozen=True)
class CorruptionScores:
    """Scores on faces with one corruption.

    Attributes:
        labels: against FER2013's labels.
        readings: adjustment -> scores.
    """

    labels: BalanceScores
    readings: dict[float, BalanceScores]


@dataclass(frozen=True)
class UnadjustedEnsemble:
    """Trainings as an ensemble, with the logit adjustment of each taken back.

    Attributes:
        folders: of the trainings, with both heads.
        frequencies: of the emotions in Training, float32 [8].
    """

    folders: Sequence[Path]
    frequencies: Float32Array

    def predict_logits(self, split: Split) -> dict[str, Float32Array]:
        """Head -> the mean logits of the trainings, float32 [n, classes]."""
        found: dict[str, list[Float32Array]] = {}
        for folder in self.folders:
            network = predict_votes(load_outcome(folder), self.frequencies)
            for head, logits in predict_logits(network, split).items():
                found.setdefault(head, []).append(logits.numpy())
        return {head: np.mean(each, axis=0) for head, each in found.items()}


def adjust(logits: Float32Array, frequencies: Float32Array, adjustment: float) -> Float32Array:
    """Divide the frequencies to the power of `adjustment` out of the raters' logits [n, 8]."""
    adjusted: Float32Array = (logits - adjustment * np.log(frequencies)).astype(np.float32)
    return adjusted


def evaluate_balance(
    ensemble: UnadjustedEnsemble, split: Split, corruptions: Sequence[str] = CAMERA
) -> dict[str, CorruptionScores]:
    """Corruption -> scores.

    Args:
        ensemble: the networks.
        split: with votes.
        corruptions: of `CORRUPTIONS`.

    Raises:
        MissingDataError: the split has no votes.
    """
    truth = majority_emotions(split)
    scores = {}
    for name in corruptions:
        crops = np.stack([CORRUPTIONS[name](crop) for crop in split.crops])
        logits = ensemble.predict_logits(Split(crops, split.labels, split.votes))
        readings = {}
        for adjustment in ADJUSTMENTS:
            adjusted = adjust(logits["raters"], ensemble.frequencies, adjustment)
            seven = adjusted[:, : len(EMOTIONS)]
            readings[adjustment] = BalanceScores.of(seven.argmax(axis=1), truth)
        labels = BalanceScores.of(logits["fer2013"].argmax(axis=1), split.labels)
        scores[name] = CorruptionScores(labels, readings)
    return scores


def format_table(scores: Mapping[str, CorruptionScores]) -> list[str]:
    """The scores in per cent as lines: by corruption, then the recalls for the first corruption.

    A cell is accuracy/balanced accuracy.
    """
    columns = "".join(f"{f'adjusted {a:g}':>15}" for a in ADJUSTMENTS)
    lines = [f"{'':<22}{'labels':>15}{columns}"]
    for name, s in scores.items():
        each = (s.labels, *s.readings.values())
        cells = (f"{r.accuracy:.2%}/{r.balanced_accuracy:.2%}" for r in each)
        lines.append(f"{name:<22}" + "".join(f"{c:>15}" for c in cells))
    first, clean = next(iter(scores.items()))
    lines.append(f"{f'recall, {first}':<22}" + "".join(f"{e:>9}" for e in EMOTIONS))
    rows = {"labels": clean.labels}
    rows |= {f"adjusted {adjustment:g}": r for adjustment, r in clean.readings.items()}
    for name, r in rows.items():
        lines.append(f"{name:<22}" + "".join(f"{r.recalls[e]:>9.1%}" for e in EMOTIONS))
    return lines


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command with these arguments."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER", help="of a training")
    parser.add_argument("--first", type=int, help="number of faces of PublicTest; default: all")
    parser.add_argument("--clean", action="store_true", help="without corruptions")
    options = parser.parse_args(arguments)
    faces = fer2013.load()
    public = faces.public.take(np.arange(len(faces.public))[: options.first])
    ensemble = UnadjustedEnsemble(options.folders, frequencies_in(faces.training))
    scores = evaluate_balance(ensemble, public, CAMERA[:1] if options.clean else CAMERA)
    print("\n".join(format_table(scores)))  # noqa: T201


if __name__ == "__main__":
    main()

"""How well the mood of music is heard from its sound, and whether encodings change it.

The clips of Panda, Malheiro and Paiva (2018) are cross-validated: every clip is scored by networks
that learnt from other artists' clips alone, by the same steps as the model that ships. The copies
that test stability are encoded otherwise than those that the networks learnt from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mien.mood import MOODS
from mien.research.data.clips import TESTED, Clip, hear_clips
from mien.research.evaluation.ranking import area
from mien.research.fit.sound import FOLDS, Vectors, hear_all, learn, split
from mien.support.arrays import Float32Array, Float64Array

HEARD = Path("runs/sound/heard.npz")
"""The file that keeps what was measured in the clips, unless another is named."""

EVERY = 6
"""Every sixth clip is encoded to measure stability."""


@dataclass(frozen=True)
class SoundScores:
    """How well four quadrants of valence and arousal are heard.

    Attributes:
        n: clips.
        accuracy: share whose likeliest mood is that of the editors.
        arousal, valence: area under the curve of the log-odds of each.
        recall: mood -> share of its clips that are heard as such.
        confusion: of each mood in `MOODS`, how many clips are heard as each.
    """

    n: int
    accuracy: float
    arousal: float
    valence: float
    recall: dict[str, float]
    confusion: list[list[int]]


@dataclass(frozen=True)
class SoundEvaluation:
    """What `mien evaluate sound` measures.

    Attributes:
        folds: of each cross-validation.
        seeds: cross-validations, whose scores are averaged.
        original: of the clips as they lie.
        copies: of the copies that the networks learn from, too; first seed.
        changed: other copy -> share of the clips whose likeliest mood is another one; first seed.
        changed_between: the largest such share between any two of these copies, the clips as they
            lie among them.
        n_changed: clips of which stability was measured.
    """

    folds: int
    seeds: int
    original: SoundScores
    copies: dict[str, SoundScores]
    changed: dict[str, float]
    changed_between: float
    n_changed: int


def cross_validate(clips: Sequence[Clip], vectors: Vectors, seed: int) -> dict[str, Float64Array]:
    """Name of a copy -> what networks that did not learn from a clip's artist say of it: logits,
    float64 [n, 4].

    Args:
        clips: n clips.
        vectors: what was measured in the clips and the copies to learn from.
        seed: of the folds.
    """
    moods = numbers_of(clips)
    found = {name: np.zeros((len(clips), len(MOODS))) for name in vectors}
    for learnt, tested in split(clips, seed):
        model = learn(vectors, moods, learnt)
        for name, values in vectors.items():
            found[name][tested] = model.quadrants(values[tested, :-1])
    return found


def evaluate_sound(
    folder: Path | None, cache: Path, workers: int = 1, seeds: int = 3
) -> SoundEvaluation:
    """Cross-validate, and measure stability.

    Args:
        folder: of the data sets; None: the folder that `MIEN_DATA` names.
        cache: a file that keeps what was measured in the clips and the copies to learn from.
        workers: processes that encode and measure.
        seeds: cross-validations with other folds.

    Raises:
        MissingDataError: the clips are missing.
    """
    clips, vectors = hear_all(folder, cache, workers)
    moods = numbers_of(clips)
    rows = np.arange(0, len(clips), EVERY)
    some = [clips[row] for row in rows]
    others = {
        name: np.stack(list(hear_clips(some, copy, workers))) for name, copy in TESTED.items()
    }
    answers = _answers_on_copies(clips, vectors, others, rows)
    as_they_lie = answers[""]
    between = max(
        float((one != other).mean()) for one in answers.values() for other in answers.values()
    )
    runs = [cross_validate(clips, vectors, seed) for seed in range(seeds)]
    return SoundEvaluation(
        folds=FOLDS,
        seeds=seeds,
        original=_mean_scores([score_logits(run[""], moods) for run in runs]),
        copies={n: score_logits(logits, moods) for n, logits in runs[0].items() if n},
        changed={n: float((answer != as_they_lie).mean()) for n, answer in answers.items() if n},
        changed_between=between,
        n_changed=len(rows),
    )


def _answers_on_copies(
    clips: Sequence[Clip],
    vectors: Vectors,
    others: Mapping[str, Float32Array],
    rows: np.ndarray,
) -> dict[str, np.ndarray]:
    """Copy, or "" -> the likeliest mood of each clip in `rows`, by networks that did not learn from
    its artist."""
    moods = numbers_of(clips)
    found = {name: np.zeros(len(rows), int) for name in ("", *others)}
    for learnt, tested in split(clips, 0):
        inside = np.isin(rows, tested)
        model = learn(vectors, moods, learnt)
        for name, values in {"": vectors[""][rows], **others}.items():
            found[name][inside] = model.quadrants(values[inside, :-1]).argmax(axis=1)
    return found


def numbers_of(clips: Sequence[Clip]) -> np.ndarray:
    """The number of each clip's mood in `MOODS`, int [n]."""
    return np.array([MOODS.index(clip.mood) for clip in clips])


def score_logits(logits: Float64Array, moods: np.ndarray) -> SoundScores:
    """Score what is heard.

    Args:
        logits: of `MOODS`, float64 [n, 4].
        moods: the number of each clip's mood, int [n].

    >>> scores = score_logits(np.eye(4) * 5, np.array([0, 1, 2, 2]))
    >>> scores.accuracy, scores.arousal, scores.confusion[2]
    (0.75, 1.0, [0, 0, 1, 1])
    """
    answers = logits.argmax(axis=1)
    confusion = np.zeros((len(MOODS), len(MOODS)), int)
    np.add.at(confusion, (moods, answers), 1)
    happy, angry, sad, calm = logits.T
    add = np.logaddexp
    aroused = add(happy, angry) - add(sad, calm)
    positive = add(happy, calm) - add(angry, sad)
    return SoundScores(
        n=len(moods),
        accuracy=float((answers == moods).mean()),
        arousal=area(aroused, np.isin(moods, (0, 1))),
        valence=area(positive, np.isin(moods, (0, 3))),
        recall={
            mood: float(row[i] / max(1, row.sum()))
            for i, (mood, row) in enumerate(zip(MOODS, confusion, strict=True))
        },
        confusion=confusion.tolist(),
    )


def _mean_scores(scores: Sequence[SoundScores]) -> SoundScores:
    """The mean of several; the confusion is that of the first."""

    def mean(values: Sequence[float]) -> float:
        return float(np.mean(values))

    return SoundScores(
        n=scores[0].n,
        accuracy=mean([s.accuracy for s in scores]),
        arousal=mean([s.arousal for s in scores]),
        valence=mean([s.valence for s in scores]),
        recall={mood: mean([s.recall[mood] for s in scores]) for mood in MOODS},
        confusion=scores[0].confusion,
    )

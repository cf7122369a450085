"""The songs that people see first, judged by what other people's playlists tell about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mien.catalogue.songs import Catalogue
from mien.mood import MOODS
from mien.recommendation.rankings import Ranking
from mien.recommendation.target import make_target
from mien.research.data.mood_sets import MOODS as EMOTION_OF
from mien.research.data.playlist_moods import JUDGE, PlaylistMoods
from mien.support.arrays import Float64Array

FIRST, SCREENS = 6, 60
"""Songs on the first screen, and on ten of them."""


@dataclass(frozen=True, eq=False)
class Verdict:
    """The probability of each mood for the songs of a catalogue.

    Attributes:
        moods: float64 [n, 4] (`MOODS`); zeros for songs that the judge does not know.
        known: bool [n], whether the judge knows a song.
    """

    moods: Float64Array
    known: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, catalogue: Catalogue, folder: Path | None = None) -> Verdict:
        """The verdict of `JUDGE` (`mien.research.data.playlist_moods`).

        Raises:
            MissingDataError: a data set is missing.
        """
        judge = PlaylistMoods.learn(JUDGE, folder)
        known = judge.tracks.align(catalogue)
        return cls(judge.predict(known), known.counts > 0)


@dataclass(frozen=True)
class JudgedScores:
    """One ranking of a whole catalogue, judged; means over the four moods, in [0, 1].

    Attributes:
        first: E@6: the mean probability of the mood over the first 6 songs; songs that the judge
            does not know count as 0.
        screens: E@60: the same over the first 60.
        fit: cond60: the same over the first 60 songs that the judge knows; 0.25 by chance.
        moods: mood -> its E@6, E@60 and cond60.
    """

    first: float
    screens: float
    fit: float
    moods: Mapping[str, tuple[float, float, float]]

    @classmethod
    def of(cls, moods: Mapping[str, tuple[float, float, float]]) -> JudgedScores:
        """From E@6, E@60 and cond60 of each mood."""
        first, screens, fit = np.mean([*moods.values()], axis=0).tolist()
        return cls(first, screens, fit, moods)

    def __str__(self) -> str:
        return f"E@6 {self.first:.3f}, E@60 {self.screens:.3f}, cond60 {self.fit:.3f}"


def judge_ranking(ranking: Ranking, verdict: Verdict) -> JudgedScores:
    """Judge a ranking's first songs for happy, angry, sad and calm.

    Songs that nobody asked for (`mien.catalogue.unasked`) come last, as they are not recommended;
    rankings that reproduce a publication do not leave them out.
    """
    catalogue = ranking.catalogue
    scores = np.stack(
        [
            ranking.scores(
                make_target(EMOTION_OF[mood], "suit", catalogue.scale, ranking.mood_table)
            )
            for mood in MOODS
        ],
        axis=1,
    )
    if not ranking.as_published:
        scores[catalogue.unasked != 0] = -np.inf
    return judge_scores(scores, verdict)


def judge_scores(scores: npt.NDArray[np.floating[Any]], verdict: Verdict) -> JudgedScores:
    """Judge the order that scores give, floats [n, 4]."""
    found: dict[str, tuple[float, float, float]] = {}
    for k, mood in enumerate(MOODS):
        order = np.argsort(-scores[:, k], kind="stable")
        known = order[verdict.known[order]][:SCREENS]
        first, screens, fit = (
            float(verdict.moods[rows, k].mean()) for rows in (order[:FIRST], order[:SCREENS], known)
        )
        found[mood] = first, screens, fit
    return JudgedScores.of(found)


def mean_judged(draws: Sequence[JudgedScores]) -> JudgedScores:
    """The means over several draws."""
    means = {
        mood: np.mean([draw.moods[mood] for draw in draws], axis=0).tolist()
        for mood in draws[0].moods
    }
    return JudgedScores.of({mood: (a, b, c) for mood, (a, b, c) in means.items()})

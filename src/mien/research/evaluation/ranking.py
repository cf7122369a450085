"""Rankings against what listeners say of songs, and what they serve from a large catalogue."""

from __future__ import annotations

import dataclasses
import math
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from mien.catalogue.importing import import_catalogue
from mien.catalogue.playlists import fit_playlists
from mien.catalogue.songs import Catalogue
from mien.catalogue.store import Store
from mien.emotions import CIRCUMPLEX, EMOTIONS
from mien.errors import DataError
from mien.face.expression import Expression
from mien.recommendation.query import Query
from mien.recommendation.rankings import (
    BY_NAME,
    CollaborativeRanking,
    PaperRanking,
    RandomRanking,
    Ranking,
    Scores,
)
from mien.recommendation.recommender import Recommender
from mien.recommendation.target import PAPER, expected_mood, named_expression
from mien.research.data.mood_sets import MOODS, MoodSet, load_data_moods, load_deezer

COUNTS = (6, 60)
DRAWS = 40
"""What chance decides is measured for so many draws, and the mean is given."""

SERVED = 1_000
"""Expressions for which songs are asked, to see how much of the catalogue ever appears."""


@dataclass(frozen=True)
class Estimate:
    """A share or an area in [0, 1] and its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class MoodScores:
    """One ranking for one mood, against what listeners say.

    Attributes:
        songs: how many of the labelled songs have that mood.
        area: under the ROC curve: how often a song of that mood stands before one of another.
        precision: of the best 6 and 60 labelled songs, the share of that mood.
        distance: of the best 60 from the mood, where listeners placed the songs: in shares of the
            labelled songs, 1 from the least glad (or lively) to the most.
    """

    songs: int
    area: Estimate
    precision: Mapping[int, Estimate]
    distance: float | None


@dataclass(frozen=True)
class ServedScores:
    """What one ranking serves for an emotion from a large catalogue.

    Attributes:
        similarity: mean cosine similarity of the six to the paper's ideal vector, as the paper
            computes it.
        artists, genres: how many different ones the six have; of several draws, the mean.
    """

    similarity: float
    artists: float
    genres: float


@dataclass(frozen=True)
class RankingScores:
    """All that is measured of one ranking.

    Attributes:
        listeners: data set -> mood -> scores.
        served: emotion -> what is served.
        appearing: share of the catalogue among the six for any of `SERVED` expressions.
    """

    listeners: Mapping[str, Mapping[str, MoodScores]]
    served: Mapping[str, ServedScores]
    appearing: float

    def mean_area(self, data_set: str) -> float:
        """Over the moods."""
        return float(np.mean([s.area.value for s in self.listeners[data_set].values()]))

    def as_json(self) -> dict[str, Any]:
        """`{"listeners": {data set: {mood: ...}}, "served": {emotion: ...}, "appearing": share}`"""
        return dataclasses.asdict(self)


def evaluate_rankings(
    folder: Path, report: Callable[[str], None] = lambda line: None
) -> dict[str, RankingScores]:
    """Measure every ranking on `data_moods.csv`, Deezer's test split and Spotify Tracks, and
    collaborative filtering on real playlists beside.

    Args:
        folder: that of the data sets.
        report: told what is being measured.

    Raises:
        DataError: a data set is missing.
    """
    spotify = folder / "spotify-tracks" / "dataset.csv"
    if not spotify.is_file():
        raise DataError(f"{spotify} is missing", "name the folder of the data sets in MIEN_DATA")
    with tempfile.TemporaryDirectory(prefix="mien-") as home:
        store = Store(Path(home) / "songs.sqlite")
        report("Reading the data sets")
        filed = load_data_moods(folder, store)
        import_catalogue(spotify, "spotify-tracks", store)
        report("Learning from playlists")
        playlists = folder / "playlists"
        tracks = fit_playlists(playlists / "playlist_tracks.csv.gz", playlists / "tracks.csv.gz")
        for name in ("data_moods", "spotify-tracks"):
            catalogue = store.open(name)
            store.keep_factors(catalogue.ref, tracks.of(catalogue))
        large = store.open("spotify-tracks")
        filed = replace(filed, catalogue=store.open("data_moods"))
        sets = (filed, load_deezer(folder, large, "test"))
        found = {}
        for name, makers in makers_of_all().items():
            report(f"Scoring {name}")
            of_sets = {
                s.name: mean_scores([against_listeners(make(s.catalogue), s) for make in makers])
                for s in sets
            }
            recommenders = [Recommender(large, make(large)) for make in makers]
            served = mean_served([as_served(r) for r in recommenders])
            found[name] = RankingScores(of_sets, served, appearing(recommenders[0]))
    return found


def makers_of_all() -> dict[str, list[Callable[[Catalogue], Ranking]]]:
    """Name -> ways to make that ranking, several where chance decides."""
    makers: dict[str, list[Callable[[Catalogue], Ranking]]] = {
        name: [make] for name, make in BY_NAME.items()
    }
    for by_chance in (RandomRanking, AnyMood):
        makers[by_chance.name] = [partial(by_chance, draw=draw) for draw in range(DRAWS)]
    return makers


class AnyMood(CollaborativeRanking):
    """Collaborative filtering for a listener of whose mood nothing is known: begun with any six."""

    name = "collaborative, any mood"

    def __init__(self, catalogue: Catalogue, draw: int = 0) -> None:
        super().__init__(catalogue)
        self.seeds = RandomRanking(catalogue, draw)


def mean_scores(draws: Sequence[Mapping[str, MoodScores]]) -> dict[str, MoodScores]:
    """Mood -> the means over several draws; of intervals, the mean ends."""

    def mean(estimates: list[Estimate]) -> Estimate:
        ends = np.array([dataclasses.astuple(e) for e in estimates]).mean(axis=0)
        return Estimate(*ends.tolist())

    found = {}
    for mood, first in draws[0].items():
        each = [draw[mood] for draw in draws]
        distances = [s.distance for s in each if s.distance is not None]
        found[mood] = MoodScores(
            first.songs,
            mean([s.area for s in each]),
            {n: mean([s.precision[n] for s in each]) for n in first.precision},
            float(np.mean(distances)) if distances else None,
        )
    return found


def mean_served(draws: Sequence[Mapping[str, ServedScores]]) -> dict[str, ServedScores]:
    """Emotion -> the means over several draws."""
    return {
        name: ServedScores(
            *np.array([dataclasses.astuple(draw[name]) for draw in draws]).mean(axis=0).tolist()
        )
        for name in draws[0]
    }


def against_listeners(ranking: Ranking, songs: MoodSet) -> dict[str, MoodScores]:
    """Mood -> how well the ranking tells songs of that mood from the others."""
    found = {}
    for mood, name in MOODS.items():
        truth = songs.moods == mood
        scores = scores_for(ranking, named_expression(name))[songs.rows]
        order = np.argsort(-scores, kind="stable")
        distance = None
        if songs.positions is not None:
            target = (1 + np.array(CIRCUMPLEX[name])) / 2
            placed = np.argsort(np.argsort(songs.positions, axis=0), axis=0) / len(songs.positions)
            nearest = placed[order[: COUNTS[-1]]]
            distance = float(np.linalg.norm(nearest - target, axis=1).mean())
        found[mood] = MoodScores(
            int(truth.sum()),
            area_estimate(scores, truth),
            {n: share(int(truth[order[:n]].sum()), min(n, len(order))) for n in COUNTS},
            distance,
        )
    return found


def as_served(recommender: Recommender) -> dict[str, ServedScores]:
    """Emotion -> what is measured of the six that it gets."""
    catalogue = recommender.catalogue
    paper = PaperRanking(catalogue)
    served = {}
    for name in EMOTIONS:
        songs = [r.song for r in recommender.recommend(Query(name))]
        rows = catalogue.rows_of(song.id for song in songs)
        served[name] = ServedScores(
            float(paper.scores(PAPER[name])[rows].mean()),
            len({artist for song in songs for artist in song.artists[:1]}),
            len({genre for song in songs for genre in song.genres[:1]}),
        )
    return served


def appearing(recommender: Recommender) -> float:
    """The share of the catalogue that comes for any of `SERVED` random expressions."""
    random = np.random.default_rng(0)
    mixtures = random.dirichlet(np.full(len(EMOTIONS), 0.3), SERVED)
    seen = {r.song.id for p in mixtures for r in recommender.recommend(Query(Expression.of(p)))}
    return len(seen) / len(recommender.catalogue)


def scores_for(ranking: Ranking, expression: Expression) -> Scores:
    """The scores of all songs for an expression."""
    return ranking.scores(expected_mood(expression, ranking.catalogue.scale, ranking.mood_table))


def area(scores: Scores, truth: np.ndarray) -> float:
    """Area under the ROC curve; ties count half.

    Args:
        scores: floats [n].
        truth: bool [n], some true, some false.
    """
    _, ranks, counts = np.unique(scores, return_inverse=True, return_counts=True)
    below = np.cumsum(counts) - counts
    middle = (below + (counts - 1) / 2)[ranks]
    positive, negative = int(truth.sum()), int((~truth).sum())
    return float((middle[truth].sum() - positive * (positive - 1) / 2) / (positive * negative))


def area_estimate(scores: Scores, truth: np.ndarray) -> Estimate:
    """`area` and its interval (Hanley & McNeil 1982)."""
    a = area(scores, truth)
    positive, negative = int(truth.sum()), int((~truth).sum())
    above, below = a / (2 - a), 2 * a * a / (1 + a)
    variance = a * (1 - a) + (positive - 1) * (above - a * a) + (negative - 1) * (below - a * a)
    width = 1.96 * math.sqrt(max(variance, 0.0) / (positive * negative))
    return Estimate(a, max(a - width, 0.0), min(a + width, 1.0))


def share(hits: int, n: int) -> Estimate:
    """A share and its interval (Wilson 1927)."""
    p, z = hits / n, 1.96
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    width = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return Estimate(p, max(middle - width, 0.0), min(middle + width, 1.0))

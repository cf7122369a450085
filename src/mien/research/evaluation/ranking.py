"""Rankings against listeners' moods, and the songs that they recommend from a large catalogue."""

from __future__ import annotations

import dataclasses
import math
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from mien.catalogue.importing import import_catalogue
from mien.catalogue.songs import Catalogue
from mien.catalogue.store import Store
from mien.emotions import CIRCUMPLEX, EMOTIONS
from mien.face.expression import Expression
from mien.recommendation.query import Query
from mien.recommendation.rankings import (
    BY_NAME,
    CollaborativeRanking,
    ListenersRanking,
    PaperRanking,
    RandomRanking,
    Ranking,
    Scores,
)
from mien.recommendation.recommender import Recommender
from mien.recommendation.target import PAPER, make_target
from mien.research.data.datasets import (
    DATA_MOODS,
    DEEZER_MOODS,
    PLAYLIST_TRACKS,
    PLAYLISTS,
    SPOTIFY_TRACKS,
)
from mien.research.data.mood_sets import MOODS, MoodSet, label_data_moods, load_deezer
from mien.research.data.playlist_moods import TEACHER, PlaylistMoods
from mien.research.evaluation.judged import JudgedScores, Verdict, judge_ranking, mean_judged

COUNTS = (6, 60)
"""Precision is measured among so many of the best songs."""

DRAWS = 40
"""Draws of rankings that depend on chance; the mean is recorded."""

EXPRESSIONS = 1_000
"""Random expressions for which songs are recommended, to measure coverage."""

DATA = (SPOTIFY_TRACKS, PLAYLISTS, PLAYLIST_TRACKS, DATA_MOODS, DEEZER_MOODS)
"""The files that rankings are measured on."""

_FILED, _LARGE = "data_moods", "spotify-tracks"

RankingFactory = Callable[[Catalogue], Ranking]


@dataclass(frozen=True)
class Estimate:
    """A share or an area in [0, 1] and its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class MoodScores:
    """One ranking for one mood, against listeners.

    Attributes:
        songs: labelled songs of that mood.
        area: under the ROC curve: how often a song of that mood ranks above one of another.
        precision: number of songs (of `COUNTS`) -> share of that mood among the best so many.
        distance: mean distance of the best 60 from the mood, in quantiles of the labelled songs'
            valence and arousal as listeners gave them; None if they gave none.
    """

    songs: int
    area: Estimate
    precision: Mapping[int, Estimate]
    distance: float | None


@dataclass(frozen=True)
class ServedScores:
    """The six songs that one ranking recommends for an emotion from a large catalogue.

    Attributes:
        similarity: mean cosine similarity to the paper's ideal vector, as the paper computes it.
        artists, genres: the number of different ones; a mean if there are several draws.
    """

    similarity: float
    artists: float
    genres: float


@dataclass(frozen=True)
class RankingScores:
    """All measurements of one ranking.

    Attributes:
        listeners: data set -> mood -> scores.
        served: emotion -> scores of the six songs.
        appearing: coverage: the share of the catalogue that is recommended for any of
            `EXPRESSIONS` random expressions.
        judged: the first songs of the whole catalogue, judged by other people's playlists.
    """

    listeners: Mapping[str, Mapping[str, MoodScores]]
    served: Mapping[str, ServedScores]
    appearing: float
    judged: JudgedScores

    def mean_area(self, data_set: str) -> float:
        """The mean area under the curve over the moods."""
        return float(np.mean([s.area.value for s in self.listeners[data_set].values()]))


class MoodBlindRanking(CollaborativeRanking):
    """Collaborative filtering that starts from six random songs instead of six for the mood."""

    name = "collaborative, any mood"

    def __init__(self, catalogue: Catalogue, draw: int = 0) -> None:
        super().__init__(catalogue)
        self.seeds = RandomRanking(catalogue, draw)


WITH_PLAYLISTS = "listeners, with playlists"
_WITH_PLAYLISTS = (WITH_PLAYLISTS, CollaborativeRanking.name, MoodBlindRanking.name)


@dataclass(frozen=True, eq=False)
class Songs:
    """What rankings are measured on.

    Attributes:
        sets: songs with listeners' moods.
        large: the catalogue from which songs are recommended.
        verdict: the judge's, on `large`.
    """

    sets: tuple[MoodSet, ...]
    large: Catalogue
    verdict: Verdict


def evaluate_rankings(
    folder: Path | None = None, on_progress: Callable[[str], None] = lambda line: None
) -> dict[str, RankingScores]:
    """Measure every ranking on data_moods, Deezer's test split and the Spotify Tracks Dataset.

    Collaborative filtering learns from the half of the playlists that the judge does not know
    (`mien.research.data.playlist_moods`), and is measured mood-blind as well. The default ranking
    is measured without playlists and, as `WITH_PLAYLISTS`, with that half.

    Args:
        folder: of the data sets; None: the folder that `MIEN_DATA` names.
        on_progress: called with what is measured next.

    Raises:
        MissingDataError: a data set is missing.
        MissingExtraError: the `evaluate` extra is not installed.
    """
    for file in DATA:
        file.require(folder)
    with tempfile.TemporaryDirectory(prefix="mien-") as home, ExitStack() as stack:
        on_progress("Reading the data sets")
        plain, learnt = (_import(folder, Path(home) / name) for name in ("plain", "learnt"))
        on_progress("Learning from playlists")
        tracks = PlaylistMoods.learn(TEACHER, folder).tracks
        for name in (_FILED, _LARGE):
            with learnt.open(name) as catalogue:
                learnt.save_factors(catalogue.ref, tracks.align(catalogue))
        verdict = None
        songs = {}
        for store in (plain, learnt):
            large, filed = (stack.enter_context(store.open(name)) for name in (_LARGE, _FILED))
            verdict = verdict or Verdict.of(large, folder)
            sets = label_data_moods(folder, filed), load_deezer(folder, large, "test")
            songs[store] = Songs(sets, large, verdict)
        found = {}
        for name, factories in ranking_factories().items():
            on_progress(f"Scoring {name}")
            store = learnt if name in _WITH_PLAYLISTS else plain
            found[name] = score_ranking(factories, songs[store])
        return found


def _import(folder: Path | None, home: Path) -> Store:
    """A store with the songs of data_moods and of the Spotify Tracks Dataset."""
    home.mkdir()
    store = Store(home / "songs.sqlite")
    import_catalogue(DATA_MOODS.require(folder), _FILED, store)
    import_catalogue(SPOTIFY_TRACKS.require(folder), _LARGE, store)
    return store


def ranking_factories() -> dict[str, list[RankingFactory]]:
    """Ranking -> how to make it for a catalogue: once, or `DRAWS` times if it depends on chance."""
    factories: dict[str, list[RankingFactory]] = {name: [make] for name, make in BY_NAME.items()}
    factories[WITH_PLAYLISTS] = [ListenersRanking]
    for by_chance in (RandomRanking, MoodBlindRanking):
        factories[by_chance.name] = [partial(by_chance, draw=draw) for draw in range(DRAWS)]
    return factories


def score_ranking(factories: Sequence[RankingFactory], songs: Songs) -> RankingScores:
    """All measurements of one ranking.

    Args:
        factories: of the ranking; of several, the means are given.
        songs: what it is measured on.
    """
    listeners = {
        s.name: mean_scores([score_moods(make(s.catalogue), s) for make in factories])
        for s in songs.sets
    }
    rankings = [make(songs.large) for make in factories]
    recommenders = [Recommender(songs.large, ranking) for ranking in rankings]
    served = mean_served([score_served(recommender) for recommender in recommenders])
    judged = mean_judged([judge_ranking(ranking, songs.verdict) for ranking in rankings])
    return RankingScores(listeners, served, measure_coverage(recommenders[0]), judged)


def mean_scores(draws: Sequence[Mapping[str, MoodScores]]) -> dict[str, MoodScores]:
    """Mood -> the means over several draws; those of intervals are the means of their ends."""

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


def score_moods(ranking: Ranking, songs: MoodSet) -> dict[str, MoodScores]:
    """Mood -> how well the ranking separates songs of that mood from the others.

    How known songs are does not count, as labels do not tell whether people want to hear them.
    """
    found = {}
    for mood, emotion in MOODS.items():
        truth = songs.moods == mood
        scale, table = ranking.catalogue.scale, ranking.mood_table
        target = make_target(emotion, "suit", scale, table, familiarity=0)
        scores = ranking.scores(target)[songs.rows]
        order = np.argsort(-scores, kind="stable")
        distance = None
        if songs.positions is not None:
            goal = (1 + np.array(CIRCUMPLEX[emotion])) / 2
            ranks = np.argsort(np.argsort(songs.positions, axis=0), axis=0)
            best = (ranks / len(songs.positions))[order[: COUNTS[-1]]]
            distance = float(np.linalg.norm(best - goal, axis=1).mean())
        found[mood] = MoodScores(
            int(truth.sum()),
            area_estimate(scores, truth),
            {n: share(int(truth[order[:n]].sum()), min(n, len(order))) for n in COUNTS},
            distance,
        )
    return found


def score_served(recommender: Recommender) -> dict[str, ServedScores]:
    """Emotion -> scores of the six songs that are recommended for it."""
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


def measure_coverage(recommender: Recommender) -> float:
    """The share of the catalogue that is recommended for any of `EXPRESSIONS` expressions."""
    random = np.random.default_rng(0)
    mixtures = random.dirichlet(np.full(len(EMOTIONS), 0.3), EXPRESSIONS)
    seen = {r.song.id for p in mixtures for r in recommender.recommend(Query(Expression.of(p)))}
    return len(seen) / len(recommender.catalogue)


def area(scores: Scores, truth: np.ndarray) -> float:
    """Area under the ROC curve; ties count half.

    Args:
        scores: floats [n].
        truth: bool [n], some true, some false.

    >>> area(np.array([0.9, 0.5, 0.1]), np.array([True, False, True]))
    0.5
    """
    _, ranks, counts = np.unique(scores, return_inverse=True, return_counts=True)
    below = np.cumsum(counts) - counts
    middle = (below + (counts - 1) / 2)[ranks]
    positive, negative = int(truth.sum()), int((~truth).sum())
    return float((middle[truth].sum() - positive * (positive - 1) / 2) / (positive * negative))


def area_estimate(scores: Scores, truth: np.ndarray) -> Estimate:
    """`area` with its interval (Hanley & McNeil 1982)."""
    a = area(scores, truth)
    positive, negative = int(truth.sum()), int((~truth).sum())
    above, below = a / (2 - a), 2 * a * a / (1 + a)
    variance = a * (1 - a) + (positive - 1) * (above - a * a) + (negative - 1) * (below - a * a)
    width = 1.96 * math.sqrt(max(variance, 0.0) / (positive * negative))
    return Estimate(a, max(a - width, 0.0), min(a + width, 1.0))


def share(hits: int, n: int) -> Estimate:
    """A share with its interval (Wilson 1927)."""
    p, z = hits / n, 1.96
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    width = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return Estimate(p, max(middle - width, 0.0), min(middle + width, 1.0))

"""Query x catalogue -> songs: filter, rank, diversify, explain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType

import numpy as np

from mien.catalogue.filters import NO_FILTER, Filter
from mien.catalogue.songs import Catalogue, CatalogueRef
from mien.catalogue.store import Store, load
from mien.errors import NoFaceError
from mien.face.reading import FaceReading, Reading
from mien.listener.feedback import Feedback
from mien.listener.taste import Taste
from mien.mood import Mood
from mien.recommendation.diversity import LOSS, POOL, diversify
from mien.recommendation.filtering import SongFilter
from mien.recommendation.index import Allows
from mien.recommendation.journey import Step, plan_journey, put_in_order
from mien.recommendation.query import (
    DEFAULT_COUNT,
    DEFAULT_POLICY,
    DEFAULT_RANKING,
    Query,
    Subject,
)
from mien.recommendation.rankings import Ranking, Scores, make_ranking
from mien.recommendation.rankings.base import best_allowed
from mien.recommendation.reasons import explain
from mien.recommendation.results import Recommendation, Recommendations
from mien.recommendation.target import mood_of, shift

_NO_OPINIONS: Mapping[str, float] = MappingProxyType({})


class Recommender:
    """Recommends songs of one catalogue. Make it once, ask it often.

    Args:
        catalogue: the songs.
        ranking: a ranking of this catalogue that replaces the one that queries name.
    """

    def __init__(self, catalogue: Catalogue, ranking: Ranking | None = None) -> None:
        self.catalogue = catalogue
        self._replacement = ranking
        self._filter = SongFilter(catalogue)
        # All rankings of a small catalogue cost little; those of a large one, seconds and memory.
        self._named = lru_cache(maxsize=4)(lambda name: make_ranking(name, catalogue))
        self._taste = lru_cache(maxsize=2)(
            lambda opinions, like: Taste.of(catalogue, dict(opinions), like)
        )

    def ranking(self, name: str = DEFAULT_RANKING) -> Ranking:
        """A ranking of the catalogue, prepared.

        Raises:
            RankingError: no such ranking, or the catalogue cannot serve it.
        """
        return self._named(name) if self._replacement is None else self._replacement

    def mood(self, subject: Subject, ranking: str = DEFAULT_RANKING) -> Mood:
        """The mood that this catalogue has for a query's subject."""
        return mood_of(subject, self.catalogue.scale, self.ranking(ranking).mood_table)

    def recommend(
        self, query: Query, opinions: Mapping[str, float] = _NO_OPINIONS
    ) -> Recommendations:
        """The songs that fit.

        Args:
            query: the request; its `catalogue` and `personal` are the caller's to heed.
            opinions: song id -> how much the listener likes it, in [-1, 1]. Disliked songs (-1) do
                not come, and songs like loved ones come earlier.

        Raises:
            NotFoundError: a genre, or a song to be like, is not in the catalogue.
            RankingError: the catalogue cannot serve the ranking.
        """
        self.catalogue.require(query.like)
        search = _Search(self, query, {**opinions, **dict.fromkeys(query.like, 1.0)})
        mood = self.mood(query.subject, query.ranking)
        if query.to is None:
            mood = shift(mood, query.policy, self.catalogue.scale)
            return search.songs_for(mood)
        return search.journey(mood, self.mood(query.to, query.ranking))

    def _allows(self, query: Query, opinions: Mapping[str, float]) -> Allows | None:
        disliked = (song for song, value in opinions.items() if value == -1)
        return self._filter.allows(
            query.where,
            query.never.union(disliked, query.like),
            music_only=query.n is not None
            and not query.where.genres
            and not self.ranking(query.ranking).as_published,
        )


class _Search:
    """One query under way."""

    def __init__(
        self, recommender: Recommender, query: Query, opinions: Mapping[str, float]
    ) -> None:
        self.query = query
        self.catalogue = recommender.catalogue
        self.ranking = recommender.ranking(query.ranking)
        self.allows = recommender._allows(query, opinions)
        self.taste: Taste | None = None
        if opinions and not self.ranking.as_published:
            self.taste = recommender._taste(tuple(opinions.items()), query.like)

    def songs_for(self, mood: Mood) -> Recommendations:
        """The songs for one mood."""
        rows, scores = self._chosen(mood)
        songs = self.catalogue.songs(rows)
        query = self.query
        seen = query.policy == DEFAULT_POLICY and not isinstance(query.subject, Mood | str)
        reasons = explain(self.ranking, rows, songs, mood, seen=seen)
        found = zip(songs, scores.tolist(), self._with_taste(reasons, rows), strict=True)
        ranked = (Recommendation(rank, *each) for rank, each in enumerate(found, 1))
        return Recommendations(mood, self.ranking.name, tuple(ranked))

    def journey(self, start: Mood, end: Mood) -> Recommendations:
        """The songs from one mood to another."""
        assert self.query.n is not None
        n = len(self._top(start, self.query.n, self.allows)[0])  # or as many as may come
        steps = plan_journey(
            self.catalogue,
            lambda mood, allows: self._pool(mood, 1, allows),
            start,
            end,
            n,
            allows=self.allows,
            seed=self.query.seed,
        )
        if self.ranking.in_plane:
            steps = put_in_order(steps, self.ranking, start, end)
        return Recommendations(start, self.ranking.name, tuple(self._told(steps)), end)

    def _told(self, steps: Sequence[Step]) -> Iterable[Recommendation]:
        songs = self.catalogue.songs([step.row for step in steps])
        for rank, (step, song) in enumerate(zip(steps, songs, strict=True), 1):
            rows = np.array([step.row])
            reasons = explain(self.ranking, rows, [song], step.mood)
            (why,) = self._with_taste(reasons, rows)
            yield Recommendation(rank, song, step.score, f"Step {rank} of {len(steps)}. {why}")

    def _chosen(self, mood: Mood) -> tuple[np.ndarray, Scores]:
        """The rows and scores of the songs, best first."""
        n = self.query.n
        if n is None:
            return self._top(mood, len(self.catalogue), self.allows)
        rows, scores = self._pool(mood, n, self.allows)
        if self.ranking.as_published:
            order = _order(len(rows), self.query.seed)
            chosen = np.sort(order[:n])
        else:
            order = _order(len(rows), self.query.seed)
            chosen = np.sort(order[diversify(self.catalogue.kinds(rows[order]), n)])
        return rows[chosen], scores[chosen]

    def _pool(self, mood: Mood, n: int, allows: Allows | None) -> tuple[np.ndarray, Scores]:
        """The rows and scores of the songs that n are chosen from, best first."""
        rows, scores = self._top(mood, n * POOL, allows)
        threshold = self.ranking.threshold
        if not self.ranking.as_published and len(rows) > n:
            threshold = max(threshold, float(scores[n - 1]) - LOSS)
        fits = scores >= threshold
        return rows[fits], scores[fits]

    def _top(self, mood: Mood, count: int, allows: Allows | None) -> tuple[np.ndarray, Scores]:
        if self.taste is None:
            return self.ranking.top(mood, count, allows)
        return best_allowed(self.ranking.scores(mood) + self.taste.bonus, count, allows)

    def _with_taste(self, reasons: list[str], rows: np.ndarray) -> list[str]:
        if self.taste is None:
            return reasons
        close = [self.taste.close_to(int(row)) for row in rows]
        return [
            f"{why}. Close to {loved} song{'s' * (loved > 1)} you love" if loved else why
            for why, loved in zip(reasons, close, strict=True)
        ]


def _order(count: int, seed: int | None) -> np.ndarray:
    """The order in which a pool is gone through: best first, or drawn."""
    if seed is None:
        return np.arange(count)
    return np.random.default_rng(seed).permutation(count)


def recommend(
    subject: Reading | FaceReading | Subject,
    n: int | None = DEFAULT_COUNT,
    *,
    ranking: str = DEFAULT_RANKING,
    catalogue: str | None = None,
    policy: str = DEFAULT_POLICY,
    to: Reading | FaceReading | Subject | None = None,
    where: Filter = NO_FILTER,
    like: Iterable[str] = (),
    never: Iterable[str] = (),
    personal: bool = True,
    seed: int | None = None,
) -> Recommendations:
    """Songs that fit; everything but the subject is as in `mien.recommendation.query.Query`.

    Args:
        subject: a reading (of its largest face), one of its faces, an expression, a mood, or the
            name of an emotion.
        n: how many songs; None: every song of the catalogue, best first, noise and spoken word
            included, which otherwise come only where their genre is wanted.
        ranking: of `mien.recommendation.query.RANKINGS`.
        catalogue: its name; None: the one in use.
        policy: what the listener wants with the mood, of `mien.recommendation.target.POLICIES`.
        to: the end of a journey from the subject.
        where: which songs may come.
        like: ids of songs; songs near them come first, they themselves do not.
        never: ids of songs that must not come, nor other versions of them.
        personal: whether the listener's opinions (`mien.Feedback`) count. Without any, nothing
            changes.
        seed: None: the best songs. A number: others that fit nearly as well, the same for the same
            seed; without effect where all songs are wanted.

    Returns:
        The songs, none twice. They are by different artists and of several genres where that costs
        little, except by the paper's ranking, which gives fewer than n where fewer reach 0.85.

    Raises:
        QueryError: (a subclass) no such emotion, ranking or policy, or a value out of range.
        NoFaceError: the reading has no face.
        NotFoundError: no such catalogue or genre, or a song to be like is not in it.

    >>> [r.rank for r in recommend("happy", 3)]
    [1, 2, 3]
    """
    query = Query(
        _subject_of(subject),
        n,
        ranking=ranking,
        policy=policy,
        to=None if to is None else _subject_of(to),
        where=where,
        like=tuple(like),
        never=frozenset(never),
        personal=personal,
        seed=seed,
        catalogue=catalogue,
    )
    return run_query(query)


def run_query(query: Query) -> Recommendations:
    """The songs for a query, from the catalogue it names and with the listener's opinions.

    Raises:
        NotFoundError, RankingError: as `Recommender.recommend`.
    """
    recommender = recommender_of(query.catalogue)
    return recommender.recommend(query, Feedback().values() if query.personal else _NO_OPINIONS)


def recommender_of(catalogue: str | None = None) -> Recommender:
    """The recommender of a catalogue; the same one as long as the catalogue does not change.

    Raises:
        NoSuchCatalogueError: there is no such catalogue.
    """
    return _recommender(Store().find(catalogue))


@lru_cache(maxsize=4)
def _recommender(ref: CatalogueRef) -> Recommender:
    return Recommender(load(ref))


def _subject_of(value: Reading | FaceReading | Subject) -> Subject:
    if not isinstance(value, Reading | FaceReading):
        return value
    if value.expression is None:
        raise NoFaceError("no face was found", "name the emotion instead, such as 'happy'")
    return value.expression

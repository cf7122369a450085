"""Query x catalogue -> songs: filter, rank, diversify, explain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache, partial
from pathlib import Path
from threading import Lock
from types import MappingProxyType

import numpy as np

from mien.catalogue.filters import NO_FILTER, Filter
from mien.catalogue.songs import Catalogue
from mien.catalogue.store import Store, load
from mien.errors import NoFaceError
from mien.face.reading import FaceReading, Reading
from mien.listener.feedback import Feedback
from mien.listener.history import NO_HISTORY, History
from mien.listener.taste import Taste
from mien.listener.variety import DAYS, Search, Shown, Variety
from mien.mood import Mood
from mien.recommendation.diversity import POOL, diversify
from mien.recommendation.filtering import SongFilter
from mien.recommendation.index import Allows
from mien.recommendation.journey import plan_journey, sort_steps
from mien.recommendation.query import (
    DEFAULT_COUNT,
    DEFAULT_FAMILIARITY,
    DEFAULT_POLICY,
    DEFAULT_RANKING,
    FAMILIARITY,
    Query,
    Subject,
)
from mien.recommendation.rankings import Ranking, Scores, make_ranking
from mien.recommendation.rankings.base import best_allowed
from mien.recommendation.reasons import explain
from mien.recommendation.results import Recommendation, Recommendations
from mien.recommendation.target import MIXTURES, Target, make_target, mood_of

_NO_OPINIONS: Mapping[str, float] = MappingProxyType({})

_KEPT = 4
_recommenders: dict[tuple[Path, str], Recommender] = {}  # the most recently used last
_lock = Lock()


class Recommender:
    """Recommends songs of one catalogue. Make it once and use it often.

    Args:
        catalogue: the songs.
        ranking: a ranking of this catalogue that replaces the one that queries name.
    """

    def __init__(self, catalogue: Catalogue, ranking: Ranking | None = None) -> None:
        self.catalogue = catalogue
        self._replacement = ranking
        self._filter = SongFilter(catalogue)
        # A ranking of a large catalogue takes seconds to prepare, and memory: only a few are kept.
        self._named = lru_cache(maxsize=4)(lambda name: make_ranking(name, catalogue))
        self._taste = lru_cache(maxsize=2)(
            lambda opinions, like, history: Taste.of(catalogue, dict(opinions), like, history)
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
        self,
        query: Query,
        opinions: Mapping[str, float] = _NO_OPINIONS,
        history: History = NO_HISTORY,
        shown: Sequence[Shown] = (),
    ) -> Recommendations:
        """The songs that fit.

        Args:
            query: the request. Its `catalogue` and `personal` are up to the caller
                (see `run_query`).
            opinions: song id -> how much the listener likes it, in [-1, 1]. Disliked songs (-1)
                are left out, and songs like loved ones rank higher.
            history: what the listener has played and keeps; known songs and artists, and songs like
                these, rank higher.
            shown: songs of the last lists, which step back unless the query has a seed or no n.

        Raises:
            NotFoundError: a genre, or a song of `like`, is not in the catalogue.
            RankingError: the catalogue cannot serve the ranking.
        """
        if query.like:
            self.catalogue.require(query.like)
            opinions = {**opinions, **dict.fromkeys(query.like, 1.0)}
        ranking = self.ranking(query.ranking)
        disliked = (song for song, opinion in opinions.items() if opinion == -1)
        allows = self._filter.allows(
            query.where,
            query.never.union(disliked, query.like),
            music_only=not (query.n is None or ranking.as_published),
        )
        taste = None
        if (opinions or history) and not ranking.as_published:
            taste = self._taste(tuple(opinions.items()), query.like, history)
        variety = None
        if shown and query.seed is None and query.n is not None and not ranking.as_published:
            variety = Variety.of(self.catalogue, shown, datetime.now(UTC))
        search = _Search(query, self.catalogue, ranking, allows, taste, variety)
        if query.to is not None:
            ends = (self.mood(end, query.ranking) for end in (query.subject, query.to))
            return search.journey(*ends)
        return search.songs_for(
            make_target(
                query.subject,
                query.policy,
                self.catalogue.scale,
                ranking.mood_table,
                familiarity=FAMILIARITY[query.familiarity],
                languages=query.languages,
            )
        )


@dataclass(frozen=True)
class _Search:
    """A query in progress: which rows are allowed, and what orders them.

    Attributes:
        query: the request.
        catalogue: the songs.
        ranking: what ranks them.
        allows: the rows that are allowed; None: all.
        taste: adds its bonus to each score; None: nothing does.
        variety: takes from the scores of songs that were shown recently; None: nothing does.
    """

    query: Query
    catalogue: Catalogue
    ranking: Ranking
    allows: Allows | None
    taste: Taste | None
    variety: Variety | None = None

    def songs_for(self, target: Target) -> Recommendations:
        """The songs for one target."""
        query = self.query
        rows, scores = self._choose(target)
        songs = self.catalogue.songs(rows)
        seen = query.policy in MIXTURES and not isinstance(query.subject, Mood | str)
        reasons = explain(self.ranking, rows, songs, target, seen=seen, taste=self.taste)
        found = zip(songs, scores.tolist(), reasons, strict=True)
        ranked = tuple(Recommendation(rank, *each) for rank, each in enumerate(found, 1))
        return Recommendations(target.mood, self.ranking.name, ranked)

    def journey(self, start: Mood, end: Mood) -> Recommendations:
        """The songs from one mood to another, in order."""
        assert self.query.n is not None
        rows, _ = self._top(_point(start, self.query), self.query.n, self.allows)
        n = len(rows)  # fewer where fewer are allowed
        steps = plan_journey(
            self.catalogue,
            lambda mood, allows: self._pool(_point(mood, self.query), 1, allows),
            start,
            end,
            n,
            allows=self.allows,
            seed=self.query.seed,
        )
        if self.ranking.in_plane:
            steps = sort_steps(steps, self.ranking, start, end)
        songs = self.catalogue.songs([step.row for step in steps])
        ranked = (
            Recommendation(rank, song, step.score, f"Step {rank} of {len(steps)}. {why}")
            for rank, (step, song) in enumerate(zip(steps, songs, strict=True), 1)
            for why in explain(
                self.ranking, np.array([step.row]), [song], step.mood, taste=self.taste
            )
        )
        return Recommendations(start, self.ranking.name, tuple(ranked), end)

    def _choose(self, mood: Target) -> tuple[np.ndarray, Scores]:
        """The rows and scores of the songs for a mood, best first."""
        n, seed = self.query.n, self.query.seed
        if n is None:
            return self._top(mood, len(self.catalogue), self.allows)
        rows, scores = self._pool(mood, n, self.allows)
        order = None if seed is None else np.random.default_rng(seed).permutation(len(rows))
        shuffled = rows if order is None else rows[order]
        if self.ranking.as_published:
            chosen = np.arange(len(rows))[:n]
        else:
            chosen = np.array(diversify(self.catalogue.kinds(shuffled), n), np.int64)
        if order is not None:
            chosen = np.sort(order[chosen])
        return rows[chosen], scores[chosen]

    def _pool(self, mood: Target, n: int, allows: Allows | None) -> tuple[np.ndarray, Scores]:
        """The rows and scores of the songs to choose n from, best first."""
        rows, scores = self._top(mood, n * POOL, allows)
        threshold = self.ranking.threshold
        if not self.ranking.as_published and len(rows) > n:
            threshold = max(threshold, float(scores[n - 1]) - self.ranking.loss)
        fits = scores >= threshold
        return rows[fits], scores[fits]

    def _top(self, mood: Target, count: int, allows: Allows | None) -> tuple[np.ndarray, Scores]:
        """The rows and scores of the best songs, taste and variety included."""
        if self.taste is None:
            search: Search = partial(self.ranking.top, mood, allows=allows)
        else:
            scores = self.ranking.scores(mood) + self.taste.bonus
            search = partial(best_allowed, scores, allows=allows)
        return search(count) if self.variety is None else self.variety.best(search, count)


def _point(mood: Mood, query: Query) -> Target:
    weight = FAMILIARITY[query.familiarity]
    return Target(mood.valence, mood.energy, mood.tempo, (), weight, query.languages)


def recommend(
    subject: Reading | FaceReading | Subject,
    n: int | None = DEFAULT_COUNT,
    *,
    ranking: str = DEFAULT_RANKING,
    catalogue: str | None = None,
    policy: str = DEFAULT_POLICY,
    familiarity: str = DEFAULT_FAMILIARITY,
    languages: Iterable[str] = (),
    to: Reading | FaceReading | Subject | None = None,
    where: Filter = NO_FILTER,
    like: Iterable[str] = (),
    never: Iterable[str] = (),
    personal: bool = True,
    seed: int | None = None,
) -> Recommendations:
    """Recommend songs that fit.

    Args:
        subject: a reading (its largest face counts), one of its faces, an expression, a mood, or
            the name of an emotion or of a mood (`mien.recommendation.query.SUBJECTS`).
        n: how many songs; None: all songs of the catalogue, best first, with noise and spoken
            word, which are otherwise left out unless `where` asks for their genre.
        ranking: how songs are ranked, one of `mien.recommendation.query.RANKINGS`.
        catalogue: its name; None: the one in use.
        policy: what the listener wants with the mood, one of
            `mien.recommendation.target.POLICIES`.
        familiarity: how much it counts that people know a song, one of
            `mien.recommendation.query.FAMILIARITY`.
        languages: ISO 639-1 codes of the listener's languages; songs that are known to be in others
            come later. None: the language does not matter.
        to: the end of a journey that starts at the subject and takes n even steps.
        where: conditions that each song must meet.
        like: ids of songs; songs like these rank higher, these themselves are left out.
        never: ids of songs to leave out, together with other versions of them.
        personal: whether the listener's feedback (`mien.Feedback`) counts: opinions, history, and
            the lists that were shown recently, whose songs step back.
        seed: None: the best songs. A number: others that fit nearly as well, the same ones for the
            same seed; without effect where n is None.

    Returns:
        The songs, none twice. They are by different artists and of several genres where that costs
        little. The paper's ranking does not diversify, and gives fewer than n songs where fewer
        reach 0.85.

    Raises:
        QueryError: (a subclass) no such emotion, ranking or policy, or a value out of range.
        NoFaceError: the reading has no face.
        NotFoundError: no such catalogue or genre, or a song of `like` is not in the catalogue.

    >>> [r.rank for r in recommend("happy", 3)]
    [1, 2, 3]
    """
    query = Query(
        _subject_of(subject),
        n,
        ranking=ranking,
        policy=policy,
        familiarity=familiarity,
        languages=languages,  # type: ignore[arg-type]  # Query makes a tuple of it
        to=None if to is None else _subject_of(to),
        where=where,
        like=like,  # type: ignore[arg-type]  # Query makes a tuple of it
        never=never,  # type: ignore[arg-type]
        personal=personal,
        seed=seed,
        catalogue=catalogue,
    )
    return run_query(query)


def run_query(query: Query, *, on_screen: float = 0) -> Recommendations:
    """The songs for a query, from the catalogue that it names and with the listener's feedback.

    Args:
        query: the request.
        on_screen: seconds for which the songs of a list do not step back, for pages that ask again
            while the listener refines a request.

    Raises:
        NotFoundError, RankingError: as `Recommender.recommend`.
    """
    recommender = recommender_of(query.catalogue)
    if not query.personal:
        return recommender.recommend(query)
    feedback = Feedback()
    return recommender.recommend(
        query,
        feedback.preferences(),
        feedback.history(),
        feedback.shown(DAYS, before=on_screen) if query.seed is None else (),
    )


def recommender_of(catalogue: str | None = None) -> Recommender:
    """The recommender of a catalogue; the same one as long as the catalogue does not change.

    Raises:
        NoSuchCatalogueError: there is no such catalogue.
    """
    ref = Store().find(catalogue)
    key = ref.path, ref.name
    with _lock:
        found = _recommenders.pop(key, None)
        if found is None or found.catalogue.ref != ref:  # what is replaced is not kept
            found = Recommender(load(ref))
        _recommenders[key] = found
        while len(_recommenders) > _KEPT:
            del _recommenders[next(iter(_recommenders))]
    return found


def _subject_of(value: Reading | FaceReading | Subject) -> Subject:
    if not isinstance(value, Reading | FaceReading):
        return value
    if value.expression is None:
        raise NoFaceError("no face was found", "name the emotion instead, such as 'happy'")
    return value.expression

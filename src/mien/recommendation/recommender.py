"""Mood x catalogue -> the songs that fit, each with a reason."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from functools import cached_property, lru_cache
from numbers import Integral

import numpy as np
import numpy.typing as npt

from mien.catalogue.filters import Filter
from mien.catalogue.songs import Catalogue, CatalogueRef, Song
from mien.catalogue.store import Store, load
from mien.errors import MoodError, NoFaceError
from mien.face.expression import Expression
from mien.face.reading import FaceReading, Reading
from mien.listener.feedback import Feedback
from mien.listener.taste import Taste
from mien.mood import Mood
from mien.recommendation.diversity import LOSS, POOL, various
from mien.recommendation.plane import Allows
from mien.recommendation.rankings import DEFAULT_RANKING, ranking
from mien.recommendation.rankings.base import Ranking, Scores, best_of
from mien.recommendation.results import Recommendation, Recommendations
from mien.recommendation.target import expected_mood, interpolate, named_expression, shift

_ALL = Filter()


LONGEST = 1000
"""Songs of a journey: each is looked for on its own."""


MoodSource = Reading | FaceReading | Expression | Mood | str
"""A reading (of its largest face), one of its faces, an expression, a mood, an emotion's name."""


class Recommender:
    """Songs of one catalogue by one ranking; make it once, ask often.

    Args:
        catalogue: the songs.
        by: the ranking, or its name.

    Raises:
        MoodError: no such ranking.
    """

    def __init__(self, catalogue: Catalogue, by: str | Ranking = DEFAULT_RANKING) -> None:
        self.catalogue = catalogue
        self.ranking: Ranking = ranking(by, catalogue) if isinstance(by, str) else by
        # Moods change faster than what a listener leaves out.
        self._mask = lru_cache(maxsize=4)(self._of_filter)
        self._music = lru_cache(maxsize=4)(self._of_music)
        self._never = lru_cache(maxsize=4)(catalogue.versions_of)

    def mood(self, what: MoodSource) -> Mood:
        """What to look for, from whatever the caller has (see `recommend`)."""
        if isinstance(what, Mood):
            return what
        if isinstance(what, str):
            what = named_expression(what)
        elif isinstance(what, Reading | FaceReading):
            if what.expression is None:
                raise NoFaceError("no face was found", "say the emotion instead, such as 'happy'")
            what = what.expression
        if not isinstance(what, Expression):
            raise MoodError(
                f"songs cannot be chosen for a {type(what).__name__}",
                "give a reading, an expression, a mien.Mood, or the name of an emotion",
            )
        return expected_mood(what, self.catalogue.scale, self.ranking.mood_table)

    def recommend(
        self,
        what: MoodSource,
        n: int | None = 6,
        *,
        policy: str = "match",
        to: MoodSource | None = None,
        where: Filter = _ALL,
        taste: Taste | None = None,
        seed: int | None = None,
    ) -> Recommendations:
        """See `mien.recommendation.recommender.recommend`; `taste` is this catalogue's, or None
        for nobody's."""
        if seed is not None and (not isinstance(seed, Integral) or seed < 0):
            raise MoodError(f"{seed} is no seed", "give a whole number of 0 or more")
        if n is not None and (not isinstance(n, Integral) or n < 1):
            raise MoodError(f"{n} songs cannot be recommended", "ask for a whole number from 1 on")
        n, seed = (None if value is None else int(value) for value in (n, seed))
        allows = self._allowed_by(where, anything=n is None)
        if to is not None:
            if policy != "match":
                raise MoodError("a journey has its own end", "leave the policy out")
            if n is None:
                raise MoodError("a journey has a number of songs", "say how many")
            if n > LONGEST:
                raise MoodError(f"a journey has at most {LONGEST} songs", "ask for fewer")
            return self._journey((self.mood(what), self.mood(to)), n, allows, taste, seed)
        mood = shift(self.mood(what), policy, self.catalogue.scale)
        rows, scores = self._chosen(mood, n, allows, taste, seed)
        songs = self.catalogue.songs(rows)
        reasons = self._reasons(rows, songs, mood, taste, own=policy == "match")
        found = zip(songs, scores.tolist(), reasons, strict=True)
        said = (Recommendation(rank, *each) for rank, each in enumerate(found, 1))
        return Recommendations(mood, self.ranking.name, tuple(said))

    @cached_property
    def _only_music(self) -> bool:
        return bool(self.catalogue.is_music.all())

    def _of_filter(self, where: Filter) -> npt.NDArray[np.bool_]:
        return where.mask(self.catalogue)

    def _of_music(self, where: Filter) -> npt.NDArray[np.bool_]:
        return where.mask(self.catalogue) & self.catalogue.is_music

    def _allowed_by(self, where: Filter, *, anything: bool) -> Allows | None:
        """Which rows may come; None for all of them. What is no music comes only where it is asked
        for by its genre, or with `anything`."""
        anything = anything or self.ranking.as_published or bool(where.genres)
        if where == _ALL and (anything or self._only_music):
            return None
        made = self._mask if anything else self._music
        if not where.never:
            return made(where).take
        mask = made(dataclasses.replace(where, never=frozenset()))
        never = self._never(where.never)
        return lambda rows: mask[rows] & np.isin(rows, never, invert=True)

    def _reasons(
        self,
        rows: np.ndarray,
        songs: Sequence[Song],
        mood: Mood,
        taste: Taste | None,
        *,
        own: bool = False,
    ) -> list[str]:
        reasons = self.ranking.reasons(rows, songs, mood, own=own)
        if taste is None or self.ranking.as_published:
            return reasons
        close = [taste.close_to(int(row)) for row in rows]
        return [
            f"{why}; close to {loved} song{'s' * (loved > 1)} you love" if loved else why
            for why, loved in zip(reasons, close, strict=True)
        ]

    def _chosen(
        self,
        mood: Mood,
        n: int | None,
        allows: Allows | None,
        taste: Taste | None,
        seed: int | None,
    ) -> tuple[np.ndarray, Scores]:
        """The rows of the songs and their scores, best first."""
        if n is None:
            return self._top(mood, len(self.catalogue), allows, taste)
        rows, scores = self._pool(mood, n, allows, taste)
        order = None if seed is None else np.random.default_rng(seed).permutation(len(rows))
        in_turn = rows if order is None else rows[order]
        if self.ranking.as_published:
            places: Sequence[int] = range(len(rows))[:n]
        else:
            places = various(self.catalogue.kinds(in_turn), n)
        chosen = np.array(places, np.int64)
        if order is not None:
            chosen = np.sort(order[chosen])
        return rows[chosen], scores[chosen]

    def _pool(
        self, mood: Mood, n: int, allows: Allows | None, taste: Taste | None
    ) -> tuple[np.ndarray, Scores]:
        """The rows among which n are chosen and their scores, best first."""
        rows, scores = self._top(mood, n * POOL, allows, taste)
        least = self.ranking.least
        if not self.ranking.as_published and len(rows) > n:
            least = max(least, float(scores[n - 1]) - LOSS)
        fits = scores >= least
        return rows[fits], scores[fits]

    def _top(
        self, mood: Mood, count: int, allows: Allows | None, taste: Taste | None
    ) -> tuple[np.ndarray, Scores]:
        if taste is None or self.ranking.as_published:
            return self.ranking.top(mood, count, allows)
        return best_of(self.ranking.scores(mood) + taste.bonus, count, allows)

    def _journey(
        self,
        ends: tuple[Mood, Mood],
        n: int,
        allows: Allows | None,
        taste: Taste | None,
        seed: int | None,
    ) -> Recommendations:
        """One song for each of n even steps; the one that fits best of other artists."""
        random = None if seed is None else np.random.default_rng(seed)
        start, end = ends
        heard: list[int] = []
        artists: set[int] = set()
        steps: list[tuple[Mood, float]] = []

        def unheard(rows: np.ndarray) -> np.ndarray:
            fits = np.ones(len(rows), bool) if allows is None else allows(rows)
            for row in heard:
                fits &= rows != row
            return fits

        n = len(self._top(start, n, allows, taste)[0])  # or as many as may come
        for step in range(n):
            mood = interpolate(start, end, step / (n - 1) if n > 1 else 1.0, self.catalogue.scale)
            rows, scores = self._pool(mood, 1, unheard, taste)
            if not len(rows):
                continue
            order = np.arange(len(rows)) if random is None else random.permutation(len(rows))
            kinds = list(self.catalogue.kinds(rows[order]))
            new = (i for i, kind in enumerate(kinds) if artists.isdisjoint(kind.artists))
            place = next(new, 0)
            artists.update(kinds[place].artists)
            heard.append(int(rows[order[place]]))
            steps.append((mood, float(scores[order[place]])))
        if self.ranking.in_plane:
            forward = self._on_the_way(heard, start, end)
            heard, steps = [heard[i] for i in forward], [steps[i] for i in forward]
        songs = []
        found = zip(heard, self.catalogue.songs(heard), steps, strict=True)
        for rank, (row, song, (mood, score)) in enumerate(found, 1):
            (why,) = self._reasons(np.array([row]), [song], mood, taste)
            songs.append(Recommendation(rank, song, score, f"step {rank} of {len(heard)}: {why}"))
        return Recommendations(start, self.ranking.name, tuple(songs), end)

    def _on_the_way(self, rows: list[int], start: Mood, end: Mood) -> list[int]:
        """The places of `rows` in the order of how far the songs are from start to end: where the
        end lies beyond all songs, the one that fits it second best may lie before another."""
        way = self.ranking.position_of(end) - self.ranking.position_of(start)
        order: list[int] = np.argsort(
            way @ self.ranking.plane()[0][:, rows], kind="stable"
        ).tolist()
        return order


def recommend(
    what: MoodSource,
    n: int | None = 6,
    *,
    ranking: str = DEFAULT_RANKING,
    catalogue: str | None = None,
    policy: str = "match",
    to: MoodSource | None = None,
    where: Filter = _ALL,
    like: Sequence[str] = (),
    personal: bool = True,
    seed: int | None = None,
) -> Recommendations:
    """Songs that fit.

    Args:
        what: a reading (of its largest face), one of its faces, an expression, a mood, or the name
            of an emotion.
        n: how many songs; None: every song of the catalogue, best first, with what is no music
            (noise to sleep by, spoken words), which else comes only where its genre is asked for.
        ranking: of `mien.recommendation.rankings.RANKINGS`.
        catalogue: its name; None: the one in use.
        policy: what the listener wants with the mood, of `mien.recommendation.target.POLICIES`.
        to: a journey to this mood instead, of at most `LONGEST` songs: each a step of the same
            length further.
        where: which songs may come.
        like: ids of songs that are loved for once: those come that are near them and fit the mood,
            they themselves do not.
        personal: heed what was said of songs (`mien.Feedback`): what is disliked does not come,
            what is like loved songs comes earlier. Where nothing was said, nothing changes.
        seed: None: the best n. A number: n of those that fit nearly as well
            (`mien.catalogue.filters`), the
            same for the same seed; without effect where every song is asked for.

    Returns:
        The songs, no song twice. They are by different artists and of several genres where that
        costs little fit, except by the paper's ranking, which gives fewer than n where fewer
        reach 0.85.

    Raises:
        MoodError: no such emotion, ranking or policy, n below 1, or too long a journey.
        NoFaceError: the reading has no face.
        NotFoundError: no such catalogue or genre, or a song to be like is not in it.
    """
    place = Store().find(catalogue)
    made, taste = _recommender(place, ranking), None
    made.catalogue.require(like)
    said = {**(Feedback().values() if personal else {}), **dict.fromkeys(like, 1.0)}
    if said:
        disliked = frozenset(song for song, value in said.items() if value == -1)
        where = dataclasses.replace(where, never=where.never.union(disliked, like))
        taste = _taste(place, ranking, tuple(said.items()), tuple(like))
    return made.recommend(what, n, policy=policy, to=to, where=where, taste=taste, seed=seed)


def recommender_of(catalogue: str | None = None, ranking: str = DEFAULT_RANKING) -> Recommender:
    """The recommender of a catalogue; the same again while the catalogue stays the same.

    Raises:
        NotFoundError, MoodError: there is no such catalogue or ranking.
    """
    return _recommender(Store().find(catalogue), ranking)


@lru_cache(maxsize=4)
def _recommender(place: CatalogueRef, name: str) -> Recommender:
    return Recommender(load(place), name)


@lru_cache(maxsize=2)
def _taste(
    place: CatalogueRef, name: str, said: tuple[tuple[str, float], ...], wished: tuple[str, ...]
) -> Taste:
    return Taste.of(_recommender(place, name).catalogue, dict(said), wished)

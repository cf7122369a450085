"""Mood x catalogue -> the songs that fit, each with a reason."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from mien.catalogue.store import Catalogue, Place, Song, Store, load
from mien.errors import MoodError, NoFaceError
from mien.expression import Expression
from mien.mood import Mood, emotion, mood_of
from mien.ranking import DEFAULT_RANKING, Ranking, best, ranking
from mien.reading import FaceReading, Reading

POOL = 10
"""With a seed, n songs are drawn from the n x POOL that fit best."""


@dataclass(frozen=True)
class Recommendation:
    """One song and why it is there.

    Attributes:
        rank: 1 for the best.
        song: the song.
        score: the ranking's, at most 1.
        why: a short sentence; its numbers are the song's and the mood's.
    """

    rank: int
    song: Song
    score: float
    why: str


@dataclass(frozen=True)
class Recommendations:
    """Songs for a mood, best first.

    Attributes:
        mood: what was looked for.
        ranking: the name of the ranking.
        songs: the songs; fewer than asked for where fewer fit.
    """

    mood: Mood
    ranking: str
    songs: tuple[Recommendation, ...]

    def __len__(self) -> int:
        return len(self.songs)

    def __iter__(self) -> Iterator[Recommendation]:
        return iter(self.songs)


class Recommender:
    """Songs of one catalogue by one ranking; make it once, ask often.

    Args:
        catalogue: the songs.
        name: the ranking's name.

    Raises:
        MoodError: no such ranking.
    """

    def __init__(self, catalogue: Catalogue, name: str = DEFAULT_RANKING) -> None:
        self.catalogue = catalogue
        self.ranking: Ranking = ranking(name, catalogue)

    def mood(self, what: Reading | FaceReading | Expression | Mood | str) -> Mood:
        """What to look for, from whatever the caller has (see `recommend`)."""
        if isinstance(what, Mood):
            return what
        if isinstance(what, str):
            what = emotion(what)
        elif isinstance(what, Reading | FaceReading):
            if what.expression is None:
                raise NoFaceError("no face was found; say the emotion instead, such as 'happy'.")
            what = what.expression
        if not isinstance(what, Expression):
            raise MoodError(
                f"songs cannot be chosen for a {type(what).__name__}; give a reading, an "
                "expression, a mien.Mood, or the name of an emotion."
            )
        return mood_of(what, self.catalogue.scale, self.ranking.mood_table)

    def rows(
        self,
        mood: Mood,
        n: int | None = 6,
        *,
        genres: Collection[str] = (),
        seed: int | None = None,
    ) -> tuple[np.ndarray, np.ndarray]:
        """The rows of the songs in the catalogue and their scores, best first (see `recommend`)."""
        if seed is not None and (not isinstance(seed, int) or seed < 0):
            raise MoodError(f"{seed!r} is no seed; give a whole number of 0 or more.")
        scores = self.ranking.scores(mood)
        rows: np.ndarray | None = None
        if genres:
            genres = (genres,) if isinstance(genres, str) else genres
            rows = np.flatnonzero(self.catalogue.in_genres(genres))
            scores = scores[rows]
        if n is None:
            chosen = best(scores, len(scores))
        elif not isinstance(n, int) or n < 1:
            raise MoodError(f"{n} songs cannot be recommended; ask for 1 or more.")
        elif seed is None:
            chosen = best(scores, n)
        else:
            pool = best(scores, n * POOL)
            pool = pool[scores[pool] >= self.ranking.least]
            drawn = np.random.default_rng(seed).permutation(len(pool))[:n]
            chosen = pool[np.sort(drawn)]
        if n is not None:
            chosen = chosen[scores[chosen] >= self.ranking.least]
        return (chosen if rows is None else rows[chosen]), scores[chosen]

    def recommend(
        self,
        what: Reading | FaceReading | Expression | Mood | str,
        n: int | None = 6,
        *,
        genres: Collection[str] = (),
        seed: int | None = None,
    ) -> Recommendations:
        """See `mien.recommender.recommend`."""
        mood = self.mood(what)
        rows, scores = self.rows(mood, n, genres=genres, seed=seed)
        songs = self.catalogue.songs(rows)
        return Recommendations(
            mood,
            self.ranking.name,
            tuple(
                Recommendation(rank, song, float(score), self.ranking.why(int(row), song, mood))
                for rank, (row, song, score) in enumerate(zip(rows, songs, scores, strict=True), 1)
            ),
        )


def recommend(
    what: Reading | FaceReading | Expression | Mood | str,
    n: int | None = 6,
    *,
    ranking: str = DEFAULT_RANKING,
    catalogue: str | None = None,
    genres: Collection[str] = (),
    seed: int | None = None,
) -> Recommendations:
    """Songs that fit.

    Args:
        what: a reading (of its largest face), one of its faces, an expression, a mood, or the name
            of an emotion.
        n: how many songs; None: every song of the catalogue, best first.
        ranking: of `mien.ranking.RANKINGS`.
        catalogue: its name; None: the one in use.
        genres: only songs of any of these.
        seed: None: the best n. A number: n drawn from the best 10 n, the same for the same seed;
            without effect where every song is asked for.

    Returns:
        The songs, no song twice. The paper's ranking gives fewer than n where fewer reach 0.85.

    Raises:
        MoodError: no such emotion or ranking, or n below 1.
        NoFaceError: the reading has no face.
        CatalogueError: no such catalogue or genre.
    """
    made = _recommender(Store().find(catalogue), ranking)
    return made.recommend(what, n, genres=genres, seed=seed)


@lru_cache(maxsize=4)
def _recommender(place: Place, name: str) -> Recommender:
    return Recommender(load(place), name)

"""Songs for the moods of a timeline."""

from __future__ import annotations

from collections.abc import Iterable

from mien.face.watching import Stretch
from mien.recommendation.query import Query
from mien.recommendation.recommender import recommender_of
from mien.recommendation.results import Recommendation


def soundtrack(
    parts: Iterable[Stretch], *, catalogue: str | None = None, seed: int | None = None
) -> list[Recommendation]:
    """A song for each part, none twice.

    Raises:
        CatalogueError: there is no such catalogue.
    """
    recommender = recommender_of(catalogue)
    songs: list[Recommendation] = []
    for part in parts:
        heard = frozenset(r.song.id for r in songs)
        songs += recommender.recommend(Query(part.expression, 1, never=heard, seed=seed))
    return songs

"""Songs for a timeline of expressions."""

from __future__ import annotations

from collections.abc import Iterable

from mien.face.watching import Segment
from mien.recommendation.query import Query
from mien.recommendation.recommender import recommender_of
from mien.recommendation.results import Recommendation


def recommend_soundtrack(
    segments: Iterable[Segment], *, catalogue: str | None = None, seed: int | None = None
) -> list[Recommendation]:
    """Recommend one song for each segment, none of them twice.

    Args:
        segments: as `mien.face.watching.segments` gives them.
        catalogue: its name; by default the one in use.
        seed: chooses other songs that fit as well.

    Raises:
        CatalogueError: there is no such catalogue.
    """
    recommender = recommender_of(catalogue)
    songs: list[Recommendation] = []
    for segment in segments:
        used = frozenset(r.song.id for r in songs)
        songs += recommender.recommend(Query(segment.expression, 1, never=used, seed=seed))
    return songs

"""Songs for the moods of a timeline."""

from __future__ import annotations

from collections.abc import Iterable

from mien.catalogue.filters import Filter
from mien.face.watching import Stretch
from mien.recommendation.recommender import recommender_of
from mien.recommendation.results import Recommendation
from mien.recommendation.target import expected_mood


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
        where = Filter(never=frozenset(r.song.id for r in songs))
        mood = expected_mood(
            part.expression, recommender.catalogue.scale, recommender.ranking.mood_table
        )
        songs += recommender.recommend(mood, 1, where=where, seed=seed)
    return songs

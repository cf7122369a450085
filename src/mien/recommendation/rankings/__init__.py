"""The rankings by name."""

from __future__ import annotations

from mien.catalogue.songs import Catalogue
from mien.errors import MoodError
from mien.recommendation.rankings.base import Ranking
from mien.recommendation.rankings.collaborative import CollaborativeRanking
from mien.recommendation.rankings.comparison import PopularityRanking, RandomRanking
from mien.recommendation.rankings.features import CosineRanking, NearnessRanking, PaperRanking
from mien.recommendation.rankings.listeners import ListenersRanking

RANKINGS: dict[str, type[Ranking]] = {
    r.name: r
    for r in (
        ListenersRanking,
        NearnessRanking,
        CosineRanking,
        PaperRanking,
        CollaborativeRanking,
        PopularityRanking,
        RandomRanking,
    )
}


DEFAULT_RANKING = ListenersRanking.name


def ranking(name: str, catalogue: Catalogue) -> Ranking:
    """A ranking by name, prepared for a catalogue.

    Raises:
        MoodError: no such ranking.
    """
    if name not in RANKINGS:
        raise MoodError(f"no ranking is called {name!r}", f"use {', '.join(RANKINGS)}")
    return RANKINGS[name](catalogue)

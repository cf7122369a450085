"""The rankings by name. A ranking only ranks; `mien.recommendation.reasons` explains."""

from __future__ import annotations

from mien.catalogue.songs import Catalogue
from mien.errors import RankingError
from mien.recommendation.rankings.base import Ranking, Scores
from mien.recommendation.rankings.baselines import PopularityRanking, RandomRanking
from mien.recommendation.rankings.collaborative import CollaborativeRanking
from mien.recommendation.rankings.features import CosineRanking, NearnessRanking, PaperRanking
from mien.recommendation.rankings.listeners import ListenersRanking

__all__ = [
    "BY_NAME",
    "CollaborativeRanking",
    "CosineRanking",
    "ListenersRanking",
    "NearnessRanking",
    "PaperRanking",
    "PopularityRanking",
    "RandomRanking",
    "Ranking",
    "Scores",
    "make_ranking",
]

BY_NAME: dict[str, type[Ranking]] = {
    ranking.name: ranking
    for ranking in (
        ListenersRanking,
        NearnessRanking,
        CosineRanking,
        PaperRanking,
        CollaborativeRanking,
        PopularityRanking,
        RandomRanking,
    )
}


def make_ranking(name: str, catalogue: Catalogue) -> Ranking:
    """A ranking by name, prepared for a catalogue.

    Raises:
        RankingError: no such ranking, or the catalogue cannot serve it.
    """
    if name not in BY_NAME:
        raise RankingError(f"there is no ranking called {name!r}", f"use {', '.join(BY_NAME)}")
    return BY_NAME[name](catalogue)

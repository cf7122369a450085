"""Catalogues at their limits, each with every ranking."""

from __future__ import annotations

from pathlib import Path

import catalogues
import pytest

from mien import Catalogue, Recommender, Store
from mien.recommendation.query import RANKINGS
from mien.recommendation.rankings import Ranking, make_ranking

FREE_RANKINGS = [name for name in RANKINGS if name != "collaborative"]  # that need no playlists


@pytest.fixture
def starter() -> Catalogue:
    return Store().open("starter")


@pytest.fixture
def marked(tmp_path: Path) -> Catalogue:
    return catalogues.marked(tmp_path)


@pytest.fixture(params=catalogues.SIZES)
def catalogue(request: pytest.FixtureRequest, tmp_path: Path) -> Catalogue:
    return catalogues.of_size(request.param, tmp_path)


@pytest.fixture(params=RANKINGS)
def ranking(request: pytest.FixtureRequest, catalogue: Catalogue) -> Ranking:
    """Every ranking of every catalogue."""
    if request.param == "collaborative":
        catalogues.set_factors(catalogue, catalogues.random_factors(catalogue))
    return make_ranking(request.param, catalogue)


@pytest.fixture
def recommender(ranking: Ranking) -> Recommender:
    """A recommender that uses `ranking`, whatever the query names."""
    return Recommender(ranking.catalogue, ranking)

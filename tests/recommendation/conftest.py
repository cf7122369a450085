"""Catalogues to recommend from, and their rankings."""

from __future__ import annotations

from pathlib import Path

import catalogues
import pytest

from mien import Catalogue, Recommender, Store
from mien.recommendation.query import RANKINGS
from mien.recommendation.rankings import Ranking, make_ranking


@pytest.fixture
def starter() -> Catalogue:
    return Store().open("starter")


@pytest.fixture
def marked(tmp_path: Path) -> Catalogue:
    return catalogues.marked(tmp_path)


@pytest.fixture(scope="session", params=catalogues.SIZES)
def catalogue(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Catalogue:
    """Catalogues at their limits, with factors."""
    made = catalogues.of_size(request.param, tmp_path_factory.mktemp("catalogue"))
    catalogues.set_factors(made, catalogues.random_factors(made))
    return made


@pytest.fixture(scope="session", params=RANKINGS)
def ranking(request: pytest.FixtureRequest, catalogue: Catalogue) -> Ranking:
    """Every ranking of each of these catalogues."""
    return make_ranking(request.param, catalogue)


@pytest.fixture(scope="session")
def recommender(ranking: Ranking) -> Recommender:
    """A recommender that uses `ranking`, whatever the query names."""
    return Recommender(ranking.catalogue, ranking)

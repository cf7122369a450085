"""What histories are worth is measured on songs that were held out."""

from __future__ import annotations

import numpy as np
import pytest

from mien import Catalogue, Recommender
from mien.research.evaluation.judged import Verdict
from mien.research.fit.taste import found_by


def test_histories_of_one_artist_each_find_more_of_it(starter: Catalogue) -> None:
    first = starter.lists("artists").first
    popular = np.argsort(-np.bincount(first))[:4]
    members = [np.flatnonzero(first == artist) for artist in popular]
    recommender = Recommender(starter)
    n = len(starter)
    verdict = Verdict(np.full((n, 4), 0.5), np.ones(n, bool))
    without = found_by(recommender, members, verdict, history=False)
    found = found_by(recommender, members, verdict)
    assert found.mood == pytest.approx(0.5)
    assert found.judged == pytest.approx(found.share / 2)
    assert found.share > 2 * without.share
    assert found.area > without.area
    assert found.own > 0.8 * without.own

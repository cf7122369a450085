"""What variety costs is measured as a listener meets it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mien import Catalogue, Recommender
from mien.research.fit.variety import sit


@pytest.mark.parametrize(("sittings", "apart"), [(3, timedelta(days=1)), (3, timedelta(hours=1))])
def test_lists_differ_and_the_loss_is_small(
    starter: Catalogue, sittings: int, apart: timedelta
) -> None:
    found = sit(Recommender(starter), "sad", sittings, apart)
    assert len({song for songs in found.lists for song in songs}) == 6 * sittings
    assert 0 <= found.loss < 0.2

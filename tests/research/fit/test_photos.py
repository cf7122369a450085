"""Each of scikit-image's photos without people is given three times."""

from __future__ import annotations

from itertools import islice

import numpy as np

from mien.research.fit.photos import photos_without_people


def test_photos_are_given_thrice() -> None:
    whole, mirrored, cut = islice(photos_without_people(), 3)
    assert np.array_equal(whole[:, ::-1], mirrored)
    assert cut.shape < whole.shape

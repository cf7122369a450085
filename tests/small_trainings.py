"""A recipe that trains in a second."""

from __future__ import annotations

from mien.research.training.readout import Scaling
from mien.research.training.recipe import Architecture, Recipe

TINY = Architecture(widths=(4, 4, 8, 8))
RECIPE = Recipe(epochs=3, batch=16, architecture=TINY, warm_up_epochs=0.5, ema=0.9, seed=3)
UNCALIBRATED = {"fer2013": Scaling(), "raters": Scaling()}

"""Where mien keeps things. `MIEN_HOME` moves all of it; `MIEN_DATA` names the data sets."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs


def home() -> Path:
    """The folder of everything that must survive: catalogues, ratings."""
    override = os.environ.get("MIEN_HOME")
    return Path(override) if override else platformdirs.user_data_path("mien", appauthor=False)


def cache_dir() -> Path:
    """The folder of what can be made again at any time."""
    override = os.environ.get("MIEN_HOME")
    if override:
        return Path(override) / "cache"
    return platformdirs.user_cache_path("mien", appauthor=False)


def data_dir() -> Path:
    """The folder of the research data sets (FER2013 and others)."""
    return Path(os.environ.get("MIEN_DATA", "../shared/data"))

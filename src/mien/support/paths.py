"""The folders in which mien keeps its files; `MIEN_HOME` overrides them."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs


def home() -> Path:
    """The folder of what must be kept: catalogues and feedback."""
    override = os.environ.get("MIEN_HOME")
    return Path(override) if override else platformdirs.user_data_path("mien", appauthor=False)


def cache_dir() -> Path:
    """The folder of what can be computed again."""
    override = os.environ.get("MIEN_HOME")
    if override:
        return Path(override) / "cache"
    return platformdirs.user_cache_path("mien", appauthor=False)

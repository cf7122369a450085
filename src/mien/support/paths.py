"""Folders that mien uses. `MIEN_HOME` moves them all; `MIEN_DATA` names the data sets' folder."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs


def home() -> Path:
    """The folder of everything to keep: catalogues, ratings."""
    override = os.environ.get("MIEN_HOME")
    return Path(override) if override else platformdirs.user_data_path("mien", appauthor=False)


def cache_dir() -> Path:
    """The folder of files that can be deleted at any time."""
    override = os.environ.get("MIEN_HOME")
    if override:
        return Path(override) / "cache"
    return platformdirs.user_cache_path("mien", appauthor=False)


def data_dir() -> Path:
    """The folder of the research data sets (FER2013 and others)."""
    return Path(os.environ.get("MIEN_DATA", "../shared/data"))

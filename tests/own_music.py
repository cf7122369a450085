"""A catalogue of songs with sound files, for tests."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from mien.catalogue.store import Store
from mien.catalogue.summary import ImportSummary


def save_songs(files: Sequence[Path | None], name: str = "library") -> list[str]:
    """Save a catalogue with one song for each file, "Song 0" and so on, and use it.

    Returns:
        The ids of the songs.
    """
    n = len(files)
    ids = [f"song-{i}" for i in range(n)]
    table = pl.DataFrame(
        {
            "id": ids,
            "title": [f"Song {i}" for i in range(n)],
            "artists": [[f"Artist {i}"] for i in range(n)],
            "genres": [["pop"]] * n,
            "album": ["Album"] * n,
            "duration": [3.0] * n,
            "valence": [0.1 + 0.8 * i / n for i in range(n)],
            "energy": [0.3 + 0.5 * i / n for i in range(n)],
            "tempo": [90.0 + i for i in range(n)],
            "path": [None if f is None else os.fsencode(f) for f in files],
        },
        schema_overrides={"path": pl.Binary},
    )
    Store().save(name, table, ImportSummary(n, n, {}, {}, {}, []), "files")
    return ids

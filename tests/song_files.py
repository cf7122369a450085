"""Small files of songs for tests."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

HEADER = "track_id,artists,track_name,valence,energy,tempo,track_genre,popularity"


def write_lines(path: Path, *lines: str) -> Path:
    """Write a text file and return its path."""
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@dataclass(frozen=True)
class Found:
    """What an analysis of a sound may find: a happy song."""

    duration: float = 3.0
    tempo: float = 120.0
    loudness: float = -12.0
    energy: float = 0.7
    valence: float = 0.6
    moods: tuple[float, ...] = (-0.25, -2.0, -3.0, -2.5)
    genres: tuple[str, ...] = ("rock",)

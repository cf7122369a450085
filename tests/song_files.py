"""Small files of songs for tests."""

from __future__ import annotations

from pathlib import Path

HEADER = "track_id,artists,track_name,valence,energy,tempo,track_genre,popularity"


def write_lines(path: Path, *lines: str) -> Path:
    """Write a text file and return its path."""
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path

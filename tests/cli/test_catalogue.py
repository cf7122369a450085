"""`mien catalogue`, as a person or a script uses them."""

from __future__ import annotations

import json
from pathlib import Path

from running import answer, mien

from mien import Catalogue


def test_catalogues(songs_csv: Path) -> None:
    assert "5 rows read, 5 songs kept" in mien("catalogue", "import", songs_csv).stdout
    listed = mien("catalogue", "list").stdout
    assert "starter" in listed
    assert "songs" in listed
    songs = answer("recommend", "--emotion", "sad", "-n", "all")["songs"]
    assert isinstance(songs, list)
    assert len(songs) == 5
    stats = json.loads(mien("catalogue", "stats", "--json").stdout)
    assert stats["songs"] == 5
    assert stats["features"]["tempo"]["median"] == 100
    assert "valence" in mien("catalogue", "stats", "starter").stdout
    assert mien("catalogue", "use", "starter").exit_code == 0
    assert mien("catalogue", "remove", "songs").exit_code == 0
    assert mien("catalogue", "use", "songs").exit_code == 1


def test_playlists(own: Catalogue, playlists: tuple[Path, Path]) -> None:
    assert own.factors is None
    assert "of 100 songs are in a playlist" in mien("catalogue", "playlists", *playlists).stdout

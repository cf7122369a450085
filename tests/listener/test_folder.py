"""Names of files and folders tell artist and title."""

from __future__ import annotations

from pathlib import Path

import pytest

from mien.listener.folder import parse_name, read_folder


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("Nina Simone/Pastel Blues/01 Be My Husband", ("Nina Simone", "Be My Husband")),
        ("Nina Simone/Pastel Blues/CD 2/1-03. Sinnerman", ("Nina Simone", "Sinnerman")),
        ("Music/Nina Simone/Pastel Blues/03_Sinnerman", ("Nina Simone", "Sinnerman")),
        ("Nina Simone/07 - Sinnerman", ("Nina Simone", "Sinnerman")),
        ("Nina Simone/Pastel Blues/07 - Nina Simone - Sinnerman", ("Nina Simone", "Sinnerman")),
        ("Nina Simone/Live/07 - Sinnerman - Live", ("Nina Simone", "Sinnerman - Live")),
        ("Various Artists/Hits/07 - Nina Simone - Sinnerman", ("Nina Simone", "Sinnerman")),
        ("Various Artists/Hits/07 Sinnerman", None),
        ("Nina Simone - Sinnerman", ("Nina Simone", "Sinnerman")),
        ("Prince/1999/1999", ("Prince", "1999")),
        ("Prince/1999/01 1999", ("Prince", "1999")),
        ("Sinnerman", None),
        ("宇多田ヒカル/First Love/04 First Love", ("宇多田ヒカル", "First Love")),
    ],
)
def test_artist_and_title_of_a_path(path: str, expected: tuple[str, str] | None) -> None:
    assert parse_name(path) == expected


def test_only_music_counts(tmp_path: Path) -> None:
    names = ("A - B.mp3", "A - C.FLAC", "A - cover.jpg", "notes.txt", "loose.ogg")
    found = [*read_folder(tmp_path, [tmp_path / name for name in names])]
    assert [(play.artist, play.title) for play in found] == [("A", "B"), ("A", "C")]
    assert all(play.saved for play in found)

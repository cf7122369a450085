"""Paths as tables have them, from this system and from others."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mien.catalogue.paths import is_elsewhere, resolve_path

TABLES = Path("/tables")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/music/a.mp3", b"/music/a.mp3"),
        ("a.mp3", b"/tables/a.mp3"),
        ("../music/a.mp3", b"/tables/../music/a.mp3"),
        ("-a.mp3", b"/tables/-a.mp3"),
        ("file:///music/a%20b%231.mp3", b"/music/a b#1.mp3"),
        ("file:///music/a#1?.mp3", b"/music/a#1?.mp3"),
        ("FILE://localhost/music/a.mp3", b"/music/a.mp3"),
        ("file:/music/a.mp3", b"/music/a.mp3"),
        ("file:///music/%FF.mp3", b"/music/\xff.mp3"),
        ("file://nas/music/a.mp3", b"//nas/music/a.mp3"),
        ("file:///C:/Music/a.mp3", b"C:/Music/a.mp3"),
        ("C:\\Music\\a.mp3", b"C:\\Music\\a.mp3"),
        ("\\\\nas\\music\\a.mp3", b"\\\\nas\\music\\a.mp3"),
        ("http://example.org/a.mp3", None),
        ("spotify://track", None),
        ("  ", None),
        (None, None),
        ("a\0b", None),
    ],
)
def test_paths(text: str | None, expected: bytes | None) -> None:
    assert resolve_path(text, TABLES) == expected


def test_the_home_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ann")
    assert resolve_path("~/Music/a.mp3", TABLES) == b"/home/ann/Music/a.mp3"


def test_a_table_from_windows_beside_its_files(tmp_path: Path) -> None:
    (tmp_path / "Ann").mkdir()
    (tmp_path / "Ann" / "One.mp3").touch()
    assert resolve_path("Ann\\One.mp3", tmp_path) == os.fsencode(tmp_path / "Ann" / "One.mp3")
    assert resolve_path("Ann\\Two.mp3", tmp_path) == os.fsencode(tmp_path / "Ann\\Two.mp3")


def test_paths_of_windows_are_elsewhere() -> None:
    assert is_elsewhere(Path("C:\\Music\\a.mp3"))
    assert not is_elsewhere(Path("/music/a.mp3"))
    assert not is_elsewhere(Path("a.mp3"))


NAMES = st.binary(min_size=1, max_size=12).filter(
    lambda b: not {0, 10, 47} & set(b) and b not in (b".", b"..")  # these name folders
)


@given(NAMES)
def test_names_of_urls_keep_their_bytes(name: bytes) -> None:
    url = Path("/music", os.fsdecode(name)).as_uri()
    assert resolve_path(url, TABLES) == b"/music/" + name

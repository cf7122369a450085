"""Tests of the tests' own way to find a browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from browser import NAMES, find_browser


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder in which programs are found."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("MIEN_CHROMIUM", raising=False)
    return tmp_path


def install(path: Path) -> str:
    path.touch(0o755)
    return str(path)


@pytest.mark.parametrize("name", NAMES)
def test_a_browser_is_found_under_any_name(folder: Path, name: str) -> None:
    assert find_browser() is None
    path = install(folder / name)
    assert find_browser() == path


def test_the_environment_goes_first(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(folder / "chromium")
    own = install(folder / "my-browser")
    monkeypatch.setenv("MIEN_CHROMIUM", own)
    assert find_browser() == own

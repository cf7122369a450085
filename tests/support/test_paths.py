"""Everything that mien writes can be moved to one folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from mien.support import paths


def test_mien_home_moves_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIEN_HOME", str(tmp_path))
    assert paths.home() == tmp_path
    assert paths.cache_dir() == tmp_path / "cache"


def test_without_it_folders_are_the_users_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MIEN_HOME")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("HOME", str(tmp_path))
    for folder in (paths.home(), paths.cache_dir()):
        assert folder.is_relative_to(tmp_path)
        assert "mien" in folder.parts

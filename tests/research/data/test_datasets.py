"""The files of the data sets, and the errors if they are missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from mien.errors import MissingDataError
from mien.research.data.datasets import ALL, VARIABLE, DataFile, data_folder, require_folder


@pytest.mark.parametrize("file", ALL, ids=lambda file: file.name)
def test_says_where_to_get_a_missing_file(
    file: DataFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    with pytest.raises(MissingDataError, match="MIEN_DATA is not set") as unset:
        file.require()
    with pytest.raises(MissingDataError, match="is missing") as absent:
        file.require(tmp_path)
    assert file.name in unset.value.hint
    assert str(tmp_path / file.name) in absent.value.message
    for error in (unset.value, absent.value):
        assert file.title in str(error)
        assert file.source in error.hint


def test_finds_files_in_the_folder_of_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    assert data_folder() == require_folder() == tmp_path
    for file in ALL:
        file.path(tmp_path).parent.mkdir(exist_ok=True)
        file.path(tmp_path).touch()
        assert file.require() == file.path(tmp_path)


def test_needs_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no default: nothing is read from outside the user's own folders."""
    monkeypatch.delenv(VARIABLE, raising=False)
    assert data_folder() is None
    with pytest.raises(MissingDataError, match="MIEN_DATA is not set") as error:
        require_folder()
    assert all(file.name in error.value.hint for file in ALL)
    with pytest.raises(MissingDataError, match="is not a folder"):
        require_folder(tmp_path / "none")

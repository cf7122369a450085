"""Sound files are found in folders as people have them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mien.errors import LibraryError
from mien.library.folders import as_folder, join_folders, walk


def touch(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    return path


def names(*folders: Path) -> list[str]:
    return [file.path.name for file in walk(folders).files]


def test_sound_files_are_found_in_every_depth(tmp_path: Path) -> None:
    for name in ("a.mp3", "x/b.FLAC", "x/y/c.Opus", "x/y/d.txt", "e.jpg", "mp3"):
        touch(tmp_path / name)
    (file, *_) = walk([tmp_path]).files
    assert (file.path, file.size) == (tmp_path / "a.mp3", 1)
    assert names(tmp_path) == ["a.mp3", "b.FLAC", "c.Opus"]


@pytest.mark.parametrize("name", [".hidden.mp3", ".x/a.mp3", "._a.mp3", "@eaDir/a.mp3", "__MACOSX/a.mp3", "$RECYCLE.BIN/a.mp3"])  # fmt: skip # noqa: E501
def test_what_systems_keep_for_themselves_is_skipped(tmp_path: Path, name: str) -> None:
    touch(tmp_path / name)
    assert not names(tmp_path)


def test_loops_of_links_end(tmp_path: Path) -> None:
    touch(tmp_path / "a" / "a.mp3")
    (tmp_path / "a" / "again").symlink_to(tmp_path / "a")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    (tmp_path / "self").symlink_to(tmp_path / "self")
    assert names(tmp_path) == ["a.mp3"]


def test_links_to_other_places_are_followed(tmp_path: Path) -> None:
    touch(tmp_path / "drive" / "a.mp3")
    (tmp_path / "music").mkdir()
    (tmp_path / "music" / "drive").symlink_to(tmp_path / "drive")
    (tmp_path / "music" / "b.mp3").symlink_to(tmp_path / "drive" / "a.mp3")
    found = walk([tmp_path / "music"]).files
    assert [f.path for f in found] == [
        tmp_path / "music" / "b.mp3",
        tmp_path / "music" / "drive" / "a.mp3",
    ]


def test_pipes_and_devices_are_no_files(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.mp3")
    (tmp_path / "b.mp3").symlink_to("/dev/zero")
    (tmp_path / "c.mp3").mkdir()
    assert not names(tmp_path)


def test_names_that_are_no_text_are_kept(tmp_path: Path) -> None:
    name = tmp_path / os.fsdecode(b"caf\xe9.mp3")
    touch(name)
    assert [f.path for f in walk([tmp_path]).files] == [name]


def test_a_link_whose_target_is_away_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.mp3").symlink_to(tmp_path / "drive" / "a.mp3")
    (tmp_path / "notes").symlink_to(tmp_path / "nowhere")
    assert list(walk([tmp_path]).problems) == [tmp_path / "a.mp3"]


def test_a_folder_that_is_gone_is_told(tmp_path: Path) -> None:
    touch(tmp_path / "here" / "a.mp3")
    found = walk([tmp_path / "gone", tmp_path / "here"])
    assert list(found.problems) == [tmp_path / "gone"]
    assert found.is_lost(tmp_path / "gone" / "x" / "a.mp3")
    assert not found.is_lost(tmp_path / "here" / "b.mp3")
    assert len(found.files) == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_locked_folder_is_told(tmp_path: Path) -> None:
    locked = tmp_path / "locked"
    touch(locked / "a.mp3")
    locked.chmod(0)
    assert list(walk([tmp_path]).problems) == [locked]


def test_folders_are_kept_as_they_are_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "music").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "music")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert as_folder(Path("music")) == as_folder(Path("~/music")) == tmp_path / "music"
    assert as_folder(Path("music/../link")) == tmp_path / "link"


def test_what_is_no_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="does not exist"):
        as_folder(tmp_path / "gone")
    with pytest.raises(LibraryError, match="not a folder"):
        as_folder(touch(tmp_path / "a.mp3"))


def test_a_folder_in_another_is_covered() -> None:
    folders = [Path("/music/rock"), Path("/other")]
    assert join_folders(folders, [Path("/music")]) == [Path("/music"), Path("/other")]
    assert join_folders([Path("/music")], [Path("/music/rock")]) == [Path("/music")]
    assert join_folders([], [Path("/a"), Path("/ab")]) == [Path("/a"), Path("/ab")]

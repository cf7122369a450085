"""Folders are added, scanned and taken out, and their songs are a catalogue like every other."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import sounds

from mien import Store, recommend
from mien.errors import LibraryError, NoSuchCatalogueError
from mien.library.managing import (
    LIBRARY,
    add_sources,
    count_songs,
    library_folders,
    remove_sources,
    scan_library,
    update_catalogue,
)
from mien.library.scanning import Progress
from mien.library.state import LibraryState


@pytest.fixture
def music(tmp_path: Path) -> Path:
    for i in range(3):
        sounds.write_sound(
            tmp_path / "music" / f"{i}.mp3",
            sounds.tone(3, 200 + 100 * i),
            {"title": f"Song {i}", "artist": "Ann"},
        )
    return tmp_path / "music"


def test_a_folder_becomes_a_catalogue(music: Path) -> None:
    add_sources([str(music)])
    assert scan_library(1, use=True) == 3
    songs = recommend("sad", n=6)
    assert sorted(r.song.title for r in songs) == ["Song 0", "Song 1", "Song 2"]
    assert {r.song.path for r in songs} == {music / f"{i}.mp3" for i in range(3)}
    (entry,) = (entry for entry in Store().list() if entry.name == LIBRARY)
    assert entry.in_use
    assert entry.source == str(music)


def test_a_later_scan_leaves_the_catalogue_in_use(music: Path) -> None:
    add_sources([str(music)])
    scan_library(1, use=True)
    Store().use("starter")
    sounds.write_sound(music / "9.mp3", sounds.tone(3, 999), {"title": "New", "artist": "Ann"})
    assert scan_library(1) == 4
    assert Store().find().name == "starter"
    Store().use(LIBRARY)
    (music / "9.mp3").unlink()
    assert scan_library(1) == 3
    assert Store().find().name == LIBRARY


def test_folders_are_taken_out(music: Path, tmp_path: Path) -> None:
    sounds.write_sound(tmp_path / "other" / "a.flac", tags={"title": "Other", "artist": "Bob"})
    add_sources([str(music), str(tmp_path / "other")])
    assert scan_library(1, use=True) == 4
    assert count_songs() == [(str(music), 3, 0), (str(tmp_path / "other"), 1, 0)]
    remove_sources([str(music)])
    assert update_catalogue(use=False) == 1
    assert library_folders(LIBRARY) == (tmp_path / "other",)
    assert library_folders("starter") == ()
    with pytest.raises(LibraryError, match="not in the library"):
        remove_sources([str(music)])


def test_what_is_no_folder_adds_nothing(music: Path) -> None:
    with pytest.raises(LibraryError):
        add_sources([str(music), str(music / "gone")])
    assert LibraryState().folders() == ()
    with pytest.raises(LibraryError, match="no folders"):
        scan_library()


def test_an_empty_folder_makes_no_catalogue(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    add_sources([str(tmp_path / "empty")])
    assert scan_library(use=True) == 0
    with pytest.raises(NoSuchCatalogueError):
        Store().find(LIBRARY)


def test_an_interrupted_scan_leaves_songs_to_recommend(music: Path) -> None:
    def interrupt(progress: Progress) -> None:
        if progress.analysed == 2:
            raise KeyboardInterrupt

    add_sources([str(music)])
    with pytest.raises(KeyboardInterrupt):
        scan_library(1, use=True, progress=interrupt)
    assert len(recommend("happy", n=6)) == 2
    assert scan_library(1, use=True) == 3


def test_two_scans_at_once_are_one_too_many(music: Path) -> None:
    add_sources([str(music)])

    def begin_another(_: Progress) -> None:
        with pytest.raises(LibraryError, match="another scan is running"):
            scan_library(1)

    assert scan_library(1, progress=begin_another) == 3
    assert scan_library(1) == 3


def test_a_killed_scan_goes_on(music: Path, home: Path) -> None:
    add_sources([str(music)])
    code = (
        "import os\n"
        "from mien.library.managing import scan_library\n"
        "scan_library(1, progress=lambda p: p.analysed == 1 and os.kill(os.getpid(), 9))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False)
    assert done.returncode == -9
    assert scan_library(1, use=True) == 3


def test_playlists_are_kept_where_the_library_changes(
    music: Path,
) -> None:
    from mien.catalogue.playlists import import_playlists

    add_sources([str(music)])
    scan_library(1, use=True)
    with Store().open(LIBRARY) as catalogue:
        ids = [song.id for song in catalogue.songs(range(3))]
    entries, tracks = music.parent / "e.csv", music.parent / "t.csv"
    entries.write_text(
        "pid,pos,track_id\n" + "\n".join(f"{p},{i},{ids[i]}" for p in range(20) for i in (0, 1))
    )
    tracks.write_text(
        "track_id,artist_name,track_name\n" + "\n".join(f"{ids[i]},Ann,Song {i}" for i in (0, 1))
    )
    import_playlists(entries, tracks, LIBRARY)
    (music / "0.mp3").unlink()
    scan_library(1)
    with Store().open(LIBRARY) as catalogue:
        assert catalogue.playlist_counts is not None
        counts = {
            song.title: int(count)
            for song, count in zip(
                catalogue.songs(range(2)), catalogue.playlist_counts, strict=True
            )
        }
    assert counts == {"Song 1": 20, "Song 2": 0}

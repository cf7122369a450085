"""A library is brought up to date: nothing is analysed twice, and nothing is lost."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
import sounds

from mien.audio.analysis import version
from mien.library.scanning import Progress, ScanReport, scan
from mien.library.state import LibraryState, SongFile


@pytest.fixture
def music(tmp_path: Path) -> Path:
    """A folder of three songs, each in a format of its own."""
    for i, ending in enumerate((".mp3", ".flac", ".m4a")):
        write(tmp_path / "music" / f"{i}{ending}", f"Song {i}", hertz=200 + 100 * i)
    return tmp_path / "music"


@pytest.fixture
def state(tmp_path: Path, music: Path) -> LibraryState:
    state = LibraryState(tmp_path / "library.sqlite")
    state.set_sources([music], [])
    return state


def write(path: Path, title: str, hertz: float = 440.0) -> Path:
    tags = {"title": title, "artist": "Ann", "genre": "Pop"}
    return sounds.write_sound(path, sounds.tone(3, hertz), tags)


def songs(state: LibraryState) -> dict[str | None, SongFile]:
    return {song.tags.title: song for song in state.songs()}


def test_new_files_become_songs(state: LibraryState) -> None:
    report = scan(state, workers=2)
    assert (report.files, report.new, report.analysed) == (3, 3, 3)
    assert report.is_complete
    assert not report.problems
    assert not report.lost
    found = songs(state)
    assert sorted(map(str, found)) == ["Song 0", "Song 1", "Song 2"]
    assert all(2.9 < song.sound.duration < 3.2 for song in found.values())


def test_nothing_is_analysed_twice(state: LibraryState) -> None:
    scan(state, workers=1)
    report = scan(state, workers=1)
    assert report == ScanReport(files=3, is_complete=True)


def test_a_file_that_was_tagged_again_is_not_analysed_again(
    state: LibraryState, music: Path
) -> None:
    scan(state, workers=1)
    before = songs(state)["Song 0"]
    write(music / "0.mp3", "Other name for the same sound", hertz=200)
    report = scan(state, workers=1)
    assert (report.changed, report.analysed) == (1, 0)
    assert songs(state)["Other name for the same sound"].song == before.song


def test_a_file_with_another_sound_is_analysed_again(state: LibraryState, music: Path) -> None:
    scan(state, workers=1)
    write(music / "0.mp3", "Song 0", hertz=900)
    report = scan(state, workers=1)
    assert (report.changed, report.analysed) == (1, 1)


def test_a_file_that_was_moved_stays_the_same_song(state: LibraryState, music: Path) -> None:
    scan(state, workers=1)
    before = songs(state)["Song 1"]
    (music / "x").mkdir()
    (music / "1.flac").rename(music / "x" / "renamed.flac")
    report = scan(state, workers=1)
    assert (report.new, report.moved, report.gone, report.analysed) == (0, 1, 0, 0)
    after = songs(state)["Song 1"]
    assert (after.song, after.added) == (before.song, before.added)
    assert after.key.endswith(b"renamed.flac")


def test_copies_are_analysed_once(state: LibraryState, music: Path) -> None:
    for i in range(5):
        shutil.copy(music / "0.mp3", music / f"copy {i}.mp3")
    report = scan(state, workers=2)
    assert (report.new, report.analysed) == (8, 3)


def test_a_file_that_is_gone_is_no_song_until_it_is_back(state: LibraryState, music: Path) -> None:
    scan(state, workers=1)
    before = songs(state)["Song 2"].song
    (music / "2.m4a").rename(music.parent / "2.m4a")
    assert scan(state, workers=1).gone == 1
    assert sorted(map(str, songs(state))) == ["Song 0", "Song 1"]
    assert scan(state, workers=1).gone == 0
    (music.parent / "2.m4a").rename(music / "2.m4a")
    report = scan(state, workers=1)
    assert (report.new, report.analysed) == (1, 0)
    assert songs(state)["Song 2"].song == before


@pytest.mark.parametrize("how", ["gone", "empty", "a file"])
def test_a_drive_that_is_away_loses_nothing(state: LibraryState, music: Path, how: str) -> None:
    scan(state, workers=1)
    away = music.parent / "away"
    music.rename(away)
    if how == "empty":
        music.mkdir()
    elif how == "a file":
        music.write_text("")
    report = scan(state, workers=1)
    assert report.gone == 0
    assert str(music) in report.lost
    assert len(songs(state)) == 3
    if how != "gone":
        music.rmdir() if music.is_dir() else music.unlink()
    away.rename(music)
    assert scan(state, workers=1) == ScanReport(files=3, is_complete=True)


def test_a_link_whose_target_is_away_loses_nothing(state: LibraryState, music: Path) -> None:
    drive = music.parent / "drive"
    write(drive / "z.mp3", "Away")
    (music / "z.mp3").symlink_to(drive / "z.mp3")
    scan(state, workers=1)
    drive.rename(music.parent / "unplugged")
    report = scan(state, workers=1)
    assert report.gone == 0
    assert "Away" in songs(state)


def test_files_that_are_no_songs_are_lines_of_the_report(state: LibraryState, music: Path) -> None:
    (music / "text.mp3").write_text("no sound at all\n" * 99)
    (music / "empty.flac").touch()
    (music / "cut.mp3").write_bytes((music / "0.mp3").read_bytes()[:20])
    report = scan(state, workers=2)
    assert sorted(Path(name).name for name in report.problems) == [
        "cut.mp3",
        "empty.flac",
        "text.mp3",
    ]
    assert all(report.problems.values())
    assert len(songs(state)) == 3
    again = scan(state, workers=2)
    assert not again.problems, "what did not change is not tried again"
    assert len(state.problems()) == 3
    write(music / "text.mp3", "Mended", hertz=777)
    scan(state, workers=2)
    assert len(state.problems()) == 2
    assert "Mended" in songs(state)


def test_links_out_of_the_folders_are_told(state: LibraryState, music: Path) -> None:
    away = write(music.parent / "away" / "z.mp3", "Away", hertz=777)
    (music / "link.mp3").symlink_to(away)
    (music / "inside.mp3").symlink_to(music / "0.mp3")
    report = scan(state, workers=1)
    assert report.outside == {str(away.parent): 1}
    assert "Away" in songs(state)


def test_names_that_are_no_text_are_songs(state: LibraryState, music: Path) -> None:
    (music / "0.mp3").rename(music / os.fsdecode(b"caf\xe9.mp3"))
    scan(state, workers=1)
    assert songs(state)["Song 0"].key.endswith(b"caf\xe9.mp3")


def test_an_interrupted_scan_goes_on(state: LibraryState, music: Path) -> None:
    for i in range(3, 12):
        write(music / f"{i}.mp3", f"Song {i}", hertz=200 + 50 * i)

    def interrupt(progress: Progress) -> None:
        if progress.analysed == 4:
            raise KeyboardInterrupt

    report = ScanReport()
    with pytest.raises(KeyboardInterrupt):
        scan(state, workers=1, progress=interrupt, report=report)
    assert not report.is_complete
    assert len(songs(state)) == 4
    assert scan(state, workers=1).analysed == 8
    assert len(songs(state)) == 12


def test_sounds_that_another_version_analysed_are_analysed_again(state: LibraryState) -> None:
    scan(state, workers=1)
    for song in list(state.songs()):
        (fingerprint,) = {f.fingerprint for key, f in state.files().items() if key == song.key}
        state.save_sound(fingerprint, "older", song.sound)
    assert len(songs(state)) == 3, "until then they stay as they are"
    assert not state.heard(version())
    report = scan(state, workers=1)
    assert (report.new, report.changed, report.analysed) == (0, 0, 3)


def test_progress_tells_how_far_it_is(state: LibraryState) -> None:
    seen: list[Progress] = []
    scan(state, workers=1, progress=seen.append)
    assert seen[-1].done == seen[-1].total == 3
    assert seen[-1].left == 0
    assert seen[-1].per_minute > 0
    assert Progress(0, 5, 0, 0.0).left is None


def test_new_songs_are_made_known_while_it_runs(state: LibraryState) -> None:
    known: list[int] = []
    scan(
        state,
        workers=1,
        publish=lambda: known.append(len(list(state.songs()))),
        publish_every=1e-9,
    )
    assert known[-1] == 3
    assert len(known) > 1


def test_a_wider_folder_takes_its_files_over(state: LibraryState, music: Path) -> None:
    scan(state, workers=1)
    state.set_sources([music.parent], [])
    report = scan(state, workers=1)
    assert (report.new, report.changed, report.gone, report.analysed) == (0, 0, 0, 0)
    assert len(songs(state)) == 3


def test_files_of_a_folder_that_was_taken_out_are_kept(state: LibraryState, music: Path) -> None:
    scan(state, workers=1)
    other = music.parent / "other"
    other.mkdir()
    state.set_sources([other], [])
    assert not songs(state)
    scan(state, workers=1)
    state.set_sources([music], [])
    assert scan(state, workers=1).analysed == 0
    assert len(songs(state)) == 3

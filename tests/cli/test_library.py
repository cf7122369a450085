"""`mien library`, as a person uses it."""

from __future__ import annotations

from pathlib import Path

import sounds
from running import answer, mien

from mien.cli.library import SHOWN_PROBLEMS


def test_own_music_in_one_command(tmp_path: Path) -> None:
    music = tmp_path / "music"
    for i in range(3):
        tags = {"title": f"Song {i}", "artist": "Ann", "genre": "Pop"}
        sounds.write_sound(music / f"{i}.ogg", sounds.tone(3, 200 + 90 * i), tags)
    (music / "broken.mp3").write_text("nothing to hear")
    added = mien("library", "add", music, "--workers", "1").stdout
    assert "4 sound files: 4 new. Listened to 3." in added
    assert f"{music / 'broken.mp3'} is no song: " in added
    assert "3 songs can be recommended; 'library' is now in use." in added
    songs = answer("recommend", "--emotion", "happy")["songs"]
    assert isinstance(songs, list)
    assert sorted(song["title"] for song in songs) == ["Song 0", "Song 1", "Song 2"]
    assert "nothing new. Listened to 0." in mien("library", "scan").stdout
    assert str(music) in mien("library", "list").stdout
    assert "broken.mp3: " in mien("library", "problems").stdout
    assert "library" in mien("catalogue", "list").stdout
    assert "has 0 songs" in mien("library", "remove", music).stdout


def test_many_problems_are_counted(tmp_path: Path) -> None:
    for i in range(SHOWN_PROBLEMS + 5):
        (tmp_path / f"{i}.mp3").write_text("x")
    added = mien("library", "add", tmp_path).stdout
    assert added.count("is no song") == SHOWN_PROBLEMS
    assert "5 more of this kind" in added
    assert "no songs in the library yet" in added


def test_names_cannot_write_to_the_terminal(tmp_path: Path) -> None:
    (tmp_path / "a\x1b[31m\nb.mp3").write_text("x")
    added = mien("library", "add", tmp_path).stdout
    assert "\x1b" not in added
    assert added.count("\n") == 3


def test_what_is_no_folder_is_one_line(tmp_path: Path) -> None:
    gone = mien("library", "add", tmp_path / "gone")
    assert gone.exit_code == 1
    assert gone.stderr.count("\n") == 1
    assert "does not exist" in gone.stderr
    assert "no folders" in mien("library", "scan").stderr

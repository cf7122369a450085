"""`mien taste`, as a person uses it."""

from __future__ import annotations

import json
from pathlib import Path

from exports import LIBRARY, account_play, pack
from running import answer, mien

from mien import recommend


def archive(folder: Path) -> Path:
    plays = [
        account_play("Rick Astley", "Never Gonna Give You Up", f"2021-01-26 17:0{m}")
        for m in (1, 5)
    ]
    other = account_play("Nobody", "A Song of Nobody", "2021-01-27 17:01")
    files = {"StreamingHistory_music_0.json": [*plays, other], "YourLibrary.json": LIBRARY}
    return pack(folder / "my_spotify_data.zip", files)


def test_a_history_is_imported_and_shown(tmp_path: Path) -> None:
    assert "Nothing is known yet" in mien("taste").stdout
    assert answer("taste")["songs"] == 0
    done = mien("taste", "import", archive(tmp_path))
    assert done.exit_code == 0
    assert "3 plays and 1 saved song added" in done.stdout
    assert "You know 2 songs by 2 artists" in done.stdout
    again = mien("taste", "import", archive(tmp_path))
    assert "3 plays were known already" in again.stdout
    shown = mien("taste").stdout
    assert "2 songs by 2 artists, 1 of them in the catalogue 'starter'" in shown
    assert "2 plays  Rick Astley - Never Gonna Give You Up" in shown
    found = answer("taste")
    assert found["in_catalogue"] == 1
    assert found["most_played"][0]["plays"] == 2  # type: ignore[index]
    assert len(json.loads(mien("feedback", "export").stdout)["history"]) == 2
    assert mien("feedback", "forget", "--yes").exit_code == 0
    assert answer("taste")["songs"] == 0


def test_known_artists_come_first_and_reasons_say_so(tmp_path: Path) -> None:
    plain = recommend("happy", 20)
    assert not any("you play" in r.why for r in plain)
    artist = plain.songs[12].song.artists[0]
    plays = [account_play(artist, "Another Song", "2021-01-26 17:01")]
    (tmp_path / "StreamingHistory_music_0.json").write_text(json.dumps(plays))
    assert mien("taste", "import", tmp_path).exit_code == 0
    songs = answer("recommend", "--emotion", "happy")["songs"]
    assert isinstance(songs, list)
    named = [song for song in songs if "By an artist you play" in song["why"]]
    assert named
    assert all(song["artists"][0] == artist for song in named)


def test_a_bad_file_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{}")
    for path, message in (
        (tmp_path / "a.json", "not a listening history"),
        (tmp_path / "b.json", "is missing"),
    ):
        result = mien("taste", "import", path)
        assert result.exit_code == 1
        assert message in result.stderr
        assert "Spotify" in result.stderr
        assert result.stdout == ""

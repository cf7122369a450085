"""Files, archives and folders are counted by song, each play once."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from exports import LIBRARY, account_play, extended_play, lines, listen, pack, page, scrobble

from mien import Feedback
from mien.errors import HistoryFileError

HEARTS = ("rick astley", "never gonna give you up")


def account(*minutes: int, title: str = "Never Gonna Give You Up") -> list[dict[str, object]]:
    return [account_play("Rick Astley", title, f"2021-01-26 17:{m:02}") for m in minutes]


def write(path: Path, content: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def test_an_archive_of_spotify(tmp_path: Path) -> None:
    archive = pack(
        tmp_path / "my_spotify_data.zip",
        {
            "Spotify Account Data/StreamingHistory_music_0.json": account(1, 5),
            "Spotify Account Data/StreamingHistory_podcast_0.json": [{"podcastName": "A"}],
            "Spotify Account Data/YourLibrary.json": LIBRARY,
            "Spotify Account Data/Userdata.json": {"username": "rj"},
        },
    )
    added = Feedback().import_history([archive])
    assert (added.files, added.plays, added.saved, added.repeated) == (2, 2, 1, 0)
    song = Feedback().history().songs[HEARTS]
    assert song == ("Rick Astley", "Never Gonna Give You Up", 2, True)


def test_a_second_import_counts_nothing_twice(tmp_path: Path) -> None:
    """Not the same file, packed or not, nor the plays that a later export tells again."""
    file = write(tmp_path / "StreamingHistory_music_0.json", account(1, 5))
    archive = pack(tmp_path / "a.zip", {f"data/{file.name}": file.read_text()})
    later = write(tmp_path / "later.json", account(1, 5, 9))
    feedback = Feedback()
    for paths, plays, repeated in (
        ([file], 2, 0),
        ([file], 0, 2),
        ([archive], 0, 2),
        ([later], 1, 2),
        ([tmp_path], 0, 2),
    ):
        added = feedback.import_history(paths)
        assert (added.plays, added.repeated) == (plays, repeated)
    assert feedback.history().songs[HEARTS].plays == 3


def test_two_forms_of_one_history_agree_to_the_minute(tmp_path: Path) -> None:
    short = write(tmp_path / "short.json", account(1, 5))
    rows = [
        extended_play("Rick Astley", "Never Gonna Give You Up", f"2021-01-26T17:{m}:43Z")
        for m in ("01", "05", "30")
    ]
    full = write(tmp_path / "full.json", rows)
    added = Feedback().import_history([short, full])
    assert (added.plays, added.repeated) == (3, 2)


def test_files_of_one_export_may_overlap_in_time(tmp_path: Path) -> None:
    one = write(tmp_path / "endsong_0.json", account(1, 30))
    other = write(tmp_path / "endsong_1.json", account(10, 20))
    assert Feedback().import_history([one, other]).plays == 4


def test_services_do_not_hide_one_another(tmp_path: Path) -> None:
    feedback = Feedback()
    feedback.import_history([write(tmp_path / "a.json", account(1, 59))])
    scrobbles = page(scrobble("Rick Astley", "Never Gonna Give You Up", 1611680580))
    assert feedback.import_history([write(tmp_path / "b.json", scrobbles)]).plays == 1


def test_an_archive_of_listenbrainz(tmp_path: Path) -> None:
    archive = pack(
        tmp_path / "listenbrainz_rob.zip",
        {
            "user.json": {"user_id": 1, "username": "rob"},
            "feedback.jsonl": "",
            "pinned_recording.jsonl": "",
            "listens/2021/1.jsonl": lines(listen("Björk", "Jóga", 1611680460)),
            "listens/2021/2.jsonl": lines(listen("Bjork", "Joga (Live)", 1612680460)),
        },
    )
    assert Feedback().import_history([archive]).plays == 2
    song = Feedback().history().songs["bjork", "joga"]
    assert (song.artist, song.plays) == ("Björk", 2)


def test_a_folder_of_music(tmp_path: Path) -> None:
    for name in ("Rick Astley/Juice/01 Never Gonna Give You Up.mp3", "Rick Astley/Juice/cover.jpg"):
        write(tmp_path / "Music" / name, "")
    for _ in range(2):
        added = Feedback().import_history([tmp_path / "Music"])
        assert (added.plays, added.saved) == (0, 1)
    song = Feedback().history().songs[HEARTS]
    assert (song.plays, song.saved) == (0, True)


def test_nothing_is_half_imported(tmp_path: Path) -> None:
    good = write(tmp_path / "good.json", account(1))
    bad = write(tmp_path / "bad.json", "[{}")
    with pytest.raises(HistoryFileError, match=r"bad\.json"):
        Feedback().import_history([good, bad])
    assert not Feedback().history()
    assert Feedback().import_history([good]).plays == 1


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("missing.json", None, "is missing"),
        ("a.zip", {"Userdata.json": {}}, "contains no listening history"),
        ("b.json", [account_play("!!!", "?", "2021-01-26 17:01")], "no song that counts"),
        ("c.json", account(), "not a listening history"),
    ],
)
def test_what_cannot_be_imported(tmp_path: Path, name: str, content: object, message: str) -> None:
    path = tmp_path / name
    if path.suffix == ".zip":
        assert isinstance(content, dict)
        pack(path, content)
    elif content is not None:
        write(path, content)
    with pytest.raises(HistoryFileError, match=message):
        Feedback().import_history([path])


def test_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(HistoryFileError, match="no song that counts"):
        Feedback().import_history([tmp_path])


def test_a_damaged_archive(tmp_path: Path) -> None:
    archive = pack(tmp_path / "a.zip", {"endsong_0.json": account(*range(60))})
    content = bytearray(archive.read_bytes())
    content[60:80] = bytes(20)
    archive.write_bytes(content)
    with pytest.raises(HistoryFileError, match="cannot be unpacked"):
        Feedback().import_history([archive])


def test_files_of_earlier_versions_go_on_working(home: Path, tmp_path: Path) -> None:
    feedback = Feedback()
    feedback.react("like", "a")
    with closing(sqlite3.connect(home / "feedback.sqlite")) as db:
        db.execute("DROP TABLE history")
        db.execute("DROP TABLE imports")
    assert not feedback.history()
    assert feedback.export()["history"] == []
    assert feedback.preferences() == {"a": 1.0}
    feedback.import_history([write(tmp_path / "a.json", account(1))])
    assert len(feedback.history()) == 1


def test_a_history_is_exported_and_forgotten(tmp_path: Path) -> None:
    feedback = Feedback()
    feedback.import_history([write(tmp_path / "a.json", account(1))])
    (row,) = feedback.export()["history"]
    assert (row["artist"], row["title"], row["plays"]) == (
        "Rick Astley",
        "Never Gonna Give You Up",
        1,
    )
    assert feedback.history() is Feedback().history()
    feedback.forget()
    assert not feedback.history()
    assert feedback.import_history([tmp_path / "a.json"]).plays == 1

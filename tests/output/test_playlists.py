"""Playlists hold any title, and CSV can be read back."""

from __future__ import annotations

import csv
import io
import os
from dataclasses import replace
from functools import partial
from pathlib import Path
from urllib.parse import unquote_to_bytes
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mien import Song, recommend
from mien.output.playlists import (
    CSV_COLUMNS,
    FORMATS,
    file_address,
    path_of,
    songs_to_csv,
    to_csv,
    to_m3u,
    to_xspf,
)

XSPF = "{http://xspf.org/ns/0/}"
# Catalogues hold no control characters.
characters = st.characters(codec="utf-8", exclude_categories=["Cc"])
texts = st.text(characters, min_size=1, max_size=30)


def links_of(song: Song) -> str:
    return f"https://music.example/{song.id}"


def song(title: str, artist: str, duration: float | None = 61.4) -> Song:
    known = recommend("happy", 1).songs[0].song
    return Song(**{**vars(known), "title": title, "artists": (artist,), "duration": duration})


@given(st.lists(st.tuples(texts, texts), max_size=4))
def test_any_title_fits_into_any_playlist(names: list[tuple[str, str]]) -> None:
    songs = [song(*each) for each in names]
    lines = to_m3u(songs, links_of).split("\n")
    assert lines[0] == "#EXTM3U"
    assert [line[:8] for line in lines[1:-1]] == ["#EXTINF:", "https://"] * len(songs)
    tracks = ElementTree.fromstring(to_xspf(songs, links_of)).findall(f".//{XSPF}track")
    assert len(tracks) == len(songs)
    rows = list(csv.DictReader(io.StringIO(songs_to_csv(songs), newline="")))
    assert [row["title"] for row in rows] == [s.title for s in songs]


def test_xml_leaves_out_what_it_cannot_hold() -> None:
    (track,) = ElementTree.fromstring(to_xspf([song("A\x00\x1bB\uffff", "Ann")], links_of)).iter(
        f"{XSPF}track"
    )
    assert track.findtext(f"{XSPF}title") == "AB"


def test_durations_in_seconds_and_milliseconds() -> None:
    songs = [song("One", "Ann"), song("Two", "Bob", None)]
    assert "#EXTINF:61,Ann - One\n" in to_m3u(songs, links_of)
    assert "#EXTINF:-1,Bob - Two\n" in to_m3u(songs, links_of)
    first, second = ElementTree.fromstring(to_xspf(songs, links_of)).findall(f".//{XSPF}track")
    assert first.findtext(f"{XSPF}duration") == "61400"
    assert second.find(f"{XSPF}duration") is None


def test_recommendations_as_a_table() -> None:
    songs = recommend("sad", 3)
    rows = list(csv.DictReader(io.StringIO(to_csv(songs))))
    assert tuple(rows[0]) == CSV_COLUMNS
    assert [row["id"] for row in rows] == [r.song.id for r in songs]
    assert [row["artists"].split(";")[0] for row in rows] == [r.song.artists[0] for r in songs]


def test_every_format_writes_text() -> None:
    songs = [r.song for r in recommend("happy", 2)]
    for form in FORMATS.values():
        assert songs[0].title.split()[0] in form.write(songs, links_of)
        assert "/" in form.mime


ODD = [
    *("a.mp3", "#1 hit.mp3", "-x.mp3", "a\nb.mp3", "50 %.mp3"),
    *("caf\udce9.mp3", "\u4f60\u597d \U0001f3b5.mp3"),
]


@pytest.mark.parametrize("name", ODD)
def test_any_file_is_found_again(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.touch()
    one = replace(song("One", "Ann"), path=file)
    for relative_to in (None, tmp_path):
        text = to_m3u([one], partial(path_of, relative_to=relative_to))
        line = text.encode("utf-8", "surrogateescape").splitlines()[2]
        assert not line.startswith(b"#")
        if line.startswith(b"file://"):
            found = Path(os.fsdecode(unquote_to_bytes(line.removeprefix(b"file://"))))
        else:
            found = tmp_path / os.fsdecode(line)
        assert found.samefile(file)
    address = ElementTree.fromstring(to_xspf([one], file_address)).findtext(f".//{XSPF}location")
    assert address is not None
    path = unquote_to_bytes(address.removeprefix("file://"))
    assert Path(os.fsdecode(path)).samefile(file)


def test_songs_without_a_file_are_not_in_a_playlist_for_players() -> None:
    assert to_m3u([song("One", "Ann")], path_of) == "#EXTM3U\n"
    assert file_address(song("One", "Ann")) is None


def test_paths_of_windows_stay_as_they_are() -> None:
    there = replace(song("One", "Ann"), path=Path("C:\\Music\\a b.mp3"))
    assert path_of(there, Path("/lists")) == "C:\\Music\\a b.mp3"
    assert file_address(there) == "file:///C:/Music/a%20b.mp3"


def test_blanks_around_a_name_are_kept() -> None:
    blank = replace(song("One", "Ann"), path=Path("/music/ a.mp3 "))
    assert path_of(blank) == path_of(blank, Path("/music")) == "file:///music/%20a.mp3%20"

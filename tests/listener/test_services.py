"""Each service's export becomes plays, and only those that say that a song is liked."""

from __future__ import annotations

import json

import pytest
from exports import (
    LIBRARY,
    account_play,
    extended_play,
    lines,
    listen,
    page,
    scrobble,
)
from hypothesis import given
from hypothesis import strategies as st

from mien.errors import HistoryFileError
from mien.listener.services import Play, read_plays

AT = 1611680460.0  # 26 January 2021, 17:01 UTC


def plays(name: str, content: object) -> list[Play]:
    text = content if isinstance(content, str) else json.dumps(content)
    return [*read_plays(name, text.encode())[1]]


def test_spotifys_account_data() -> None:
    rows = [
        account_play("Rick Astley", "Never Gonna Give You Up", "2021-01-26 17:01"),
        account_play("Nobody", "Skipped soon", "2021-01-26 17:02", 29_999),
    ]
    assert plays("StreamingHistory_music_0.json", rows) == [
        Play("Rick Astley", "Never Gonna Give You Up", AT)
    ]
    assert read_plays("a", json.dumps(rows).encode())[0] == "spotify"


def test_spotifys_extended_history() -> None:
    rows = [
        extended_play("Rick Astley", "Never Gonna Give You Up", "2021-01-26T17:01:00Z"),
        extended_play("Nobody", "Too short", "2021-01-26T17:02:00Z", 1000),
        extended_play("Nobody", "Skipped", "2021-01-26T17:05:00Z", skipped=True),
        extended_play(None, None, "2021-01-26T18:05:00Z", 3_000_000),
        extended_play("A", "Before skips were told", "2014-01-26T18:05:00Z", skipped=None),
    ]
    found = plays("Streaming_History_Audio_2021_0.json", rows)
    assert [play.title for play in found] == ["Never Gonna Give You Up", "Before skips were told"]
    assert found[0].time == AT


def test_spotifys_library_is_saved_songs() -> None:
    assert plays("YourLibrary.json", LIBRARY) == [
        Play("Rick Astley", "Never Gonna Give You Up", saved=True)
    ]


@pytest.mark.parametrize(
    "content",
    [
        page(scrobble("Now", "Playing", None), scrobble("Björk", "Jóga", int(AT))),
        [page(scrobble("Björk", "Jóga", int(AT)))],
        [{"track": [scrobble("Björk", "Jóga", int(AT))], "@attr": {"page": "1"}}],
        [scrobble("Björk", "Jóga", int(AT))],
        {"recenttracks": {"track": scrobble("Björk", "Jóga", int(AT))}},
        page({**scrobble("", "Jóga", int(AT)), "artist": {"name": "Björk", "url": "https://a"}}),
        {
            "username": "rj",
            "scrobbles": [{"track": "Jóga", "artist": "Björk", "album": "", "date": AT * 1000}],
        },
    ],
    ids=["page", "pages", "bare pages", "tracks", "one track", "extended", "lastfmstats"],
)
def test_lastfm_in_json(content: object) -> None:
    assert plays("scrobbles.json", content) == [Play("Björk", "Jóga", AT)]


@pytest.mark.parametrize(
    "text",
    [
        'Björk,"Homogenic, again",Jóga,26 Jan 2021 17:01\n',
        "\ufeffuts,utc_time,artist,artist_mbid,album,album_mbid,track,track_mbid\n"
        '"1611680460","26 Jan 2021, 17:01","Björk","","Homogenic","","Jóga",""\n',
        "Artist;Album;AlbumId;Track;Date#rj\nBjörk;Homogenic;;Jóga;1611680460000\n",
        "2021-01-26,17:01:00,Björk,Jóga\r\n",
        "artist\talbum\ttrack\ttime\nBjörk\t\tJóga\t2021-01-26T17:01:00+00:00\nPlaying\t\tNow\t\n",
        "Björk,Jóga,1611680460\n",
    ],
    ids=["no header", "ghan", "lastfmstats", "date first", "tabs", "three columns"],
)
def test_lastfm_in_csv(text: str) -> None:
    assert plays("rj.csv", text) == [Play("Björk", "Jóga", AT)]


def test_listenbrainz() -> None:
    loved = {**listen("A", "Loved", 1), "score": 1}
    hated = {**listen("A", "Hated", 1), "score": -1}
    unnamed = {"recording_msid": "d23f", "recording_mbid": None, "score": 1, "created": 1}
    text = lines(listen("Björk", "Jóga", int(AT)), loved, hated, unnamed)
    expected = [Play("Björk", "Jóga", AT), Play("A", "Loved", saved=True)]
    assert plays("listens/2021/1.jsonl", text) == expected
    assert plays("listens.json", [listen("Björk", "Jóga", int(AT))]) == expected[:1]
    answer = {"payload": {"count": 1, "listens": [listen("Björk", "Jóga", int(AT))]}}
    assert plays("listens.json", answer) == expected[:1]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.json", b"", "empty"),
        ("a.json", b'{"password": "secret"}', "not a listening history"),
        ("a.json", b'[{"endTime": "2021-01-26 17:01", "artistName": "A"', "cannot be read"),
        ("a.json", b'[{"endTime": 3, "artistName": [], "trackName": "A"}]', "cannot be read"),
        ("a.jsonl", b'{"track_metadata": {"artist_name": "A"}}\n{"track', "line 2"),
        ("a.csv", b"", "empty"),
        ("a.csv", "B\u00f6rk,J\u00f3ga,1".encode("latin-1"), "UTF-8"),
        ("a.csv", b"one,two\nthree,four\n", "no columns for artist and title"),
        ("a.csv", b"artist,track\n" + b'"' + b"x" * 200_000 + b'"\n', "field larger"),
        ("a.mp3", b"ID3\x04\x00\x00", "not a listening history"),
    ],
)
def test_other_files_are_one_clear_line(name: str, content: bytes, message: str) -> None:
    with pytest.raises(HistoryFileError, match=message) as error:
        [*read_plays(name, content)[1]]
    assert error.value.hint
    assert "\n" not in str(error.value)


@given(st.binary(max_size=200), st.sampled_from(["a.json", "a.csv", "a.jsonl"]))
def test_any_bytes_are_plays_or_an_error(content: bytes, name: str) -> None:
    for mark in (b"", b'"endTime"', b'"track_metadata"', b'"scrobbles"', b'"tracks"'):
        try:
            [*read_plays(name, mark + content)[1]]
        except HistoryFileError as error:
            assert error.hint

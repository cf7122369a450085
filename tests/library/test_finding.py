"""A music server is a source of the library, too."""

from __future__ import annotations

from pathlib import Path

import pytest
from players.conftest import PASSWORD, shelf, supysonic  # noqa: F401 - fixtures

from mien import recommend
from mien.errors import LibraryError, PlayerSettingsError
from mien.library.managing import LIBRARY, add_sources, count_songs, scan_library
from mien.library.scanning import ScanReport
from mien.library.state import LibraryState
from mien.players.settings import Settings
from mien.server.app import create_app


@pytest.fixture
def navidrome(supysonic: Settings, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    monkeypatch.setenv("MIEN_NAVIDROME_URL", supysonic.url)
    monkeypatch.setenv("MIEN_NAVIDROME_USER", supysonic.user)
    monkeypatch.setenv("MIEN_NAVIDROME_PASSWORD", PASSWORD)


def test_songs_of_a_server_are_analysed_and_played(navidrome: None) -> None:
    add_sources(["navidrome:"])
    report = ScanReport()
    assert scan_library(1, use=True, report=report) == 4
    assert (report.new, report.analysed, report.lost) == (4, 4, {})
    assert count_songs() == [("navidrome:", 4, 0)]
    songs = recommend("happy", n=6)
    assert all(r.song.path is None for r in songs)
    assert all(str(r.song.remote).startswith("navidrome:") for r in songs)
    again = ScanReport()
    scan_library(1, report=again)
    assert (again.new, again.changed, again.analysed) == (0, 0, 0)

    client = create_app().test_client()
    answer = client.post("/api/v1/recommendations", json={"emotion": "happy"})
    assert "navidrome:" not in answer.text
    assert PASSWORD not in answer.text
    for song in answer.get_json()["songs"]:
        sound = client.get(song["audio"])
        assert sound.status_code == 200
        assert str(sound.mimetype).startswith("audio/")
        assert client.get(song["cover"]).status_code == 404


def test_a_server_that_is_away_loses_nothing(
    navidrome: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_sources(["navidrome:"])
    scan_library(1, use=True)
    monkeypatch.setenv("MIEN_NAVIDROME_URL", "http://127.0.0.1:9")
    report = ScanReport()
    assert scan_library(1, report=report) == 4
    assert report.gone == 0
    assert "cannot be reached" in report.lost["navidrome"]
    client = create_app().test_client()
    songs = client.post("/api/v1/recommendations", json={"emotion": "sad"}).get_json()["songs"]
    assert client.get(songs[0]["audio"]).status_code == 502


def test_what_is_no_source_is_refused(home: Path) -> None:
    with pytest.raises(PlayerSettingsError, match="no player called"):
        add_sources(["winamp:"])
    with pytest.raises(PlayerSettingsError, match="the address of jellyfin"):
        add_sources(["jellyfin:"])
    with pytest.raises(LibraryError, match="gives no sounds away"):
        add_sources(["mpd:"])
    assert LibraryState().services() == ()
    assert LIBRARY == "library"

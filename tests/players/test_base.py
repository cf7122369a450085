"""What holds for every service, on Supysonic, MPD, and a recorded exchange with Jellyfin."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from mien.errors import PlayerRefusedError, PlayerSettingsError, PlayerUnreachableError
from mien.players import http
from mien.players import mpd as mpd_module
from mien.players.base import SERVICES, Player, connect
from mien.players.settings import Settings

SECRETS = ("a secret, of course", "wrong secret")


def ids(player: Player, *titles: str) -> list[str]:
    held = {song.title: song.id for song in player.songs()}
    return [held[title] for title in titles]


def test_lists_what_it_holds(player: Player) -> None:
    songs = sorted(player.songs(), key=lambda song: song.title)
    assert [song.title for song in songs] == ["Song 0", "Song 1", "Song 2", "Song 3"]
    assert [song.artists for song in songs] == [("Ann",), ("Ann",), ("Bob",), ("Bob",)]
    assert [song.album for song in songs] == ["Album"] * 4
    assert [round(song.duration or 0) for song in songs] == [3, 4, 5, 6]
    assert all(
        (song.path or "").endswith(f"{i} song{e}")
        for i, (song, e) in enumerate(zip(songs, (".mp3", ".ogg", ".flac", ".mp3"), strict=True))
    )
    assert len({song.id for song in songs}) == 4


def test_makes_a_playlist_and_replaces_it(player: Player) -> None:
    first, second = ids(player, "Song 0", "Song 3"), ids(player, "Song 2")
    assert "is made" in player.playlist("For mien & co", first)
    assert read_playlist(player, "For mien & co") == ["Song 0", "Song 3"]
    assert "now" in player.playlist("For mien & co", second)
    assert read_playlist(player, "For mien & co") == ["Song 2"]


def test_takes_a_queue(player: Player) -> None:
    wanted = ids(player, "Song 2", "Song 0")
    said = player.queue(wanted)
    if player.name == "mpd":
        assert said == "mpd plays."
        assert read_mpd(player)[0] == ["Song 2", "Song 0"]
        assert read_mpd(player)[1] == "play"
    elif player.name == "jellyfin":
        assert said == "Kitchen plays."
    else:
        assert "playlist 'mien'" in said
        assert read_playlist(player, "mien") == ["Song 2", "Song 0"]


def test_gives_sounds_away(player: Player, shelf: Path) -> None:
    (song,) = ids(player, "Song 2")
    if player.name == "mpd":
        with pytest.raises(PlayerRefusedError, match="gives no sounds away"):
            player.open(song)
        return
    with player.open(song) as file:
        assert file.read() == (shelf / "Bob" / "Album" / "2 song.flac").read_bytes()


def test_a_wrong_password_is_refused_and_not_shown(
    player: Player, request: pytest.FixtureRequest
) -> None:
    name = {"subsonic": "supysonic"}.get(player.name, player.name)
    settings: Settings = request.getfixturevalue(name)
    wrong = replace(settings, password="wrong secret")
    with pytest.raises(PlayerRefusedError) as caught:
        list(connect(player.name, wrong).songs())
    shown = f"{caught.value} {wrong!r} {caught.getrepr(style='long')}"
    assert "wrong secret" not in str(caught.value)
    assert "wrong secret" not in repr(wrong)
    assert "check" in str(caught.value)
    del shown


@contextmanager
def listening(answer: bytes | None) -> Iterator[int]:
    """A server that answers everything with these bytes, or never."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()

        def serve() -> None:
            held = []
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                held.append(connection)
                if answer is not None:
                    connection.settimeout(1)
                    with connection:
                        try:
                            connection.recv(65536)
                            connection.sendall(answer)
                        except OSError:
                            pass

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]


def address(service: str, port: int) -> Settings:
    host = f"127.0.0.1:{port}"
    return Settings(host if service == "mpd" else f"http://{host}", "ann", "a secret, of course")


@pytest.mark.parametrize("service", SERVICES)
def test_nobody_there(service: str) -> None:
    with listening(None) as port:
        pass
    with pytest.raises(PlayerUnreachableError, match="cannot be reached"):
        list(connect(service, address(service, port)).songs())


@pytest.mark.parametrize("service", SERVICES)
def test_a_server_that_hangs(service: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "TIMEOUT", 0.5)
    monkeypatch.setattr(mpd_module, "_TIMEOUT", 0.5)
    with listening(None) as port, pytest.raises(PlayerUnreachableError):
        list(connect(service, address(service, port)).songs())


PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 12\r\n\r\n<html>hello</"
AWAY = b"HTTP/1.1 302 Found\r\nLocation: http://example.invalid/\r\nContent-Length: 0\r\n\r\n"


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("answer", [PAGE, AWAY, b"\xff\xfe nonsense\r\n\r\n", b""])
def test_a_server_that_is_something_else(service: str, answer: bytes) -> None:
    with (
        listening(answer) as port,
        pytest.raises((PlayerRefusedError, PlayerUnreachableError)) as e,
    ):
        list(connect(service, address(service, port)).songs())
    assert not any(secret in str(e.value) for secret in SECRETS)


@pytest.mark.parametrize("url", ["", "music", "ftp://x", "http://ann:secret@x", "javascript:1"])
@pytest.mark.parametrize("service", ["navidrome", "jellyfin"])
def test_addresses_that_are_none(service: str, url: str) -> None:
    with pytest.raises(PlayerSettingsError) as caught:
        connect(service, Settings(url, "ann", "secret"))
    assert "secret" not in str(caught.value)


def test_services_that_are_none() -> None:
    with pytest.raises(PlayerSettingsError, match="no player called"):
        connect("winamp", Settings("http://x"))


def read_playlist(player: Player, name: str) -> list[str]:
    """The titles of a playlist, asked of the service itself."""
    titles = {song.id: song.title for song in player.songs()}
    if player.name == "mpd":
        with player._connected() as client:  # type: ignore[attr-defined]
            return [titles[song] for song in client.listplaylist(name)]
    if player.name == "jellyfin":
        held = player._ask(f"/Playlists/list-{name.replace(' ', '%20')}/Items", ("userId", "u1"))  # type: ignore[attr-defined]
        return [titles[item["Id"]] for item in held["Items"]]
    ask = player._ask  # type: ignore[attr-defined]
    lists = ask("getPlaylists")["playlists"]["playlist"]
    (found,) = [x["id"] for x in lists if x["name"] == name]
    entries = ask("getPlaylist", ("id", found))["playlist"]["entry"]
    return [entry["title"] for entry in entries]


def read_mpd(player: Player) -> tuple[list[str], str]:
    with player._connected() as client:  # type: ignore[attr-defined]
        return [song["title"] for song in client.playlistinfo()], client.status()["state"]

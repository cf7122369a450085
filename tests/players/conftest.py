"""Real servers for the tests of players: Supysonic and MPD, and Jellyfin's side of an exchange."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import sounds

from mien.players.base import Player, connect
from mien.players.settings import Settings

PASSWORD = "a secret, of course"
SYSTEM_PYTHON = "/usr/bin/python3"
"""Debian's, which finds Debian's Supysonic."""

RUN_SUPYSONIC = (
    "import sys; from supysonic.web import create_application; "
    "create_application().run('127.0.0.1', int(sys.argv[1]), threaded=True)"
)


def free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        port: int = bound.getsockname()[1]
        return port


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        with socket.socket() as trying:
            if trying.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert process.poll() is None, "the server ended"
        time.sleep(0.1)
    raise AssertionError("the server does not listen")


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of four songs by two artists."""
    folder = tmp_path_factory.mktemp("shelf")
    for i, ending in enumerate((".mp3", ".ogg", ".flac", ".mp3")):
        artist = "Ann" if i < 2 else "Bob"
        tags = {"title": f"Song {i}", "artist": artist, "album": "Album", "genre": "Pop"}
        path = folder / artist / "Album" / f"{i} song{ending}"
        sounds.write_sound(path, sounds.tone(3 + i, 200 + 50 * i), {**tags, "date": "2001"})
    return folder


@pytest.fixture(scope="session")
def supysonic(shelf: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    if shutil.which("supysonic-cli") is None:
        pytest.skip("supysonic is not installed")
    home = tmp_path_factory.mktemp("supysonic")
    (home / ".supysonic").write_text(
        f"[base]\ndatabase_uri = sqlite:///{home}/songs.db\n"
        f"[webapp]\ncache_dir = {home}/cache\nlog_file = {home}/web.log\nmount_webui = off\n"
        f"[daemon]\nsocket = {home}/daemon.sock\nrun_watcher = off\n"
    )
    environment = {"HOME": str(home), "PATH": os.environ["PATH"]}
    for command in (
        ("user", "add", "ann", "-p", PASSWORD),
        ("folder", "add", "shelf", str(shelf)),
        ("folder", "scan", "--foreground", "shelf"),
    ):
        subprocess.run(
            ["supysonic-cli", *command], env=environment, cwd=home, check=True, capture_output=True
        )
    port = free_port()
    process = subprocess.Popen(
        [SYSTEM_PYTHON, "-c", RUN_SUPYSONIC, str(port)],
        env=environment,
        cwd=home,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    wait_for(port, process)
    yield Settings(f"http://127.0.0.1:{port}", "ann", PASSWORD)
    process.kill()
    process.wait()


@pytest.fixture(scope="session")
def mpd(shelf: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    if shutil.which("mpd") is None:
        pytest.skip("mpd is not installed")
    home = tmp_path_factory.mktemp("mpd")
    (home / "playlists").mkdir()
    port = free_port()
    (home / "mpd.conf").write_text(
        f'music_directory "{shelf}"\nplaylist_directory "{home}/playlists"\n'
        f'db_file "{home}/database"\nstate_file "{home}/state"\npid_file "{home}/pid"\n'
        f'bind_to_address "127.0.0.1"\nport "{port}"\n'
        f'password "{PASSWORD}@read,add,control,admin"\ndefault_permissions ""\n'
        'audio_output {\n type "null"\n name "nothing"\n}\n'
    )
    process = subprocess.Popen(
        ["mpd", "--no-daemon", "--stderr", str(home / "mpd.conf")],
        env={"HOME": str(home), "PATH": os.environ["PATH"]},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    wait_for(port, process)
    settings = Settings(f"127.0.0.1:{port}", password=PASSWORD)
    from mpd import MPDClient

    client = MPDClient()
    client.connect("127.0.0.1", port)
    client.password(PASSWORD)
    client.update()
    for _ in range(100):
        if client.stats()["songs"] == "4":
            break
        time.sleep(0.1)
    client.disconnect()
    yield settings
    process.terminate()
    process.wait()


class _Jellyfin(BaseHTTPRequestHandler):
    """Jellyfin's answers, in the form of its documentation, to what the adapter requests. It is no
    Jellyfin: it shows that the adapter keeps to the documented exchange."""

    songs: Path
    playlists: dict[str, list[str]]
    playing: list[str]
    players: list[dict[str, Any]]

    def _answer(self, body: object, status: int = 200) -> None:
        content = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _handle(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else None
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path == "/Users/AuthenticateByName":
            if body != {"Username": "ann", "Pw": PASSWORD}:
                return self._answer(None, 401)
            return self._answer({"AccessToken": "token-1", "User": {"Id": "u1", "Name": "ann"}})
        if 'Token="token-1"' not in self.headers.get("Authorization", ""):
            return self._answer(None, 401)
        handler = getattr(self, f"_{self.command.lower()}{parts.path.replace('/', '_')}", None)
        if handler is not None:
            handler(query, body)
            return None
        if parts.path.endswith("/Download"):
            return self._download(parts.path.split("/")[2])
        if parts.path.endswith("/Playing") and self.command == "POST":
            type(self).playing = query["itemIds"].split(",")
            return self._answer(None, 204)
        if parts.path.startswith("/Playlists/"):
            return self._playlist(parts.path.split("/")[2], query)
        return self._answer(None, 404)

    do_GET = do_POST = do_DELETE = _handle  # noqa: N815

    def _get_Users(self, query: dict[str, str], body: Any) -> None:  # noqa: N802
        self._answer([{"Id": "u1", "Name": "ann"}])

    def _get_Items(self, query: dict[str, str], body: Any) -> None:  # noqa: N802
        if query["includeItemTypes"] == "Playlist":
            names = [n for n in self.playlists if query["searchTerm"] in n]
            return self._answer({"Items": [{"Id": f"list-{n}", "Name": n} for n in names]})
        files = sorted(p for p in self.songs.rglob("*") if p.is_file())
        start, limit = int(query["startIndex"]), min(3, int(query["limit"]))
        items = [
            {
                "Id": f"j{i}",
                "Name": f"Song {file.stem[0]}",
                "Artists": [file.parts[-3]],
                "Album": "Album",
                "Genres": ["Pop"],
                "ProductionYear": 2001,
                "RunTimeTicks": (3 + int(file.stem[0])) * 10_000_000,
                "MediaSources": [{"Path": f"/media/{file.relative_to(self.songs)}", "Size": 1}],
            }
            for i, file in enumerate(files)
        ]
        return self._answer({"Items": items[start : start + limit], "TotalRecordCount": len(items)})

    def _get_Sessions(self, query: dict[str, str], body: Any) -> None:  # noqa: N802
        self._answer(self.players)

    def _post_Playlists(self, query: dict[str, str], body: Any) -> None:  # noqa: N802
        self.playlists[body["Name"]] = list(body["Ids"])
        self._answer({"Id": f"list-{body['Name']}"})

    def _playlist(self, number: str, query: dict[str, str]) -> None:
        held = self.playlists[unquote(number).removeprefix("list-")]
        if self.command == "POST":
            held += query["ids"].split(",")
            return self._answer(None, 204)
        if self.command == "DELETE":
            gone = [int(e.removeprefix("entry-")) for e in query["entryIds"].split(",")]
            held[:] = [song for i, song in enumerate(held) if i not in gone]
            return self._answer(None, 204)
        items = [{"Id": s, "PlaylistItemId": f"entry-{i}"} for i, s in enumerate(held)]
        return self._answer({"Items": items})

    def _download(self, song: str) -> None:
        files = sorted(p for p in self.songs.rglob("*") if p.is_file())
        content = files[int(song[1:])].read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", "audio/mpeg")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture(scope="session")
def jellyfin(shelf: Path) -> Iterator[Settings]:
    _Jellyfin.songs = shelf
    _Jellyfin.playlists = {}
    _Jellyfin.playing = []
    _Jellyfin.players = [
        {"Id": "s1", "DeviceName": "Kitchen", "DeviceId": "k", "SupportsRemoteControl": True}
    ]
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Jellyfin)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Settings(f"http://127.0.0.1:{server.server_port}", "ann", PASSWORD)
    server.shutdown()


@pytest.fixture(params=["subsonic", "jellyfin", "mpd"])
def player(request: pytest.FixtureRequest) -> Player:
    """Each service, as tests that hold for all of them need it."""
    service = request.param
    settings = request.getfixturevalue("supysonic" if service == "subsonic" else service)
    return connect(service, settings)

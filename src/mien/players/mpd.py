"""The Music Player Daemon, by python-mpd2."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, BinaryIO

from mien.errors import (
    MissingExtraError,
    PlayerRefusedError,
    PlayerSettingsError,
    PlayerUnreachableError,
)
from mien.players.base import PlayerSong
from mien.players.settings import Settings

_TIMEOUT = 20.0
_SPARE = "mien-new"  # a playlist that takes the place of another one


class Mpd:
    """A Music Player Daemon. Its songs are named by their paths below its folder of music."""

    def __init__(self, settings: Settings) -> None:
        host, _, port = settings.url.removeprefix("mpd://").rpartition(":")
        if settings.url.startswith("/"):
            host, port = settings.url, "0"
        if not host or not port.isdecimal():
            raise PlayerSettingsError(
                "the address of mpd is not understood", "give host:port or the path of its socket"
            )
        self._host, self._port, self._password = host, int(port), settings.password

    @property
    def name(self) -> str:
        return "mpd"

    def songs(self) -> Iterator[PlayerSong]:
        with self._connected() as client:
            for found in client.listallinfo():
                if "file" in found and "://" not in found["file"]:
                    yield _song(found)

    def open(self, song: str) -> BinaryIO:
        del song
        raise PlayerRefusedError(
            "mpd gives no sounds away", "add its folder of music as a folder instead"
        )

    def cover(self, song: str) -> bytes | None:
        from mpd import CommandError

        with self._connected() as client:
            for command in (client.albumart, client.readpicture):
                try:
                    found = command(song)
                except CommandError:
                    continue
                if found.get("binary"):
                    return bytes(found["binary"])
        return None

    def queue(self, songs: Sequence[str]) -> str:
        with self._connected() as client:
            client.command_list_ok_begin()
            client.clear()
            for song in songs:
                client.add(song)
            client.play(0)
            client.command_list_end()
        return "mpd plays."

    def playlist(self, name: str, songs: Sequence[str]) -> str:
        if "/" in name or "\n" in name or "\r" in name:
            raise PlayerRefusedError(
                f"mpd takes no playlist called {name!r}", "leave out slashes and line breaks"
            )
        with self._connected() as client:
            lists = {found["playlist"] for found in client.listplaylists()}
            # The old one goes once the new one is there.
            if _SPARE in lists:
                client.rm(_SPARE)
            for song in songs:
                client.playlistadd(_SPARE, song)
            if name in lists:
                client.rm(name)
            client.rename(_SPARE, name)
        if name in lists:
            return f"The playlist {name!r} on mpd has these songs now."
        return f"The playlist {name!r} is made on mpd."

    @contextmanager
    def _connected(self) -> Iterator[Any]:
        try:
            import mpd
        except ImportError as e:
            raise MissingExtraError("python-mpd2", "players") from e
        client = mpd.MPDClient()
        client.timeout = _TIMEOUT
        try:
            client.connect(self._host, self._port or None)
            if self._password:
                client.password(self._password)
            yield client
        except mpd.CommandError as e:
            # Its words name the command and the song, never the password.
            if "password" in str(e) or "permission" in str(e):
                raise PlayerRefusedError("mpd refuses the password", "check it") from None
            reason = str(e).partition("} ")[2] or "an error"
            raise PlayerRefusedError(f"mpd refused the request ({reason})", "see its log") from None
        except (mpd.MPDError, OSError) as e:
            reason = getattr(e, "strerror", None) or type(e).__name__
            raise PlayerUnreachableError(
                f"mpd cannot be reached ({reason})", "check that it runs, and its address"
            ) from None
        finally:
            client.disconnect()


def _song(found: dict[str, Any]) -> PlayerSong:
    def texts(name: str) -> tuple[str, ...]:
        value = found.get(name, ())
        return (value,) if isinstance(value, str) else tuple(value)

    year = next((t[:4] for t in texts("date") if t[:4].isdecimal()), None)
    seconds = found.get("duration") or found.get("time")
    return PlayerSong(
        id=found["file"],
        title=next(iter(texts("title")), ""),
        artists=texts("artist"),
        album=next(iter(texts("album")), None),
        genres=texts("genre"),
        year=None if year is None else int(year),
        duration=float(seconds) if seconds else None,
        path=found["file"],
    )

"""Navidrome, Supysonic and every other server that speaks Subsonic's API (1.16, OpenSubsonic).

<https://opensubsonic.netlify.app>. Requests carry a salted hash in place of the password, or the
password in the body where a server knows no hashes.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

from mien.errors import PlayerRefusedError, PlayerSettingsError
from mien.players.base import PlayerSong
from mien.players.http import Client
from mien.players.settings import Settings

QUEUE = "mien"
"""The playlist that stands in for a queue where a server keeps none."""

_PAGE = 500
_WRONG = (40, 44, 50)  # wrong user or password, unknown key, not authorised
_NO_HASHES = (10, 41, 42)  # no hashes: a parameter is missing, or they are not supported


class Subsonic:
    """A server that speaks Subsonic's API."""

    def __init__(self, name: str, settings: Settings) -> None:
        if not settings.token and not (settings.user and settings.password):
            raise PlayerSettingsError(
                f"the user name or the password of {name} is missing",
                "give both, or a token (its API key)",
            )
        self._name = name
        self._settings = settings
        self._client = Client(name, settings.url)
        self._hashed = True

    @property
    def name(self) -> str:
        return self._name

    def songs(self) -> Iterator[PlayerSong]:
        offset = 0
        while True:
            page = self._ask(
                "search3",
                ("query", ""),
                ("songCount", str(_PAGE)),
                ("songOffset", str(offset)),
                ("artistCount", "0"),
                ("albumCount", "0"),
            ).get("searchResult3", {})
            found = page.get("song", [])
            yield from map(_song, found)
            offset += len(found)
            if not found:
                break
        if not offset:  # servers that answer an empty search with nothing
            yield from self._by_album()

    def open(self, song: str) -> BinaryIO:
        self._ask("ping")  # whether it knows hashes
        # The file as it is, not in a smaller form.
        return self._client.file("/rest/download.view", self._parameters(("id", song)), form=True)

    def cover(self, song: str) -> bytes | None:
        try:
            found = self._ask("getSong", ("id", song)).get("song", {}).get("coverArt")
            if not found:
                return None
            data, mime = self._client.content(
                "/rest/getCoverArt.view", self._parameters(("id", str(found))), form=True
            )
        except PlayerRefusedError:
            return None
        return data if mime.startswith("image/") else None

    def queue(self, songs: Sequence[str]) -> str:
        ids = [("id", song) for song in songs]
        try:
            self._ask("savePlayQueue", *ids, ("current", songs[0]))
            return f"The queue of {self._name} is set: a player that you open continues with it."
        except _PersonRefusedError:
            raise
        except PlayerRefusedError:
            pass  # Supysonic, for one, keeps no queue
        try:
            self._ask("jukeboxControl", ("action", "set"), *ids)
            self._ask("jukeboxControl", ("action", "start"))
            return f"{self._name} plays."
        except PlayerRefusedError:
            pass  # most servers have no loudspeaker
        self.playlist(QUEUE, songs)
        return f"{self._name} keeps no queue, so the playlist {QUEUE!r} has these songs now."

    def playlist(self, name: str, songs: Sequence[str]) -> str:
        lists = self._ask("getPlaylists").get("playlists", {}).get("playlist", [])
        own = [x for x in lists if x.get("name") == name and self._is_own(x)]
        ids = [("songId", song) for song in songs]
        if not own:
            self._ask("createPlaylist", ("name", name), *ids)
            return f"The playlist {name!r} is made on {self._name}."
        self._ask("createPlaylist", ("playlistId", str(own[0]["id"])), *ids)
        return f"The playlist {name!r} on {self._name} has these songs now."

    def _is_own(self, found: dict[str, Any]) -> bool:
        return not self._settings.user or found.get("owner", self._settings.user) == (
            self._settings.user
        )

    def _by_album(self) -> Iterator[PlayerSong]:
        offset = 0
        while True:
            page = self._ask(
                "getAlbumList2",
                ("type", "alphabeticalByName"),
                ("size", str(_PAGE)),
                ("offset", str(offset)),
            ).get("albumList2", {})
            albums = page.get("album", [])
            for album in albums:
                found = self._ask("getAlbum", ("id", str(album["id"]))).get("album", {})
                yield from map(_song, found.get("song", []))
            offset += len(albums)
            if not albums:
                return

    def _ask(self, method: str, *parameters: tuple[str, str]) -> dict[str, Any]:
        answer = self._client.json(f"/rest/{method}.view", self._parameters(*parameters), form=True)
        body = answer.get("subsonic-response") if isinstance(answer, dict) else None
        if not isinstance(body, dict):
            raise PlayerRefusedError(
                f"{self._name} answered with something else than its API",
                "check that the address is that of the server itself",
            )
        if body.get("status") == "ok":
            return body
        error = body.get("error", {})
        code = error.get("code")
        if code in _NO_HASHES and self._hashed and self._settings.password:
            self._hashed = False
            return self._ask(method, *parameters)
        if code in _WRONG:
            raise _PersonRefusedError(
                f"{self._name} refuses the user name, password or token", "check them"
            )
        raise PlayerRefusedError(
            f"{self._name} refused the request ({method}: error {code})", "see its log"
        )

    def _parameters(self, *parameters: tuple[str, str]) -> list[tuple[str, str]]:
        common = [("v", "1.16.1"), ("c", "mien"), ("f", "json")]
        settings = self._settings
        if settings.token:
            return [*common, ("apiKey", settings.token), *parameters]
        common.append(("u", settings.user))
        if self._hashed:
            salt = secrets.token_hex(8)
            text = f"{settings.password}{salt}".encode()
            common += [("s", salt), ("t", hashlib.md5(text).hexdigest())]  # noqa: S324 - its API
        else:
            common.append(("p", f"enc:{settings.password.encode().hex()}"))
        return [*common, *parameters]


class _PersonRefusedError(PlayerRefusedError):
    """A refusal of who asks, not of what is asked."""


def _song(found: dict[str, Any]) -> PlayerSong:
    several = [a["name"] for a in found.get("artists") or [] if a.get("name")]
    genres = [g["name"] for g in found.get("genres") or [] if g.get("name")]
    artist, genre = found.get("artist"), found.get("genre")
    return PlayerSong(
        id=str(found["id"]),
        title=str(found.get("title") or ""),
        artists=tuple(several or ([artist] if artist else [])),
        album=found.get("album") or None,
        genres=tuple(genres or ([genre] if genre else [])),
        year=found.get("year") or None,
        duration=float(found["duration"]) if found.get("duration") else None,
        path=found.get("path") or None,
        size=int(found.get("size") or 0),
    )

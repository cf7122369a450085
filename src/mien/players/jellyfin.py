"""Jellyfin's API, as its documentation (10.8 and later) has it: <https://api.jellyfin.org>."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO
from urllib.parse import quote

from mien.errors import PlayerRefusedError, PlayerSettingsError
from mien.players.base import PlayerSong
from mien.players.http import Client, Parameters
from mien.players.settings import Settings

_PAGE = 500
_TICKS = 10_000_000  # a second
_FIELDS = "Path,Genres,MediaSources"


class Jellyfin:
    """A Jellyfin server."""

    def __init__(self, settings: Settings) -> None:
        if not settings.token and not (settings.user and settings.password):
            raise PlayerSettingsError(
                "the token of jellyfin is missing", "give one (an API key), or user and password"
            )
        self._settings = settings
        self._client = Client("jellyfin", settings.url)
        self._token = settings.token
        self._user = ""

    @property
    def name(self) -> str:
        return "jellyfin"

    def songs(self) -> Iterator[PlayerSong]:
        start = 0
        while True:
            page = self._ask(
                "/Items",
                ("userId", self._user_id()),
                ("includeItemTypes", "Audio"),
                ("recursive", "true"),
                ("fields", _FIELDS),
                ("sortBy", "SortName"),
                ("startIndex", str(start)),
                ("limit", str(_PAGE)),
            )
            found = page.get("Items", [])
            yield from map(_song, found)
            start += len(found)
            if not found or start >= page.get("TotalRecordCount", start):
                return

    def open(self, song: str) -> BinaryIO:
        self._user_id()
        return self._client.file(f"/Items/{quote(song, safe='')}/Download", (), self._headers())

    def cover(self, song: str) -> bytes | None:
        self._user_id()
        path = f"/Items/{quote(song, safe='')}/Images/Primary"
        try:
            data, mime = self._client.content(path, (("maxWidth", "600"),), self._headers())
        except PlayerRefusedError:
            return None
        return data if mime.startswith("image/") else None

    def queue(self, songs: Sequence[str]) -> str:
        sessions = self._ask("/Sessions", ("controllableByUserId", self._user_id()))
        able = [
            session
            for session in sessions or []
            if session.get("SupportsRemoteControl") and session.get("DeviceId") != "mien"
        ]
        if not able:
            raise PlayerRefusedError(
                "no player of jellyfin is open", "open one, or send a playlist instead"
            )
        # The one that plays, else the one that was used last.
        session = max(able, key=lambda s: ("NowPlayingItem" in s, s.get("LastActivityDate", "")))
        self._ask(
            f"/Sessions/{quote(str(session['Id']), safe='')}/Playing",
            ("playCommand", "PlayNow"),
            ("itemIds", ",".join(songs)),
            method="POST",
        )
        return f"{session.get('DeviceName') or session.get('Client') or 'Jellyfin'} plays."

    def playlist(self, name: str, songs: Sequence[str]) -> str:
        user = self._user_id()
        page = self._ask(
            "/Items",
            ("userId", user),
            ("includeItemTypes", "Playlist"),
            ("recursive", "true"),
            ("searchTerm", name),
        )
        own = [found for found in page.get("Items", []) if found.get("Name") == name]
        if not own:
            body = {"Name": name, "Ids": list(songs), "UserId": user, "MediaType": "Audio"}
            self._ask("/Playlists", body=body, method="POST")
            return f"The playlist {name!r} is made on jellyfin."
        items = f"/Playlists/{quote(str(own[0]['Id']), safe='')}/Items"
        before = self._ask(items, ("userId", user)).get("Items", [])
        # New songs first, so that a broken connection loses none.
        self._ask(items, ("ids", ",".join(songs)), ("userId", user), method="POST")
        entries = [str(entry["PlaylistItemId"]) for entry in before]
        if entries:
            self._ask(items, ("entryIds", ",".join(entries)), method="DELETE")
        return f"The playlist {name!r} on jellyfin has these songs now."

    def _ask(
        self, path: str, *parameters: tuple[str, str], body: object = None, method: str = "GET"
    ) -> Any:
        self._user_id()
        given: Parameters = [p for p in parameters if p[1]]
        return self._client.json(path, given, headers=self._headers(), body=body, method=method)

    def _headers(self) -> dict[str, str]:
        return {
            "Authorization": (
                'MediaBrowser Client="mien", Device="mien", DeviceId="mien", Version="1"'
                + (f', Token="{self._token}"' if self._token else "")
            )
        }

    def _user_id(self) -> str:
        """The id of the user, who is signed in first where there is no token."""
        if self._user:
            return self._user
        if not self._token:
            body = {"Username": self._settings.user, "Pw": self._settings.password}
            answer = self._client.json(
                "/Users/AuthenticateByName", headers=self._headers(), body=body
            )
            self._token = str(answer["AccessToken"])
            self._user = str(answer["User"]["Id"])
            return self._user
        users = self._client.json("/Users", headers=self._headers()) or []
        named = [u for u in users if u.get("Name") == self._settings.user] or users
        if not named:
            raise PlayerRefusedError("jellyfin has no user for this token", "give its user")
        self._user = str(named[0]["Id"])
        return self._user


def _song(found: dict[str, Any]) -> PlayerSong:
    sources = found.get("MediaSources") or [{}]
    ticks = found.get("RunTimeTicks")
    artists = found.get("Artists") or [a["Name"] for a in found.get("ArtistItems") or []]
    return PlayerSong(
        id=str(found["Id"]),
        title=str(found.get("Name") or ""),
        artists=tuple(artists or filter(None, [found.get("AlbumArtist")])),
        album=found.get("Album") or None,
        genres=tuple(found.get("Genres") or ()),
        year=found.get("ProductionYear") or None,
        duration=ticks / _TICKS if ticks else None,
        path=found.get("Path") or sources[0].get("Path") or None,
        size=int(sources[0].get("Size") or 0),
    )

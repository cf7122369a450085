"""Music servers and players behind one interface: list, read, queue, playlist."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from mien.errors import PlayerSettingsError
from mien.players.settings import Settings, read_settings

SERVICES = ("navidrome", "subsonic", "jellyfin", "mpd")
"""The names of services; `subsonic` is every server that speaks its language, as Navidrome does."""


@dataclass(frozen=True)
class PlayerSong:
    """A song that a service holds.

    Attributes:
        id: the service's own.
        title, artists, album, genres, year: None or empty where it does not say.
        duration: seconds, or None.
        path: of the file as the service calls it, perhaps relative to its folder of music; or None.
        size: bytes, 0 if unknown.
    """

    id: str
    title: str
    artists: tuple[str, ...]
    album: str | None = None
    genres: tuple[str, ...] = ()
    year: int | None = None
    duration: float | None = None
    path: str | None = None
    size: int = 0


class Player(Protocol):
    """A service that holds songs and plays them, or has them played.

    Every method raises PlayerUnreachableError where the service does not answer (in time), and
    PlayerRefusedError where it refuses the credentials or the request.
    """

    @property
    def name(self) -> str:
        """One of `SERVICES`."""

    def songs(self) -> Iterator[PlayerSong]:
        """All songs, read page by page."""

    def open(self, song: str) -> BinaryIO:
        """The sound of a song: a temporary file, which closing deletes.

        Raises:
            PlayerRefusedError: also where the service gives no sounds away (MPD).
        """

    def cover(self, song: str) -> bytes | None:
        """The picture of a song, or None without one."""

    def queue(self, songs: Sequence[str]) -> str:
        """Replace the queue, and play where the service can.

        Returns:
            What happened, and what is left to do, as a sentence.
        """

    def playlist(self, name: str, songs: Sequence[str]) -> str:
        """Make a playlist, or replace the songs of the one of that name.

        Returns:
            What happened, as a sentence.
        """


def connect(service: str, settings: Settings | None = None) -> Player:
    """A service, as the settings describe it.

    Args:
        service: one of `SERVICES`.
        settings: default: those of the user (`mien.players.settings`).

    Raises:
        PlayerSettingsError: there is no such service, or its settings are missing or unusable.
        MissingExtraError: the package that MPD needs is not installed.
    """
    if service not in SERVICES:
        raise PlayerSettingsError(
            f"there is no player called {service!r}", f"use {', '.join(SERVICES)}"
        )
    found = read_settings(service) if settings is None else settings
    if service == "mpd":
        from mien.players.mpd import Mpd

        return Mpd(found)
    if service == "jellyfin":
        from mien.players.jellyfin import Jellyfin

        return Jellyfin(found)
    from mien.players.subsonic import Subsonic

    return Subsonic(service, found)

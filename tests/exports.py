"""Listening histories as services and exporters write them, each of a few plays."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def account_play(artist: str, title: str, end: str, milliseconds: int = 200_000) -> dict[str, Any]:
    """Of Spotify's account data, `StreamingHistory_music_0.json`."""
    return {"endTime": end, "artistName": artist, "trackName": title, "msPlayed": milliseconds}


def extended_play(
    artist: str | None, title: str | None, ts: str, milliseconds: int = 200_000, **more: object
) -> dict[str, Any]:
    """Of Spotify's extended history, `Streaming_History_Audio_2021_0.json`."""
    return {
        "ts": ts,
        "platform": "linux",
        "ms_played": milliseconds,
        "conn_country": "DE",
        "ip_addr": "192.0.2.1",
        "master_metadata_track_name": title,
        "master_metadata_album_artist_name": artist,
        "master_metadata_album_album_name": "An Album",
        "spotify_track_uri": "spotify:track:0nYYvSzTI0vM8WBuZbMHE9",
        "episode_name": None if title else "A Podcast",
        "episode_show_name": None,
        "spotify_episode_uri": None,
        "reason_start": "trackdone",
        "reason_end": "trackdone",
        "shuffle": False,
        "skipped": False,
        "offline": False,
        "offline_timestamp": 1611680460,
        "incognito_mode": False,
        **more,
    }


LIBRARY = {
    "tracks": [
        {
            "artist": "Rick Astley",
            "album": "Juice",
            "track": "Never Gonna Give You Up",
            "uri": "spotify:track:0nYYvSzTI0vM8WBuZbMHE9",
        }
    ],
    "albums": [{"artist": "Rick Astley", "album": "Juice", "uri": "spotify:album:1"}],
    "shows": [],
    "episodes": [],
    "bannedTracks": [],
    "artists": [{"name": "Rick Astley", "uri": "spotify:artist:1"}],
    "bannedArtists": [],
    "other": [],
}
"""`YourLibrary.json` of Spotify."""


def scrobble(artist: str, title: str, uts: int | None) -> dict[str, Any]:
    """A track of Last.fm's user.getRecentTracks; without a time, what is playing now."""
    found: dict[str, Any] = {
        "artist": {"mbid": "", "#text": artist},
        "streamable": "0",
        "image": [{"size": "small", "#text": "https://example.org/1.png"}],
        "mbid": "",
        "album": {"mbid": "", "#text": "An Album"},
        "name": title,
        "url": "https://www.last.fm/music/",
    }
    if uts is None:
        return {**found, "@attr": {"nowplaying": "true"}}
    return {**found, "date": {"uts": str(uts), "#text": "26 Jan 2021, 17:01"}}


def page(*tracks: dict[str, Any]) -> dict[str, Any]:
    """A page of user.getRecentTracks."""
    attributes = {"user": "rj", "totalPages": "1", "page": "1", "perPage": "200", "total": "2"}
    return {"recenttracks": {"track": list(tracks), "@attr": attributes}}


def listen(artist: str, title: str, time: int) -> dict[str, Any]:
    """A listen of ListenBrainz."""
    return {
        "inserted_at": time + 5,
        "listened_at": time,
        "recording_msid": "d23f4719-9212-49f0-ad08-ddbfbfc50d6f",
        "track_metadata": {
            "artist_name": artist,
            "track_name": title,
            "release_name": "An Album",
            "additional_info": {"submission_client": "navidrome", "duration_ms": 200_000},
            "mbid_mapping": None,
        },
        "user_name": "rob",
    }


def lines(*rows: object) -> str:
    """JSON, one row a line."""
    return "".join(json.dumps(row) + "\n" for row in rows)


def pack(path: Path, members: Mapping[str, object]) -> Path:
    """A ZIP archive of these files; what is not text becomes JSON."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content if isinstance(content, str) else json.dumps(content))
    return path

"""Songs of a catalogue -> the songs of a service that they are: by path, by id, by name."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mien.catalogue.names import normalise_name
from mien.catalogue.song import Song
from mien.players.base import PlayerSong

LENGTH = 5.0
"""Seconds by which two files of one recording may differ."""


@dataclass(frozen=True)
class Matches:
    """What a service holds of some songs.

    Attributes:
        found: the service's ids, in the order of the songs.
        missing: the songs that it does not hold.
    """

    found: tuple[str, ...]
    missing: tuple[Song, ...]


def match(songs: Sequence[Song], held: Iterable[PlayerSong], service: str) -> Matches:
    """Find songs among those that a service holds.

    A path matches where the longest tail of it, of at least folder and file, is that of one song
    alone: roots differ between machines. Then the id counts, where the song came from this service;
    then the first artist and the title, and among several recordings of that name the one whose
    length is nearest, within `LENGTH`.

    Args:
        songs: of a catalogue.
        held: all songs of the service.
        service: its name.
    """
    every = list(held)
    ids = {song.id for song in every}
    by_file: dict[str, list[PlayerSong]] = defaultdict(list)
    by_name: dict[tuple[str, str], list[PlayerSong]] = defaultdict(list)
    for one in every:
        if one.path:
            by_file[_parts(one.path)[-1]].append(one)
        key = normalise_name(one.artists[0] if one.artists else "", one.title)
        if key is not None:
            by_name[key].append(one)
    found: list[str] = []
    missing: list[Song] = []
    for song in songs:
        same = _by_path(song, by_file) or _by_id(song, ids, service) or _by_name(song, by_name)
        if same is None:
            missing.append(song)
        else:
            found.append(same)
    return Matches(tuple(found), tuple(missing))


def _by_path(song: Song, by_file: dict[str, list[PlayerSong]]) -> str | None:
    if song.path is None:
        return None
    ours = _parts(os.fsdecode(os.fsencode(song.path)))
    scored = [
        (_common_tail(ours, _parts(held.path or "")), held) for held in by_file.get(ours[-1], ())
    ]
    if not scored:
        return None
    most = max(score for score, _ in scored)
    best = [held for score, held in scored if score == most]
    if len(best) > 1:
        return None
    # A file name alone, such as "01.mp3", says little unless it is the whole path.
    is_whole = most == min(len(ours), len(_parts(best[0].path or "")))
    return best[0].id if most > 1 or is_whole else None


def _by_id(song: Song, ids: set[str], service: str) -> str | None:
    held = (song.remote or "").removeprefix(f"{service}:")
    return held if song.remote and held != song.remote and held in ids else None


def _by_name(song: Song, by_name: dict[tuple[str, str], list[PlayerSong]]) -> str | None:
    key = normalise_name(song.artists[0] if song.artists else "", song.title)
    candidates = by_name.get(key, []) if key else []
    if song.duration is not None:
        known = [c for c in candidates if c.duration is not None]
        near = [c for c in known if abs((c.duration or 0) - (song.duration or 0)) <= LENGTH]
        unknown = [c for c in candidates if c.duration is None]
        candidates = near + unknown
        candidates.sort(
            key=lambda c: LENGTH if c.duration is None else abs(c.duration - (song.duration or 0))
        )
    same = [c for c in candidates if c.title.casefold() == song.title.casefold()]
    return next((c.id for c in same or candidates), None)


def _parts(path: str) -> list[str]:
    return [part for part in re.split(r"[/\\\\]", path.casefold()) if part] or [""]


def _common_tail(one: Sequence[str], other: Sequence[str]) -> int:
    same = 0
    for a, b in zip(reversed(one), reversed(other), strict=False):
        if a != b:
            break
        same += 1
    return same

"""Files -> songs: what a song is called, which files are copies of one, and which are no songs."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from mien.audio.tags import Tags
from mien.catalogue.names import normalise_name
from mien.library.state import SongFile

MAX_SECONDS = 3600
"""What is longer than an hour is a mix, an audiobook or a recording, and no song."""

_SAME_LENGTH = 3.0  # seconds by which files of one recording differ


def song_id(tags: Tags, key: bytes) -> str:
    """The id of a song that was found: it lasts where the file is moved or copied, so that ratings
    do.

    Args:
        tags: of the file; names that are the same in another spelling are the same.
        key: of the file, which tells apart what has no artist.
    """
    artists = "; ".join(tags.artists)
    parts = [tags.title or "", artists, tags.album or "", tags.track or ""]
    text = "\n".join(parts).casefold().encode("utf-8", "surrogatepass")
    return hashlib.blake2b(text + (b"" if artists else key), digest_size=10).hexdigest()


@dataclass(frozen=True)
class LibrarySong:
    """A song with one of the files that hold it."""

    id: str
    file: SongFile


def merge_copies(files: Iterable[SongFile]) -> list[LibrarySong]:
    """One song for all files with the same artist and title that last equally long (or have the
    same sound); the file that was added first stands for them.

    Args:
        files: in the order in which they were added.
    """
    songs: list[LibrarySong] = []
    copies: dict[tuple[str, ...], list[float]] = defaultdict(list)
    used: set[str] = set()
    for file in files:
        lengths = copies[_name_key(file)]
        length = file.sound.duration
        if any(abs(length - other) <= _SAME_LENGTH for other in lengths):
            continue
        lengths.append(length)
        name = file.song
        if name in used:  # the same names for another recording
            name = hashlib.blake2b(name.encode() + file.key, digest_size=10).hexdigest()
        used.add(name)
        songs.append(LibrarySong(name, file))
    return songs


def _name_key(file: SongFile) -> tuple[str, ...]:
    artist = file.tags.artists[0] if file.tags.artists else ""
    title = (file.tags.title or "").casefold()
    key = normalise_name(artist, title)
    # Versions in brackets or after a dash are recordings of their own here.
    return (key[0], title) if key else (artist, title, file.key.hex())

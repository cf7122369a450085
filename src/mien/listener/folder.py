"""A folder of music files -> artists and titles, from the names of files and folders alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from mien.listener.services import Play

SUFFIXES = frozenset(
    {
        ".aac",
        ".aif",
        ".aiff",
        ".alac",
        ".ape",
        ".flac",
        ".m4a",
        ".mp3",
        ".mpc",
        ".oga",
        ".ogg",
        ".opus",
        ".wav",
        ".wma",
        ".wv",
    }
)
"""Of the files that count as music."""

_NUMBER = re.compile(r"^\d{1,3}(-\d{1,3})?(\s*[.)_-]\s*|\s+)(?=\S)")
_DISC = re.compile(r"^(cd|disc|disk)[\s_-]*\d+$", re.IGNORECASE)
_MANY = re.compile(
    r"^(various( artists)?|va|compilations?|soundtracks?|unknown artist)$", re.IGNORECASE
)


def read_folder(folder: Path, files: Iterable[Path]) -> Iterator[Play]:
    """The songs that files of music in a folder are named after.

    Args:
        folder: the folder.
        files: paths in it; those that are not music or name no artist are left out.
    """
    for file in files:
        if file.suffix.lower() in SUFFIXES:
            song = parse_name(file.relative_to(folder).with_suffix("").as_posix())
            if song is not None:
                yield Play(*song, saved=True)


def parse_name(path: str) -> tuple[str, str] | None:
    """Artist and title of a file, from its path without the suffix; None where they are not there.

    >>> parse_name("Nina Simone/Pastel Blues/01 Be My Husband")
    ('Nina Simone', 'Be My Husband')
    >>> parse_name("Nina Simone - Sinnerman")
    ('Nina Simone', 'Sinnerman')
    >>> parse_name("Various Artists/Hits/07 - Nina Simone - Sinnerman")
    ('Nina Simone', 'Sinnerman')
    >>> parse_name("Sinnerman")
    """
    *folders, name = path.split("/")
    folders = [folder for folder in folders if not _DISC.match(folder)]
    bare = _NUMBER.sub("", name, count=1) if folders or " - " in name else name
    artist = folders[-2] if len(folders) > 1 else folders[-1] if folders else ""
    before, dash, after = bare.partition(" - ")
    if not artist or _MANY.match(artist) or (dash and before.casefold() == artist.casefold()):
        return (before.strip(), after.strip()) if dash and before and after else None
    return artist, bare

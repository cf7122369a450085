"""Everything that a library's folders and music servers hold now, as a scan compares it."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mien.audio.tags import Tags
from mien.errors import PlayerError
from mien.library.folders import Walk, walk
from mien.library.state import FileState, LibraryState


@dataclass(frozen=True)
class FoundSong:
    """A file in a folder, or a song on a music server.

    Attributes:
        key: its path as the file system has it, or `service:id`.
        source: the folder, or `service:`.
        mark: size and time; where either differs, it has changed.
        remote: `service:id`, or empty.
        tags, fingerprint: of a server's song; a file's are read later.
    """

    key: bytes
    source: bytes
    mark: tuple[int, int]
    remote: str = ""
    tags: Tags | None = None
    fingerprint: str = ""

    @property
    def name(self) -> str:
        """As people read it."""
        return self.remote or str(Path(os.fsdecode(self.key)))


@dataclass
class FoundSongs:
    """What there is now.

    Attributes:
        files: each once.
        sources: the folders and services.
        lost: folders, files and services that could not be looked into -> why.
        outside: folders to which links lead out of the library's -> how many files they hold.
    """

    files: list[FoundSong] = field(default_factory=list)
    sources: frozenset[bytes] = frozenset()
    lost: dict[str, str] = field(default_factory=dict)
    outside: dict[str, int] = field(default_factory=dict)

    def is_lost(self, key: bytes) -> bool:
        """Whether a song that was not found may be there all the same: something above it could
        not be looked into."""
        name = os.fsdecode(key)
        if name in self.lost or name.partition(":")[0] in self.lost:
            return True
        return any(str(folder) in self.lost for folder in Path(name).parents)


def find_files(state: LibraryState, before: Mapping[bytes, FileState]) -> FoundSongs:
    """Look into all folders and services of a library.

    Args:
        state: the library.
        before: what the last scan saw, by key.
    """
    folders = state.folders()
    found = walk(folders)
    result = FoundSongs(
        sources=frozenset(map(os.fsencode, folders)),
        lost={str(path): why for path, why in found.problems.items()},
    )
    for folder in _emptied(found, before, folders):
        result.lost[str(folder)] = "it is empty; its songs are kept, in case a drive is missing"
    roots = {folder: os.fsencode(folder) for folder in folders}
    for file in found.files:
        source = next(roots[p] for p in file.path.parents if p in roots)
        result.files.append(FoundSong(os.fsencode(file.path), source, (file.size, file.modified)))
    result.outside = _outside(found, folders)
    for service in state.services():
        result.sources |= {f"{service}:".encode()}
        try:
            result.files += _on_service(service)
        except PlayerError as e:
            result.lost[service] = str(e)
    return result


def _outside(found: Walk, folders: tuple[Path, ...]) -> dict[str, int]:
    """Where links lead out of the folders, and to how many files; the server sends none of them."""
    real = [Path(os.path.realpath(folder)) for folder in folders]
    counts: Counter[str] = Counter()
    for file in found.files:
        if file.is_linked:
            target = Path(os.path.realpath(file.path))
            if not any(folder in target.parents for folder in real):
                counts[str(target.parent)] += 1
    return dict(counts)


def _on_service(service: str) -> list[FoundSong]:
    """The songs of a music server, as it describes them."""
    from mien.players.base import connect

    found = []
    for song in connect(service).songs():
        tags = Tags(song.title or "Untitled", song.artists, song.album, song.genres, song.year)
        described = hashlib.blake2b(repr((tags, song.duration)).encode(), digest_size=6)
        remote = f"{service}:{song.id}"
        found.append(
            FoundSong(
                key=remote.encode(),
                source=f"{service}:".encode(),
                mark=(song.size, int.from_bytes(described.digest())),
                remote=remote,
                tags=tags,
                fingerprint=f"{remote}:{song.size}:{song.duration}",
            )
        )
    return found


def _emptied(
    found: Walk, before: Mapping[bytes, FileState], folders: tuple[Path, ...]
) -> list[Path]:
    """Folders that held songs and hold none, as where a drive is not mounted."""
    held = {f.source for f in before.values() if not f.is_gone and not f.problem}
    holding = {parent for file in found.files for parent in file.path.parents}
    return [folder for folder in folders if os.fsencode(folder) in held and folder not in holding]

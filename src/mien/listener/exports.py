"""Files and folders that a listener gives -> the listening histories in them, counted by song."""

from __future__ import annotations

import os
import re
import zipfile
import zlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from mien.catalogue.names import NameKey, normalise_name
from mien.errors import HistoryFileError
from mien.listener.folder import read_folder
from mien.listener.services import FORMS, Play, read_plays

_HISTORY = re.compile(
    r"(^|/)(streaming_?history(?!.*(podcast|audiobook|video)).*\.json|endsong.*\.json|yourlibrary\.json"
    r"|listens/.*\.jsonl|listens.*\.jsonl|feedback\.jsonl|.*scrobbles.*\.(json|csv))$",
    re.IGNORECASE,
)
"""Names of histories among the many files of an export."""

_NOTHING = (b"", b"[]")  # what services write where there is nothing to tell

_MAX_BYTES = 1 << 30  # the histories of decades have a tenth of it


class Span(NamedTuple):
    """The time from the first to the last play of a file, and the service that wrote it."""

    service: str
    first: float
    last: float

    def covers(self, service: str, time: float | None) -> bool:
        """Whether a play of a service is one of those that this file told of."""
        return service == self.service and time is not None and self.first <= time <= self.last


@dataclass
class Count:
    """How often a song was played, and whether the listener keeps it."""

    artist: str
    title: str
    plays: int = 0
    saved: bool = False


@dataclass
class Source:
    """What one file or folder told.

    Attributes:
        name: of the file or folder.
        service: who wrote it.
        digest: of its content: the same for the same file.
        span: of its plays; None where it has no times.
        songs: by normalised artist and title.
        plays: how many counted.
        repeated: plays that an earlier file had told already.
    """

    name: str
    service: str
    digest: str
    span: Span | None = None
    songs: dict[NameKey, Count] = field(default_factory=dict)
    plays: int = 0
    repeated: int = 0

    def add(self, play: Play) -> bool:
        """Count a play; False where its names match no song."""
        key = _key(play.artist, play.title)
        if key is None:
            return False
        count = self.songs.get(key)
        if count is None:
            count = self.songs[key] = Count(play.artist, play.title)
        if play.saved:
            count.saved = True
        else:
            count.plays += 1
            self.plays += 1
        return True


_key = lru_cache(maxsize=1 << 16)(normalise_name)


def read_sources(
    paths: Iterable[Path], digests: Collection[str] = (), spans: Sequence[Span] = ()
) -> list[Source]:
    """The histories in files, folders and ZIP archives.

    Args:
        paths: what the listener gave.
        digests: of the files that were imported before; their plays do not count again.
        spans: of those files; plays of the same service within them do not count again.

    Raises:
        HistoryFileError: a file is missing, damaged or not a listening history.
    """
    reader = _Reader(set(digests), tuple(spans))
    sources = []
    for path in paths:
        found = list(_sources_of(path, reader))
        if not any(source.songs or source.repeated for source in found):
            raise HistoryFileError(f"{path} has no song that counts", f"give {FORMS}")
        sources += found
    return sources


class _Reader:
    """Counts files, and the plays that several of them tell of only once."""

    def __init__(self, digests: set[str], earlier: Sequence[Span]) -> None:
        self._digests = digests
        self._earlier = earlier
        self._seen: set[tuple[str, NameKey, int]] = set()

    def read(self, name: str, content: bytes) -> Source:
        """Count a file."""
        service, plays = read_plays(name, content)
        source = Source(name, service, sha256(content).hexdigest())
        again = source.digest in self._digests
        self._digests.add(source.digest)
        first, last = float("inf"), float("-inf")
        for play in plays:
            if play.time is not None:
                first, last = min(first, play.time), max(last, play.time)
            if not play.saved and (again or self._is_told(service, play)):
                source.repeated += 1
            else:
                source.add(play)
        if first <= last:
            source.span = Span(service, first, last)
        return source

    def _is_told(self, service: str, play: Play) -> bool:
        """Whether an earlier import told of a play, or another file of this one: exports of one
        service in two forms agree to the minute."""
        key = _key(play.artist, play.title)
        if play.time is None or key is None:
            return False
        if any(span.covers(service, play.time) for span in self._earlier):
            return True
        told = service, key, int(play.time // 60)
        if told in self._seen:
            return True
        self._seen.add(told)
        return False


def _sources_of(path: Path, reader: _Reader) -> Iterator[Source]:
    try:
        if path.is_dir():
            yield from _sources_in_folder(path, reader)
        elif not path.is_file():
            raise HistoryFileError(f"{path} is missing", f"give {FORMS}")
        elif zipfile.is_zipfile(path):
            yield from _sources_in_archive(path, reader)
        else:
            yield reader.read(path.name, _content(path))
    except OSError as e:
        raise HistoryFileError(
            f"{path} cannot be read ({e.strerror or e})", "check that you may read it"
        ) from e


def _sources_in_folder(folder: Path, reader: _Reader) -> Iterator[Source]:
    files = sorted(Path(at) / name for at, _, names in os.walk(folder) for name in names)
    histories = [f for f in files if _HISTORY.search(f.relative_to(folder).as_posix())]
    for file in histories:
        content = _content(file)
        if content.strip() not in _NOTHING:
            yield reader.read(file.name, content)
    if not histories:
        songs = Source(folder.name, "folder", "")  # keeping a song twice is keeping it once
        for play in read_folder(folder, files):
            songs.add(play)
        yield songs


def _sources_in_archive(path: Path, reader: _Reader) -> Iterator[Source]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = [m for m in archive.infolist() if _HISTORY.search(m.filename)]
            if not members:
                raise HistoryFileError(
                    f"{path.name} contains no listening history",
                    "ask the service for an export that includes it",
                )
            for member in sorted(members, key=lambda m: m.filename):
                _check_size(member.filename, member.file_size)
                content = archive.read(member)
                if content.strip() not in _NOTHING:
                    yield reader.read(member.filename, content)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError) as e:
        raise HistoryFileError(
            f"{path.name} cannot be unpacked ({e})", "download or unpack it again"
        ) from e


def _content(path: Path) -> bytes:
    _check_size(path.name, path.stat().st_size)
    return path.read_bytes()


def _check_size(name: str, size: int) -> None:
    if size > _MAX_BYTES:
        raise HistoryFileError(
            f"{name} is larger than a listening history can be", "split it into several files"
        )

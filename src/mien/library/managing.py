"""The library as people use it: add folders, scan them, and have their songs as a catalogue."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from mien.catalogue.store import Store
from mien.errors import LibraryError
from mien.library.folders import as_folder, join_folders
from mien.library.publishing import LIBRARY, publish
from mien.library.scanning import Progress, ScanReport, scan
from mien.library.state import LibraryState

__all__ = [
    "LIBRARY",
    "add_sources",
    "count_songs",
    "library_folders",
    "remove_sources",
    "scan_library",
    "update_catalogue",
]


def add_sources(sources: Iterable[str], state: LibraryState | None = None) -> None:
    """Add folders and music servers to the library; nothing is read yet.

    Args:
        sources: folders, or services such as `navidrome:`.
        state: default: the user's own library.

    Raises:
        LibraryError: a folder is none, or cannot be looked into; nothing is added.
        PlayerError: a service is unknown, or its settings are missing; nothing is added.
    """
    state = state or LibraryState()
    folders, services = _split(sources)
    joined = join_folders(state.folders(), [as_folder(folder) for folder in folders])
    for service in services:
        _require_service(service)
    state.set_sources(joined, sorted({*state.services(), *services}))


def remove_sources(sources: Iterable[str], state: LibraryState | None = None) -> None:
    """Take folders and music servers out of the library; what was heard in them is kept.

    Raises:
        LibraryError: one of them is not in the library; nothing is taken out.
    """
    state = state or LibraryState()
    folders, services = _split(sources)
    absolute = [Path(os.path.abspath(f.expanduser())) for f in folders]  # noqa: PTH100
    ours = {*map(str, state.folders()), *state.services()}
    for source in (*map(str, absolute), *services):
        if source not in ours:
            listed = ", ".join(sorted(ours)) or "it has none"
            raise LibraryError(f"{source} is not in the library", f"its sources: {listed}")
    state.set_sources(
        [f for f in state.folders() if f not in absolute],
        [s for s in state.services() if s not in services],
    )


def scan_library(
    workers: int | None = None,
    *,
    use: bool = False,
    progress: Callable[[Progress], None] = lambda _: None,
    report: ScanReport | None = None,
    state: LibraryState | None = None,
    store: Store | None = None,
) -> int:
    """Bring the library and its catalogue up to date (`mien.library.scanning.scan`).

    Where it is interrupted, the songs that were heard are in the catalogue all the same.

    Args:
        workers: processes; default: all processors but one.
        use: whether to use the catalogue from now on.
        progress: called after each file.
        report: filled with what the scan did.
        state, store: default: the user's own.

    Returns:
        How many songs the catalogue has.

    Raises:
        LibraryError: another scan is running, there is nothing to scan, or a file cannot be
            written.
    """
    state, store = state or LibraryState(), store or Store()
    if not state.folders() and not state.services():
        raise LibraryError("the library has no folders", "add a folder of music first")
    report = ScanReport() if report is None else report
    with _only_scan(state.path.with_suffix(".lock")):
        try:
            scan(
                state,
                workers=workers,
                progress=progress,
                publish=lambda: publish(state, store, use=use),
                report=report,
            )
        finally:
            known = next((entry for entry in store.list() if entry.name == LIBRARY), None)
            if known is None or use or report.is_news:
                songs = publish(state, store, use=use)
            else:  # the catalogue is as it was
                songs = known.songs
    return songs


def update_catalogue(*, use: bool) -> int:
    """Make the catalogue again from what is known, without looking for files."""
    return publish(LibraryState(), Store(), use=use)


def count_songs(state: LibraryState | None = None) -> list[tuple[str, int, int]]:
    """Each folder and service, how many files in it are songs, and how many are not."""
    state = state or LibraryState()
    files = [f for f in state.files().values() if not f.is_gone]
    songs = Counter(f.source for f in files if not f.problem)
    problems = Counter(f.source for f in files if f.problem)
    sources = [*map(os.fsencode, state.folders()), *(f"{s}:".encode() for s in state.services())]
    return [(os.fsdecode(s), songs[s], problems[s]) for s in sources]


def library_folders(catalogue: str) -> tuple[Path, ...]:
    """The folders that the sounds of a catalogue must be in: those of the library for the
    catalogue `library`, and none for others."""
    return LibraryState().folders() if catalogue == LIBRARY else ()


def _split(sources: Iterable[str]) -> tuple[list[Path], list[str]]:
    """Folders, and the names of services."""
    given = list(sources)
    services = [s[:-1] for s in given if s.endswith(":") and not Path(s).exists()]
    return [Path(s) for s in given if s[:-1] not in services], services


def _require_service(service: str) -> None:
    from mien.players.base import connect

    if connect(service).name == "mpd":
        raise LibraryError(
            "mpd gives no sounds away", "add its folder of music as a folder instead"
        )


@contextmanager
def _only_scan(path: Path) -> Iterator[None]:
    """Hold a lock that only one scan can have; the system frees it where a scan is killed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        try:
            if sys.platform == "win32":
                import msvcrt

                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            else:
                import fcntl

                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as e:
            raise LibraryError("another scan is running", "wait until it has ended") from e
        yield

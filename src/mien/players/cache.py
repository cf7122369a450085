"""Sounds of music servers that were played lately, as files on this machine."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
from pathlib import Path
from threading import Lock

from mien.players.base import connect
from mien.support.paths import cache_dir

LIMIT = 1_000_000_000
"""Bytes that are kept; those played longest ago go first."""

_lock = Lock()


def sounds_folder() -> Path:
    """The folder of these files."""
    return cache_dir() / "sounds"


def fetch(remote: str) -> Path:
    """The sound of a server's song as a file, from the server unless it was played lately.

    Args:
        remote: `service:id`.

    Raises:
        PlayerError: the service cannot be reached, or does not give the sound away.
        OSError: the file cannot be written.
    """
    folder = sounds_folder()
    name = hashlib.blake2b(remote.encode(), digest_size=16).hexdigest()
    path = folder / f"{name}.mka"  # any ending of a sound: its content tells the format
    with _lock:  # a page requests a song in pieces, and all of them wait for the first
        if path.exists():
            os.utime(path)
            return path
        folder.mkdir(parents=True, exist_ok=True)
        service, _, song = remote.partition(":")
        handle, part = tempfile.mkstemp(dir=folder, prefix=".")
        try:
            with os.fdopen(handle, "wb") as file, connect(service).open(song) as sound:
                shutil.copyfileobj(sound, file, 1 << 20)
            Path(part).replace(path)
        except BaseException:
            Path(part).unlink(missing_ok=True)
            raise
        _evict(folder, path)
    return path


def _evict(folder: Path, newest: Path) -> None:
    files = sorted(folder.glob("*.mka"), key=lambda p: p.stat().st_mtime, reverse=True)
    size = 0
    for file in files:
        size += file.stat().st_size
        if size > LIMIT and file != newest:
            with contextlib.suppress(OSError):
                file.unlink()

"""Files that are in no library -> what is heard in them; nothing is analysed twice here, either."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from mien.audio.analysis import Sound, version
from mien.library.state import LibraryState
from mien.library.workers import Job, Workers, default_workers


def listen(
    paths: Sequence[Path], workers: int | None = None, state: LibraryState | None = None
) -> Iterator[tuple[Path, Sound | str]]:
    """What is heard in each file, or why nothing is, as they come.

    What any scan heard in the same sound is taken, and what is heard now is kept for scans.

    Args:
        paths: of files.
        workers: processes; default: all processors but one.
        state: default: the user's own library.

    Raises:
        LibraryError: the state cannot be read or written.
    """
    state = state or LibraryState()
    fingerprints: dict[int, str] = {}
    with Workers(default_workers() if workers is None else workers) as pool:
        for number, path in enumerate(paths):
            pool.submit(Job(number, _hex(path), _hex(path.parent)))
        for answer in pool.answers():
            path = paths[answer.number]
            if answer.sound is not None:
                state.save_sound(fingerprints[answer.number], version(), answer.sound)
                yield path, answer.sound
            elif not answer.fingerprint:
                yield path, answer.problem
            elif (known := state.sound(answer.fingerprint, version())) is not None:
                yield path, known
            else:
                fingerprints[answer.number] = answer.fingerprint
                pool.submit(Job(answer.number, _hex(path), analyse=True))


def _hex(path: Path) -> str:
    return os.fsencode(path.absolute()).hex()

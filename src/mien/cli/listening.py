"""Sound files -> what is heard in them, several at once, with progress on the terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mien.errors import SoundError

if TYPE_CHECKING:
    from mien.catalogue.sounds import Heard, Listen


@contextmanager
def listening(workers: int | None) -> Iterator[Listen]:
    """A function that analyses files.

    Args:
        workers: files at once; default: one for each processor but one.
    """
    from mien.audio.analysis import analyse

    pool = ThreadPoolExecutor(workers or max(1, (os.cpu_count() or 2) - 1))

    def listen(paths: Sequence[Path]) -> Iterable[tuple[Path, Heard | str]]:
        jobs = {pool.submit(analyse, path): path for path in paths}
        with click.progressbar(
            length=len(jobs), label="Listening", file=sys.stderr, hidden=not sys.stderr.isatty()
        ) as bar:
            for job in as_completed(jobs):
                bar.update(1)
                try:
                    yield jobs[job], job.result()
                except SoundError as e:
                    yield jobs[job], str(e)

    try:
        yield listen
    finally:
        pool.shutdown(wait=True, cancel_futures=True)  # what is running ends, the rest is left

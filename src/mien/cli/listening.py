"""Sound files -> what is heard in them, several at once, with progress on the terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from mien.catalogue.sounds import Heard, Listen


@contextmanager
def listening(workers: int | None) -> Iterator[Listen]:
    """A function that analyses files.

    Args:
        workers: files at once; default: one for each processor but one.
    """
    from mien.library.listening import listen

    def with_progress(paths: Sequence[Path]) -> Iterable[tuple[Path, Heard | str]]:
        with click.progressbar(
            length=len(paths), label="Listening", file=sys.stderr, hidden=not sys.stderr.isatty()
        ) as bar:
            for found in listen(paths, workers):
                bar.update(1)
                yield found

    yield with_progress

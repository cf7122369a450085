"""`mien serve` as a process of its own, for the tests that need a real server."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def serving(
    *arguments: str, stopped_by: signal.Signals = signal.SIGTERM, **options: Any
) -> Iterator[str]:
    """The server's address, on a free port. It must end well, with nothing on standard error.

    Args:
        arguments: of `mien serve`.
        stopped_by: the signal that ends it.
        options: for `subprocess.Popen`.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "mien", "serve", "--port", "0", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )
    assert process.stdout is not None
    found = re.search(r"https?://\S+", process.stdout.readline())
    assert found is not None
    try:
        yield found[0]
    finally:
        process.send_signal(stopped_by)
        _, errors = process.communicate(timeout=20)
    assert (process.returncode, errors) == (0, "")

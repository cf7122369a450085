"""`mien serve` as a process of its own, for the tests that need a real server."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def serving(**options: Any) -> Iterator[str]:
    """The server's address, on a free port. It must have said nothing on standard error.

    Args:
        options: for `subprocess.Popen`.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "mien", "serve", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )
    assert process.stdout is not None
    found = re.search(r"http://\S+", process.stdout.readline())
    assert found is not None
    yield found[0]
    process.terminate()
    assert process.communicate(timeout=10)[1] == ""

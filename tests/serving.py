"""The server, in this process or as `mien serve` in one of its own, and the shape of its errors."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from werkzeug.test import TestResponse


def error_of(response: TestResponse) -> dict[str, str]:
    """The error in a response, which must have the documented shape."""
    body = response.get_json()
    assert list(body) == ["error"]
    assert list(body["error"]) == ["code", "message", "hint"]
    error: dict[str, str] = body["error"]
    assert all(isinstance(text, str) for text in error.values())
    assert error["message"]
    return error


@contextmanager
def serving(
    *arguments: str, stopped_by: signal.Signals = signal.SIGTERM, **options: Any
) -> Iterator[str]:
    """The address of a server on a free port. It must end well, with nothing on standard error.

    Args:
        arguments: of `mien serve`.
        stopped_by: the signal that ends it.
        options: for `subprocess.Popen`.
    """
    process = start_server(*arguments, **options)
    try:
        yield read_address(process)
    finally:
        process.send_signal(stopped_by)
        _, errors = process.communicate(timeout=20)
    assert (process.returncode, errors) == (0, "")


def start_server(*arguments: str, **options: Any) -> subprocess.Popen[str]:
    """`mien serve` on a free port."""
    return subprocess.Popen(
        [sys.executable, "-m", "mien", "serve", "--port", "0", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


def read_address(process: subprocess.Popen[str]) -> str:
    """The address that a server prints when it listens."""
    assert process.stdout is not None
    found = re.search(r"https?://\S+", process.stdout.readline())
    assert found is not None
    return found[0]

"""How many requests may work at once: the rest wait a little, or are told to come again.

A request beyond that costs a thread for a moment and no memory: its body is read in small pieces
and dropped.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_PIECE = 1 << 16  # bytes


class Gate:
    """A WSGI app before another one."""

    def __init__(
        self,
        app: WSGIApplication,
        *,
        working: int,
        waiting: int,
        patience: float = 2.0,
        drained: int = 100_000_000,
    ) -> None:
        """
        Args:
            app: the app behind the gate.
            working: requests to the API that it works on at once.
            waiting: how many more may wait for their turn; others get 503 at once.
            patience: seconds that one waits before it gets 503.
            drained: bytes of an unread body that are taken in and dropped, so that its sender
                reads the answer and not a broken connection.
        """
        self._app = app
        self._working = threading.BoundedSemaphore(working)
        self._inside = threading.BoundedSemaphore(working + waiting)
        self._patience = patience
        self._drained = drained

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if not environ["PATH_INFO"].startswith("/api/"):
            return self._app(environ, start_response)
        try:
            if not self._inside.acquire(blocking=False):
                return self._busy(start_response)
            try:
                return self._in_turn(environ, start_response)
            finally:
                self._inside.release()
        finally:
            self._drain(environ)

    def _in_turn(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if not self._working.acquire(timeout=self._patience):
            return self._busy(start_response)
        try:
            answer = self._app(environ, start_response)
            try:
                return [b"".join(answer)]
            finally:
                getattr(answer, "close", lambda: None)()
        finally:
            self._working.release()

    def _busy(self, start_response: StartResponse) -> Iterable[bytes]:
        message, hint = "mien has too much to do", "try again in a second."
        error = {"code": "busy", "message": message, "hint": hint}
        body = json.dumps({"error": error}).encode()
        headers = [
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(body))),
            ("Retry-After", "1"),
            ("Cache-Control", "no-store"),
        ]
        start_response("503 Service Unavailable", headers)
        return [body]

    def _drain(self, environ: WSGIEnvironment) -> None:
        stream, left = environ["wsgi.input"], self._drained
        while left > 0 and (piece := stream.read(_PIECE)):
            left -= len(piece)

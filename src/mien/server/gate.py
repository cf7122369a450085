"""A limit on requests that are worked on at once: some wait for a moment, the rest get 503.

A request that is refused costs a thread for a moment and no memory: its body is read in small
pieces and dropped.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING

from mien.server.errors import BusyError, answer_for

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_PIECE = 1 << 16  # bytes


class Gate:
    """A WSGI app in front of another one."""

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
            working: how many requests to the API it works on at once.
            waiting: how many more may wait; others get 503 at once.
            patience: seconds that a request waits before it gets 503.
            drained: bytes of an unread body that are read and dropped, so that its sender gets
                the answer instead of a broken connection.
        """
        self._app = app
        self._working = threading.BoundedSemaphore(working)
        self._inside = threading.BoundedSemaphore(working + waiting)
        self._patience = patience
        self._drained = drained

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        # Sounds come from the disk, piece by piece, and cost no work.
        if not path.startswith("/api/") or path.endswith("/audio"):
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
        answer = answer_for(BusyError("the server is busy", "try again in a second"))
        headers = {**answer.headers, "Content-Length": str(len(answer.body))}
        start_response(f"{answer.status} {HTTPStatus(answer.status).phrase}", [*headers.items()])
        return [answer.body]

    def _drain(self, environ: WSGIEnvironment) -> None:
        stream, left = environ["wsgi.input"], self._drained
        while left > 0 and (piece := stream.read(_PIECE)):
            left -= len(piece)

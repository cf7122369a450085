"""`mien serve`: the app behind cheroot."""

from __future__ import annotations

import logging
import os
import re
import secrets
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from cheroot import wsgi
from cheroot.server import HTTPConnection, HTTPRequest

from mien.errors import ServerError
from mien.server.access import LOOPBACK, Access
from mien.server.app import create_app
from mien.server.errors import answer_with
from mien.server.gate import Gate

_THREADS = 40  # requests that are taken in at once, most of them to be refused
_WORKING = max(4, os.cpu_count() or 1)
_WAITING = 16
_CONNECTIONS = 512
_BACKLOG = 256  # connections that the system holds until they are taken in
_SHORTEST_TOKEN = 12  # characters

_log = logging.getLogger("mien.server")


@dataclass(frozen=True)
class Tls:
    """The files of a certificate (with those of its issuers) and of its key, in PEM."""

    certificate: Path
    key: Path


def run(
    host: str,
    port: int,
    *,
    token: str | None = None,
    tls: Tls | None = None,
    origins: tuple[str, ...] = (),
    name: str | None = None,
    announce: Callable[[str], object] = print,
) -> None:
    """Serve until SIGINT, SIGTERM or SIGHUP; requests that have begun are answered first.

    A second signal ends the process at once. SIGHUP stays ignored where it was (`nohup`).

    Args:
        host: the address to listen on.
        port: 0 chooses a free one.
        token: the secret that every client must send. Where other machines can reach the address,
            one is made if none is given.
        tls: serve HTTPS.
        origins: other sites whose pages may use the API (CORS), such as `https://music.example`.
        name: by which clients reach the server, where that is not `host`.
        announce: is called with the address once the server listens.

    Raises:
        ServerError: the address or the certificate cannot be used, or the token is too short.
    """
    private = host in LOOPBACK
    if token is None and not private:
        token = secrets.token_urlsafe(18)
    if token is not None and len(token) < _SHORTEST_TOKEN:
        raise ServerError("the token is too short", f"use {_SHORTEST_TOKEN} characters or more")
    if private:
        access = Access(origins=origins, token=token)
    else:
        assert token is not None
        access = Access.beyond_loopback(host, token, origins)
    gate = Gate(create_app(access=access), working=_WORKING, waiting=_WAITING)
    server = _Server((host, port), gate, numthreads=_THREADS, request_queue_size=_BACKLOG)
    if tls is not None:
        server.ssl_adapter = _adapter(tls)
    try:
        server.prepare()
    except OSError as e:
        # cheroot lists all that it tried, with the system's own words last.
        reasons = re.findall(r"\[Errno -?\d+\] ([^)]+)", str(e))
        reason = reasons[-1] if reasons else "there is no such address"
        raise ServerError(
            f"port {port} on {host} cannot be used ({reason})", "choose another port or address"
        ) from e
    with _stopped_by_signals(server):
        announce(_address(name or host, server.bind_addr[1], token, tls))
        if not private and tls is None:
            announce(
                "Browsers allow the camera only over HTTPS or on this computer. For other devices "
                "start the server with a certificate; photos work without."
            )
        server.serve()


@contextmanager
def _stopped_by_signals(server: _Server) -> Iterator[None]:
    """Inside, the first signal stops the server in order, and a second one ends the process."""
    stopping = threading.Thread(target=server.stop)

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        for each in before:
            signal.signal(each, signal.SIG_DFL)
        # In a thread of its own: `stop` waits for the loop that this signal interrupts.
        if stopping.ident is None:
            stopping.start()

    # SIGINT is handled even where it was ignored: shells ignore it for what they start with `&`.
    signals = [signal.SIGINT, signal.SIGTERM]
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signals.append(signal.SIGHUP)
    before = {each: signal.signal(each, stop) for each in signals}
    try:
        yield
    finally:
        server.stop()
        if stopping.ident is not None:
            stopping.join()
        for each, handler in before.items():
            signal.signal(each, signal.SIG_DFL if handler is None else handler)


class _Request(HTTPRequest):
    """A request whose failures before the app are answered as the API's are."""

    def simple_response(self, status: int | str, msg: str = "") -> None:
        number, _, name = str(status).partition(" ")
        if int(number) < 400:
            super().simple_response(status, msg)
            return
        answer = answer_with(int(number), name, msg or name)
        length = {"Content-Length": str(len(answer.body)), "Connection": "close"}
        head = [f"HTTP/1.1 {status}"]
        head += [f"{name}: {value}" for name, value in {**answer.headers, **length}.items()]
        self.close_connection = True
        self.conn.wfile.write("\r\n".join([*head, "", ""]).encode("latin-1") + answer.body)


class _Connection(HTTPConnection):
    RequestHandlerClass = _Request


class _Server(wsgi.Server):
    ConnectionClass = _Connection
    keep_alive_conn_limit = _CONNECTIONS
    server_name = "mien"

    def error_log(self, msg: str = "", level: int = logging.INFO, traceback: bool = False) -> None:
        """Log the server's own failures as errors, and broken connections for debugging only."""
        _log.log(level if level >= logging.ERROR else logging.DEBUG, msg, exc_info=traceback)


def _adapter(tls: Tls) -> Any:
    from ssl import SSLError

    from cheroot.ssl.builtin import BuiltinSSLAdapter

    try:
        return BuiltinSSLAdapter(str(tls.certificate), str(tls.key))
    except (OSError, SSLError) as e:
        reason = e.strerror if isinstance(e, FileNotFoundError) else e
        raise ServerError(
            f"the certificate {tls.certificate} with the key {tls.key} cannot be used ({reason})",
            "give both as PEM files",
        ) from e


def _address(host: str, port: int, token: str | None, tls: Tls | None) -> str:
    name = f"[{host}]" if ":" in host else host
    query = f"?token={token}" if token else ""
    scheme = "https" if tls else "http"
    return f"mien listens on {scheme}://{name}:{port}/{query}  (Ctrl-C stops it)"

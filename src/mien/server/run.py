"""`mien serve`: the app behind cheroot."""

from __future__ import annotations

import json
import logging
import os
import re
import secrets
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cheroot import wsgi
from cheroot.server import HTTPConnection, HTTPRequest

from mien.errors import MienError
from mien.server.access import LOOPBACK, Access
from mien.server.app import create_app
from mien.server.gate import Gate

_THREADS = 40  # requests that are taken in at once, most of them to be told to come again
_WORKING = max(4, os.cpu_count() or 1)
_WAITING = 16
_CONNECTIONS = 512
_BACKLOG = 256  # connections that the system keeps until they are taken in
_SHORTEST_TOKEN = 12  # letters

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
    announce: Callable[[str], object] = print,
) -> None:
    """Serve until SIGINT or SIGTERM; requests that were begun are finished.

    Args:
        host: the address to listen on.
        port: 0 chooses a free one.
        token: what everybody has to show. Where the address is not this machine's own, one is
            made if none is given.
        tls: serve HTTPS.
        origins: other sites whose pages may use the API (CORS), such as `https://music.example`.
        announce: told the address once the server listens.

    Raises:
        MienError: the address cannot be had, the certificate not be used, or the token is short.
    """
    private = host in LOOPBACK
    if token is None and not private:
        token = secrets.token_urlsafe(18)
    if token is not None and len(token) < _SHORTEST_TOKEN:
        raise MienError("the token is too short", f"use {_SHORTEST_TOKEN} letters or more")
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
        # cheroot says all that it tried, the system's own words last.
        reason = re.findall(r"\[Errno -?\d+\] ([^)]+)", str(e))
        why = reason[-1] if reason else "there is no such address"
        raise MienError(
            f"port {port} on {host} cannot be used ({why})", "choose another with --port"
        ) from e
    try:
        signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
        announce(_where(host, server.bind_addr[1], token, tls))
        if not private and tls is None:
            announce(
                "Browsers give the camera only to HTTPS pages and to this machine itself: "
                "for others add --tls-cert and --tls-key. Photos work without."
            )
        server.serve()
    except KeyboardInterrupt:
        pass
    finally:
        server.stop()


class _Request(HTTPRequest):
    """A request whose failures before the app have the API's one shape, too."""

    def simple_response(self, status: int | str, msg: str = "") -> None:
        number, _, name = str(status).partition(" ")
        if int(number) < 400:
            super().simple_response(status, msg)
            return
        code = name.lower().replace(" ", "_")
        error = {"code": code, "message": msg or name, "hint": "see /docs."}
        body = json.dumps({"error": error}).encode()
        head = [f"HTTP/1.1 {status}", "Content-Type: application/json", "Connection: close"]
        head += ["Retry-After: 1"] if number == "503" else []
        head += [f"Content-Length: {len(body)}", "", ""]
        self.close_connection = True
        self.conn.wfile.write("\r\n".join(head).encode("latin-1") + body)


class _Connection(HTTPConnection):
    RequestHandlerClass = _Request


class _Server(wsgi.Server):
    ConnectionClass = _Connection
    keep_alive_conn_limit = _CONNECTIONS
    server_name = "mien"

    def error_log(self, msg: str = "", level: int = logging.INFO, traceback: bool = False) -> None:
        """Broken connections are everyday life; only a failure of the server's own is told."""
        _log.log(level if level >= logging.ERROR else logging.DEBUG, msg, exc_info=traceback)


def _adapter(tls: Tls) -> Any:
    from ssl import SSLError

    from cheroot.ssl.builtin import BuiltinSSLAdapter

    try:
        return BuiltinSSLAdapter(str(tls.certificate), str(tls.key))
    except (OSError, SSLError) as e:
        reason = e.strerror if isinstance(e, FileNotFoundError) else e
        raise MienError(
            f"the certificate {tls.certificate} with the key {tls.key} cannot be used ({reason})",
            "give both as PEM files",
        ) from e


def _where(host: str, port: int, token: str | None, tls: Tls | None) -> str:
    name = f"[{host}]" if ":" in host else host
    query = f"?token={token}" if token else ""
    scheme = "https" if tls else "http"
    return f"mien listens on {scheme}://{name}:{port}/{query}  (Ctrl-C stops it)"

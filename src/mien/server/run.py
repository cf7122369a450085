"""`mien serve`: the app behind waitress."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable

from waitress.server import create_server

from mien.errors import MienError
from mien.photo import DEFAULT_LIMITS
from mien.server.app import LOOPBACK, create_app

_THREADS = 4


def run(host: str, port: int, *, announce: Callable[[str], object] = print) -> None:
    """Serve until interrupted.

    Args:
        host: the address to listen on. Only this machine's own are accepted.
        port: 0 chooses a free one.
        announce: told the address once the server listens.

    Raises:
        MienError: the address is not this machine's own, or is taken.
    """
    if host not in LOOPBACK:
        raise MienError(
            f"mien serves only this machine for now; use --host {LOOPBACK[0]} instead of {host}."
        )
    app = create_app()
    # waitress would keep larger bodies in a temporary file; photos stay in memory.
    in_memory = DEFAULT_LIMITS.bytes + (1 << 20)
    try:
        listening = _listen(host, port)
        server = create_server(
            app,
            sockets=[listening],
            threads=_THREADS,
            inbuf_overflow=in_memory,
            max_request_body_size=in_memory,
            ident=None,
        )
    except OSError as e:
        raise MienError(
            f"port {port} on {host} cannot be used ({e.strerror}); choose another with --port."
        ) from e
    logging.getLogger("waitress").setLevel(logging.ERROR)
    address = f"[{host}]" if ":" in host else host
    announce(f"mien listens on http://{address}:{listening.getsockname()[1]}/  (Ctrl-C stops it)")
    try:
        server.run()
    finally:
        server.close()


def _listen(host: str, port: int) -> socket.socket:
    """A socket at the address; unlike waitress's own it fails where another server has the port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
    except OSError:
        listening.close()
        raise
    return listening

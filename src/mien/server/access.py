"""Who may use the server: the names it answers to, the sites whose pages may use it, its token."""

from __future__ import annotations

import hmac
import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Request

LOOPBACK = ("127.0.0.1", "localhost", "::1")
COOKIE = "mien_token"


@dataclass(frozen=True)
class Access:
    """What the server allows.

    Attributes:
        hosts: the server's names. Requests under other names are refused, so that a foreign page
            cannot reach it by pointing its own name here (DNS rebinding).
        addresses: whether any IP address is accepted, too; a foreign page cannot pose as one.
        origins: other sites, such as `https://music.example`, whose pages may use the API.
        token: the secret that every client must send, or None.
    """

    hosts: tuple[str, ...] = LOOPBACK
    addresses: bool = False
    origins: tuple[str, ...] = ()
    token: str | None = None

    @classmethod
    def beyond_loopback(cls, host: str, token: str, origins: tuple[str, ...] = ()) -> Access:
        """Access to a server that other machines can reach."""
        machine = socket.gethostname()
        return cls((*LOOPBACK, host, machine, f"{machine}.local"), True, origins, token)

    def answers_to(self, host: str) -> bool:
        """Whether a request's Host header is one of this server's names."""
        try:
            name = urlsplit(f"//{host}").hostname
        except ValueError:
            return False
        if name is None:
            return False
        return name in (h.lower() for h in self.hosts) or (self.addresses and _is_address(name))

    def is_foreign(self, request: Request) -> bool:
        """Whether another site's page sends this without its user's knowledge (CSRF)."""
        origin = request.headers.get("Origin")
        if origin in self.origins:
            return False
        if origin is not None:
            return origin.partition("://")[2] != request.host
        return request.headers.get("Sec-Fetch-Site") == "cross-site"

    def has_token(self, request: Request) -> bool:
        """Whether the header `Authorization: Bearer` or the cookie holds the token."""
        kind, _, credentials = request.headers.get("Authorization", "").partition(" ")
        bearer = credentials.strip() if kind.lower() == "bearer" else None
        return self.is_token(bearer) or self.is_token(request.cookies.get(COOKIE))

    def is_token(self, candidate: str | None) -> bool:
        """Whether this is the token; always True where none is needed."""
        if self.token is None:
            return True
        return candidate is not None and hmac.compare_digest(
            candidate.encode(), self.token.encode()
        )


THIS_MACHINE = Access()


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True

"""Who may use the server: which names it answers to, pages of which sites, with which token."""

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
    """What is allowed.

    Attributes:
        hosts: names under which the server may be asked for. Others are refused, so that a foreign
            page cannot reach it by pointing its own name here (DNS rebinding).
        addresses: whether any IP address will do as well: a page has a name, not an address.
        origins: other sites (such as `https://music.example`) whose pages may use the API.
        token: what everybody has to show, or None.
    """

    hosts: tuple[str, ...] = LOOPBACK
    addresses: bool = False
    origins: tuple[str, ...] = ()
    token: str | None = None

    @classmethod
    def beyond_loopback(cls, host: str, token: str, origins: tuple[str, ...] = ()) -> Access:
        """For a server that other machines reach."""
        own = socket.gethostname()
        return cls((*LOOPBACK, host, own, f"{own}.local"), True, origins, token)

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
        """Whether another site's page sends this, without its user being asked (CSRF)."""
        origin = request.headers.get("Origin")
        if origin in self.origins:
            return False
        if origin is not None:
            return origin.partition("://")[2] != request.host
        return request.headers.get("Sec-Fetch-Site") == "cross-site"

    def has_token(self, request: Request) -> bool:
        """Whether the token stands in the header `Authorization: Bearer`, or in the cookie."""
        kind, _, shown = request.headers.get("Authorization", "").partition(" ")
        return self.is_token(shown.strip() if kind.lower() == "bearer" else None) or self.is_token(
            request.cookies.get(COOKIE)
        )

    def is_token(self, shown: str | None) -> bool:
        """Whether this is the token; True where none is asked for."""
        if self.token is None:
            return True
        return shown is not None and hmac.compare_digest(shown.encode(), self.token.encode())


THIS_MACHINE = Access()


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True

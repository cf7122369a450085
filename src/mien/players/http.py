"""Requests to music servers: JSON and files, with deadlines, and errors that show no secrets."""

from __future__ import annotations

import json
import socket
import tempfile
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from http.client import HTTPException, HTTPResponse
from typing import Any, BinaryIO
from urllib.parse import urlencode, urlsplit

from mien.errors import PlayerRefusedError, PlayerSettingsError, PlayerUnreachableError

TIMEOUT = 20.0
"""Seconds without an answer, or without another byte of it."""

MAX_JSON = 64_000_000
MAX_SOUND = 2_000_000_000
"""Bytes of an answer, and of a sound."""

_BLOCK = 1 << 20

Parameters = Sequence[tuple[str, str]]


class Client:
    """Requests to one server.

    Args:
        name: of the service, for errors.
        url: of the server, `http` or `https`.

    Raises:
        PlayerSettingsError: it is no such address.
    """

    def __init__(self, name: str, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise PlayerSettingsError(
                f"the address of {name} is no web address", "give one such as https://music.example"
            )
        if parts.username or parts.password:
            raise PlayerSettingsError(
                f"the address of {name} holds a name or a password",
                "give them as user and password",
            )
        self.name = name
        self.url = url.rstrip("/")
        self._opener = urllib.request.build_opener(_SameServer(parts.netloc))

    def json(
        self,
        path: str,
        parameters: Parameters = (),
        *,
        headers: Mapping[str, str] = {},
        body: object = None,
        method: str | None = None,
        form: bool = False,
    ) -> Any:
        """The JSON of an answer; None where it is empty.

        Args:
            path: below the server's address.
            parameters: of the query; with `form`, of a form in the body, so that no log shows them.
            headers: of the request.
            body: sent as JSON, if given.
            method: default: POST with a body, else GET.
            form: whether to send the parameters as a form.
        """
        data = None if body is None else json.dumps(body).encode()
        more = {} if body is None else {"Content-Type": "application/json"}
        with self._open(path, parameters, {**more, **headers}, data, method, form) as response:
            content = self._read(response)
        if not content.strip():
            return None
        try:
            return json.loads(content)
        except ValueError:
            raise PlayerRefusedError(
                f"{self.name} answered with something else than its API",
                "check that the address is that of the server itself",
            ) from None

    def content(
        self,
        path: str,
        parameters: Parameters = (),
        headers: Mapping[str, str] | None = None,
        *,
        form: bool = False,
    ) -> tuple[bytes, str]:
        """The content of an answer, and its media type."""
        with self._open(path, parameters, headers or {}, None, None, form) as response:
            return self._read(response), response.headers.get_content_type()

    def file(
        self,
        path: str,
        parameters: Parameters = (),
        headers: Mapping[str, str] | None = None,
        *,
        form: bool = False,
    ) -> BinaryIO:
        """The content of an answer as a temporary file, at its beginning."""
        file = tempfile.TemporaryFile(prefix="mien-")  # noqa: SIM115 - the caller closes it
        try:
            with self._open(path, parameters, headers or {}, None, None, form) as response:
                if response.headers.get_content_type() in ("application/json", "text/xml"):
                    raise PlayerRefusedError(
                        f"{self.name} does not give this sound away", "check your rights there"
                    )
                size = 0
                while block := self._block(response):
                    size += len(block)
                    if size > MAX_SOUND:
                        raise PlayerRefusedError(
                            f"{self.name} sends a sound without end", "remove it there"
                        )
                    file.write(block)
            file.seek(0)
        except BaseException:
            file.close()
            raise
        return file

    def _open(  # noqa: PLR0917
        self,
        path: str,
        parameters: Parameters,
        headers: Mapping[str, str],
        data: bytes | None,
        method: str | None,
        form: bool,
    ) -> HTTPResponse:
        if form:
            data, parameters = urlencode(parameters).encode(), ()
        address = f"{self.url}{path}" + (f"?{urlencode(parameters)}" if parameters else "")
        request = urllib.request.Request(address, data, dict(headers), method=method)  # noqa: S310
        try:
            response: HTTPResponse = self._opener.open(request, timeout=TIMEOUT)
            return response
        except urllib.error.HTTPError as e:
            e.close()
            raise self._refusal(e.code) from None
        except (urllib.error.URLError, OSError, HTTPException, ValueError) as e:
            raise self._unreachable(e) from None

    def _read(self, response: HTTPResponse) -> bytes:
        content = b""
        while block := self._block(response):
            content += block
            if len(content) > MAX_JSON:
                raise PlayerRefusedError(f"{self.name} answers without end", "check its address")
        return content

    def _block(self, response: HTTPResponse) -> bytes:
        try:
            return response.read(_BLOCK)
        except (OSError, HTTPException) as e:
            raise self._unreachable(e) from None

    def _refusal(self, status: int) -> PlayerRefusedError:
        if status in (401, 403):
            return PlayerRefusedError(
                f"{self.name} refuses the user name, password or token", "check them"
            )
        return PlayerRefusedError(
            f"{self.name} refused the request (HTTP {status})", "check its address and its log"
        )

    def _unreachable(self, error: Exception) -> PlayerUnreachableError:
        reason = getattr(error, "reason", error)
        if isinstance(reason, (TimeoutError, socket.timeout)):
            why = f"no answer within {TIMEOUT:g} seconds"
        elif isinstance(reason, OSError) and reason.strerror:
            why = reason.strerror
        else:
            why = type(reason).__name__  # its text may hold the address with its parameters
        return PlayerUnreachableError(
            f"{self.name} cannot be reached ({why})", "check that it runs, and its address"
        )


class _SameServer(urllib.request.HTTPRedirectHandler):
    """Follows redirections within the server alone, so that no other one gets credentials."""

    def __init__(self, server: str) -> None:
        self._server = server

    def redirect_request(self, *arguments: Any) -> urllib.request.Request | None:
        if urlsplit(arguments[-1]).netloc != self._server:
            return None
        return super().redirect_request(*arguments)

"""Error answers: every failure is `{"error": {"code", "message", "hint"}}`, wherever it is noticed.

The app, the gate before it and the web server below it all answer with `answer_for`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from types import MappingProxyType
from typing import TypeVar

import msgspec
from msgspec import Struct
from werkzeug.exceptions import HTTPException

from mien.errors import (
    FeedbackFileError,
    MienError,
    MissingExtraError,
    ModelError,
    NoFaceError,
    NoPlaylistsError,
    NoSuchCatalogueError,
    NoSuchGenreError,
    NoSuchSongError,
    NoSuchSoundError,
    NotFoundError,
    PhotoTooLargeError,
    PlayerError,
    SoundError,
    StoreError,
)

_T = TypeVar("_T")


class ErrorDetail(Struct, frozen=True, forbid_unknown_fields=True):
    """What is wrong and what to do about it; `code` never changes."""

    code: str
    message: str
    hint: str


class ErrorResponse(Struct, frozen=True, forbid_unknown_fields=True):
    """The shape of every error."""

    error: ErrorDetail


class BadRequestError(MienError):
    """A request that is not in the documented form."""

    code = "bad_request"


class UnauthorizedError(MienError):
    """A request without the server's token."""

    code = "no_token"


class ForbiddenError(MienError):
    """A request under a foreign name, or from another site's page."""

    code = "forbidden"


class BusyError(MienError):
    """A request beyond what the server can work on."""

    code = "busy"


class InternalError(MienError):
    """A failure that is the server's own fault."""

    code = "internal"


_STATUSES: Mapping[type[MienError], int] = {
    MienError: HTTPStatus.BAD_REQUEST,
    UnauthorizedError: HTTPStatus.UNAUTHORIZED,
    ForbiddenError: HTTPStatus.FORBIDDEN,
    NoFaceError: HTTPStatus.NOT_FOUND,
    NoPlaylistsError: HTTPStatus.CONFLICT,
    NotFoundError: HTTPStatus.NOT_FOUND,
    SoundError: HTTPStatus.UNPROCESSABLE_ENTITY,
    PlayerError: HTTPStatus.BAD_GATEWAY,
    PhotoTooLargeError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    FeedbackFileError: HTTPStatus.INTERNAL_SERVER_ERROR,
    StoreError: HTTPStatus.INTERNAL_SERVER_ERROR,
    ModelError: HTTPStatus.INTERNAL_SERVER_ERROR,
    InternalError: HTTPStatus.INTERNAL_SERVER_ERROR,
    BusyError: HTTPStatus.SERVICE_UNAVAILABLE,
}

_HINTS: Mapping[type[MienError], str] = {
    NoFaceError: "send a photo that shows a face from the front, or an emotion as JSON",
    NotFoundError: "GET /api/v1/catalogue lists catalogues and genres",
    NoSuchCatalogueError: "GET /api/v1/catalogue lists the catalogues",
    NoSuchGenreError: "GET /api/v1/catalogue lists the genres",
    NoSuchSoundError: "songs with a sound have its address as audio; xspf and csv hold links",
    PlayerError: "the server's owner can check the music server",
    SoundError: "the server's owner can replace the file",
    NoSuchSongError: "POST /api/v1/recommendations answers with ids of songs",
    FeedbackFileError: "the server's owner can move it away",
    ModelError: "the server's owner can reinstall it",
    MissingExtraError: "choose another ranking, or ask the server's owner to install the package",
}
"""In place of the core's hints, which are for the person who runs mien."""

_MESSAGES = {404: "there is nothing at this address", 405: "this address has other methods"}
"""In place of Werkzeug's messages."""


@dataclass(frozen=True)
class ErrorAnswer:
    """An error as it is answered.

    Attributes:
        status: of the response.
        detail: what the body says.
        more_headers: such as `Allow`.
    """

    status: int
    detail: ErrorDetail
    more_headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def body(self) -> bytes:
        """JSON."""
        return msgspec.json.encode(ErrorResponse(self.detail))

    @property
    def headers(self) -> dict[str, str]:
        """All but the length of the body."""
        headers = {"Content-Type": "application/json", "Cache-Control": "no-store"}
        if self.status == HTTPStatus.SERVICE_UNAVAILABLE:
            headers["Retry-After"] = "1"
        return headers | dict(self.more_headers)


def answer_for(error: MienError | HTTPException) -> ErrorAnswer:
    """The answer to a request that failed in the app."""
    if isinstance(error, HTTPException):
        status = error.code or int(HTTPStatus.INTERNAL_SERVER_ERROR)
        message = _MESSAGES.get(status, error.description or error.name)
        headers = dict(error.get_headers())
        return answer_with(
            status, error.name, message, {"Allow": headers["Allow"]} if "Allow" in headers else {}
        )
    hint = _of_class(_HINTS, type(error)) or error.hint
    status = _of_class(_STATUSES, type(error)) or HTTPStatus.BAD_REQUEST
    return ErrorAnswer(status, ErrorDetail(error.code, error.message, hint))


def answer_with(
    status: int, name: str, message: str, headers: Mapping[str, str] = MappingProxyType({})
) -> ErrorAnswer:
    """The answer to a request that failed by HTTP's own rules.

    Args:
        status: of the response.
        name: of the status, such as `Not Found`.
        message: what is wrong.
        headers: such as `Allow`.
    """
    code = name.lower().replace(" ", "_")
    return ErrorAnswer(status, ErrorDetail(code, message.rstrip("."), "see /docs"), headers)


def _of_class(table: Mapping[type[MienError], _T], error: type[MienError]) -> _T | None:
    """What a table says of an error's class, or else of the nearest class above it."""
    return next((table[cls] for cls in error.__mro__ if cls in table), None)

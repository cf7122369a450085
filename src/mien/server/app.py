"""The Flask app: the page, and the HTTP API that it uses.

No photo that is sent here is stored: uploads are kept in memory and dropped with the answer.
"""

from __future__ import annotations

import io
from typing import BinaryIO

from flask import Flask, Request, Response, redirect, render_template, request
from werkzeug.exceptions import HTTPException, NotFound, RequestEntityTooLarge
from werkzeug.wrappers import Response as WerkzeugResponse

from mien import __version__
from mien.errors import MienError, PhotoTooLargeError
from mien.face.photo import DEFAULT_LIMITS, Limits
from mien.library.managing import library_folders
from mien.server.access import COOKIE, THIS_MACHINE, Access
from mien.server.api import api, respond
from mien.server.errors import ForbiddenError, InternalError, UnauthorizedError, answer_for
from mien.server.openapi import specification
from mien.server.schemas import Health
from mien.server.sounds import Roots, sounds

_FORM_OVERHEAD = 64_000  # bytes that a form adds to the photo in it

_HEADERS = {
    # Only what this server itself sends may be shown or run, except for Spotify's player, which
    # the page frames once Play is pressed; nobody may frame the page.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self' data: blob:; media-src 'self' blob:; manifest-src 'self'; "
        "frame-src https://open.spotify.com; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class InMemoryRequest(Request):
    """A request whose uploads never touch the disk (Werkzeug's own spools large ones to a file)."""

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> BinaryIO:
        del total_content_length, content_type, filename, content_length
        return io.BytesIO()


def create_app(
    *,
    limits: Limits = DEFAULT_LIMITS,
    access: Access = THIS_MACHINE,
    roots: Roots = library_folders,
) -> Flask:
    """Make the app.

    Args:
        limits: for photos; larger ones are refused with 413.
        access: who may use it; by default this machine's own pages and programs.
        roots: the folders that the sounds of a catalogue must lie in.
    """
    app = Flask(__name__)
    app.request_class = InMemoryRequest
    app.config["MIEN_LIMITS"] = limits
    app.config["MAX_CONTENT_LENGTH"] = limits.bytes + _FORM_OVERHEAD
    app.config["MIEN_ROOTS"] = roots
    app.config["MIEN_MEDIA_TYPES"] = {}
    app.register_blueprint(api)
    app.register_blueprint(sounds)
    _add_pages(app)
    _add_access(app, access)
    _add_errors(app, limits)
    return app


def _add_pages(app: Flask) -> None:
    @app.get("/")
    def page() -> str:
        return render_template("page.html")

    @app.get("/healthz")
    def health() -> Response:
        return respond(Health("ok", __version__))

    @app.get("/openapi.json")
    def openapi() -> Response:
        return respond(specification())

    @app.get("/docs")
    def docs() -> str:
        return render_template("docs.html", spec=specification())


def _add_access(app: Flask, access: Access) -> None:
    @app.before_request
    def guard() -> str | tuple[str, int] | WerkzeugResponse | None:
        if not access.answers_to(request.host):
            raise ForbiddenError(
                f"this server does not answer to the name {request.host}",
                "use the address that it printed when it started",
            )
        if request.method not in ("GET", "HEAD", "OPTIONS") and access.is_foreign(request):
            raise ForbiddenError(
                "pages of other sites may not use this server",
                "its owner can allow this site when starting it",
            )
        if request.path == "/healthz" or request.method == "OPTIONS" or access.has_token(request):
            return None
        if request.endpoint == "page":
            return _sign_in(access)
        if request.endpoint == "static":  # the style of the page that asks for the token
            return None
        raise UnauthorizedError(
            "this server needs its token", "send it in the header 'Authorization: Bearer …'"
        )

    @app.after_request
    def protect(response: Response) -> Response:
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        if request.headers.get("Origin") in access.origins:
            response.headers["Access-Control-Allow-Origin"] = request.headers["Origin"]
            response.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
        if access.origins:
            response.headers["Vary"] = "Origin"
        return response


def _add_errors(app: Flask, limits: Limits) -> None:
    @app.errorhandler(MienError)
    @app.errorhandler(HTTPException)
    def expected(error: MienError | HTTPException) -> Response:
        if isinstance(error, RequestEntityTooLarge):
            error = PhotoTooLargeError(
                f"the photo is larger than {limits.bytes / 1e6:g} MB", "send a smaller copy"
            )
        answer = answer_for(error)
        if isinstance(error, NotFound) and _is_for_people():
            return Response(render_template("missing.html"), answer.status)
        return Response(answer.body, answer.status, answer.headers)

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> Response:
        app.logger.error("unexpected %s", type(error).__name__, exc_info=error)
        return expected(InternalError("mien failed to answer", "the server's log says why"))


def _is_for_people() -> bool:
    """Whether a browser asks for a page."""
    wanted = request.accept_mimetypes.best_match(["application/json", "text/html"])
    return wanted == "text/html" and not request.path.startswith("/api/")


def _sign_in(access: Access) -> tuple[str, int] | WerkzeugResponse:
    """Keep the token that the address brings, and go to the page; else ask for it."""
    token = request.args.get("token")
    if token is None or not access.is_token(token):
        return render_template("token.html", wrong=token is not None), 401
    response = redirect("/", 303)
    response.set_cookie(COOKIE, token, secure=request.is_secure, httponly=True, samesite="Strict")
    return response

"""The Flask app: the page, and the HTTP API that it uses.

Nothing that is sent here is stored: uploads are kept in memory and dropped with the answer.
"""

from __future__ import annotations

import io
from typing import BinaryIO

from flask import Flask, Request, Response, jsonify, redirect, render_template, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.wrappers import Response as WerkzeugResponse

from mien import __version__
from mien.errors import MienError
from mien.face.photo import DEFAULT_LIMITS, Limits
from mien.server.access import COOKIE, THIS_MACHINE, Access
from mien.server.api import api
from mien.server.spec import specification

_FORM_OVERHEAD = 64_000  # bytes that a form adds to the photo in it

_STATUS = {"no_face": 404, "not_there": 404, "too_large": 413, "feedback_file": 500, "model": 500}

_HEADERS = {
    # Only what this server itself sends may be shown or run, but for Spotify's player, which the
    # page frames when it is pressed; nobody may frame the page.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self' data: blob:; media-src 'self' blob:; frame-src https://open.spotify.com; "
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


def create_app(*, limits: Limits = DEFAULT_LIMITS, access: Access = THIS_MACHINE) -> Flask:
    """Make the app.

    Args:
        limits: for photos; larger ones are refused with 413.
        access: who may use it; by default this machine's own pages and programs.
    """
    app = Flask(__name__)
    app.request_class = InMemoryRequest
    app.config["MIEN_LIMITS"] = limits
    app.config["MAX_CONTENT_LENGTH"] = limits.bytes + _FORM_OVERHEAD
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.json.sort_keys = False  # type: ignore[attr-defined]

    @app.before_request
    def guard() -> tuple[Response | str, int] | WerkzeugResponse | None:
        if not access.answers_to(request.host):
            return _error("forbidden", f"this server is not {request.host}.", 403)
        if request.method not in ("GET", "HEAD", "OPTIONS") and access.is_foreign(request):
            return _error("forbidden", "pages of other sites may not use this server.", 403)
        if request.path == "/healthz" or request.method == "OPTIONS" or access.has_token(request):
            return None
        if request.endpoint == "page":
            return _sign_in(access)
        if request.endpoint == "static":  # the page that asks for the token has its style there
            return None
        return _error(
            "no_token", "this server asks for a token; send it as 'Authorization: Bearer …'.", 401
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

    @app.get("/")
    def page() -> str:
        return render_template("page.html")

    @app.get("/healthz")
    def health() -> Response:
        return jsonify({"status": "ok", "version": __version__})

    @app.get("/openapi.json")
    def openapi() -> Response:
        return jsonify(specification())

    @app.get("/docs")
    def docs() -> str:
        return render_template("docs.html", spec=specification())

    app.register_blueprint(api)

    @app.errorhandler(MienError)
    def mien_error(error: MienError) -> tuple[Response, int]:
        return _error(error.code, error.message, _STATUS.get(error.code, 400), error.hint)

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> tuple[Response, int]:
        status = error.code or 500
        if status == 413:
            message = f"the photo is larger than {limits.bytes / 1e6:g} MB; send a smaller copy."
            return _error("too_large", message, 413)
        what = error.description or error.name
        hint = "; see /docs for what there is." if status in (404, 405) else ""
        answer, _ = _error(error.name.lower().replace(" ", "_"), what.rstrip(".") + hint, status)
        if isinstance(error, MethodNotAllowed) and error.valid_methods:
            answer.headers["Allow"] = ", ".join(sorted(error.valid_methods))
        return answer, status

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> tuple[Response, int]:
        app.logger.error("unexpected %s", type(error).__name__, exc_info=error)
        return _error("internal", "mien failed at this; the server's log says more.", 500)

    return app


def _error(code: str, message: str, status: int, hint: str = "") -> tuple[Response, int]:
    """The one shape of an error."""
    return jsonify({"error": {"code": code, "message": message, "hint": hint}}), status


def _sign_in(access: Access) -> tuple[str, int] | WerkzeugResponse:
    """Keep the token that the address brings, and go to the page; else ask for it."""
    shown = request.args.get("token")
    if shown is None or not access.is_token(shown):
        return render_template("token.html", wrong=shown is not None), 401
    response = redirect("/", 303)
    response.set_cookie(COOKIE, shown, secure=request.is_secure, httponly=True, samesite="Strict")
    return response

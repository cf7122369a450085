"""The Flask app: a page for a photo, and the same as JSON under /api/v1.

Nothing that is sent here is stored: uploads are kept in memory and dropped with the answer.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Collection
from typing import BinaryIO
from urllib.parse import urlsplit

from flask import Flask, Request, Response, jsonify, render_template, request
from werkzeug.exceptions import HTTPException

from mien import __version__
from mien.errors import MienError, NoFaceError, PhotoError
from mien.expression import EMOTIONS, percent
from mien.photo import DEFAULT_LIMITS, Limits
from mien.reading import Reading, read
from mien.recommender import Recommendations, recommend
from mien.server import asked
from mien.server.api import api
from mien.server.spec import specification
from mien.wire import links

LOOPBACK = ("127.0.0.1", "localhost", "::1")
_FORM_OVERHEAD = 64_000  # bytes that a form adds to the photo in it

_STATUS = {"no_face": 404, "too_large": 413, "feedback_file": 500, "model": 500}

_HEADERS = {
    # Only what this server itself sends may be shown or run; nobody may frame the page.
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
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


def create_app(*, limits: Limits = DEFAULT_LIMITS, hosts: Collection[str] = LOOPBACK) -> Flask:
    """Make the app.

    Args:
        limits: for photos; larger ones are refused with 413.
        hosts: the names under which the server may be asked for. Others are refused, so that a
            foreign page cannot reach it by pointing its own name here (DNS rebinding).
    """
    app = Flask(__name__)
    app.add_template_filter(percent)
    app.request_class = InMemoryRequest
    app.config["MIEN_LIMITS"] = limits
    app.config["MAX_CONTENT_LENGTH"] = limits.bytes + _FORM_OVERHEAD
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.json.sort_keys = False  # type: ignore[attr-defined]

    @app.before_request
    def guard() -> tuple[Response, int] | None:
        if urlsplit(f"//{request.host}").hostname not in hosts:
            return _error("forbidden", f"this server is not {request.host}.", 403)
        # A form of a foreign page would be sent without being asked (CSRF); browsers tell on it.
        origin = request.headers.get("Origin")
        foreign = origin is not None and origin.partition("://")[2] != request.host
        if request.method == "POST" and (
            foreign or request.headers.get("Sec-Fetch-Site") == "cross-site"
        ):
            return _error("forbidden", "pages of other sites may not use this server.", 403)
        return None

    @app.after_request
    def protect(response: Response) -> Response:
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    @app.get("/")
    def page() -> str | tuple[str, int]:
        emotion = request.args.get("emotion")
        if emotion is None:
            return _page()
        return _page_or_message(lambda: _page(songs=recommend(emotion)))

    @app.post("/")
    def upload() -> str | tuple[str, int]:
        return _page_or_message(lambda: _photo_page(limits))

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
        return _error(error.code, str(error), _STATUS.get(error.code, 400))

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> tuple[Response | str, int]:
        status = error.code or 500
        if status == 413:
            message = f"the photo is larger than {limits.bytes / 1e6:g} MB; send a smaller copy."
            if request.path == "/":
                return _page(message=message), 413
            return _error("too_large", message, 413)
        return _error(error.name.lower().replace(" ", "_"), error.description or error.name, status)

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> tuple[Response, int]:
        app.logger.error("unexpected %s", type(error).__name__, exc_info=error)
        return _error("internal", "mien failed at this; the server's log says more.", 500)

    return app


def _error(code: str, message: str, status: int) -> tuple[Response, int]:
    """The one shape of an error. Messages read "what is wrong; what to do"."""
    what, _, hint = message.partition("; ")
    return jsonify({"error": {"code": code, "message": what, "hint": hint}}), status


def _photo_page(limits: Limits) -> str:
    data = asked.photo()
    if not data and not request.files["photo"].filename:
        raise PhotoError("no photo was chosen; choose one, or press an emotion.")
    reading = read(data, limits=limits)
    if not reading.faces:
        raise NoFaceError(
            "no face was found in this photo; try one that shows a face from the front, or press "
            "an emotion."
        )
    return _page(reading, recommend(reading))


def _page_or_message(make: Callable[[], str]) -> str | tuple[str, int]:
    """The page, or the page with a message where the user can do something about it."""
    try:
        return make()
    except MienError as e:
        return _page(message=str(e)), _STATUS.get(e.code, 400)


def _page(
    reading: Reading | None = None,
    songs: Recommendations | None = None,
    message: str | None = None,
) -> str:
    return render_template(
        "page.html",
        emotions=EMOTIONS,
        expression=None if reading is None else reading.expression,
        faces=0 if reading is None else len(reading.faces),
        songs=songs,
        links=links,
        message=message,
    )

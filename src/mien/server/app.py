"""The Flask app: a page for a photo, and the same as JSON under /api/v1.

Nothing that is sent here is stored: uploads are kept in memory and dropped with the answer.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Collection
from typing import Any, BinaryIO
from urllib.parse import urlsplit

import numpy as np
from flask import Flask, Request, Response, jsonify, render_template, request
from werkzeug.exceptions import HTTPException

from mien import __version__
from mien.errors import MienError, MoodError, NoFaceError, PhotoError
from mien.expression import EMOTIONS, Expression, percent
from mien.mood import Mood
from mien.photo import DEFAULT_LIMITS, Limits
from mien.ranking import DEFAULT_RANKING
from mien.reading import Reading, read
from mien.recommender import Recommendations, recommend
from mien.selection import Filter
from mien.wire import answer_json, faces_json, links

LOOPBACK = ("127.0.0.1", "localhost", "::1")
MOST_SONGS = 100
_FORM_OVERHEAD = 64_000  # bytes that a form adds to the photo in it

_STATUS = {"no_face": 404, "too_large": 413}

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


class BadRequestError(MienError):
    """A request that is not in the documented form."""

    code = "bad_request"


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

    @app.post("/api/v1/expression")
    def expression() -> Response:
        return jsonify({"faces": faces_json(read(_photo(), limits=limits))})

    @app.post("/api/v1/recommendations")
    def recommendations() -> Response:
        return jsonify(_recommendations(limits))

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


def _photo() -> bytes:
    """The photo in the request: the field `photo` of a form, or the body itself."""
    if request.mimetype == "multipart/form-data":
        file = request.files.get("photo")
        if file is None:
            raise BadRequestError("the form has no file called 'photo'; send one.")
        data: bytes = file.read()
        return data
    return request.get_data()


def _recommendations(limits: Limits) -> dict[str, Any]:
    """The answer to what was sent: a photo, or JSON with `emotion`, `expression` or `mood`."""
    if request.mimetype != "application/json":
        photo, options = _photo(), _options(_form_fields())
        reading = read(photo, limits=limits)
        if not reading.faces:
            raise NoFaceError("no face was found in the photo; send JSON with an emotion instead.")
        return answer_json(reading, recommend(reading, **options))
    body = _json_body()
    if not isinstance(body, dict):
        raise BadRequestError('the body is no JSON object; send {"emotion": "sad"}.')
    wanted = {key: body.pop(key) for key in ("emotion", "expression", "mood") if key in body}
    options = _options(body)
    return answer_json(None, recommend(_what(wanted), **options))


def _form_fields() -> dict[str, Any]:
    """What stands beside the photo in a form, with numbers as numbers."""
    fields: dict[str, Any] = {key: values[-1] for key, values in request.form.lists()}
    for key in ("n", "seed"):
        if key in fields and fields[key].isdecimal() and len(fields[key]) < 19:
            fields[key] = int(fields[key])
    for key in ("genres", "without", "like"):
        if key in fields:
            fields[key] = request.form.getlist(key)
    for key in ("clean", "popularity", "minutes"):
        if key in fields:
            fields[key] = _loaded(fields[key])
    return fields


def _loaded(text: str) -> object:
    """What a form's field says in JSON, such as `true` or `[2, 5]`; else as it is."""
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return value


def _options(body: dict[str, Any]) -> dict[str, Any]:
    """The options of a recommendation, checked, as arguments of `recommend`."""
    known = {"n", "ranking", "policy", "to", "catalogue", "seed"}
    known |= {"genres", "without", "clean", "popularity", "minutes", "like"}
    if unknown := set(body) - known:
        raise BadRequestError(
            f"unknown fields {', '.join(sorted(unknown))}; use {', '.join(sorted(known))}."
        )
    n, seed = body.get("n", 6), body.get("seed")
    if not _whole(n) or not 1 <= n <= MOST_SONGS:
        raise BadRequestError(f"n is not a number from 1 to {MOST_SONGS}; send one.")
    if seed is not None and (not _whole(seed) or seed < 0):
        raise BadRequestError("seed is not a whole number of 0 or more; send one.")
    names = {"ranking": body.get("ranking", DEFAULT_RANKING), "policy": body.get("policy", "match")}
    for key, name in names.items():
        if not isinstance(name, str):
            raise MoodError(f"no {key} is called {name!r}; send a name, or leave it out.")
    catalogue, to = body.get("catalogue"), body.get("to")
    if catalogue is not None and not isinstance(catalogue, str):
        raise BadRequestError("catalogue is not a name; send one, or leave it out.")
    if to is not None:
        to = _what({"mood" if isinstance(to, dict) else "emotion": to})
    return {
        "n": n,
        **names,
        "to": to,
        "catalogue": catalogue,
        "seed": seed,
        "like": _texts(body, "like", '["4uLU6hMCjMI75M1A2tKUQC"]'),
        "where": _filter(body),
    }


def _filter(body: dict[str, Any]) -> Filter:
    """Which songs may come."""
    genres, without = (_texts(body, key, '["rock"]') for key in ("genres", "without"))
    clean = body.get("clean", False)
    if not isinstance(clean, bool):
        raise BadRequestError("clean is neither true nor false; send one of them.")
    popularity, minutes = (_span(body.get(key), key) for key in ("popularity", "minutes"))
    return Filter(genres, without, clean, popularity, minutes)


def _texts(body: dict[str, Any], name: str, example: str) -> tuple[str, ...]:
    value = body.get(name, [])
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise BadRequestError(f"{name} is not a list of texts; send one such as {example}.")
    return tuple(value)


def _span(value: object, name: str) -> tuple[float, float] | None:
    if value is None:
        return None
    if not isinstance(value, list) or len(value) != 2:
        raise BadRequestError(f"{name} is not two numbers, from and to; send such as [2, 5].")
    low, high = (_number(v, name) for v in value)
    return low, high


def _what(wanted: dict[str, Any]) -> str | Expression | Mood:
    """The one of emotion, expression and mood that was sent."""
    if len(wanted) != 1:
        raise BadRequestError("send exactly one of emotion, expression and mood; see the README.")
    ((key, value),) = wanted.items()
    if key == "emotion":
        if not isinstance(value, str):
            raise BadRequestError(f"emotion is not a name; use one of {', '.join(EMOTIONS)}.")
        return value
    names = EMOTIONS if key == "expression" else ("valence", "energy", "tempo")
    if not isinstance(value, dict) or set(value) != set(names):
        raise BadRequestError(f"{key} is not complete; send {', '.join(names)}.")
    numbers = [_number(value[name], key) for name in names]
    if key == "mood":
        return Mood(*numbers)
    if min(numbers) < 0 or max(numbers) == 0:
        raise BadRequestError("expression has no probabilities; send numbers of 0 and more.")
    return Expression.of(np.array(numbers) / sum(numbers))


def _json_body() -> object:
    """The body as JSON; None where it is none, or none that can be answered in UTF-8."""
    try:
        body: object = json.loads(request.get_data())
        json.dumps(body, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return None
    return body


def _number(value: object, name: str) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e9:
        return float(value)
    raise BadRequestError(f"{name} holds something that is no usable number; send numbers.")


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _photo_page(limits: Limits) -> str:
    data = _photo()
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

"""The one builder of error answers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound

from mien.errors import (
    FilterError,
    MienError,
    MissingExtraError,
    NoFaceError,
    NoSuchSongError,
    PhotoError,
    PhotoTooLargeError,
    StoreError,
)
from mien.server.errors import BadRequestError, BusyError, answer_for, answer_with


def classes(base: type[MienError] = MienError) -> Iterator[type[MienError]]:
    yield base
    for cls in base.__subclasses__():
        yield from classes(cls)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (PhotoError("it is empty", "give a file"), 400),
        (PhotoTooLargeError("it is large", "save a copy"), 413),
        (FilterError("no song fits", "choose fewer"), 400),
        (NoSuchSongError("there is no such song", "look"), 404),
        (NoFaceError("there is no face", "turn around"), 404),
        (BadRequestError("it is not JSON", "see /docs"), 400),
        (StoreError("the file is damaged", "import it again"), 500),
        (BusyError("there is much to do", "wait"), 503),
    ],
)
def test_an_error_is_answered_by_its_class(error: MienError, status: int) -> None:
    answer = answer_for(error)
    assert answer.status == status
    body = json.loads(answer.body)
    assert list(body) == ["error"]
    assert list(body["error"]) == ["code", "message", "hint"]
    assert (body["error"]["code"], body["error"]["message"]) == (error.code, error.message)
    assert answer.headers["Content-Type"] == "application/json"
    assert ("Retry-After" in answer.headers) == (status == 503)


def test_hints_are_the_errors_own_unless_http_has_better_ones() -> None:
    assert answer_for(FilterError("no song fits", "choose fewer")).detail.hint == "choose fewer"
    assert "/api/v1/recommendations" in answer_for(NoSuchSongError("gone", "look")).detail.hint
    assert "pip" not in answer_for(MissingExtraError("implicit", "collaborative")).detail.hint


def test_every_class_of_error_has_an_answer() -> None:
    """And no hint that HTTP adds mentions the command line."""
    for cls in classes():
        error = cls("package", "extra") if cls is MissingExtraError else cls("wrong", "do this")
        answer = answer_for(error)
        assert 400 <= answer.status < 600
        assert not re.search(r"--|`|\bmien [a-z]+", answer.detail.hint)


def test_failures_of_http() -> None:
    answer = answer_for(NotFound())
    assert (answer.status, answer.detail.code) == (404, "not_found")
    answer = answer_for(MethodNotAllowed(["POST"]))
    assert (answer.status, answer.headers["Allow"]) == (405, "POST")
    answer = answer_for(HTTPException("a full sentence."))
    assert (answer.status, answer.detail.message) == (500, "a full sentence")


def test_failures_before_the_app() -> None:
    answer = answer_with(400, "Bad Request", "Malformed Request-Line")
    assert (answer.status, answer.detail.code) == (400, "bad_request")
    assert answer.detail.message == "Malformed Request-Line"
    assert "Retry-After" in answer_with(503, "Service Unavailable", "full").headers

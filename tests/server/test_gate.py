"""The limit on requests that are worked on at once."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Any

import pytest

from mien.server.gate import Gate

WAIT = 30  # seconds, far more than anything here takes


@pytest.fixture
def finish() -> Iterator[threading.Event]:
    """The app of a test works until this is set."""
    event = threading.Event()
    yield event
    event.set()


def ask(gate: Gate, body: bytes = b"", path: str = "/api/v1/x") -> tuple[str, bytes]:
    """The status and the body of the answer to one request."""
    answers: list[tuple[str, dict[str, str]]] = []

    def start(status: str, headers: list[tuple[str, str]], *_: object) -> Any:
        answers.append((status, dict(headers)))

    stream = io.BytesIO(body)
    answer = b"".join(gate({"PATH_INFO": path, "wsgi.input": stream}, start))
    assert stream.read() == b""
    ((status, headers),) = answers
    if status.startswith("503"):
        assert int(headers["Retry-After"]) >= 1
        assert int(headers["Content-Length"]) == len(answer)
        assert json.loads(answer)["error"]["code"] == "busy"
    return status, answer


def test_one_works_one_waits_the_rest_are_refused(finish: threading.Event) -> None:
    def app(environ: object, start: Any) -> list[bytes]:
        assert finish.wait(WAIT)
        start("200 OK", [])
        return [b"done"]

    gate = Gate(app, working=1, waiting=1, patience=WAIT)
    with ThreadPoolExecutor(5) as pool:
        asked = [pool.submit(ask, gate, bytes(1_000_000)) for _ in range(5)]
        refused = as_completed(asked, WAIT)
        for _ in range(3):  # while the other two are inside
            assert next(refused).result()[0] == "503 Service Unavailable"
        finish.set()
        assert [each.result() for each in refused] == [("200 OK", b"done")] * 2
    assert ask(gate) == ("200 OK", b"done")


def test_a_request_that_waits_too_long_is_refused(finish: threading.Event) -> None:
    begun = threading.Event()

    def app(environ: object, start: Any) -> list[bytes]:
        begun.set()
        assert finish.wait(WAIT)
        start("200 OK", [])
        return []

    gate = Gate(app, working=1, waiting=1, patience=0.01)
    with ThreadPoolExecutor() as pool:
        first = pool.submit(ask, gate)
        assert begun.wait(WAIT)
        assert ask(gate)[0].startswith("503")
        finish.set()
        assert first.result(WAIT)[0] == "200 OK"


def test_a_failure_makes_room_again() -> None:
    def app(environ: object, start: object) -> list[bytes]:
        raise RuntimeError

    gate = Gate(app, working=1, waiting=0)
    for _ in range(3):
        with pytest.raises(RuntimeError):
            ask(gate)


def test_pages_are_not_limited(finish: threading.Event) -> None:
    def app(environ: dict[str, Any], start: Any) -> list[bytes]:
        if environ["PATH_INFO"].startswith("/api/"):
            assert finish.wait(WAIT)
        start("200 OK", [])
        return [b"page"]

    gate = Gate(app, working=1, waiting=0)
    with ThreadPoolExecutor() as pool:
        pool.submit(ask, gate)
        assert ask(gate, path="/healthz") == ("200 OK", b"page")
        finish.set()

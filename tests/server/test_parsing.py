"""Bodies of requests: JSON, forms, photos."""

from __future__ import annotations

import io

import pytest
from flask import Flask
from msgspec import Struct

from mien.server.errors import BadRequestError
from mien.server.faces import MomentForm
from mien.server.parsing import parse_number, read_form, read_json, read_photo
from mien.server.schemas import RecommendationOptions


class Body(Struct, forbid_unknown_fields=True):
    """A body."""

    n: int
    share: float = 0.5
    names: tuple[str, ...] = ()


@pytest.fixture
def app() -> Flask:
    return Flask(__name__)


def test_json(app: Flask) -> None:
    with app.test_request_context(data=b'{"n": 5.0, "share": 1, "names": ["a"]}'):
        assert read_json(Body) == Body(5, 1.0, ("a",))


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"{", "the body is not valid JSON"),
        (b"[]", "the request is not valid: expected object, got list"),
        (b'{"n": "5"}', "n is not valid: expected whole number, got string"),
        (
            b'{"n": 5, "names": ["a", 1]}',
            "names[1] is not valid: expected string, got whole number",
        ),
        (b"{}", "the request is not valid: the required field n is missing"),
        (b'{"n": 5, "m": 5}', "the request is not valid: there is no field m"),
    ],
)
def test_messages_name_the_field(app: Flask, body: bytes, message: str) -> None:
    with app.test_request_context(data=body), pytest.raises(BadRequestError) as refused:
        read_json(Body)
    assert refused.value.message == message
    assert refused.value.hint


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("5", 5),
        ("5.0", 5),
        ("007", 7),
        ("2.5", 2.5),
        ("1e3", 1000),
        (str(2**53 + 1), 2**53 + 1),
        ("1e300", 1e300),
        ("", ""),
        ("five", "five"),
    ],
)
def test_numbers(text: str, number: float | str) -> None:
    parsed = parse_number(text)
    assert (parsed, type(parsed)) == (number, type(number))


def test_a_form(app: Flask) -> None:
    fields = {
        "photo": (io.BytesIO(b"pixels"), "me.jpg"),
        "n": "3",
        "genres": ["rock", "pop"],
        "popularity": ["20", "60"],
        "minutes": "[2, 5]",
        "clean": "true",
        "to": "{",
        "catalogue": "{5}",
    }
    with app.test_request_context(method="POST", data=fields):
        assert read_photo() == b"pixels"
        assert read_form(RecommendationOptions) == RecommendationOptions(
            n=3,
            genres=("rock", "pop"),
            popularity=(20, 60),
            minutes=(2, 5),
            clean=True,
            to="{",
            catalogue="{5}",
        )


def test_the_first_frame_has_no_moment_before_it(app: Flask) -> None:
    data = {"photo": (io.BytesIO(b""), "me.jpg"), "time": "0.5", "before": "", "whom": ""}
    with app.test_request_context(method="POST", data=data):
        assert read_form(MomentForm) == MomentForm(time=0.5)


def test_a_photo_as_the_body(app: Flask) -> None:
    with app.test_request_context(method="POST", data=b"pixels", content_type="image/png"):
        assert read_photo() == b"pixels"


@pytest.mark.parametrize("name", ["picture", "photo2"])
def test_other_files_are_refused(app: Flask, name: str) -> None:
    data = {name: (io.BytesIO(b"pixels"), "me.jpg")}
    with (
        app.test_request_context(method="POST", data=data),
        pytest.raises(BadRequestError, match=name),
    ):
        read_photo()

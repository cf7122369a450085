"""The body of a request -> the types of `mien.server.schemas`: JSON, forms, photos."""

from __future__ import annotations

import re
from typing import Any, TypeVar

import msgspec
from flask import request

from mien.recommendation.query import MAX_SEED
from mien.server.errors import BadRequestError

_T = TypeVar("_T")

_LISTS = frozenset({"genres", "without", "like", "never", "languages"})
_NUMBERS = frozenset({"n", "seed", "time"})
_JSON = frozenset({"clean", "popularity", "minutes", "before", "neutral", "anyway"})
"""Fields of forms by how they are written; the others are plain text."""

_DOCS = "see /docs for what can be sent"


def read_json(body: type[_T]) -> _T:
    """The body, an object in JSON.

    Raises:
        BadRequestError: it is not in the documented form.
    """
    try:
        content = _decoder.decode(request.get_data())
    except _UNDECODABLE:
        raise BadRequestError("the body is not valid JSON", _DOCS) from None
    return _convert(content, body)


def read_photos(most: int) -> list[bytes]:
    """The photos: the files `photo` of a form, or the body itself.

    Raises:
        BadRequestError: a form without such a file, with others, or with more than `most`.
    """
    photo = read_photo()
    if request.mimetype != "multipart/form-data":
        return [photo]
    photos = request.files.getlist("photo")
    if len(photos) > most:
        raise BadRequestError(f"there are {len(photos)} photos", f"send at most {most}")
    return [photo, *(file.read() for file in photos[1:])]


def read_photo() -> bytes:
    """The photo: the file `photo` of a form, or the body itself.

    Raises:
        BadRequestError: a form without that file, or with others.
    """
    if request.mimetype != "multipart/form-data":
        return request.get_data()
    others = sorted(set(request.files) - {"photo"})
    if "photo" not in request.files or others:
        raise BadRequestError(
            f"unknown files {', '.join(others)}" if others else "the form has no file 'photo'",
            "send one file, as the field photo",
        )
    data: bytes = request.files["photo"].read()
    return data


def read_form(fields: type[_T]) -> _T:
    """What stands beside the photo in a form.

    Raises:
        BadRequestError: it is not in the documented form.
    """
    form = {
        name: _field(name, texts)
        for name, texts in request.form.lists()
        if name != "photo" and (name, texts[-1]) != ("before", "")
    }
    return _convert(form, fields)


def _field(name: str, texts: list[str]) -> Any:
    """The value of a form's field, which may be repeated."""
    text = texts[-1]
    if name in _LISTS:
        return texts
    if name in _NUMBERS:
        return parse_number(text)
    if name in _JSON and len(texts) > 1:
        return [_parse(each) for each in texts]
    if name in _JSON or (name == "to" and text.startswith("{")):
        return _parse(text)
    return text


def _parse(text: str) -> Any:
    """What a text says in JSON; other texts stay as they are."""
    try:
        return _decoder.decode(text)
    except _UNDECODABLE:
        return text


def parse_number(text: str) -> int | float | str:
    """A number; whole ones are integers, also 5.0. Other texts stay as they are.

    >>> parse_number("5.0"), parse_number("2.5"), parse_number("five")
    (5, 2.5, 'five')
    """
    try:
        if text.isdecimal():
            return int(text)
        number = float(text)
    except ValueError:
        return text
    return int(number) if number.is_integer() and abs(number) <= MAX_SEED else number


def _convert(content: object, wanted: type[_T]) -> _T:
    try:
        return msgspec.convert(content, wanted)
    except msgspec.ValidationError as e:
        raise BadRequestError(_describe(str(e)), _DOCS) from None
    except OverflowError:
        raise BadRequestError("a number is out of range", _DOCS) from None


def _describe(error: str) -> str:
    """A message of msgspec's in the API's words.

    >>> _describe("Expected `int | null`, got `str` - at `$.seed`")
    'seed is not valid: expected whole number or null, got string'
    >>> _describe("Object missing required field `x` - at `$.faces[0]`")
    'faces[0] is not valid: the required field x is missing'
    """
    problem, _, path = error.partition(" - at ")
    problem = re.sub(
        r"^Object missing required field `(.*)`$", r"the required field \1 is missing", problem
    )
    problem = re.sub(r"^Object contains unknown field `(.*)`$", r"there is no field \1", problem)
    problem = re.sub(r"`([^`]*)`", lambda types: _type_words(types[1]), problem)
    field = path.strip("`").removeprefix("$").removeprefix(".")
    return f"{field or 'the request'} is not valid: {problem[0].lower()}{problem[1:]}"


def _type_words(types: str) -> str:
    return " or ".join(_WORDS.get(each, each) for each in types.split(" | "))


_WORDS = {
    "array": "list",
    "bool": "true or false",
    "float": "number",
    "int": "whole number",
    "str": "string",
}

# Whole numbers are decoded as such, so that 5.0 is accepted for 5.
_decoder = msgspec.json.Decoder(float_hook=parse_number)
_UNDECODABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)

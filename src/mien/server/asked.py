"""What a request asks for: photos, JSON and form fields, checked and turned into arguments."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from flask import request

from mien.catalogue.filters import Filter
from mien.emotions import EMOTIONS
from mien.errors import MienError, MoodError
from mien.face.expression import Expression
from mien.face.tracking import EVERYONE, Moment, Track
from mien.mood import Mood
from mien.recommendation.query import DEFAULT_RANKING

MOST_SONGS = 100
MOST = 1 << 53
"""Of whole numbers: up to here every reader of JSON has them exactly."""
WHAT: tuple[str, ...] = ("emotion", "expression", "mood")
OPTIONS = (
    "n",
    "ranking",
    "policy",
    "to",
    "catalogue",
    "seed",
    "genres",
    "without",
    "clean",
    "popularity",
    "minutes",
    "like",
    "never",
)
_MOST_FACES = 200
_MOST_NEVER = 500
_MOST_OF = {"popularity": 100.0, "minutes": 1e6}
_MOST_SHARE = 1e6
_MOST_MET = 10**9
_MOST_SECONDS = 1e9
_MOST_PIXELS = 1e6
_MOST_LETTERS = 200  # of an id


class BadRequestError(MienError):
    """A request that is not in the documented form."""

    code = "bad_request"


def photo(beside: tuple[str, ...] = ()) -> bytes:
    """The photo in the request: the field `photo` of a form, or the body itself.

    Args:
        beside: the form's other fields.
    """
    if request.mimetype == "multipart/form-data":
        only({**request.files, **request.form}, ("photo", *beside))
        file = request.files.get("photo")
        if file is None:
            raise BadRequestError("the form has no file called 'photo'", "send one")
        data: bytes = file.read()
        return data
    return request.get_data()


def json_object(example: str) -> dict[str, Any]:
    """The body, a JSON object that can be answered in UTF-8."""
    try:
        body = json.loads(request.get_data())
        json.dumps(body, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise BadRequestError("the body is no JSON object", f"send {example}")
    return body


def form_fields() -> dict[str, Any]:
    """What stands beside the photo in a form, with numbers as numbers."""
    fields: dict[str, Any] = {key: values[-1] for key, values in request.form.lists()}
    for key in ("n", "seed"):
        if key in fields and fields[key].isdecimal() and len(fields[key]) < 19:
            fields[key] = int(fields[key])
    for key in ("genres", "without", "like", "never"):
        if key in fields:
            fields[key] = request.form.getlist(key)
    for key in ("clean", "popularity", "minutes"):
        if key in fields:
            values = [_loaded(value) for value in request.form.getlist(key)]
            fields[key] = values if len(values) > 1 else values[0]
    if str(fields.get("to", "")).startswith("{"):
        fields["to"] = _loaded(fields["to"])
    return fields


def options(body: dict[str, Any]) -> dict[str, Any]:
    """The options of a recommendation, as arguments of `recommend`."""
    only(body, OPTIONS)
    n, seed = whole(body.get("n", 6)), body.get("seed")
    if n is None or not 1 <= n <= MOST_SONGS:
        raise BadRequestError(f"n is not a number from 1 to {MOST_SONGS}", "send one")
    if seed is not None:
        seed = whole(seed)
        if seed is None or not 0 <= seed <= MOST:
            raise BadRequestError(f"seed is not a whole number from 0 to {MOST}", "send one")
    names = {"ranking": body.get("ranking", DEFAULT_RANKING), "policy": body.get("policy", "match")}
    for key, name in names.items():
        if not isinstance(name, str):
            raise MoodError(f"no {key} is called {name!r}", "send a name, or leave it out")
    to = body.get("to")
    if to is not None:
        to = what({"mood" if isinstance(to, dict) else "emotion": to})
    return {
        "n": n,
        **names,
        "to": to,
        "catalogue": catalogue(body),
        "seed": seed,
        "like": texts(body, "like", '["4uLU6hMCjMI75M1A2tKUQC"]'),
        "where": _filter(body),
        "never": _never(body),
    }


def what(wanted: dict[str, Any]) -> str | Expression | Mood:
    """The one of emotion, expression and mood that was sent."""
    if len(wanted) != 1:
        raise BadRequestError("send exactly one of emotion, expression and mood", "see /docs")
    ((key, value),) = wanted.items()
    if key == "emotion":
        return emotion(value)
    if key == "expression":
        return expression(value)
    return Mood(*_numbers(value, key, ("valence", "energy", "tempo")))


def emotion(value: object) -> str:
    """The name of an emotion; whether there is such a one, others say."""
    if not isinstance(value, str):
        raise BadRequestError("emotion is not a name", f"use one of {', '.join(EMOTIONS)}")
    return value


def expression(value: object, unsure_below: float = 0.0) -> Expression:
    """Seven numbers by emotion, brought to the sum 1."""
    numbers = _numbers(value, "expression", EMOTIONS)
    if min(numbers) < 0 or not 0 < max(numbers) <= _MOST_SHARE:
        raise BadRequestError("expression has no probabilities", "send numbers of 0 and more")
    return Expression.of(np.array(numbers) / sum(numbers), unsure_below)


def catalogue(body: dict[str, Any]) -> str | None:
    """The name of a catalogue, or None for the one in use."""
    name = body.get("catalogue")
    if name is not None and not isinstance(name, str):
        raise BadRequestError("catalogue is not a name", "send one, or leave it out")
    return name


def song_id(body: dict[str, Any]) -> str:
    """The id in `song`."""
    value = body.get("song")
    if not isinstance(value, str) or not 0 < len(value) <= _MOST_LETTERS:
        raise BadRequestError("song is no id", f"send a text of 1 to {_MOST_LETTERS} letters")
    return value


def texts(body: dict[str, Any], name: str, example: str) -> tuple[str, ...]:
    """A list of texts; empty where it is left out."""
    value = body.get(name, [])
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise BadRequestError(f"{name} is not a list of texts", f"send one such as {example}")
    return tuple(value)


def only(body: dict[str, Any], known: tuple[str, ...]) -> None:
    """See that there is no other field."""
    if unknown := set(body) - set(known):
        raise BadRequestError(
            f"unknown fields {', '.join(sorted(unknown))}", f"use {', '.join(sorted(known))}"
        )


def moment(text: str | None, unsure_below: float) -> Moment | None:
    """The moment that was answered before (`mien.output.json`), or None for the first."""
    if not text:
        return None
    body = _loaded(text)
    if not isinstance(body, dict):
        raise BadRequestError("before is no moment", "send what was answered last, or nothing")
    faces = body.get("faces")
    if not isinstance(faces, list) or len(faces) > _MOST_FACES:
        raise BadRequestError("before has no list of faces", "send what was answered last")
    face_count, away_since = whole(body.get("met")), body.get("away")
    if face_count is None or not 0 <= face_count <= _MOST_MET:
        raise BadRequestError(
            "before does not say how many were met", "send what was answered last"
        )
    return Moment(
        _seconds(body.get("time")),
        tuple(_track(face, unsure_below) for face in faces),
        face_id=_whom_before(body.get("whom")),
        steady=_maybe_expression(body.get("steady"), unsure_below),
        away_since=None if away_since is None else _seconds(away_since),
        face_count=face_count,
    )


def _whom_before(value: object) -> int | None:
    if value == "room":
        return EVERYONE
    known = whole(value)
    if value is not None and (known is None or not 0 <= known <= _MOST_MET):
        raise BadRequestError(
            "before says of nobody face_id it follows", "send what was answered last"
        )
    return known


def face_id(text: str | None) -> int | None:
    """The number of a face, `room`, or None for the largest."""
    if not text:
        return None
    if text == "room":
        return EVERYONE
    if text.isdecimal() and len(text) < 10:
        return int(text)
    raise BadRequestError("whom is neither a face's number nor 'room'", "send one, or nothing")


def number(value: object, name: str) -> float:
    """A usable number."""
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e12:
        return float(value)
    raise BadRequestError(f"{name} holds something that is no usable number", "send numbers")


def _track(face: object, unsure_below: float) -> Track:
    if not isinstance(face, dict):
        raise BadRequestError("before has a face that is none", "send what was answered last")
    known = whole(face.get("number"))
    if known is None or not 0 < known <= _MOST_MET:
        raise BadRequestError("before has a face without a number", "send what was answered last")
    box = face.get("box")
    if not isinstance(box, list) or len(box) != 4:
        raise BadRequestError("before has a face without a box", "send what was answered last")
    x, y, width, height = (number(v, "before") for v in box)
    if min(width, height) < 1 or max(abs(x), abs(y), width, height) > _MOST_PIXELS:
        raise BadRequestError("before has an unusable box", "send what was answered last")
    shown = expression(face.get("expression"), unsure_below)
    seen = _seconds(face.get("seen"))
    return Track(known, (x, y, width, height), shown, seen)


def _seconds(value: object) -> float:
    found = number(value, "before")
    if not 0 <= found <= _MOST_SECONDS:
        raise BadRequestError("before has a time out of range", "send what was answered last")
    return found


def _maybe_expression(value: object, unsure_below: float) -> Expression | None:
    if value is None:
        return None
    if not isinstance(value, dict):
        raise BadRequestError("before has no steady expression", "send what was answered last")
    return expression(value.get("expression"), unsure_below)


def _filter(body: dict[str, Any]) -> Filter:
    """Which songs may come."""
    genres, without = (texts(body, key, '["rock"]') for key in ("genres", "without"))
    clean = body.get("clean", False)
    if not isinstance(clean, bool):
        raise BadRequestError("clean is neither true nor false", "send one of them")
    popularity, minutes = (_span(body.get(key), key) for key in ("popularity", "minutes"))
    return Filter(genres, without, clean, popularity, minutes)


def _never(body: dict[str, Any]) -> tuple[str, ...]:
    never = texts(body, "never", '["4uLU6hMCjMI75M1A2tKUQC"]')
    if len(never) > _MOST_NEVER:
        raise BadRequestError("never holds too many songs", f"send {_MOST_NEVER} ids at most")
    return never


def _span(value: object, name: str) -> tuple[float, float] | None:
    if value is None:
        return None
    if not isinstance(value, list) or len(value) != 2:
        raise BadRequestError(f"{name} is not two numbers, from and to", "send such as [2, 5]")
    low, high = sorted(number(v, name) for v in value)
    if not 0 <= low <= high <= _MOST_OF[name]:
        raise BadRequestError(
            f"{name} is out of range", f"send numbers from 0 to {_MOST_OF[name]:g}"
        )
    return low, high


def _numbers(value: object, name: str, keys: tuple[str, ...]) -> list[float]:
    if not isinstance(value, dict) or set(value) != set(keys):
        raise BadRequestError(f"{name} is not complete", f"send {', '.join(keys)}")
    return [number(value[key], name) for key in keys]


def _loaded(text: str) -> object:
    """What a form's field says in JSON, such as `true` or `[2, 5]`; else as it is."""
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return value


def whole(value: object) -> int | None:
    """A whole number (5.0 is one), or None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if abs(value) <= MOST and value == int(value) else None

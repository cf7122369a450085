"""The HTTP API in words and schemas: OpenAPI 3.1, served at /openapi.json and read at /docs."""

from __future__ import annotations

from typing import Any

from mien import __version__
from mien.emotions import EMOTIONS
from mien.listener.feedback import VALUES
from mien.output.playlists import FORMATS
from mien.recommendation.query import DEFAULT_RANKING, RANKINGS
from mien.recommendation.target import POLICIES
from mien.server.asked import MOST, MOST_SONGS

Schema = dict[str, Any]

PHOTO_TYPES = ("image/jpeg", "image/png", "image/webp", "image/bmp", "image/gif")


def _object(properties: Schema, *, optional: tuple[str, ...] = (), **more: Any) -> Schema:
    required = [name for name in properties if name not in optional]
    closed = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**closed, **({"required": required} if required else {}), **more}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _list(items: Schema, **more: Any) -> Schema:
    return {"type": "array", "items": items, **more}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


_SHARE: Schema = {"type": "number", "minimum": 0, "maximum": 1}
_NAME: Schema = {"type": "string"}
_CATALOGUE: Schema = {**_NAME, "description": "default: the one in use"}
_ID: Schema = {"type": "string", "minLength": 1, "maxLength": 200}
_PIXELS: Schema = {"type": "number", "minimum": -1e6, "maximum": 1e6}
_SIDE: Schema = {"type": "number", "minimum": 1, "maximum": 1e6}
_SECONDS: Schema = {"type": "number", "minimum": 0, "maximum": 1e9}
_COUNT: Schema = {"type": "integer", "minimum": 0, "maximum": 1e9}
_WHOM: Schema = {"anyOf": [_COUNT, {"const": "room"}]}
_BOX: Schema = {
    "type": "array",
    "prefixItems": [_PIXELS, _PIXELS, _SIDE, _SIDE],
    "items": False,
    "minItems": 4,
    "description": "x, y, width, height; pixels",
}


def _span(most: float, description: str) -> Schema:
    number = {"type": "number", "minimum": 0, "maximum": most}
    return _list(number, minItems=2, maxItems=2, description=description)


_SHOWN: Schema = {
    "expression": _ref("Expression"),
    "label": {**_or_null({"enum": list(EMOTIONS)}), "description": "null: unsure"},
    "confidence": _SHARE,
    "contempt": _SHARE,
}

_OPTIONS: Schema = {
    "n": {"type": "integer", "minimum": 1, "maximum": MOST_SONGS, "default": 6},
    "ranking": {"enum": list(RANKINGS), "default": DEFAULT_RANKING},
    "policy": {"enum": list(POLICIES), "default": "match"},
    "to": {
        "anyOf": [_ref("Emotion"), _ref("Mood")],
        "description": "a journey to this mood; not together with a policy",
    },
    "catalogue": _CATALOGUE,
    "seed": {
        "type": "integer",
        "minimum": 0,
        "maximum": MOST,
        "description": "others that fit nearly as well",
    },
    "genres": _list(_NAME, description="only these"),
    "without": _list(_NAME, description="none of these genres"),
    "clean": {"type": "boolean", "description": "nothing that is marked as explicit"},
    "popularity": _span(100, "from, to; 0 is obscure, 100 what everybody knows"),
    "minutes": _span(1e6, "from, to"),
    "like": _list(_NAME, description="ids of songs: near these, too"),
    "never": _list(
        _NAME, maxItems=500, description="ids of songs that must not come, nor versions of them"
    ),
}

_NULLABLE = ("to", "catalogue", "seed", "popularity", "minutes")
"""Options that JSON may have as null: the same as leaving them out."""

_SCHEMAS: Schema = {
    "Emotion": {"enum": list(EMOTIONS)},
    "Expression": _object(
        {e: {"type": "number", "minimum": 0, "maximum": 1e6} for e in EMOTIONS},
        description="a number for each emotion, not all 0; in answers they sum to 1",
        anyOf=[{"properties": {e: {"exclusiveMinimum": 0}}} for e in EMOTIONS],
    ),
    "Mood": _object(
        {
            "valence": _SHARE,
            "energy": _SHARE,
            "tempo": {"type": "number", "minimum": 1, "maximum": 400},
        },
        description="tempo is in beats per minute",
    ),
    "Face": _object({"box": _BOX, "score": _SHARE, **_SHOWN}),
    "Song": _object(
        {
            "rank": {"type": "integer", "minimum": 1},
            "id": _NAME,
            "title": _NAME,
            "artists": _list(_NAME),
            "genres": _list(_NAME),
            "valence": _SHARE,
            "energy": _SHARE,
            "tempo": {"type": "number"},
            "score": {"type": "number"},
            "why": _NAME,
            "links": _object({"spotify": _NAME, "youtube": _NAME}),
        }
    ),
    "Recommendations": _object(
        {
            "faces": _list(_ref("Face"), description="largest first; empty without a photo"),
            "mood": _ref("Mood"),
            "to": _or_null(_ref("Mood")),
            "ranking": _NAME,
            "songs": _list(_ref("Song")),
        }
    ),
    "Wish": {
        **_object(
            {
                "emotion": _ref("Emotion"),
                "expression": _ref("Expression"),
                "mood": _ref("Mood"),
                **{k: _or_null(v) if k in _NULLABLE else v for k, v in _OPTIONS.items()},
            },
            optional=("emotion", "expression", "mood", *_OPTIONS),
        ),
        "oneOf": [{"required": [key]} for key in ("emotion", "expression", "mood")],
    },
    "Shown": _object({**_SHOWN, "mood": _ref("Mood")}),
    "Moment": _object(
        {
            "time": {**_SECONDS, "description": "of the frame, in seconds"},
            "faces": _list(
                _object(
                    {
                        "number": {**_COUNT, "minimum": 1},
                        "box": _BOX,
                        "seen": {**_SECONDS, "description": "equal to time: in this frame"},
                        **_SHOWN,
                    }
                ),
                maxItems=200,
                description="followed from frame to frame, smoothed; largest first",
            ),
            "whom": _or_null(_WHOM),
            "expression": _or_null(_ref("Shown")),
            "steady": _or_null(_ref("Shown")),
            "away": _or_null(_SECONDS),
            "changed": {"type": "boolean", "description": "whether steady is new"},
            "met": _COUNT,
        }
    ),
    "Before": {
        "type": "object",
        "properties": {
            "time": _SECONDS,
            "faces": _list(
                {
                    "type": "object",
                    "properties": {
                        "number": {**_COUNT, "minimum": 1},
                        "box": _BOX,
                        "seen": _SECONDS,
                        "expression": _ref("Expression"),
                    },
                    "required": ["number", "box", "seen", "expression"],
                },
                maxItems=200,
            ),
            "whom": _or_null(_WHOM),
            "steady": _or_null(
                {
                    "type": "object",
                    "properties": {"expression": _ref("Expression")},
                    "required": ["expression"],
                }
            ),
            "away": _or_null(_SECONDS),
            "met": _COUNT,
        },
        "required": ["time", "faces", "met"],
        "description": "a Moment as it was answered; of it, this is looked at",
    },
    "Rating": {
        **_object(
            {
                "song": _ID,
                "stars": {"type": "integer", "minimum": 1, "maximum": 5},
                "said": {"enum": list(VALUES)},
                "ranking": {"enum": list(RANKINGS), "description": "the one that chose it"},
                "catalogue": _or_null(_CATALOGUE),
            },
            optional=("stars", "said", "ranking", "catalogue"),
        ),
        "oneOf": [{"required": ["stars"]}, {"required": ["said"]}],
    },
    "Opinion": _object(
        {
            "mean": {"type": "number"},
            "low": _or_null({"type": "number"}),
            "high": _or_null({"type": "number"}),
            "n": {"type": "integer"},
        },
        description="mean of 1 to 5 stars and its 95 % interval, which one rating has not",
    ),
    "Error": _object({"error": _object({"code": _NAME, "message": _NAME, "hint": _NAME})}),
}


def _answer(description: str, schema: Schema, status: int = 200) -> Schema:
    content = {"application/json": {"schema": schema}}
    return {str(status): {"description": description, "content": content}}


def _errors(*statuses: int) -> Schema:
    found: Schema = {}
    for status in sorted((*statuses, 401, 403)):
        found |= _answer(_MEANINGS[status], _ref("Error"), status)
    return found


_MEANINGS = {
    400: "the request is not in the documented form, or names what is not there",
    403: "the request comes from another site, or by another name of this server",
    401: "the server asks for its token",
    404: "no face was found, or there is no such catalogue, genre or song",
    413: "the photo is too large",
    415: "another type of content",
    503: "too busy; try again after the seconds in Retry-After",
}


def _photo_body(
    *, beside: Schema | None = None, json: Schema | None = None, bare: bool = True
) -> Schema:
    """A photo in a form, with options beside it; or bare, as the body itself."""
    photo: Schema = {"type": "string", "format": "binary"}
    content: Schema = {kind: {"schema": photo} for kind in PHOTO_TYPES if bare}
    properties = {"photo": photo, **(beside or {})}
    optional = tuple(name for name in properties if name not in ("photo", "time"))
    form: Schema = {"schema": _object(properties, optional=optional)}
    if "before" in properties:
        form["encoding"] = {"before": {"contentType": "application/json"}}
    content["multipart/form-data"] = form
    if json is not None:
        content["application/json"] = {"schema": json}
    return {"required": True, "content": content}


def _json_body(schema: Schema) -> Schema:
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def _operation(name: str, summary: str, **more: Any) -> Schema:
    return {"operationId": name, "summary": summary, **more}


def specification() -> Schema:
    """The whole document."""
    playlist: Schema = {
        "200": {
            "description": "the file",
            "content": {f.mime: {"schema": {"type": "string"}} for f in FORMATS.values()},
        }
    }
    paths: Schema = {
        "/api/v1/expression": {
            "post": _operation(
                "expression",
                "The faces in a photo, and what each shows",
                requestBody=_photo_body(),
                responses=_answer(
                    "the faces, largest first", _object({"faces": _list(_ref("Face"))})
                )
                | _errors(400, 413, 503),
            )
        },
        "/api/v1/recommendations": {
            "post": _operation(
                "recommendations",
                "Songs for a photo, or for an emotion, an expression or a mood",
                requestBody=_photo_body(beside=_OPTIONS, json=_ref("Wish")),
                responses=_answer("the songs, best first", _ref("Recommendations"))
                | _errors(400, 404, 413, 503),
            )
        },
        "/api/v1/moments": {
            "post": _operation(
                "moments",
                "The next moment of a stream: faces that are followed, a mood that does not flicker",  # noqa: E501
                description=(
                    "Nothing is kept here from frame to frame: send the answer to the last frame "
                    "as `before`, in JSON."
                ),
                requestBody=_photo_body(
                    beside={
                        "time": _SECONDS,
                        "before": _ref("Before"),
                        "whom": {
                            **_NAME,
                            "pattern": "^(room|[0-9]{0,9})$",
                            "description": "a face's number, or room for all of them",
                        },
                        "catalogue": _NAME,
                    },
                    bare=False,
                ),
                responses=_answer("the moment", _ref("Moment")) | _errors(400, 404, 413, 503),
            )
        },
        "/api/v1/ratings": {
            "post": _operation(
                "rate",
                "Stars for a song, or a like, a dislike or a skip",
                requestBody=_json_body(_ref("Rating")),
                responses=_answer(
                    "kept, on this machine",
                    _object(
                        {
                            "song": _NAME,
                            "stars": _or_null({"type": "integer"}),
                            "said": _or_null(_NAME),
                        }
                    ),
                    201,
                )
                | _errors(400, 404, 503),
            )
        },
        "/api/v1/ratings/summary": {
            "get": _operation(
                "summary",
                "Mean opinion scores of the rankings",
                responses=_answer(
                    "by ranking, and how many songs something was said of",
                    _object(
                        {
                            "opinions": {
                                "type": "object",
                                "additionalProperties": _ref("Opinion"),
                            },
                            "songs": {"type": "integer"},
                        }
                    ),
                )
                | _errors(503),
            )
        },
        "/api/v1/corrections": {
            "post": _operation(
                "correct",
                "That an expression was read otherwise than the person felt",
                requestBody=_json_body(
                    _object({"expression": _ref("Expression"), "emotion": _ref("Emotion")})
                ),
                responses=_answer("kept, on this machine", _object({"emotion": _NAME}), 201)
                | _errors(400, 503),
            )
        },
        "/api/v1/catalogue": {
            "get": _operation(
                "catalogue",
                "The songs to choose from",
                parameters=[
                    {
                        "name": "name",
                        "in": "query",
                        "schema": _NAME,
                        "description": "default: the one in use",
                    }
                ],
                responses=_answer(
                    "the catalogue, and which others there are",
                    _object(
                        {
                            "name": _NAME,
                            "songs": {"type": "integer"},
                            "genres": {
                                "type": "object",
                                "additionalProperties": {"type": "integer"},
                            },
                            "features": {
                                "type": "object",
                                "additionalProperties": _object(
                                    {k: {"type": "number"} for k in ("low", "median", "high")}
                                ),
                            },
                            "catalogues": _list(
                                _object(
                                    {
                                        "name": _NAME,
                                        "songs": {"type": "integer"},
                                        "source": _NAME,
                                        "imported": _NAME,
                                        "in_use": {"type": "boolean"},
                                    }
                                )
                            ),
                        }
                    ),
                )
                | _errors(400, 404, 503),
            )
        },
        "/api/v1/playlists/{form}": {
            "post": _operation(
                "playlist",
                "Songs as a file that players read",
                parameters=[
                    {
                        "name": "form",
                        "in": "path",
                        "required": True,
                        "schema": {"enum": list(FORMATS)},
                    }
                ],
                requestBody=_json_body(
                    _object(
                        {
                            "songs": _list(_NAME, minItems=1, maxItems=1000),
                            "catalogue": _or_null(_CATALOGUE),
                        },
                        optional=("catalogue",),
                    )
                ),
                responses=playlist | _errors(400, 404, 503),
            )
        },
        "/healthz": {
            "get": _operation(
                "health",
                "Whether the server is up",
                responses=_answer("it is", _object({"status": {"const": "ok"}, "version": _NAME}))
                | _errors(),
            )
        },
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "mien",
            "version": __version__,
            "summary": "Reads the expression on a face and finds music that fits.",
            "description": "Photos are kept in memory and dropped with the answer.",
        },
        "paths": paths,
        "components": {"schemas": _SCHEMAS},
    }

"""The OpenAPI 3.1 document of the HTTP API, made from `mien.server.schemas`.

It is served at /openapi.json and rendered at /docs.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

import msgspec
from msgspec import Struct

from mien import __version__
from mien.audio.tags import PICTURES
from mien.output.json import ExpressionJson, MomentJson, RecommendationsJson
from mien.output.playlists import FORMATS
from mien.server.errors import ErrorResponse
from mien.server.faces import MAX_FRAMES, MomentForm, NeutralJson, NeutralOptions, PhotoOptions
from mien.server.schemas import (
    CatalogueResponse,
    CorrectionRequest,
    CorrectionResponse,
    FacesResponse,
    Health,
    PhotoRecommendationOptions,
    PlaylistRequest,
    RatingRequest,
    RatingResponse,
    RatingSummary,
    RecommendationRequest,
)

Schema = dict[str, Any]

PHOTO_TYPES = ("image/jpeg", "image/png", "image/webp", "image/bmp", "image/gif")

_BODIES: tuple[type[Struct], ...] = (
    RecommendationRequest,
    RecommendationsJson,
    FacesResponse,
    NeutralJson,
    MomentJson,
    RatingRequest,
    RatingResponse,
    RatingSummary,
    CorrectionRequest,
    CorrectionResponse,
    CatalogueResponse,
    PlaylistRequest,
    Health,
    ErrorResponse,
)
_FORMS: tuple[type[Struct], ...] = (
    PhotoOptions,
    NeutralOptions,
    PhotoRecommendationOptions,
    MomentForm,
)

_RULED = (ExpressionJson, PhotoRecommendationOptions, RecommendationRequest, RatingRequest)
"""Types with rules between their fields."""

_REFERENCE = "#/components/schemas/"

_OF_SONG: list[Schema] = [
    {"name": "song_id", "in": "path", "required": True, "schema": {"type": "string"}},
    {
        "name": "catalogue",
        "in": "query",
        "schema": {"type": "string"},
        "description": "default: the one in use",
    },
]

_STATUSES = {
    400: "the request is not in the documented form, or contradicts itself",
    401: "the server needs its token",
    403: "the request comes from another site's page, or uses another name of this server",
    404: "no face was found, or there is no such catalogue, genre or song",
    409: "the catalogue has no playlists, which the ranking needs",
    413: "the photo is too large",
    422: "the file of the song holds no sound that can be decoded",
    502: "the music server that holds the sound cannot be reached",
    503: "the server is busy; try again after the seconds in Retry-After",
}


@cache
def specification() -> Schema:
    """The whole document."""
    types = (*_BODIES, *_FORMS)
    _, found = msgspec.json.schema_components(types, ref_template=f"{_REFERENCE}{{name}}")
    for cls in _RULED:
        found[cls.__name__] |= cls.schema_rules
    schemas = {name: _renamed(schema) for name, schema in found.items()}
    forms = {cls: schemas.pop(cls.__name__) for cls in _FORMS}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "mien",
            "version": __version__,
            "summary": "Reads the expression on a face and finds music that fits.",
            "description": "Photos are kept in memory and dropped with the answer.",
        },
        "paths": _paths(forms),
        "components": {"schemas": {_public(name): schema for name, schema in schemas.items()}},
    }


def _paths(forms: dict[type[Struct], Schema]) -> Schema:
    return {
        "/api/v1/expression": {
            "post": _operation(
                "expression",
                "Read the faces in a photo",
                requestBody=_photo_body(forms[PhotoOptions]),
                responses=_answer("the faces, largest first", FacesResponse)
                | _errors(400, 413, 503),
            )
        },
        "/api/v1/recommendations": {
            "post": _operation(
                "recommendations",
                "Recommend songs for a photo, an emotion, an expression or a mood",
                requestBody=_photo_body(
                    forms[PhotoRecommendationOptions], or_json=RecommendationRequest
                ),
                responses=_answer("the songs, best first", RecommendationsJson)
                | _errors(400, 404, 409, 413, 503),
            )
        },
        "/api/v1/neutral": {
            "post": _operation(
                "neutral",
                "Read a neutral face, so that later readings are relative to it",
                description=(
                    "The server keeps nothing: send the answer as the field neutral with photos "
                    "of the same person. It is used where a photo shows one face, and for the "
                    "largest face of a frame. Send some frames of three seconds, or one photo."
                ),
                requestBody=_photo_body(forms[NeutralOptions], most=MAX_FRAMES),
                responses=_answer("the neutral face", NeutralJson) | _errors(400, 404, 413, 503),
            )
        },
        "/api/v1/moments": {
            "post": _operation(
                "moments",
                "Read the next frame of a camera: tracked faces and a mood that does not flicker",
                description=(
                    "The server keeps nothing between frames: send the answer to the last frame "
                    "as the field before, in JSON."
                ),
                requestBody=_photo_body(forms[MomentForm], bare=False),
                responses=_answer("the moment", MomentJson) | _errors(400, 404, 413, 503),
            )
        },
        "/api/v1/ratings": {
            "post": _operation(
                "rate",
                "Rate, like, dislike or skip a song, or take all that back",
                requestBody=_json_body(RatingRequest),
                responses=_answer("kept on the server's computer", RatingResponse, 201)
                | _errors(400, 404, 503),
            )
        },
        "/api/v1/ratings/summary": {
            "get": _operation(
                "summary",
                "Mean opinion scores of the rankings",
                responses=_answer("the scores", RatingSummary) | _errors(503),
            )
        },
        "/api/v1/corrections": {
            "post": _operation(
                "correct",
                "Correct an expression that was read wrongly",
                requestBody=_json_body(CorrectionRequest),
                responses=_answer("kept on the server's computer", CorrectionResponse, 201)
                | _errors(400, 503),
            )
        },
        "/api/v1/catalogue": {
            "get": _operation(
                "catalogue",
                "Describe the catalogue",
                parameters=[
                    {
                        "name": "name",
                        "in": "query",
                        "schema": {"type": "string"},
                        "description": "default: the one in use",
                    }
                ],
                responses=_answer("the catalogue, and the list of all", CatalogueResponse)
                | _errors(400, 404, 503),
            )
        },
        "/api/v1/playlists/{form}": {
            "post": _operation(
                "playlist",
                "Write songs as a playlist file",
                parameters=[
                    {
                        "name": "form",
                        "in": "path",
                        "required": True,
                        "schema": {"enum": list(FORMATS)},
                    }
                ],
                requestBody=_json_body(PlaylistRequest),
                responses=_files(form.mime for form in FORMATS.values()) | _errors(400, 404, 503),
            )
        },
        "/api/v1/songs/{song_id}/audio": {
            "get": _operation(
                "audio",
                "Send the sound of a song that has a file beside the server",
                description=(
                    "Requests for a range get at most a megabyte of it. What browsers "
                    "do not play, such as WMA and AIFF, is converted to WAV."
                ),
                parameters=[
                    *_OF_SONG,
                    {
                        "name": "wav",
                        "in": "query",
                        "schema": {"enum": ["1"]},
                        "description": "convert it in any case",
                    },
                    {
                        "name": "Range",
                        "in": "header",
                        "schema": {"type": "string"},
                        "description": "such as bytes=0-",
                    },
                ],
                responses=_sounds() | _errors(400, 404, 422, 502, 503),
            )
        },
        "/api/v1/songs/{song_id}/cover": {
            "get": _operation(
                "cover",
                "Send the cover of a song that has a file beside the server",
                parameters=_OF_SONG,
                responses=_files(PICTURES) | _errors(400, 404, 502, 503),
            )
        },
        "/healthz": {
            "get": _operation(
                "health",
                "Check that the server is up",
                responses=_answer("it is up", Health) | _errors(),
            )
        },
    }


def _operation(name: str, summary: str, **more: Any) -> Schema:
    return {"operationId": name, "summary": summary, **more}


def _photo_body(
    form: Schema, *, or_json: type[Struct] | None = None, bare: bool = True, most: int = 1
) -> Schema:
    """A photo in a form, with the fields beside it.

    Args:
        form: the schema of the fields.
        or_json: what may be sent instead of a photo.
        bare: whether the photo may be the body itself.
        most: how many photos there may be.
    """
    photo: Schema = {"type": "string", "format": "binary"}
    fields = {name: _without_null(field) for name, field in form["properties"].items()}
    multipart: Schema = {
        "schema": {
            **form,
            "properties": {
                "photo": {"type": "array", "items": photo, "minItems": 1, "maxItems": most}
                if most > 1
                else photo,
                **fields,
            },
            "required": ["photo", *form["required"]],
        }
    }
    in_json = [name for name in ("before", "neutral") if name in fields]
    if in_json:
        multipart["encoding"] = {name: {"contentType": "application/json"} for name in in_json}
    content = {kind: {"schema": photo} for kind in PHOTO_TYPES if bare}
    content["multipart/form-data"] = multipart
    if or_json is not None:
        content["application/json"] = {"schema": _reference(or_json)}
    return {"required": True, "content": content}


def _without_null(field: Schema) -> Schema:
    """A field as forms have it: left out instead of null."""
    choices = [choice for choice in field.get("anyOf", ()) if choice != {"type": "null"}]
    rest = {
        key: value
        for key, value in field.items()
        if key != "anyOf" and (key, value) != ("default", None)
    }
    if len(choices) == 1:
        return {**choices[0], **rest}
    return {"anyOf": choices, **rest} if choices else rest


def _json_body(body: type[Struct]) -> Schema:
    return {"required": True, "content": {"application/json": {"schema": _reference(body)}}}


def _answer(description: str, body: type[Struct], status: int = 200) -> Schema:
    content = {"application/json": {"schema": _reference(body)}}
    return {str(status): {"description": description, "content": content}}


def _sounds() -> Schema:
    content = {"audio/*": {"schema": {"type": "string"}}}
    return {
        "200": {"description": "the sound", "content": content},
        "206": {"description": "a range of it", "content": content},
        "304": {"description": "it has not changed"},
        "416": {"description": "it is shorter than the range"},
    }


def _files(types: Iterable[str]) -> Schema:
    content = {kind: {"schema": {"type": "string"}} for kind in types}
    return {"200": {"description": "the file", "content": content}}


def _errors(*statuses: int) -> Schema:
    errors: Schema = {}
    for status in sorted((*statuses, 401, 403)):
        errors |= _answer(_STATUSES[status], ErrorResponse, status)
    return errors


def _reference(body: type[Struct]) -> Schema:
    return {"$ref": f"{_REFERENCE}{_public(body.__name__)}"}


def _public(name: str) -> str:
    """A type's name in the document."""
    return name.removesuffix("Json")


def _renamed(schema: Any) -> Any:
    """A schema with the document's names in its references, and no titles, which repeat them."""
    if isinstance(schema, list):
        return [_renamed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: f"{_REFERENCE}{_public(value.removeprefix(_REFERENCE))}"
        if key == "$ref"
        else _renamed(value)
        for key, value in schema.items()
        if not (key == "title" and isinstance(value, str))
    }

"""The HTTP API, version 1, as `mien.server.openapi` documents it."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from functools import partial
from typing import Any

import msgspec
from flask import Blueprint, Response, current_app, request
from msgspec import Struct

from mien.catalogue.song import Song
from mien.catalogue.store import Store
from mien.errors import FeedbackError, NoFaceError, NoSuchSoundError
from mien.face.calibrating import calibrate
from mien.face.network import default_model
from mien.face.photo import Limits
from mien.face.reading import Reading, read
from mien.face.watching import look
from mien.listener.feedback import Feedback
from mien.listener.opinions import Opinion
from mien.output.json import faces_json, moment_json, recommendations_json
from mien.output.playlists import FORMATS
from mien.recommendation.query import Query
from mien.recommendation.recommender import recommender_of, run_query
from mien.recommendation.results import Recommendations
from mien.server.errors import BadRequestError
from mien.server.faces import (
    MAX_FRAMES,
    MomentForm,
    NeutralJson,
    NeutralOptions,
    PhotoOptions,
    expression_of,
    neutral_of,
)
from mien.server.parsing import read_form, read_json, read_photo, read_photos
from mien.server.schemas import (
    NOTHING,
    CatalogueEntry,
    CatalogueResponse,
    CorrectionRequest,
    CorrectionResponse,
    FacesResponse,
    FeatureRange,
    OpinionJson,
    PhotoRecommendationOptions,
    PlaylistRequest,
    RatingRequest,
    RatingResponse,
    RatingSummary,
    RecommendationRequest,
)
from mien.server.sounds import addresses

ON_SCREEN = 60
"""Seconds for which a list stays as it is where it is requested again, as a page does while filters
and moods are moved; after that its songs step back."""

api = Blueprint("api", __name__, url_prefix="/api/v1")


@api.post("/expression")
def expression() -> Response:
    """Read the faces in a photo."""
    photo, options = read_photo(), read_form(PhotoOptions)
    reading = read(photo, limits=_limits(), neutral=neutral_of(options.neutral))
    return respond(FacesResponse(faces_json(reading)))


@api.post("/recommendations")
def recommendations() -> Response:
    """Recommend songs for a photo, or for an emotion, an expression or a mood in JSON."""
    if request.mimetype == "application/json":
        wanted = read_json(RecommendationRequest)
        return _respond_with_songs(wanted.query(wanted.subject()))
    photo, options = read_photo(), read_form(PhotoRecommendationOptions)
    reading = read(photo, limits=_limits(), neutral=neutral_of(options.neutral))
    if reading.expression is None:
        raise NoFaceError("no face was found in the photo")
    return _respond_with_songs(options.query(reading.expression), reading)


@api.post("/neutral")
def neutral() -> Response:
    """Read a person's neutral face, for the client to keep."""
    photos, options = read_photos(MAX_FRAMES), read_form(NeutralOptions)
    face = calibrate(photos, models=[default_model()], limits=_limits(), anyway=options.anyway)
    return respond(NeutralJson.of(face))


@api.post("/moments")
def moments() -> Response:
    """Read the next frame of a stream, going on from the moment before it."""
    model = default_model()
    photo, form = read_photo(), read_form(MomentForm)
    previous = form.before.moment(model.unsure_below) if form.before else None
    moment = look(
        previous,
        photo,
        form.time,
        face_id=form.face_id,
        model=model,
        neutral=neutral_of(form.neutral),
        limits=_limits(),
    )
    scale = recommender_of(form.catalogue or None).catalogue.scale
    return respond(moment_json(moment, scale))


@api.post("/ratings")
def rate() -> Response:
    """Rate, like, dislike or skip a song, or take all that back."""
    rating = read_json(RatingRequest)
    recommender_of(rating.catalogue).catalogue.require([rating.song])
    if rating.stars is not None:
        Feedback().rate(rating.song, rating.stars, ranking=rating.ranking)
    elif rating.said == NOTHING:
        Feedback().withdraw(rating.song)
    elif rating.said is not None:
        Feedback().react(rating.said, rating.song)
    return respond(RatingResponse(rating.song, rating.stars, rating.said), 201)


@api.get("/ratings/summary")
def summary() -> Response:
    """Mean opinion scores of the rankings."""
    feedback = Feedback()
    opinions = {
        name: msgspec.convert(opinion, OpinionJson, from_attributes=True)
        for name, opinion in feedback.opinion_scores().items()
    }
    return respond(RatingSummary(opinions, songs=len(feedback.preferences())))


@api.post("/corrections")
def correct() -> Response:
    """Keep what a person felt where the expression was read wrongly."""
    correction = read_json(CorrectionRequest)
    read_as = expression_of(correction.expression)
    Feedback().correct(read_as.as_dict(), correction.emotion)
    return respond(CorrectionResponse(correction.emotion), 201)


@api.get("/catalogue")
def catalogue() -> Response:
    """Describe the catalogue in use, or the one that the query names, and list all."""
    opened = recommender_of(request.args.get("name") or None).catalogue
    scale = opened.scale
    features = {
        name: FeatureRange(*(float(quantiles[i]) for i in (0, 50, 100)))
        for name, quantiles in (
            ("valence", scale.valence),
            ("energy", scale.energy),
            ("tempo", scale.tempo),
        )
    }
    entries = [
        msgspec.convert(entry, CatalogueEntry, from_attributes=True) for entry in Store().list()
    ]
    return respond(
        CatalogueResponse(
            name=opened.ref.name,
            songs=len(opened),
            genres=opened.genres(),
            features=features,
            catalogues=entries,
        )
    )


@api.post("/playlists/<form>")
def playlist(form: str) -> Response:
    """Write songs as a playlist file."""
    if form not in FORMATS:
        raise BadRequestError(f"there is no playlist format {form!r}", f"use {', '.join(FORMATS)}")
    wanted = read_json(PlaylistRequest)
    opened = recommender_of(wanted.catalogue).catalogue
    songs = opened.songs(opened.require(wanted.songs))
    host = request.host_url.rstrip("/")

    def locate(song: Song) -> str | None:
        address = addresses(song, opened.ref.name).audio
        return None if address is None else host + address

    if form == "m3u8" and not any(map(locate, songs)):
        raise NoSuchSoundError(
            "none of these songs has a file", "save them as xspf or csv, which hold links"
        )
    response = Response(FORMATS[form].write(songs, locate), mimetype=FORMATS[form].mime)
    response.headers["Content-Disposition"] = f'attachment; filename="mien.{form}"'
    return response


def respond(body: Struct | dict[str, Any], status: int = 200) -> Response:
    """A response in JSON."""
    return Response(msgspec.json.encode(body) + b"\n", status, mimetype="application/json")


def _respond_with_songs(query: Query, reading: Reading | None = None) -> Response:
    """The songs for a query. Once they are sent they are saved, so that they step back later."""
    songs = run_query(query, on_screen=ON_SCREEN)
    catalogue = recommender_of(query.catalogue).catalogue.ref.name
    response = respond(
        recommendations_json(songs, reading, lambda song: addresses(song, catalogue), _opinions())
    )
    response.call_on_close(partial(_save, songs))
    return response


def _opinions() -> Mapping[str, Opinion]:
    with contextlib.suppress(FeedbackError):
        return Feedback().opinions()
    return {}


def _save(songs: Recommendations) -> None:
    # Where nothing can be written, the songs were answered all the same.
    with contextlib.suppress(FeedbackError):
        Feedback().save_list([(r.song.id, songs.ranking) for r in songs])


def _limits() -> Limits:
    limits: Limits = current_app.config["MIEN_LIMITS"]
    return limits

"""The HTTP API, version 1: what `spec` documents."""

from __future__ import annotations

import dataclasses

from flask import Blueprint, Response, current_app, jsonify, request

from mien.catalogue.store import Store
from mien.errors import NoFaceError
from mien.face.network import default_model
from mien.face.photo import Limits
from mien.face.reading import read
from mien.face.tracking import follow
from mien.listener.feedback import Feedback
from mien.output.json import answer_json, faces_json, moment_json
from mien.output.playlists import FORMATS
from mien.recommendation.query import RANKINGS
from mien.recommendation.recommender import recommend, recommender_of
from mien.server import asked

api = Blueprint("api", __name__, url_prefix="/api/v1")


@api.post("/expression")
def expression() -> Response:
    """The faces in a photo."""
    return jsonify({"faces": faces_json(read(asked.photo(), limits=_limits()))})


@api.post("/recommendations")
def recommendations() -> Response:
    """Songs for a photo, or for an emotion, an expression or a mood in JSON."""
    if request.mimetype != "application/json":
        photo, options = asked.photo(asked.OPTIONS), asked.options(asked.form_fields())
        reading = read(photo, limits=_limits())
        if not reading.faces:
            raise NoFaceError("no face was found in the photo", "send JSON with an emotion instead")
        return jsonify(answer_json(reading, recommend(reading, **options)))
    body = asked.json_object('{"emotion": "sad"}')
    wanted = {key: body.pop(key) for key in asked.WHAT if key in body}
    options = asked.options(body)
    return jsonify(answer_json(None, recommend(asked.what(wanted), **options)))


@api.post("/moments")
def moments() -> Response:
    """The next moment of a stream of frames, from the one before (`mien.face.tracking`)."""
    model = default_model()
    before = asked.moment(request.form.get("before"), model.unsure_below)
    try:
        time = float(request.form.get("time", ""))
    except ValueError:
        time = float("nan")
    if not 0 <= time <= 1e9:
        raise asked.BadRequestError("the form has no time", "send the frame's, 0 to 1e9 seconds")
    face_id = asked.face_id(request.form.get("whom"))
    photo = asked.photo(("time", "before", "whom", "catalogue"))
    reading = read(photo, model=model, limits=_limits(), thorough=False)
    moment = follow(before, reading, time, face_id=face_id, unsure_below=model.unsure_below)
    recommender = recommender_of(request.form.get("catalogue") or None)
    return jsonify(moment_json(moment, recommender.catalogue.scale))


@api.post("/ratings")
def rate() -> tuple[Response, int]:
    """Stars for a song, or a like, a dislike or a skip."""
    body = asked.json_object('{"song": "4uLU6hMCjMI75M1A2tKUQC", "stars": 5}')
    asked.only(body, ("song", "stars", "said", "ranking", "catalogue"))
    song, ranking = asked.song_id(body), body.get("ranking")
    recommender_of(asked.catalogue(body)).catalogue.require([song])
    if ranking is not None and ranking not in list(RANKINGS):
        raise asked.BadRequestError("no ranking is called so", f"send one of {', '.join(RANKINGS)}")
    stars, said = body.get("stars"), body.get("said")
    if (stars is None) == (said is None):
        raise asked.BadRequestError("send either stars (1 to 5) or said (like, dislike or skip)")
    if said is not None:
        Feedback().say(str(said), song)
    else:
        stars = asked.whole(stars)
        if stars is None or not 1 <= stars <= 5:
            raise asked.BadRequestError("stars is no rating", "send a whole number from 1 to 5")
        Feedback().rate(song, stars, ranking=ranking)
    return jsonify({"song": song, "stars": stars, "said": said}), 201


@api.get("/ratings/summary")
def summary() -> Response:
    """Mean opinion scores of the rankings."""
    kept = Feedback()
    opinions = {name: dataclasses.asdict(o) for name, o in kept.opinions().items()}
    return jsonify({"opinions": opinions, "songs": len(kept.values())})


@api.post("/corrections")
def correct() -> tuple[Response, int]:
    """That an expression was read otherwise than the person felt."""
    body = asked.json_object('{"expression": {...}, "emotion": "sad"}')
    asked.only(body, ("expression", "emotion"))
    said, shown = asked.emotion(body.get("emotion")), asked.expression(body.get("expression"))
    Feedback().correct(shown.as_dict(), said)
    return jsonify({"emotion": said}), 201


@api.get("/catalogue")
def catalogue() -> Response:
    """The catalogue in use (or of the name in the query), and which others there are."""
    store = Store()
    opened = recommender_of(request.args.get("name") or None).catalogue
    features = {
        name: {"low": float(q[0]), "median": float(q[50]), "high": float(q[100])}
        for name, q in dataclasses.asdict(opened.scale).items()
    }
    others = [dataclasses.asdict(summary) for summary in store.list()]
    return jsonify(
        {
            "name": opened.ref.name,
            "songs": len(opened),
            "genres": opened.genres(),
            "features": features,
            "catalogues": others,
        }
    )


@api.post("/playlists/<form>")
def playlist(form: str) -> Response:
    """Songs as a file that players read."""
    if form not in FORMATS:
        raise asked.BadRequestError("no playlist is called so", f"use {', '.join(FORMATS)}")
    body = asked.json_object('{"songs": ["4uLU6hMCjMI75M1A2tKUQC"]}')
    asked.only(body, ("songs", "catalogue"))
    ids = asked.texts(body, "songs", '["4uLU6hMCjMI75M1A2tKUQC"]')
    if not 1 <= len(ids) <= 1000:
        raise asked.BadRequestError("songs are none or too many", "send 1 to 1000 ids")
    opened = recommender_of(asked.catalogue(body)).catalogue
    made = FORMATS[form]
    response = Response(made.write(opened.songs(opened.require(ids))), mimetype=made.mime)
    response.headers["Content-Disposition"] = f'attachment; filename="mien.{form}"'
    return response


def _limits() -> Limits:
    limits: Limits = current_app.config["MIEN_LIMITS"]
    return limits

"""Types of requests and what becomes of them."""

from __future__ import annotations

import msgspec
import pytest

from mien.catalogue.filters import Filter
from mien.emotions import EMOTIONS
from mien.errors import MoodError, QueryError
from mien.face.expression import Expression
from mien.face.tracking import EVERYONE
from mien.mood import Mood
from mien.output.json import ExpressionJson, MoodJson
from mien.recommendation.query import Query
from mien.server.errors import BadRequestError
from mien.server.schemas import (
    MomentForm,
    PreviousMoment,
    RatingRequest,
    RecommendationOptions,
    RecommendationRequest,
    expression_of,
)

ZEROS = dict.fromkeys(EMOTIONS, 0.0)


def test_a_request_without_options_is_a_plain_query() -> None:
    assert RecommendationOptions().query("sad") == Query("sad")


def test_every_option_reaches_the_query() -> None:
    options = RecommendationOptions(
        n=3,
        ranking="paper",
        to=MoodJson(0.1, 0.2, 90),
        catalogue="mine",
        seed=4,
        genres=("rock",),
        without=("metal",),
        clean=True,
        popularity=(60, 20),
        minutes=(2, 5),
        like=("a",),
        never=("b", "c"),
    )
    assert options.query("happy") == Query(
        "happy",
        3,
        ranking="paper",
        to=Mood(0.1, 0.2, 90),
        catalogue="mine",
        seed=4,
        where=Filter(("rock",), ("metal",), True, (20, 60), (2, 5)),
        like=("a",),
        never=frozenset({"b", "c"}),
    )
    assert RecommendationOptions(policy="lift").query("sad") == Query("sad", policy="lift")


def test_limits_beyond_those_of_http_are_the_querys() -> None:
    for options in (
        RecommendationOptions(ranking="horoscope"),
        RecommendationOptions(policy="enrage"),
        RecommendationOptions(to="nowhere"),
        RecommendationOptions(to="happy", policy="lift"),
    ):
        with pytest.raises(QueryError):
            options.query("sad")


def test_songs_are_for_exactly_one_subject() -> None:
    mood, weights = MoodJson(0.2, 0.3, 90), ExpressionJson(**{**ZEROS, "sad": 2})
    assert RecommendationRequest(emotion="sad").subject() == "sad"
    assert RecommendationRequest(mood=mood).subject() == Mood(0.2, 0.3, 90)
    shown = RecommendationRequest(expression=weights).subject()
    assert isinstance(shown, Expression)
    assert shown.as_dict() == {**ZEROS, "sad": 1}
    for request in (
        RecommendationRequest(),
        RecommendationRequest(emotion="sad", mood=mood),
        RecommendationRequest(expression=weights, mood=mood),
    ):
        with pytest.raises(BadRequestError) as refused:
            request.subject()
        assert "exactly one" in refused.value.hint
    with pytest.raises(MoodError):
        RecommendationRequest(mood=MoodJson(0.2, 0.3, 0)).subject()


@pytest.mark.parametrize("opinion", [{}, {"stars": 5, "said": "like"}])
def test_a_rating_is_either_stars_or_said(opinion: dict[str, object]) -> None:
    with pytest.raises(BadRequestError, match="either stars or said"):
        msgspec.convert({"song": "a", **opinion}, RatingRequest)


def test_weights_become_probabilities() -> None:
    shown = expression_of(ExpressionJson(**{**ZEROS, "happy": 3, "sad": 1}), unsure_below=0.8)
    assert shown.as_dict() == {**ZEROS, "happy": 0.75, "sad": 0.25}
    assert (shown.label, shown.confidence) == (None, 0.75)
    with pytest.raises(BadRequestError):
        expression_of(ExpressionJson(**ZEROS))


@pytest.mark.parametrize(("text", "face_id"), [("", None), ("room", EVERYONE), ("7", 7)])
def test_whose_face_counts(text: str, face_id: int | None) -> None:
    assert MomentForm(time=0, face=text).face_id == face_id


def test_a_moment_goes_on_from_the_last_answer() -> None:
    expression = {**ZEROS, "happy": 1.0}
    face = {"number": 2, "box": [1, 2, 30, 40], "seen": 0.5, "expression": expression, "label": "x"}
    answer = {
        "time": 1,
        "faces": [face],
        "met": 3,
        "whom": "room",
        "steady": {"expression": expression, "mood": {}},
        "away": 0.5,
        "changed": True,
    }
    moment = msgspec.convert(answer, PreviousMoment).moment(unsure_below=0.0)
    assert (moment.time, moment.face_count, moment.away_since) == (1, 3, 0.5)
    assert moment.face_id == EVERYONE
    assert moment.steady == Expression.certain("happy")
    (track,) = moment.tracks
    assert (track.number, track.box, track.seen) == (2, (1, 2, 30, 40), 0.5)
    first = msgspec.convert({"time": 0, "faces": [], "met": 0}, PreviousMoment)
    assert first.moment(0.0).steady is None

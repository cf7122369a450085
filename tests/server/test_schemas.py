"""Types of requests and what becomes of them."""

from __future__ import annotations

import msgspec
import pytest

from mien.catalogue.filters import Filter
from mien.emotions import EMOTIONS
from mien.errors import MoodError, QueryError
from mien.face.expression import Expression
from mien.mood import Mood
from mien.output.json import ExpressionJson, MoodJson
from mien.recommendation.query import Query
from mien.server.errors import BadRequestError
from mien.server.schemas import RatingRequest, RecommendationOptions, RecommendationRequest

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

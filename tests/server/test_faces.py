"""Bodies of requests about faces, and what becomes of them."""

from __future__ import annotations

import msgspec
import pytest

from mien import EMOTIONS, Expression, NeutralFace
from mien.face.tracking import EVERYONE
from mien.output.json import ExpressionJson
from mien.server.errors import BadRequestError
from mien.server.faces import (
    MomentForm,
    NeutralJson,
    PhotoOptions,
    PreviousMoment,
    expression_of,
    neutral_of,
)

ZEROS = dict.fromkeys(EMOTIONS, 0.0)


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
        "expression": {"expression": expression, "label": "happy"},
        "steady": {"expression": expression, "mood": {}},
        "away": 0.5,
        "changed": True,
    }
    moment = msgspec.convert(answer, PreviousMoment).moment(unsure_below=0.0)
    assert (moment.time, moment.face_count, moment.away_since) == (1, 3, 0.5)
    assert moment.face_id == EVERYONE
    assert moment.expression == moment.steady == Expression.certain("happy")
    (track,) = moment.tracks
    assert (track.number, track.box, track.seen) == (2, (1, 2, 30, 40), 0.5)
    first = msgspec.convert({"time": 0, "faces": [], "met": 0}, PreviousMoment)
    assert first.moment(0.0).steady is None


def test_a_neutral_face_comes_back_as_it_was_sent() -> None:
    neutral = NeutralFace({"0123456789abcdef": (1.5, -2.0, 0.25, -6.5, 0.0, 3.0, 0.0, -9.0)}, 14)
    body = msgspec.json.encode(NeutralJson.of(neutral))
    assert msgspec.json.decode(body, type=NeutralJson).face() == neutral
    assert neutral_of(PhotoOptions(NeutralJson.of(neutral)).neutral) == neutral
    assert neutral_of(PhotoOptions().neutral) is None

"""Expressions: sure or unsure, folded to seven emotions, never certain in words."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mien import EMOTIONS, RATED, Expression, ExpressionModel, find_faces
from mien.emotions import CIRCUMPLEX
from mien.face.detection import crop_face
from mien.face.expression import CLOSE, fold, percent
from mien.research.data.london import Person
from mien.support.arrays import UInt8Array


@given(st.lists(st.floats(0, 1, width=32), min_size=8, max_size=8).filter(lambda v: sum(v) > 0.01))
def test_folding_keeps_the_order_of_the_seven(weights: list[float]) -> None:
    p = (np.array([weights], np.float32) / sum(weights)).astype(np.float32)
    seven = fold(p)
    assert seven.sum() == pytest.approx(1, abs=1e-5)
    assert seven.argmax() == p[0, :7].argmax()
    assert np.array_equal(fold(p[:, :7]), p[:, :7])


@pytest.mark.parametrize(
    ("p", "text"), [(0.0, "0 %"), (0.424, "42 %"), (0.998, "99 %"), (1.0, "100 %")]
)
def test_only_a_probability_of_one_is_100_percent(p: float, text: str) -> None:
    assert percent(p) == text


@given(st.lists(st.floats(0.001, 1), min_size=7, max_size=7), st.floats(0, 1))
def test_unsure_below_the_threshold(weights: list[float], threshold: float) -> None:
    p = np.array(weights) / sum(weights)
    expression = Expression.of(p, threshold)
    assert (expression.label is None) == (p.max() < threshold)
    assert expression.confidence == p.max()


@pytest.mark.parametrize("emotion", EMOTIONS)
def test_a_certain_expression_is_one_emotion(emotion: str) -> None:
    expression = Expression.certain(emotion)
    assert (expression.label, expression.confidence) == (emotion, 1)
    assert expression.as_dict() == {e: float(e == emotion) for e in EMOTIONS}


@pytest.mark.parametrize("emotion", EMOTIONS)
def test_a_certain_expression_is_at_its_place_in_the_circumplex(emotion: str) -> None:
    expression = Expression.certain(emotion)
    assert expression.position == pytest.approx(CIRCUMPLEX[emotion])
    assert (expression.valence, expression.arousal) == expression.position
    assert expression.strength == float(emotion != "neutral")
    assert expression.second is None


@given(st.lists(st.floats(0, 1), min_size=8, max_size=8).filter(lambda w: sum(w[:7]) > 0.01))
def test_positions_and_strengths_are_in_range(weights: list[float]) -> None:
    seven = np.array(weights[:7])
    expression = Expression.of(seven / seven.sum(), contempt=weights[7])
    assert -1 <= expression.valence <= 1
    assert -1 <= expression.arousal <= 1
    assert 0 <= expression.strength <= 1
    assert expression.label in RATED


@given(st.floats(0, 1), st.floats(0, 1))
def test_the_more_of_a_smile_the_happier_and_stronger(one: float, other: float) -> None:
    less, more = (Expression.of(np.array([0, 0, 0, p, 0, 0, 1 - p])) for p in sorted((one, other)))
    assert less.valence <= more.valence
    assert less.arousal <= more.arousal
    assert less.strength <= more.strength


def test_a_slight_smile_moves_it_slightly() -> None:
    slight = Expression.of(np.array([0, 0, 0, 0.1, 0, 0, 0.9]))
    assert slight.label == "neutral"
    assert 0.1 < slight.strength < 0.3
    assert 0.05 < slight.valence < 0.3


@pytest.mark.parametrize(("second", "word"), [(CLOSE, "angry"), (CLOSE - 0.01, None), (0.0, None)])
def test_the_second_guess_is_told_where_it_is_close(second: float, word: str | None) -> None:
    p = np.zeros(7)
    p[[0, 6]] = second, 1 - second
    expression = Expression.of(p)
    assert (expression.label, expression.second) == ("neutral", word)
    assert Expression.of(p, unsure_below=1.0 + second).second is None


def test_contempt_is_read_where_it_is_clear() -> None:
    calm = np.array([0, 0, 0, 0, 0, 0, 1.0])
    clear = Expression.of(calm, 0.5, contempt=0.6)
    assert (clear.label, clear.confidence, clear.second) == ("contempt", 0.6, "neutral")
    assert Expression.of(calm, 0.7, contempt=0.6).label == "neutral"
    assert Expression.of(calm, 0.2, contempt=0.4).label == "neutral"
    assert clear.valence < 0


def test_the_mood_follows_a_growing_smile(london: list[Person]) -> None:
    """Photos of a person, blended from neutral to smiling, grow happier step by step."""
    steps = np.linspace(0, 1, 7)
    valences, strengths = [], []
    for person in london[::10]:
        crops = [_blend(person, share) for share in steps]
        seen = ExpressionModel().read(np.stack(crops))
        valences.append([expression.valence for expression in seen])
        strengths.append([expression.strength for expression in seen])
    for values in (np.array(valences), np.array(strengths)):
        assert (np.diff(values, axis=1) > -0.03).mean() > 0.95
        assert (np.diff(values.mean(axis=0)) > -0.005).all()
    start, *between, end = np.mean(valences, axis=0)
    assert start < between[1] < between[2] < between[3] < end


def _blend(person: Person, share: float) -> UInt8Array:
    """The crop of the person's face, this far from neutral to smiling."""
    crops = []
    for photo in (person.neutral, person.smiling):
        face = find_faces(photo, thorough=False)[0]
        crops.append(crop_face(photo, face.box, face.eyes).astype(float))
    return ((1 - share) * crops[0] + share * crops[1]).astype(np.uint8)

"""Expressions: sure or unsure, folded to seven emotions, never certain in words."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mien import EMOTIONS, Expression
from mien.face.expression import fold, percent


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

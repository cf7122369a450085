"""Expressions relative to a person's neutral face, which is kept as numbers."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mien import EMOTIONS, RATED, Expression, ExpressionModel, NeutralFace, NeutralFaceError, read
from mien.errors import OutputError
from mien.face.calibrating import calibrate
from mien.face.network import NETWORKS
from mien.face.neutral import (
    LARGEST,
    adjust,
    constants_of,
    expression_at_rest,
    load_constants,
    log_odds,
    neutral_file,
    relative_to,
)
from mien.support.arrays import Float64Array

HAPPY, SAD, NEUTRAL = (EMOTIONS.index(name) for name in ("happy", "sad", "neutral"))

odds = st.lists(st.floats(-12, 12), min_size=8, max_size=8).map(
    lambda values: np.array([*values[:NEUTRAL], 0.0, values[-1]])
)


def typical() -> Float64Array:
    return load_constants()["expression"].typical


def resting(model: ExpressionModel, **changes: float) -> NeutralFace:
    """An average person, but for these emotions' log-odds."""
    rest = constants_of(model).typical.copy()
    for emotion, value in changes.items():
        rest[RATED.index(emotion)] = value
    return NeutralFace({model.fingerprint: tuple(rest.tolist())})


def expression_with(**changes: float) -> Expression:
    """With the log-odds of an average person at rest, but for these emotions'."""
    values = typical().copy()
    for emotion, value in changes.items():
        values[RATED.index(emotion)] = value
    eight = np.exp(values) / np.exp(values).sum()
    return Expression.of(eight[:7] / eight[:7].sum(), contempt=float(eight[7]))


def test_constants_are_those_of_the_networks_that_ship() -> None:
    """Where this fails, a network changed: python -m mien.research.fit.neutral --write."""
    fitted = {name: constants.fingerprint for name, constants in load_constants().items()}
    assert fitted == {name: ExpressionModel(name).fingerprint for name in NETWORKS}


def test_other_networks_have_the_constants_of_the_default(tmp_path: Path) -> None:
    other = ExpressionModel(tmp_path / "other.onnx")
    assert constants_of(other) is load_constants()["expression"]
    assert constants_of(ExpressionModel("live")) is load_constants()["live"]


def test_an_average_person_at_rest_is_neutral() -> None:
    model = ExpressionModel()
    seen = relative_to(resting(model), expression_with(), model)
    assert seen.label == "neutral"
    assert log_odds(seen) == pytest.approx(typical(), abs=0.01)


def test_a_slight_smile_of_somebody_known_is_a_smile() -> None:
    model = ExpressionModel()
    slight = expression_with(happy=-2.5)
    assert slight.label == "neutral"
    assert relative_to(resting(model), slight, model).label == "happy"
    assert relative_to(resting(model, happy=-2.0), slight, model).label == "neutral"


@pytest.mark.parametrize("emotion", ["sad", "angry"])
def test_who_looks_sad_at_rest_is_neutral_and_can_still_be_sad(emotion: str) -> None:
    model = ExpressionModel()
    person = resting(model, **{emotion: 1.0})
    assert expression_at_rest(person, model).confidence > 0.7
    assert relative_to(person, expression_with(**{emotion: 1.0}), model).label == "neutral"
    assert relative_to(person, expression_with(**{emotion: 5.0}), model).label == emotion


@given(odds, odds)
def test_other_emotions_never_become_happy(seen: Float64Array, rest: Float64Array) -> None:
    """The smile is at the expense of neutral alone."""
    constants = load_constants()["expression"]
    rest[HAPPY] = constants.typical[HAPPY]
    adjusted = adjust(seen, rest, constants)
    best = max((i for i in range(7) if i not in (HAPPY, NEUTRAL)), key=lambda i: adjusted[i])
    assert adjusted[HAPPY] == pytest.approx(seen[HAPPY])
    assert (adjusted[HAPPY] > adjusted[best]) == (seen[HAPPY] > adjusted[best])
    assert adjusted[NEUTRAL] <= 0


@given(odds, st.sampled_from(range(6)), st.floats(0.01, 5))
def test_more_of_an_emotion_never_reads_as_less(
    seen: Float64Array, emotion: int, more: float
) -> None:
    constants = load_constants()["live"]
    rest = constants.typical.copy()
    rest[emotion] = 1.0
    stronger = seen.copy()
    stronger[emotion] += more
    before, after = (adjust(each, rest, constants) for each in (seen, stronger))
    assert after[emotion] >= before[emotion] - 1e-9


def test_probabilities_that_are_next_to_nothing_count_as_noise() -> None:
    certain = log_odds(Expression.certain("happy"))
    assert np.abs(certain).max() == pytest.approx(-math.log(1e-6))
    assert np.isfinite(certain).all()


class TestFile:
    def test_is_kept_and_forgotten(self, home: Path) -> None:
        assert NeutralFace.load() is None
        assert not NeutralFace.forget()
        neutral = resting(ExpressionModel())
        assert neutral.save() == neutral_file() == home / "neutral.json"
        assert NeutralFace.load() == neutral
        assert NeutralFace.forget()
        assert NeutralFace.load() is None

    def test_holds_nothing_but_a_few_numbers(self, astronaut_jpg: Path) -> None:
        path = calibrate(astronaut_jpg, anyway=True).save()
        content = json.loads(path.read_text())
        assert list(content) == ["frames", "readings"]
        assert [len(numbers) for numbers in content["readings"].values()] == [len(RATED)] * 2
        assert path.stat().st_size < 1000

    @pytest.mark.parametrize(
        "content",
        [
            "",
            "[]",
            '{"frames": 1}',
            '{"frames": 1, "readings": {"a": [1]}}',
            '{"frames": 1, "readings": {"a": "x"}}',
            f'{{"frames": 1, "readings": {{"a": {[LARGEST + 1] * 8}}}}}',
            '{"frames": 1, "readings": {"a": [NaN, 0, 0, 0, 0, 0, 0, 0]}}',
        ],
    )
    def test_a_damaged_one_is_refused(self, home: Path, content: str) -> None:
        home.mkdir()
        neutral_file().write_text(content)
        with pytest.raises(NeutralFaceError) as error:
            NeutralFace.load()
        assert error.value.hint

    def test_where_nothing_can_be_written(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        with pytest.raises(OutputError):
            resting(ExpressionModel()).save(tmp_path / "file" / "neutral.json")


def test_another_networks_numbers_are_refused(astronaut: np.ndarray) -> None:
    neutral = NeutralFace({"0123456789abcdef": (0.0,) * 8})
    with pytest.raises(NeutralFaceError, match="another network"):
        read(astronaut, neutral=neutral)

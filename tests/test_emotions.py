"""The seven emotions, and where each is in the plane of pleasure and arousal."""

from __future__ import annotations

import pytest

from mien import EMOTIONS, RATED, MoodError
from mien.emotions import CIRCUMPLEX, require_emotion


def test_seven_emotions_and_contempt() -> None:
    assert len(set(EMOTIONS)) == 7
    assert RATED[:7] == EMOTIONS
    assert RATED[7:] == ("contempt",)


def test_every_emotion_has_pleasure_and_arousal() -> None:
    assert tuple(CIRCUMPLEX) == EMOTIONS
    assert all(-1 <= value <= 1 for point in CIRCUMPLEX.values() for value in point)
    assert max(CIRCUMPLEX, key=lambda e: CIRCUMPLEX[e][0]) == "happy"
    assert min(CIRCUMPLEX, key=lambda e: CIRCUMPLEX[e][1]) == "neutral"


@pytest.mark.parametrize("name", EMOTIONS)
def test_names_are_found_in_any_case(name: str) -> None:
    assert require_emotion(name.upper()) == require_emotion(name) == name


@pytest.mark.parametrize("name", ["melancholy", "", "contempt", "happy "])
def test_refuses_other_names(name: str) -> None:
    with pytest.raises(MoodError, match="use angry, disgust, fear"):
        require_emotion(name)

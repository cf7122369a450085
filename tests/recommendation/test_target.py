"""From an expression and a policy to the mood that songs should have."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mien import EMOTIONS, Expression, Mood, MoodError
from mien.catalogue.quantiles import Scale
from mien.emotions import CIRCUMPLEX
from mien.errors import PolicyError
from mien.recommendation.target import (
    GOALS,
    MIXTURES,
    PAPER,
    PLACES,
    POLICIES,
    TABLES,
    WORDS,
    expected_mood,
    interpolate,
    make_target,
    mix,
    mood_of,
    named_expression,
)

SCALE = Scale.of(np.linspace(0, 1, 201), np.linspace(0.2, 1, 201) ** 0.5, np.linspace(60, 180, 201))

weights = st.lists(st.floats(0.001, 1), min_size=7, max_size=7)
moods = st.builds(Mood, st.floats(0, 1), st.floats(0, 1), st.floats(1, 300))


def of(w: list[float]) -> Expression:
    return Expression.of(np.array(w) / sum(w))


@pytest.mark.parametrize("name", EMOTIONS)
def test_a_certain_emotion_is_its_row_of_the_table(name: str) -> None:
    mood = expected_mood(named_expression(name), SCALE, "paper")
    expected = PAPER[name]
    assert (mood.valence, mood.energy, mood.tempo) == pytest.approx(
        (expected.valence, expected.energy, expected.tempo)
    )
    pleasure, arousal = CIRCUMPLEX[name]
    mood = expected_mood(named_expression(name), SCALE)
    assert SCALE.quantiles_of(mood) == pytest.approx(
        ((pleasure + 1) / 2, (arousal + 1) / 2, (arousal + 1) / 2)
    )


def test_neutral_is_neither_happy_nor_sad_and_calm() -> None:
    mood = expected_mood(named_expression("neutral"), SCALE)
    assert mood.valence == pytest.approx(0.5)
    assert mood.tempo == pytest.approx(90)


@given(weights, weights, st.floats(0, 1))
def test_the_papers_mood_is_linear_in_the_expression(
    a: list[float], b: list[float], share: float
) -> None:
    p, q = (np.array(of(w).probabilities) for w in (a, b))
    mixed = expected_mood(Expression.of(share * p + (1 - share) * q), SCALE, "paper")
    one, other = expected_mood(of(a), SCALE, "paper"), expected_mood(of(b), SCALE, "paper")
    for name in ("valence", "energy", "tempo"):
        expected = share * getattr(one, name) + (1 - share) * getattr(other, name)
        assert getattr(mixed, name) == pytest.approx(expected)


@given(weights, st.sampled_from(TABLES))
def test_every_expression_has_a_mood(w: list[float], table: str) -> None:
    mood = expected_mood(of(w), SCALE, table)
    assert 0 <= mood.valence <= 1
    assert 0 <= mood.energy <= 1
    assert 60 <= mood.tempo <= 180


def test_more_joy_more_valence() -> None:
    moods = [
        expected_mood(Expression.of(np.array([0, 0, 0, h, 1 - h, 0, 0])), SCALE)
        for h in (0, 0.5, 1)
    ]
    assert moods[0].valence < moods[1].valence < moods[2].valence


def test_a_slight_smile_moves_the_mood_slightly() -> None:
    none, slight, broad = (
        expected_mood(Expression.of(np.array([0, 0, 0, p, 0, 0, 1 - p])), SCALE)
        for p in (0.001, 0.1, 0.99)
    )
    assert none.valence < slight.valence < none.valence + 0.4 * (broad.valence - none.valence)
    assert none.energy < slight.energy < broad.energy


def test_contempt_is_less_pleasant_than_neutral() -> None:
    calm = np.eye(7)[6]
    scornful = expected_mood(Expression.of(calm, contempt=0.9), SCALE)
    assert scornful.valence < expected_mood(Expression.of(calm), SCALE).valence


def test_a_catalogue_of_one_song() -> None:
    one = Scale.of(np.array([0.3]), np.array([0.4]), np.array([100.0]))
    assert expected_mood(named_expression("happy"), one) == Mood(0.3, 0.4, 100.0)


@given(moods, st.sampled_from(POLICIES))
def test_policies_lead_two_thirds_of_the_way(mood: Mood, policy: str) -> None:
    target = make_target(mood, policy, SCALE)
    start, found = (np.array(SCALE.quantiles_of(m)) for m in (mood, target.mood))
    if policy in MIXTURES:
        assert target.mood == mood
        assert not target.moods
    else:
        _, (valence, energy) = GOALS[policy]
        end = np.array([valence, energy, energy])
        assert found == pytest.approx(start + (end - start) * 2 / 3, abs=1e-6)


@given(weights, st.floats(0, 1), st.sampled_from(POLICIES))
def test_the_moods_of_songs_are_mixed_by_probability(
    w: list[float], contempt: float, policy: str
) -> None:
    face = Expression.of(np.array(w) / sum(w), contempt=contempt)
    mixed = mix(face, policy)
    assert sum(mixed.values()) == pytest.approx(1)
    assert set(mixed) <= set(PLACES)
    parts = {e: p * (1 - contempt) for e, p in face.as_dict().items()} | {"contempt": contempt}
    for mood, share in mixed.items():
        each = sum(p * mix(emotion, policy).get(mood, 0) for emotion, p in parts.items())
        assert share == pytest.approx(each, abs=1e-6)


def test_fear_is_answered_with_calm_songs_unless_tense_ones_are_wanted() -> None:
    suiting, matching = (make_target("fear", policy, SCALE) for policy in ("suit", "match"))
    assert dict(suiting.moods).keys() == {"calm", "happy"}
    assert dict(matching.moods).keys() == {"dark", "angry"}
    assert suiting.valence > matching.valence
    assert suiting.energy < matching.energy


@pytest.mark.parametrize("emotion", ["angry", "happy", "sad", "neutral"])
def test_suiting_and_matching_are_the_same_for_what_listeners_labelled(emotion: str) -> None:
    assert make_target(emotion, "suit", SCALE) == make_target(emotion, "match", SCALE)
    assert make_target(emotion, "suit", SCALE).mood == mood_of(emotion, SCALE)


@pytest.mark.parametrize("word", WORDS)
def test_a_word_is_a_mood_of_songs(word: str) -> None:
    target = make_target(word, "suit", SCALE, familiarity=2)
    assert target.moods == ((word, 1.0),)
    assert target.familiarity == 2
    assert target.mood == mood_of(word, SCALE)


@given(moods, moods, st.integers(2, 9))
def test_the_way_between_two_moods_is_even(one: Mood, other: Mood, n: int) -> None:
    steps = [SCALE.quantiles_of(interpolate(one, other, i / (n - 1), SCALE)) for i in range(n)]
    assert steps[0] == pytest.approx(SCALE.quantiles_of(one), abs=1e-6)
    assert steps[-1] == pytest.approx(SCALE.quantiles_of(other), abs=1e-6)
    lengths = np.linalg.norm(np.diff(steps, axis=0), axis=1)
    assert lengths == pytest.approx(np.full(n - 1, lengths.mean()), abs=1e-6)


def test_each_kind_of_subject_has_a_mood() -> None:
    mood = Mood(0.1, 0.2, 90)
    assert mood_of(mood, SCALE) is mood
    for table in TABLES:
        expected = expected_mood(named_expression("sad"), SCALE, table)
        assert mood_of("sad", SCALE, table) == expected
        assert mood_of(named_expression("sad"), SCALE, table) == expected


def test_refuses_unknown_policies() -> None:
    with pytest.raises(PolicyError, match="no policy called 'cheer'; use suit, match, lift, calm"):
        make_target(Mood(0.5, 0.5, 100), "cheer", SCALE)


def test_refuses_unknown_names() -> None:
    with pytest.raises(MoodError, match="angry, disgust, fear"):
        named_expression("melancholy")
    with pytest.raises(MoodError, match="circumplex or paper"):
        expected_mood(named_expression("sad"), SCALE, "horoscope")
    assert named_expression("Happy").label == "happy"

"""A query is validated once: what can be built can be served."""

from __future__ import annotations

import dataclasses
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mien import (
    EMOTIONS,
    Catalogue,
    Expression,
    Filter,
    MienError,
    Mood,
    Reading,
    Recommender,
    Store,
)
from mien.errors import (
    CountError,
    FamiliarityError,
    FilterError,
    JourneyError,
    LanguageError,
    MoodError,
    NotFoundError,
    PolicyError,
    QueryError,
    RankingError,
    SeedError,
)
from mien.recommendation.query import (
    DEFAULT_COUNT,
    DEFAULT_POLICY,
    DEFAULT_RANKING,
    MAX_JOURNEY,
    MAX_SEED,
    RANKINGS,
    SUBJECTS,
    Query,
)
from mien.recommendation.target import POLICIES

MOOD = Mood(0.2, 0.3, 90)
SAD = Expression.certain("sad")

RANKINGS_HINT = "use listeners, nearness, cosine, paper, collaborative, popularity, random"
SUBJECTS_HINT = f"use {', '.join(SUBJECTS)}"
SUBJECT_HINT = "give an expression, a mien.Mood, or the name of an emotion"
COUNT_HINT = "leave it out for 6 songs"
SEED_HINT = "leave it out for the best songs"
TEXTS_HINT = "give a list of them"


def test_defaults_and_choices() -> None:
    query = Query("happy")
    assert (query.n, query.ranking, query.policy) == (6, "listeners", "suit")
    assert (DEFAULT_COUNT, DEFAULT_RANKING, DEFAULT_POLICY) == (6, "listeners", "suit")
    assert DEFAULT_RANKING in RANKINGS
    assert POLICIES == ("suit", "match", "lift", "calm", "energise")
    assert Query("happy", n=None).n is None


def test_fields_have_one_form() -> None:
    query = Query(
        "Happy",
        6.0,  # type: ignore[arg-type]
        like=["a", "b"],  # type: ignore[arg-type]
        never=["c", "c"],  # type: ignore[arg-type]
        seed=np.int64(7),  # type: ignore[arg-type]
    )
    assert query == Query("happy", 6, like=("a", "b"), never=frozenset("c"), seed=7)
    assert type(query.n) is type(query.seed) is int
    assert Query("sad", like="abc", never="xyz") == Query(  # type: ignore[arg-type]
        "sad", like=("abc",), never=frozenset({"xyz"})
    )
    for subject in (MOOD, SAD):
        assert Query(subject).subject is subject
    assert Query("sad", to="HAPPY").to == "happy"
    assert hash(query) == hash(dataclasses.replace(query))


def test_limits_are_inclusive() -> None:
    assert Query("sad", seed=MAX_SEED).seed == MAX_SEED
    assert Query("sad", MAX_JOURNEY, to="happy").n == MAX_JOURNEY
    assert Query("sad", 1, seed=0).seed == 0


@pytest.mark.parametrize(
    ("fields", "error", "message", "hint"),
    [
        (
            {"subject": "merry"},
            MoodError,
            "there is no emotion or mood called 'merry'",
            SUBJECTS_HINT,
        ),
        (
            {"subject": None},
            MoodError,
            "songs cannot be chosen for a value of type NoneType",
            SUBJECT_HINT,
        ),
        (
            {"subject": Reading(())},
            MoodError,
            "songs cannot be chosen for a value of type Reading",
            SUBJECT_HINT,
        ),
        (
            {"subject": Expression((0.5, 0.5), "happy", 0.5)},
            MoodError,
            "an expression cannot have the probabilities (0.5, 0.5)",
            "give one of 0 or more for each of angry, disgust, fear, happy, sad, surprise, neutral",
        ),
        ({"to": 5}, MoodError, "songs cannot be chosen for a value of type int", SUBJECT_HINT),
        ({"n": 0}, CountError, "n must be 1 or more, got 0", COUNT_HINT),
        ({"n": 2.5}, CountError, "n must be a whole number, got 2.5", COUNT_HINT),
        ({"n": True}, CountError, "n must be a whole number, got True", COUNT_HINT),
        ({"n": "6"}, CountError, "n must be a whole number, got '6'", COUNT_HINT),
        ({"seed": -1}, SeedError, "seed must be 0 or more, got -1", SEED_HINT),
        ({"seed": -1.0}, SeedError, "seed must be 0 or more, got -1", SEED_HINT),
        ({"seed": False}, SeedError, "seed must be a whole number, got False", SEED_HINT),
        (
            {"seed": float("inf")},
            SeedError,
            "seed must be a whole number, got inf",
            SEED_HINT,
        ),
        (
            {"seed": MAX_SEED + 1},
            SeedError,
            f"seed must be {MAX_SEED} or less, got {MAX_SEED + 1}",
            SEED_HINT,
        ),
        (
            {"ranking": "horoscope"},
            RankingError,
            "there is no ranking called 'horoscope'",
            RANKINGS_HINT,
        ),
        ({"ranking": []}, RankingError, "there is no ranking called []", RANKINGS_HINT),
        (
            {"policy": "enrage"},
            PolicyError,
            "there is no policy called 'enrage'",
            "use suit, match, lift, calm, energise",
        ),
        (
            {"familiarity": "famous"},
            FamiliarityError,
            "there is no familiarity called 'famous'",
            "use familiar, balanced, any, obscure",
        ),
        (
            {"languages": "english"},
            LanguageError,
            "'english' is not the code of a language",
            "use ISO 639-1 codes, such as en or pt",
        ),
        ({"languages": 5}, LanguageError, "languages must hold texts, got 5", TEXTS_HINT),
        ({"policy": {}}, PolicyError, "there is no policy called {}", None),
        ({"where": {"clean": True}}, FilterError, "where cannot be {'clean': True}", None),
        ({"where": None}, FilterError, "where cannot be None", "give a mien.Filter"),
        ({"like": 5}, QueryError, "like must hold texts, got 5", TEXTS_HINT),
        ({"like": ["a", 5]}, QueryError, "like must hold texts, got ['a', 5]", TEXTS_HINT),
        ({"never": None}, QueryError, "never must hold texts, got None", TEXTS_HINT),
        ({"personal": "no"}, QueryError, "personal cannot be 'no'", "give True or False"),
        ({"catalogue": 5}, QueryError, "catalogue cannot be 5", "give its name"),
        (
            {"to": "happy", "policy": "lift"},
            JourneyError,
            "a journey ends where you choose, so the policy 'lift' cannot apply",
            "leave out the policy or the end",
        ),
        (
            {"to": "happy", "n": None},
            JourneyError,
            "a journey needs a number of songs",
            "choose one",
        ),
        (
            {"to": "happy", "n": MAX_JOURNEY + 1},
            JourneyError,
            f"a journey has at most {MAX_JOURNEY} songs, got {MAX_JOURNEY + 1}",
            "ask for fewer",
        ),
    ],
    ids=str,
)
def test_says_what_is_wrong_and_what_to_do(
    fields: dict[str, object], error: type[MienError], message: str, hint: str | None
) -> None:
    with pytest.raises(MienError) as refused:
        Query(**{"subject": "sad", **fields})  # type: ignore[arg-type]
    assert type(refused.value) is error
    assert issubclass(error, QueryError)
    assert refused.value.message == message
    assert hint is None or refused.value.hint == hint
    assert refused.value.exit_code == 2


def test_an_expression_needs_probabilities() -> None:
    for p in ((float("nan"),) * 7, (0.0,) * 7, (-1.0, 2.0, 0, 0, 0, 0, 0), (float("inf"),) * 7):
        with pytest.raises(MoodError, match="an expression cannot have"):
            Query(Expression(p, None, 0.5))


IDS = [song.id for song in Store().open("starter").songs(range(20))]

junk: st.SearchStrategy[object] = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text())
)
subjects: st.SearchStrategy[object] = (
    st.sampled_from([*EMOTIONS, "HAPPY"])
    | st.builds(Mood, st.floats(0, 1), st.floats(0, 1), st.floats(1, 400))
    | st.lists(st.floats(1e-9, 9), min_size=7, max_size=7).map(
        lambda p: Expression(tuple(p), None, 0.5)
    )
)
bounds = st.none() | st.tuples(st.floats(0, 50), st.floats(50, 120))
genres = st.lists(st.sampled_from(["rock", " METAL", "country"]), max_size=2)
fields: dict[str, st.SearchStrategy[object]] = {
    "n": st.sampled_from([None, 1, 2, 5.0, 6, 20, 5000, 10**30]),
    "ranking": st.sampled_from([name for name in RANKINGS if name != "collaborative"]),
    "policy": st.sampled_from(list(POLICIES)),
    "to": st.none() | subjects,
    "where": st.builds(Filter, genres, genres, st.booleans(), bounds, bounds),
    "like": st.lists(st.sampled_from(IDS), max_size=2),
    "never": st.lists(st.sampled_from(IDS) | st.text(), max_size=9),
    "personal": st.booleans(),
    "seed": st.none() | st.integers(0, MAX_SEED),
    "catalogue": st.none() | st.text(),
}


@pytest.fixture(scope="module")
def recommender() -> Recommender:
    return Recommender(Store().open("starter"))


@settings(max_examples=150)
@given(
    st.fixed_dictionaries({"subject": subjects}, optional=fields),
    st.dictionaries(st.sampled_from(["subject", *fields]), junk, max_size=1),
)
def test_a_query_that_can_be_built_can_be_served(
    recommender: Recommender, valid: dict[str, object], spoilt: dict[str, object]
) -> None:
    try:
        query = Query(**{**valid, **spoilt})  # type: ignore[arg-type]
    except QueryError:
        assert spoilt or valid.get("to") is not None  # with a policy, or of too many songs
        return
    try:
        songs = recommender.recommend(query)
    except NotFoundError:
        assert not set(query.like) <= set(IDS)
        return
    assert query.n is None or len(songs) <= query.n
    assert (songs.to is None) == (query.to is None)
    assert query.never.isdisjoint(r.song.id for r in songs)
    assert not set(query.like) & {r.song.id for r in songs}


def test_needs_no_heavy_package() -> None:
    script = "import sys, mien.recommendation.query\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert "mien.recommendation.query" in loaded
    assert not loaded & {"numpy", "polars", "cv2", "onnxruntime", "PIL", "click", "msgspec"}


def test_every_ranking_and_policy_can_be_asked_for(starter: Catalogue) -> None:
    recommender = Recommender(starter)
    for ranking in RANKINGS:
        for policy in POLICIES:
            query = Query("sad", ranking=ranking, policy=policy)
            if ranking != "collaborative":
                assert recommender.recommend(query).ranking == ranking


def test_languages_are_codes_in_any_case() -> None:
    assert Query("sad", languages=["EN", "pt", "en"]).languages == ("en", "pt")  # type: ignore[arg-type]
    assert Query("sad", languages="de").languages == ("de",)  # type: ignore[arg-type]


def test_moods_of_songs_can_be_named() -> None:
    assert Query("Party").subject == "party"
    assert Query("contempt", to="calm").to == "calm"

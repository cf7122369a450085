"""Every claim in a reason is true of the values that ranked the song."""

from __future__ import annotations

import re

import catalogues
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mien import EMOTIONS, Catalogue, Expression, Mood, Recommender
from mien.recommendation.query import RANKINGS, Query, Subject
from mien.recommendation.rankings import CollaborativeRanking, ListenersRanking
from mien.recommendation.reasons import describe
from mien.recommendation.results import Recommendation, Recommendations
from mien.recommendation.target import MIXTURES, POLICIES, named_expression

VALENCES = ("sombre", "wistful", "even", "cheerful", "bright")
ENERGIES = ("very calm", "calm", "steady", "lively", "driving")

STANDING = re.compile(
    r"(?P<valence>Happier|Sadder) than (?P<v>\d+) % of your catalogue, "
    r"(?P<energy>livelier|calmer) than (?P<e>\d+) %$"
)
NUMBERS = re.compile(r"Valence (\S+) for (\S+), energy (\S+) for (\S+), (\d+) for (\d+) BPM$")
OPENING = re.compile(
    r"^(Step \d+ of \d+\. |Popularity (\d+ of 100|unknown)\. |Drawn at random\. |"
    r"Playlist similarity -?\d\.\d\d to songs for this mood\. )*"
)

expressions = st.lists(st.floats(0.001, 1), min_size=7, max_size=7).map(
    lambda w: Expression.of(np.array(w) / sum(w))
)
moods = st.builds(Mood, st.floats(0, 1), st.floats(0, 1), st.floats(1, 400))
subjects = expressions | moods | st.sampled_from(EMOTIONS)


def shares(values: np.ndarray, value: float) -> tuple[float, float]:
    """The share of the values below, and above, a value."""
    return float(np.mean(values < value)), float(np.mean(values > value))


def words(valence: float, energy: float) -> str:
    found = [
        names[min(int(share * 5), 4)] for names, share in ((VALENCES, valence), (ENERGIES, energy))
    ]
    return " and ".join(found)


def check_listeners(ranking: ListenersRanking, r: Recommendation, mood: Mood | None) -> None:
    """Recompute what the reason of a song claims; `mood`: the listener's own, or None."""
    (row,) = ranking.catalogue.rows_of([r.song.id])
    valences, energies = ranking.positions()
    claim = STANDING.search(r.why)
    assert claim is not None, r.why
    below_v, above_v = shares(valences, valences[row])
    below_e, above_e = shares(energies, energies[row])
    check_share(claim["v"], below_v, above_v, above_the_rest=claim["valence"] == "Happier")
    check_share(claim["e"], below_e, above_e, above_the_rest=claim["energy"] == "livelier")
    alike = False
    if mood is not None:
        v, e = ranking.position_of(mood)
        alike = same_quarter((below_v, below_e), (shares(valences, v)[0], shares(energies, e)[0]))
    check_words(r.why, words(below_v, below_e), alike=alike)


def same_quarter(song: tuple[float, float], mood: tuple[float, float]) -> bool:
    return all((a > 0.5) == (b > 0.5) for a, b in zip(song, mood, strict=True))


def check_share(percent: str, below: float, above: float, *, above_the_rest: bool) -> None:
    """The larger share is claimed, rounded down."""
    claimed, other = (below, above) if above_the_rest else (above, below)
    assert claimed >= other
    assert int(percent) / 100 - 1e-9 <= claimed < int(percent) / 100 + 0.01


def check_numbers(r: Recommendation, target: Mood, mood: Mood | None) -> None:
    claim = NUMBERS.search(r.why)
    assert claim is not None, r.why
    song = r.song
    pairs = (
        (song.valence, target.valence, ".2f"),
        (song.energy, target.energy, ".2f"),
        (song.tempo, target.tempo, ".0f"),
    )
    assert list(claim.groups()) == [f"{v:{form}}" for a, b, form in pairs for v in (a, b)]
    alike = mood is not None and same_quarter(
        (song.valence, song.energy), (mood.valence, mood.energy)
    )
    check_words(r.why, words(song.valence, song.energy), alike=alike)


def check_words(why: str, of_song: str, *, alike: bool) -> None:
    described = OPENING.sub("", why).split(". ")[0].lower()
    assert described == of_song + (", like you look" if alike else "")


def own_mood(songs: Recommendations, subject: Subject, policy: str) -> Mood | None:
    """The mood in the listener's face, if the songs are for it."""
    return songs.mood if isinstance(subject, Expression) and policy in MIXTURES else None


@settings(max_examples=60)
@given(
    st.integers(1, 60), st.sampled_from([1, 2, 5, 1000]), st.integers(0, 99), subjects,
    st.sampled_from(POLICIES), st.sampled_from(RANKINGS),
)  # fmt: skip
def test_claims_are_true_of_the_values(
    tmp_path_factory: pytest.TempPathFactory,
    n: int,
    levels: int,
    seed: int,
    subject: Subject,
    policy: str,
    name: str,
) -> None:
    catalogue = catalogues.random_catalogue(n, levels, seed, tmp_path_factory.mktemp("random"))
    catalogues.set_factors(catalogue, catalogues.random_factors(catalogue))
    recommender = Recommender(catalogue)
    songs = recommender.recommend(Query(subject, None, ranking=name, policy=policy))
    mood, ranking = own_mood(songs, subject, policy), recommender.ranking(name)
    assert len(songs) == n
    for r in songs:
        if isinstance(ranking, ListenersRanking):
            check_listeners(ranking, r, mood)
        elif isinstance(ranking, CollaborativeRanking):
            assert isinstance(ranking.seeds, ListenersRanking)
            check_listeners(ranking.seeds, r, mood)
        else:
            check_numbers(r, songs.mood, mood)


class TestTheStarter:
    @pytest.mark.parametrize("emotion", EMOTIONS)
    def test_its_own_reasons_are_true(self, starter: Catalogue, emotion: str) -> None:
        recommender = Recommender(starter)
        ranking = recommender.ranking()
        assert isinstance(ranking, ListenersRanking)
        for subject in (emotion, named_expression(emotion)):
            songs = recommender.recommend(Query(subject, 60))
            mood = own_mood(songs, subject, "suit")
            for r in songs:
                check_listeners(ranking, r, mood)

    def test_some_songs_are_like_you_look(self, starter: Catalogue) -> None:
        recommender = Recommender(starter)
        for emotion in ("happy", "sad", "angry"):
            face = named_expression(emotion)
            alike = [r for r in recommender.recommend(Query(face)) if "like you look" in r.why]
            assert alike
            for query in (
                Query(emotion),
                Query(recommender.mood(emotion)),
                Query(face, policy="lift"),
                Query(face, to="neutral"),
                Query("neutral", to=face),
            ):
                assert not any("like you look" in r.why for r in recommender.recommend(query))


def test_one_line_of_sentences(recommender: Recommender) -> None:
    for r in recommender.recommend(Query("surprise")):
        assert "\n" not in r.why
        assert r.why == r.why.strip().removesuffix(".")
        assert all(part[0].isupper() for part in r.why.split(". "))
        assert STANDING.search(r.why) or NUMBERS.search(r.why)


def test_steps_are_counted(recommender: Recommender) -> None:
    songs = recommender.recommend(Query("sad", 4, to="happy"))
    for rank, r in enumerate(songs, 1):
        assert r.why.startswith(f"Step {rank} of {len(songs)}. ")


def test_says_what_ranked_a_song_where_it_was_not_the_mood(
    starter: Catalogue, marked: Catalogue
) -> None:
    catalogues.set_factors(starter, catalogues.random_factors(starter))
    for r in Recommender(starter).recommend(Query("sad", ranking="collaborative")):
        assert r.why.startswith(f"Playlist similarity {r.score:.2f} to songs for this mood. ")
    recommender = Recommender(marked)
    for r in recommender.recommend(Query("sad", None, ranking="popularity")):
        known = r.song.popularity
        expected = "unknown" if known is None else f"{known:.0f} of 100"
        assert r.why.startswith(f"Popularity {expected}. ")
    for r in recommender.recommend(Query("sad", ranking="random")):
        assert r.why.startswith("Drawn at random. ")
    for ranking in ("listeners", "nearness", "cosine", "paper"):
        for r in recommender.recommend(Query("sad", ranking=ranking)):
            assert OPENING.match(r.why)[0] == ""  # type: ignore[index]


def test_mentions_close_songs_that_the_listener_likes(starter: Catalogue) -> None:
    recommender = Recommender(starter)
    liked = {r.song.id: 1.0 for r in recommender.recommend(Query("happy", None)).songs[40:42]}
    found = recommender.recommend(Query("happy", 60), liked)
    plain = {r.song.id: r.why for r in recommender.recommend(Query("happy", None))}
    for number in (1, 2):
        ending = f". Close to {number} song{'s' * (number - 1)} you like"
        close = [r for r in found if r.why.endswith(ending)]
        assert number == 2 or close
        assert all(r.why == plain[r.song.id] + ending for r in close)
    assert len([r for r in found if "Close to" not in r.why]) > 0


def test_describes_shares_in_fifths() -> None:
    for valence in np.linspace(0, 1, 26):
        for energy in np.linspace(0, 1, 26):
            assert describe(valence, energy) == words(valence, energy)
    assert describe(0, 0.39) == "sombre and calm"

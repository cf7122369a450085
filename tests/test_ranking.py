"""What every ranking must do, and what the paper's and ours do besides."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mien import (
    Catalogue,
    CatalogueError,
    Feedback,
    Filter,
    Mood,
    MoodError,
    NoFaceError,
    Reading,
    Recommender,
    Store,
)
from mien.catalogue.cleaning import clean
from mien.catalogue.importing import import_catalogue
from mien.catalogue.readers import read_table
from mien.recommendation.diversity import POOL
from mien.recommendation.index import PlaneIndex, distances
from mien.recommendation.rankings import RANKINGS, ranking
from mien.recommendation.rankings.base import _described, best
from mien.recommendation.recommender import LONGEST, recommend
from mien.recommendation.target import PAPER

ALONE = [name for name in RANKINGS if name != "collaborative"]  # that need no playlists
MOODS = [Mood(0.9, 0.8, 140), Mood(0.1, 0.2, 60), Mood(0, 0, 1), Mood(1, 1, 400), Mood(0.5, 0.5, 9)]


def stored(tmp_path: Path, rows: list[tuple[str, float, float, float]]) -> Catalogue:
    columns = ("title", "valence", "energy", "tempo")
    table = pl.DataFrame(dict(zip(columns, map(list, zip(*rows, strict=True)), strict=True)))
    table = table.with_columns(artists=pl.lit(["A"]), genres=pl.lit(["Pop"]))
    store = Store(tmp_path / "songs.sqlite")
    songs, report = clean(table)
    store.save("test", songs, report, "test")
    return store.open("test")


@pytest.fixture(params=["starter", "one song", "all the same", "two"])
def catalogue(request: pytest.FixtureRequest, tmp_path: Path) -> Catalogue:
    if request.param == "starter":
        return Store().open("starter")
    rows = {
        "one song": [("One", 0.5, 0.5, 100.0)],
        "all the same": [(f"Song {i}", 0.5, 0.5, 100.0) for i in range(40)],
        "two": [("One", 0.0, 0.1, 60.0), ("Two", 1.0, 0.9, 180.0)],
    }[request.param]
    return stored(tmp_path, rows)


@pytest.fixture(params=sorted(RANKINGS))
def recommender(request: pytest.FixtureRequest, catalogue: Catalogue) -> Recommender:
    if request.param == "collaborative":
        learn_something(catalogue)
    return Recommender(catalogue, request.param)


def learn_something(catalogue: Catalogue) -> None:
    """As if playlists told something of two songs in three, and of the first one."""
    random = np.random.default_rng(0)
    factors = random.normal(size=(len(catalogue), 8)).astype(np.float32)
    factors /= np.linalg.norm(factors, axis=1, keepdims=True)
    factors[2::3] = 0
    vars(catalogue)["factors"] = factors


class TestEveryRanking:
    @pytest.mark.parametrize("mood", MOODS)
    def test_scores_are_finite_and_at_most_one(self, recommender: Recommender, mood: Mood) -> None:
        scores = recommender.ranking.scores(mood)
        assert scores.shape == (len(recommender.catalogue),)
        assert np.isfinite(scores).all()
        assert scores.max() <= 1 + 1e-9

    @pytest.mark.parametrize("mood", MOODS)
    def test_best_first_and_no_song_twice(self, recommender: Recommender, mood: Mood) -> None:
        songs = recommender.recommend(mood, 50)
        scores = [r.score for r in songs]
        assert scores == sorted(scores, reverse=True)
        assert len({r.song.id for r in songs}) == len(songs)
        assert [r.rank for r in songs] == list(range(1, len(songs) + 1))
        assert all(score >= recommender.ranking.least for score in scores)

    def test_the_same_again(self, recommender: Recommender) -> None:
        for seed in (None, 0, 7):
            first = recommender.recommend("happy", seed=seed)
            again = Recommender(recommender.catalogue, recommender.ranking.name)
            assert again.recommend("happy", seed=seed) == first

    def test_more_than_there_are(self, recommender: Recommender) -> None:
        n = len(recommender.catalogue)
        for seed in (None, 3):
            songs = recommender.recommend("happy", n + 5, seed=seed)
            enough = recommender.ranking.scores(songs.mood) >= recommender.ranking.least
            if not recommender.ranking.as_published:
                enough &= recommender.catalogue.is_music
            assert len(songs) == enough.sum()
        everything = recommender.recommend("happy", None)
        assert len(everything) == n
        assert sorted(r.song.id for r in everything) == sorted(
            s.id for s in recommender.catalogue.songs(range(n))
        )

    def test_a_seed_draws_among_the_best(self, recommender: Recommender) -> None:
        ranked = recommender.recommend("sad", None).songs[: 6 * POOL]
        best_of_all = {r.song.id for r in ranked if r.score >= recommender.ranking.least}
        drawn = [
            frozenset(r.song.id for r in recommender.recommend("sad", seed=s)) for s in range(9)
        ]
        assert all(ids <= best_of_all for ids in drawn)
        if len(best_of_all) > 12:
            assert len(set(drawn)) > 1

    def test_reasons_are_sentences_with_the_songs_numbers(self, recommender: Recommender) -> None:
        for r in recommender.recommend("surprise"):
            assert f"valence {r.song.valence:.2f}" in r.why
            assert f"energy {r.song.energy:.2f}" in r.why
            assert f"{r.song.tempo:.0f}" in r.why
            assert "\n" not in r.why

    def test_only_songs_for_ones_own_mood_are_like_you(self, recommender: Recommender) -> None:
        for seed in range(4):
            for r in recommender.recommend("sad", seed=seed):
                own = recommender.mood("sad")
                described = r.why.rpartition("this mood; ")[2]
                alike = described.partition(":")[0].partition(" like you")
                words = [w for a in alike for w in a.strip(", ").split(" and ") if w]
                mine = _described(*recommender.ranking.character_of(own))
                if "like you" in r.why:
                    assert set(alike[0].split(" and ")) <= set(mine)
                    assert not set(alike[2].strip(", ").split(" and ")) & set(mine)
                else:
                    assert not set(words) & set(mine)
        for elsewhere in (
            recommender.recommend("sad", policy="lift"),
            recommender.recommend("sad", to="happy"),
        ):
            assert not any("like you" in r.why for r in elsewhere)

    def test_refuses_what_it_cannot_do(self, recommender: Recommender) -> None:
        with pytest.raises(MoodError):
            recommender.recommend("happy", 0)
        with pytest.raises(MoodError):
            recommender.recommend("merry")
        with pytest.raises(NoFaceError):
            recommender.recommend(Reading(()))
        for what, n, seed in (
            (None, 6, None),
            ("sad", 2.5, None),
            ("sad", "6", None),
            ("sad", 6, -1),
        ):
            with pytest.raises(MoodError):
                recommender.recommend(what, n, seed=seed)  # type: ignore[arg-type]
        with pytest.raises(CatalogueError, match="no genre"):
            recommender.recommend("happy", where=Filter(genres=("nonsense",)))
        with pytest.raises(MoodError, match="match, lift, calm, energise"):
            recommender.recommend("happy", policy="enrage")
        for wrong in ({"policy": "lift"}, {"n": None}, {"n": LONGEST + 1}):
            with pytest.raises(MoodError, match="a journey has"):
                recommender.recommend("happy", to="sad", **wrong)

    def test_all_songs_filtered_out(self, recommender: Recommender) -> None:
        everything = frozenset(r.song.id for r in recommender.recommend("happy", None))
        where = Filter(never=everything)
        for options in ({}, {"seed": 1}, {"to": "sad"}):
            assert len(recommender.recommend("happy", where=where, **options)) == 0

    def test_filters_hold(self, recommender: Recommender) -> None:
        disliked = frozenset(r.song.id for r in recommender.recommend("happy", 3))
        for options in ({}, {"seed": 1}, {"n": None}, {"to": "sad"}):
            songs = recommender.recommend("happy", where=Filter(never=disliked), **options)
            assert disliked.isdisjoint(r.song.id for r in songs)

    def test_a_journey_is_as_long_as_asked_and_has_no_song_twice(
        self, recommender: Recommender
    ) -> None:
        for seed in (None, 4):
            songs = recommender.recommend("sad", 8, to="happy", seed=seed)
            assert songs.mood == recommender.mood("sad")
            assert songs.to == recommender.mood("happy")
            n = len(recommender.catalogue)
            assert len(songs) == min(8, n) or recommender.ranking.least > 0
            assert len({r.song.id for r in songs}) == len(songs)
            assert [r.rank for r in songs] == list(range(1, len(songs) + 1))
            assert recommender.recommend("sad", 8, to="happy", seed=seed) == songs


@pytest.mark.parametrize("name", ["nearness", "cosine", "paper", "popularity", "random"])
def test_the_steps_of_a_journey_go_forward(name: str) -> None:
    """Each song stands at the step that it was looked for at, as its reason says."""
    ends = Mood(0.1, 0.1, 70), Mood(0.9, 0.9, 150)
    songs = recommend(ends[0], 6, to=ends[1], ranking=name, catalogue="starter")
    steps = [float(re.search(r"valence \S+ for (\S+),", r.why)[1]) for r in songs]  # type: ignore[index]
    assert len(steps) == 6
    assert steps == sorted(set(steps))
    assert (steps[0], steps[-1]) == (0.1, 0.9)


@pytest.mark.parametrize("name", sorted(ALONE))
def test_only_the_genres_that_were_asked_for(name: str) -> None:
    for genres in (["metal"], ["Country", "deep-house"]):
        wanted = {g.lower() for g in genres}
        where = Filter(genres=tuple(genres))
        songs = recommend("angry", 20, where=where, ranking=name, catalogue="starter")
        assert len(songs) == 20
        assert all(wanted & set(r.song.genres) for r in songs)


def test_the_stronger_the_mood_the_farther_the_songs() -> None:
    """The median mood gets songs of the middle; beyond, strength grows step by step."""
    recommender = Recommender(Store().open("starter"))
    found = []
    for share in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9):
        mood = recommender.catalogue.scale.mood_at(share, share, share)
        songs = [r.song for r in recommender.recommend(mood)]
        rows = recommender.catalogue.require([song.id for song in songs])
        found.append(np.mean(recommender.ranking.characters(rows, songs), axis=0))
    for axis in np.transpose(found):
        assert axis[4] == pytest.approx(0.5, abs=0.05)
        assert (np.diff(axis[2:7]) > 0.05).all()
        assert (np.diff(axis) > -0.01).all()
        assert 0.02 < axis[2] < 0.35
        assert 0.65 < axis[6] < 0.98


def test_what_is_no_music_comes_only_where_it_is_asked_for(tmp_path: Path) -> None:
    rows = 20
    table = pl.DataFrame(
        {
            "title": [f"Song {i}" for i in range(rows)],
            "artists": [[f"Artist {i}"] for i in range(rows)],
            "genres": [["Sleep"] if i % 2 else ["pop"] for i in range(rows)],
            "valence": [0.5] * rows,
            "energy": [i / rows for i in range(rows)],
            "tempo": [100.0] * rows,
            "speechiness": [0.9] + [0.1] * (rows - 1),
        }
    )
    store = Store(tmp_path / "songs.sqlite")
    store.save("mixed", *clean(table), "test")
    recommender = Recommender(store.open("mixed"))
    for seed in (None, 1, 2):
        songs = [r.song for r in recommender.recommend("neutral", rows, seed=seed)]
        assert len(songs) == rows // 2 - 1
        assert all(song.genres == ("pop",) and song.title != "Song 0" for song in songs)
    assert len(recommender.recommend("neutral", rows, where=Filter(genres=("sleep",)))) == 10
    assert len(recommender.recommend("neutral", None)) == rows
    noise = table.filter(pl.col("genres").list.contains("Sleep"))
    store.save("noise", *clean(noise), "test")
    assert len(Recommender(store.open("noise")).recommend("neutral")) == 6


def test_no_other_version_of_what_must_not_come(tmp_path: Path) -> None:
    titles = ["Hot", "Hot - 12 Inch", "Hot (Live)", "Hotter", "アニー", "アニー - Live", "エ"]
    table = pl.DataFrame(
        {
            "title": [*titles, "Hot"],
            "artists": [["Ann"]] * len(titles) + [["Bob"]],
            "genres": [["pop"]] * (len(titles) + 1),
            "valence": np.linspace(0.1, 0.9, len(titles) + 1),
            "energy": [0.5] * (len(titles) + 1),
            "tempo": [100.0] * (len(titles) + 1),
        }
    )
    store = Store(tmp_path / "songs.sqlite")
    store.save("versions", *clean(table), "test")
    recommender = Recommender(store.open("versions"))
    by_title = {
        (r.song.title, r.song.artists[0]): r.song.id for r in recommender.recommend("sad", 9)
    }
    never = frozenset({by_title["Hot (Live)", "Ann"], by_title["アニー", "Ann"]})
    left = {
        (r.song.title, r.song.artists[0])
        for r in recommender.recommend("sad", 9, where=Filter(never=never))
    }
    assert left == {("Hotter", "Ann"), ("エ", "Ann"), ("Hot", "Bob")}


def test_the_papers_ranking_has_no_taste() -> None:
    plain = recommend("sad", ranking="paper", personal=False)
    for r in recommend("happy", personal=False):
        Feedback().rate(r.song.id, 5)
    assert recommend("sad", ranking="paper") == plain


def test_collaborative_filtering_says_what_ranked_its_songs() -> None:
    catalogue = Store().open("starter")
    learn_something(catalogue)
    recommender = Recommender(catalogue, "collaborative")
    for r in recommender.recommend("sad"):
        assert r.why.startswith(f"likeness {r.score:.2f} by playlists")


def test_collaborative_filtering_needs_playlists() -> None:
    with pytest.raises(MoodError, match="has learnt from no playlists"):
        recommend("happy", ranking="collaborative", catalogue="starter")


def test_unknown_rankings_are_refused() -> None:
    with pytest.raises(MoodError, match="listeners, nearness, cosine"):
        ranking("horoscope", Store().open())


@pytest.mark.parametrize("name", sorted(PAPER))
def test_the_papers_ranking_is_scikit_learns_cosine_similarity(name: str) -> None:
    from sklearn.metrics.pairwise import cosine_similarity
    from sklearn.preprocessing import MinMaxScaler

    catalogue = Store().open("starter")
    features = np.stack([catalogue.valence, catalogue.tempo, catalogue.energy], axis=1)
    ideal = PAPER[name]
    scaler = MinMaxScaler().fit(features)
    target = scaler.transform([[ideal.valence, ideal.tempo, ideal.energy]])
    expected = cosine_similarity(target, scaler.transform(features))[0]
    scores = ranking("paper", catalogue).scores(ideal)
    assert np.abs(scores - expected).max() < 1e-6
    songs = recommend(name, ranking="paper", catalogue="starter")
    assert len(songs) == 6
    assert songs.mood == pytest.approx(ideal) or songs.mood == ideal
    top = [catalogue.songs([i])[0].id for i in np.argsort(-expected, kind="stable")[:6]]
    assert [r.song.id for r in songs] == top


def test_the_papers_threshold_leaves_songs_out(tmp_path: Path) -> None:
    rows = [("Up", 1.0, 0.0, 60.0), ("Down", 0.0, 1.0, 60.0), ("Both", 1.0, 1.0, 180.0)]
    songs = Recommender(stored(tmp_path, rows), "paper").recommend(Mood(1, 1, 180))
    assert [r.song.title for r in songs] == ["Both"]


def test_nearness_respects_magnitude_where_the_paper_does_not(tmp_path: Path) -> None:
    """Two songs in the same proportion, one faint and one strong: only one fits a faint mood."""
    rows = [("None", 0.0, 0.0, 20.0), ("All", 1.0, 1.0, 220.0)]
    rows += [("Faint", 0.2, 0.2, 60.0), ("Strong", 0.8, 0.8, 180.0)]
    catalogue = stored(tmp_path, rows)
    faint = Mood(0.2, 0.2, 60)
    paper = {r.song.title: r.score for r in Recommender(catalogue, "paper").recommend(faint)}
    assert paper["Faint"] == pytest.approx(paper["Strong"])
    near = Recommender(catalogue, "nearness").recommend(faint)
    assert near.songs[0].song.title == "Faint"
    scores = {r.song.title: r.score for r in near}
    assert scores["Faint"] > scores["Strong"] + 0.2


@settings(max_examples=200)
@given(st.data())
def test_best_is_what_sorting_everything_gives(data: st.DataObject) -> None:
    n = data.draw(st.integers(0, 3000))
    count = data.draw(st.integers(0, 40))
    levels = data.draw(st.sampled_from([2, 50, 10**9]))  # few levels: many ties
    random = np.random.default_rng(data.draw(st.integers(0, 2**32)))
    scores = random.integers(0, levels, n) / levels
    assert np.array_equal(best(scores, count), np.argsort(-scores, kind="stable")[:count])


def test_the_whole_spotify_catalogue(spotify_tracks: Path) -> None:
    import_catalogue(spotify_tracks, "spotify")
    for name in ALONE:
        songs = recommend("happy", ranking=name)
        assert len(songs) == 6
        assert len({(r.song.title.lower(), r.song.artists) for r in songs}) == 6
        assert len(recommend("sad", None, ranking=name)) == 81_050


def test_reads_the_table_it_was_given(songs_csv: Path) -> None:
    table, _ = read_table(songs_csv)
    assert table.height == 5


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_the_index_gives_what_looking_at_every_song_gives(data: st.DataObject) -> None:
    n = data.draw(st.integers(0, 5000))
    count = data.draw(st.integers(1, 80))
    random = np.random.default_rng(data.draw(st.integers(0, 2**32)))
    points = random.normal(0, 0.5, (2, n)).astype(np.float32)
    if data.draw(st.booleans()):
        points = points.round(1)  # many songs in one place
    target = random.normal(0, 1.5, 2).astype(np.float32)
    share = data.draw(st.sampled_from([None, 0.5, 0.01, 0.0]))
    allowed = np.ones(n, bool) if share is None else random.random(n) < share
    rows, apart = PlaneIndex(points).nearest(
        target, count, None if share is None else lambda rows: allowed[rows]
    )
    every = distances(points, target)
    every[~allowed] = np.inf
    expected = np.argsort(every, kind="stable")[: min(count, int(allowed.sum()))]
    assert np.array_equal(rows, expected)
    assert np.array_equal(apart, every[expected])


@pytest.mark.parametrize("name", RANKINGS)
def test_the_best_songs_are_those_with_the_highest_scores(name: str) -> None:
    catalogue = Store().open("starter")
    learn_something(catalogue)
    made = ranking(name, catalogue)
    for mood in MOODS:
        scores = made.scores(mood)
        rows, found = made.top(mood, 60)
        assert np.array_equal(found, scores[rows])
        assert np.array_equal(found, np.sort(scores)[::-1][:60])
        few = np.arange(len(scores)) % 50 == 0
        rows, found = made.top(mood, 60, lambda rows, few=few: few[rows])  # type: ignore[misc]
        assert np.array_equal(found, np.sort(scores[few])[::-1][:60])
        assert few[rows].all()

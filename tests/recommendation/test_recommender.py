"""Query x catalogue -> songs."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import catalogues
import numpy as np
import pytest

from mien import (
    EMOTIONS,
    Catalogue,
    Expression,
    FaceReading,
    Feedback,
    Filter,
    Mood,
    NoFaceError,
    Reading,
    Recommendations,
    Recommender,
    Store,
    import_catalogue,
    recommend,
)
from mien.errors import CountError, NotFoundError, QueryError
from mien.listener.taste import Taste
from mien.recommendation.diversity import POOL
from mien.recommendation.query import RANKINGS, Query
from mien.recommendation.rankings import Ranking
from mien.recommendation.recommender import recommender_of, run_query
from mien.recommendation.target import POLICIES

FREE_RANKINGS = [name for name in RANKINGS if name != "collaborative"]  # that need no playlists


class TestEveryRanking:
    @pytest.mark.parametrize(
        "mood",
        [
            Mood(0.9, 0.8, 140),
            Mood(0.1, 0.2, 60),
            Mood(0, 0, 1),
            Mood(1, 1, 400),
            Mood(0.5, 0.5, 9),
        ],
        ids=str,
    )
    def test_best_first_and_no_song_twice(self, recommender: Recommender, mood: Mood) -> None:
        songs = recommender.recommend(Query(mood, 50))
        scores = [r.score for r in songs]
        assert scores == sorted(scores, reverse=True)
        assert len({r.song.id for r in songs}) == len(songs)
        assert [r.rank for r in songs] == list(range(1, len(songs) + 1))
        assert all(score >= recommender.ranking().threshold for score in scores)

    def test_the_same_again(self, recommender: Recommender, ranking: Ranking) -> None:
        for seed in (None, 0, 7):
            query = Query("happy", seed=seed)
            first = recommender.recommend(query)
            again = Recommender(recommender.catalogue, type(ranking)(recommender.catalogue))
            assert again.recommend(query) == first

    def test_more_than_there_are(self, recommender: Recommender, ranking: Ranking) -> None:
        n = len(recommender.catalogue)
        for seed in (None, 3):
            songs = recommender.recommend(Query("happy", n + 5, seed=seed))
            enough = ranking.scores(songs.mood) >= ranking.threshold
            if not ranking.as_published:
                enough &= recommender.catalogue.unasked == 0
            assert len(songs) == enough.sum()
        everything = recommender.recommend(Query("happy", None))
        assert len(everything) == n
        assert sorted(r.song.id for r in everything) == sorted(
            s.id for s in recommender.catalogue.songs(range(n))
        )

    def test_a_seed_draws_among_the_best(self, recommender: Recommender, ranking: Ranking) -> None:
        ranked = recommender.recommend(Query("sad", None)).songs
        if not ranking.as_published:
            rows = recommender.catalogue.require([r.song.id for r in ranked])
            wanted = recommender.catalogue.unasked[rows] == 0
            ranked = tuple(r for r, is_wanted in zip(ranked, wanted, strict=True) if is_wanted)
        ranked = ranked[: 6 * POOL]
        best = {r.song.id for r in ranked if r.score >= ranking.threshold}
        drawn = [
            frozenset(r.song.id for r in recommender.recommend(Query("sad", seed=s)))
            for s in range(9)
        ]
        assert all(ids <= best for ids in drawn)
        if len(best) > 12:
            assert len(set(drawn)) > 1

    def test_no_song_is_left(self, recommender: Recommender) -> None:
        everything = frozenset(r.song.id for r in recommender.recommend(Query("happy", None)))
        for query in (Query("happy"), Query("happy", seed=1), Query("happy", to="sad")):
            left_out = Query(query.subject, to=query.to, seed=query.seed, never=everything)
            assert len(recommender.recommend(left_out)) == 0

    def test_never_holds(self, recommender: Recommender) -> None:
        never = frozenset(r.song.id for r in recommender.recommend(Query("happy", 3)))
        for query in (
            Query("happy", never=never),
            Query("happy", never=never, seed=1),
            Query("happy", None, never=never),
            Query("happy", never=never, to="sad"),
        ):
            songs = recommender.recommend(query)
            assert never.isdisjoint(r.song.id for r in songs)

    def test_disliked_songs_are_left_out(self, recommender: Recommender) -> None:
        disliked = {r.song.id: -1.0 for r in recommender.recommend(Query("happy", 3))}
        for query in (Query("happy", seed=1), Query("happy", None), Query("happy", to="sad")):
            songs = recommender.recommend(query, disliked)
            assert disliked.keys().isdisjoint(r.song.id for r in songs)


class TestGolden:
    """The ids of songs of the starter catalogue, as they are meant to be."""

    def queries(self) -> dict[str, Query]:
        blend = Expression.of(np.array([0.05, 0.02, 0.08, 0.4, 0.1, 0.05, 0.3]))
        return {
            **{emotion: Query(emotion) for emotion in EMOTIONS},
            "a blend": Query(blend),
            "a mood": Query(Mood(0.3, 0.7, 150)),
            **{f"happy by {name}": Query("happy", ranking=name) for name in FREE_RANKINGS[1:]},
            **{f"sad, {policy}": Query("sad", policy=policy) for policy in list(POLICIES)[1:]},
            "from sad to happy": Query("sad", 8, to="happy"),
            "from sad to happy, with a seed": Query("sad", 8, to="happy", seed=1),
            "sad, with a seed": Query("sad", seed=1),
            "happy rock": Query("happy", where=Filter(genres=("rock",), clean=True)),
            "angry, not metal, short": Query(
                "angry", where=Filter(without=("metal",), minutes=(2, 3.5), popularity=(20, 80))
            ),
        }

    def test_ids_of_songs(self, starter: Catalogue, golden: Callable[[str, object], Any]) -> None:
        recommender = Recommender(starter)
        found = {
            name: [r.song.id for r in recommender.recommend(query)]
            for name, query in self.queries().items()
        }
        assert found == golden("recommendations", found)


class TestRecommend:
    def test_passes_every_field_on(self) -> None:
        plain = recommend("happy", 20)
        some, other = plain.songs[3].song.id, plain.songs[5].song.id
        where = Filter(without=("metal",))
        found = recommend(
            "Happy", 5, ranking="nearness", catalogue="starter", policy="calm", where=where,
            like=[some], never=[other], personal=False, seed=3,
        )  # fmt: skip
        assert found == run_query(
            Query(
                "happy", 5, ranking="nearness", catalogue="starter", policy="calm", where=where,
                like=(some,), never=frozenset({other}), personal=False, seed=3,
            )
        )  # fmt: skip
        assert recommend("happy", 5, to="sad") == run_query(Query("happy", 5, to="sad"))
        assert recommend("happy", like=some) == recommend("happy", like=[some])
        assert recommend("happy", never=other) == recommend("happy", never=[other])

    def test_takes_readings_and_faces(self) -> None:
        faces = tuple(
            FaceReading(None, Expression.certain(name))  # type: ignore[arg-type]
            for name in ("sad", "happy")
        )
        assert recommend(Reading(faces)) == recommend(faces[0]) == recommend(faces[0].expression)
        journey = recommend(Reading(faces), to=faces[1])
        assert journey == recommend(Expression.certain("sad"), to=Expression.certain("happy"))

    def test_refuses_what_it_cannot_do(self) -> None:
        for ends in ((Reading(()), None), ("sad", Reading(()))):
            with pytest.raises(NoFaceError, match="no face was found; name the emotion instead"):
                recommend(ends[0], to=ends[1])
        for subject, n, seed in (
            (None, 6, None),
            ("merry", 6, None),
            ("sad", 0, None),
            ("sad", 2.5, None),
            ("sad", "6", None),
            ("sad", 6, -1),
        ):
            with pytest.raises(QueryError):
                recommend(subject, n, seed=seed)  # type: ignore[arg-type]
        with pytest.raises(CountError, match="n must be 1 or more, got 0"):
            recommend("happy", 0)
        with pytest.raises(NotFoundError, match="no genre 'nonsense'"):
            recommend("happy", where=Filter(genres=("nonsense",)))
        with pytest.raises(NotFoundError, match="no song with the id 'nothing'"):
            recommend("happy", like=["nothing"])
        with pytest.raises(NotFoundError, match="no catalogue"):
            recommend("happy", catalogue="nothing")

    def test_whole_numbers_in_any_form(self) -> None:
        expected = recommend("sad", 5, seed=2)
        assert recommend("sad", 5.0, seed=2.0) == expected  # type: ignore[arg-type]
        assert recommend("sad", np.int32(5), seed=np.int64(2)) == expected  # type: ignore[arg-type]

    @pytest.mark.data
    def test_the_whole_spotify_catalogue(self, spotify_tracks: Path) -> None:
        import_catalogue(spotify_tracks, "spotify")
        n = len(Store().open("spotify"))
        for name in FREE_RANKINGS:
            songs = recommend("happy", ranking=name)
            assert len(songs) == 6
            assert len({(r.song.title.lower(), r.song.artists) for r in songs}) == 6
            assert len(recommend("sad", None, ranking=name)) == n


class TestFeedback:
    def test_without_ratings_nothing_changes(self) -> None:
        plain = recommend("happy", 20, personal=False)
        assert recommend("happy", 20) == plain
        Feedback().rate("a song of another catalogue", 5)
        assert recommend("happy", 20) == plain

    def test_disliked_songs_never_come(self) -> None:
        songs = recommend("happy")
        Feedback().rate(songs.songs[0].song.id, 1)
        Feedback().react("dislike", songs.songs[1].song.id)
        for seed in (None, 1, 2):
            ids = {r.song.id for r in recommend("happy", 30, seed=seed)}
            assert not ids & {r.song.id for r in songs.songs[:2]}
        impersonal = recommend("happy", personal=False)
        assert [r.song.id for r in impersonal] == [r.song.id for r in songs]

    def test_reasons_mention_liked_songs(self) -> None:
        songs = recommend("happy", None, personal=False).songs
        Feedback().rate(songs[40].song.id, 5)
        reasons = [r.why for r in recommend("happy", 60)]
        assert any("Close to 1 song you like" in why for why in reasons)

    def test_the_papers_ranking_has_no_taste(self) -> None:
        plain = recommend("sad", ranking="paper", personal=False)
        for r in recommend("happy", personal=False):
            Feedback().rate(r.song.id, 5)
        assert recommend("sad", ranking="paper") == plain

    def test_like_holds_for_one_query(self, starter: Catalogue) -> None:
        """Songs come nearer to it than without; it does not come itself, and nothing is kept."""
        plain = recommend("happy", 20)
        liked = plain.songs[7].song
        songs = recommend("happy", 20, like=[liked.id])
        assert liked.id not in {r.song.id for r in songs}
        taste = Taste.of(starter, {liked.id: 1.0})

        def closeness(found: Recommendations) -> float:
            rows = starter.rows_of(r.song.id for r in found if r.song.id != liked.id)
            return float(taste.bonus[rows].mean())

        assert closeness(songs) > closeness(plain) + 0.005
        assert recommend("happy", 20) == plain


class TestRecommenderOf:
    def test_the_same_while_the_catalogue_stays_the_same(self) -> None:
        assert recommender_of("starter") is recommender_of()
        ranking = recommender_of().ranking("nearness")
        assert recommender_of("starter").ranking("nearness") is ranking

    def test_new_playlists_count_at_once(self, starter: Catalogue, home: Path) -> None:
        """Also in a process that has recommended from the catalogue before, such as a server."""
        songs = starter.songs(range(100))
        own = catalogues.save(catalogues.table_of(songs), home)
        loved = songs[3].id
        before = recommend("happy", 30, like=[loved], catalogue="test")
        factors = catalogues.song_factors(catalogues.random_factors(own))
        Store().save_factors(own.ref, factors)
        after = recommend("happy", 30, like=[loved], catalogue="test")
        assert [r.song.id for r in after] != [r.song.id for r in before]


def test_a_ranking_replaces_the_one_that_queries_name(ranking: Ranking) -> None:
    recommender = Recommender(ranking.catalogue, ranking)
    assert recommender.ranking("nearness") is ranking
    assert recommender.recommend(Query("sad", ranking="popularity")).ranking == ranking.name


def test_databases_without_tables_are_empty(home: Path) -> None:
    """A process that is killed while it creates them leaves such files."""
    home.mkdir()
    for name in ("feedback.sqlite", "mien.sqlite"):
        with closing(sqlite3.connect(home / name)) as db:
            db.execute("PRAGMA journal_mode = WAL")
    assert len(recommend("happy")) == 6

"""Songs on the way from one mood to another."""

from __future__ import annotations

import re

import numpy as np
import pytest

from mien import Catalogue, Filter, Mood, Recommender, recommend
from mien.recommendation.journey import Step, plan_journey, sort_steps
from mien.recommendation.query import MAX_JOURNEY, Query
from mien.recommendation.rankings import make_ranking


def test_as_long_as_the_query_says_with_no_song_twice(recommender: Recommender) -> None:
    for seed in (None, 4):
        query = Query("sad", 8, to="happy", seed=seed)
        songs = recommender.recommend(query)
        assert songs.mood == recommender.mood("sad")
        assert songs.to == recommender.mood("happy")
        n = len(recommender.catalogue)
        assert len(songs) == min(8, n) or recommender.ranking().threshold > 0
        assert len({r.song.id for r in songs}) == len(songs)
        assert [r.rank for r in songs] == list(range(1, len(songs) + 1))
        assert recommender.recommend(query) == songs


@pytest.mark.parametrize("name", ["nearness", "cosine", "paper", "popularity", "random"])
def test_each_song_has_the_step_that_it_was_searched_for(name: str) -> None:
    ends = Mood(0.1, 0.1, 70), Mood(0.9, 0.9, 150)
    songs = recommend(ends[0], 6, to=ends[1], ranking=name, catalogue="starter")
    steps = [float(re.search(r"[Vv]alence \S+ for (\S+),", r.why)[1]) for r in songs]  # type: ignore[index]
    assert len(steps) == 6
    assert steps == sorted(set(steps))
    assert (steps[0], steps[-1]) == (0.1, 0.9)


def test_leads_from_one_mood_to_the_other(starter: Catalogue) -> None:
    recommender = Recommender(starter)
    songs = recommender.recommend(Query("sad", 7, to="happy"))
    ranking = recommender.ranking()
    rows = starter.require([r.song.id for r in songs])
    way = ranking.positions()[:, rows] - ranking.position_of(songs.mood)[:, None]
    distances = np.linalg.norm(way, axis=0)
    assert songs.songs[0].why.startswith("Step 1 of 7. ")
    assert np.corrcoef(distances, range(7))[0, 1] > 0.6
    assert len({a for r in songs for a in r.song.artists}) >= 7


def test_never_turns_back(starter: Catalogue) -> None:
    recommender = Recommender(starter)
    ranking = recommender.ranking()
    for start, end in (("sad", "happy"), ("angry", "neutral"), ("happy", "sad")):
        direction = ranking.position_of(recommender.mood(end)) - ranking.position_of(
            recommender.mood(start)
        )
        for n in (3, 8, 20):
            songs = recommender.recommend(Query(start, n, to=end))
            rows = starter.require([r.song.id for r in songs])
            along = direction @ ranking.positions()[:, rows]
            assert (np.diff(along) >= -1e-6).all()
            assert [r.rank for r in songs] == list(range(1, n + 1))


def test_goes_all_the_way_through_few_songs(marked: Catalogue) -> None:
    query = Query(
        Mood(0.1, 0.2, 60),
        8,
        ranking="nearness",
        to=Mood(0.9, 0.8, 180),
        where=Filter(minutes=(1, 9)),
        never=frozenset(f"song-{i}" for i in range(30) if i % 10),
    )
    songs = Recommender(marked).recommend(query)
    assert [r.song.id for r in songs] == ["song-0", "song-10", "song-20"]
    assert songs.songs[2].why.startswith("Step 3 of 3. ")


def test_the_longest_journey(starter: Catalogue) -> None:
    query = Query("sad", MAX_JOURNEY, ranking="nearness", to="happy")
    songs = Recommender(starter).recommend(query)
    assert len({r.song.id for r in songs}) == MAX_JOURNEY


def test_skips_steps_that_no_song_is_left_for(marked: Catalogue) -> None:
    ends = Mood(0.1, 0.2, 60), Mood(0.9, 0.8, 180)
    ranking = make_ranking("nearness", marked)
    two = np.isin(np.arange(len(marked)), (3, 20))
    steps = plan_journey(
        marked, lambda mood, allows: ranking.top(mood, 5, allows), *ends, 4, allows=two.take
    )
    assert [step.row for step in steps] == [3, 20]
    assert steps[0].mood.valence == pytest.approx(0.1)
    assert all(step.score == ranking.scores(step.mood)[step.row] for step in steps)


def test_sorts_steps_along_the_way(marked: Catalogue) -> None:
    ends = Mood(0.1, 0.2, 60), Mood(0.9, 0.8, 180)
    ranking = make_ranking("nearness", marked)
    steps = [Step(row, ends[0], 0.5) for row in (7, 2, 29, 11)]
    assert [step.row for step in sort_steps(steps, ranking, *ends)] == [2, 7, 11, 29]
    assert [step.row for step in sort_steps(steps, ranking, *ends[::-1])] == [29, 11, 7, 2]
    assert sort_steps([], ranking, *ends) == []

"""Songs that were shown recently step back, not out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import catalogues
import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mien import Catalogue, Feedback, Recommender, recommend
from mien.listener.variety import DAYS, SAME_ARTIST, SAME_DAY, Shown, Variety, penalty
from mien.recommendation.query import Query

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def shown(songs: Sequence[str], days: float, number: int = 1) -> list[Shown]:
    return [Shown(song, number, NOW - timedelta(days=days)) for song in songs]


@given(st.floats(0, 30), st.floats(0, 30))
def test_a_penalty_fades_within_two_weeks(one: float, other: float) -> None:
    first, second = sorted((one, other))
    assert SAME_DAY >= penalty(first) >= penalty(second) >= 0
    assert (penalty(first) == 0) == (first >= DAYS)


@pytest.fixture
def versions(tmp_path: Path) -> Catalogue:
    titles = ["Creep", "Creep - Acoustic", "Lucky", "Creep", "Other"]
    table = pl.DataFrame(
        {
            "id": list("abcde"),
            "title": titles,
            "artists": [["R"], ["R"], ["R"], ["Cover"], ["S", "R"]],
            "valence": [0.5] * 5,
            "energy": [0.5] * 5,
            "tempo": [100.0] * 5,
        }
    )
    return catalogues.save(table, tmp_path)


def losses(catalogue: Catalogue, songs: list[Shown]) -> dict[str, float]:
    rows = np.arange(len(catalogue))
    lost = Variety.of(catalogue, songs, NOW).losses(rows)
    return {s.id: x for s, x in zip(catalogue.songs(rows), lost.tolist(), strict=True)}


def test_other_versions_and_songs_by_the_artist_step_back_for_a_day(versions: Catalogue) -> None:
    today = losses(versions, shown("a", 0.1))
    assert today == {"a": SAME_DAY, "b": SAME_DAY, "c": SAME_ARTIST, "d": 0, "e": 0}
    later = losses(versions, shown("a", 2))
    assert later == {"a": penalty(2), "b": 0, "c": 0, "d": 0, "e": 0}
    before = losses(versions, shown("a", 0.2, 1) + shown("e", 0.1, 2))
    assert before == {"a": SAME_DAY, "b": SAME_DAY, "c": 0, "d": 0, "e": SAME_DAY}


def test_the_latest_showing_counts(versions: Catalogue) -> None:
    again = shown("a", 9, 1) + shown("a", 2, 2) + shown(["gone"], 0, 3)
    assert losses(versions, again)["a"] == penalty(2)


@given(st.data())
def test_the_best_are_those_of_a_full_search(data: st.DataObject) -> None:
    from mien import Store

    with Store().open("starter") as starter:
        n = 300
        scores = np.array(data.draw(st.lists(st.floats(0, 1, width=16), min_size=n, max_size=n)))
        rows = data.draw(st.sets(st.integers(0, n - 1), max_size=40))
        days = data.draw(st.sampled_from([0.1, 5.0]))
        songs = [song.id for song in starter.songs(sorted(rows))]
        variety = Variety.of(starter, shown(songs, days), NOW)

        def search(count: int) -> tuple[np.ndarray, np.ndarray]:
            best = np.argsort(-scores, kind="stable")[:count]
            return best, scores[best]

        found, left = variety.best(search, 6)
        every = scores - variety.losses(np.arange(n))
        assert left.tolist() == sorted(every, reverse=True)[:6]
        assert np.allclose(every[found], left)


def test_lists_change_from_sitting_to_sitting() -> None:
    """And the best songs come for those who want them, or whose lists are not kept."""
    feedback = Feedback()
    best = [r.song.id for r in recommend("happy")]
    seen: list[str] = []
    for _ in range(5):
        songs = [r.song.id for r in recommend("happy")]
        assert songs == [r.song.id for r in recommend("happy")]
        assert not set(songs) & set(seen)
        seen += songs
        feedback.save_list([(song, "listeners") for song in songs])
    assert seen[:6] == best
    assert [r.song.id for r in recommend("happy", personal=False)] == best
    drawn = recommend("happy", seed=3)
    assert drawn == recommend("happy", seed=3, personal=False)
    assert len(recommend("happy", None)) == len(recommend("happy", None, personal=False))


def test_no_artist_of_the_last_list_comes_next(starter: Catalogue) -> None:
    recommender = Recommender(starter)
    for emotion in ("happy", "sad"):
        first = recommender.recommend(Query(emotion))
        now = datetime.now(UTC)
        seen = [Shown(r.song.id, 1, now) for r in first]
        second = recommender.recommend(Query(emotion), shown=seen)
        artists = {r.song.artists[0] for r in first}
        again = [r for r in second if r.song.artists[0] in artists]
        assert len(again) <= 2  # where nothing nearly as good is left


def test_songs_step_back_but_not_out(versions: Catalogue) -> None:
    recommender = Recommender(versions)
    now = datetime.now(UTC)
    seen = [Shown(song, 1, now) for song in "abcde"]
    assert len(recommender.recommend(Query("happy", 5), shown=seen)) == 5
    assert len(recommender.recommend(Query("happy", 4, to="sad"), shown=seen)) == 4


def test_old_songs_come_back(starter: Catalogue) -> None:
    recommender = Recommender(starter)
    best = recommender.recommend(Query("sad"))
    ago = datetime.now(UTC) - timedelta(days=DAYS)
    seen = [Shown(r.song.id, 1, ago) for r in best]
    assert recommender.recommend(Query("sad"), shown=seen) == best


def test_feedback_tells_what_was_shown() -> None:
    feedback = Feedback()
    feedback.save_list([("a", "paper"), ("b", "paper")])
    feedback.save_list([("c", "paper")], blind=True)
    assert [(s.song, s.list) for s in feedback.shown(DAYS)] == [("c", 2), ("a", 1), ("b", 1)]
    assert [s.song for s in feedback.shown(DAYS, limit=1)] == ["c"]
    assert feedback.shown(DAYS, before=60) == feedback.shown(0) == []

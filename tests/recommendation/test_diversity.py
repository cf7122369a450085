"""Songs that fit and differ."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mien import Catalogue, Recommender
from mien.catalogue.songs import Kind
from mien.recommendation.diversity import POOL, diversify
from mien.recommendation.query import Query
from mien.recommendation.target import make_target


def kind(artist: str, genre: str = "pop", year: int = -1) -> Kind:
    return Kind((ord(artist),), ord(genre[0]), year // 10)


def test_one_song_an_artist() -> None:
    kinds = [kind(a, g) for a, g in zip("aabbcdef", "12345678", strict=True)]
    assert diversify(kinds, 4) == [0, 2, 4, 5]


def test_a_third_of_one_genre_and_half_of_one_decade() -> None:
    kinds = [kind(a, "rock") for a in "abcdef"] + [kind(a, "jazz") for a in "ghij"]
    kinds += [kind(a, "folk") for a in "klm"]
    assert diversify(kinds, 6) == [0, 1, 6, 7, 10, 11]
    years = [1991, 1992, 1993, 1994, 2001, 2002, 2011]
    kinds = [kind(a, a, year) for a, year in zip("abcdefg", years, strict=True)]
    assert diversify(kinds, 6) == [0, 1, 2, 4, 5, 6]


def test_repeats_a_genre_before_an_artist_and_an_artist_before_giving_too_few() -> None:
    kinds = [kind(a, "rock") for a in "aabbc"]
    assert diversify(kinds, 3) == [0, 2, 4]
    assert diversify(kinds, 4) == [0, 1, 2, 4]
    assert diversify(kinds, 9) == [0, 1, 2, 3, 4]
    assert diversify([], 6) == []


def test_consumes_no_more_than_it_needs() -> None:
    consumed = []
    source = (consumed.append(i) or kind(chr(i), chr(i)) for i in range(100))  # type: ignore[func-returns-value]
    assert diversify(source, 5) == [0, 1, 2, 3, 4]
    assert len(consumed) == 5


@given(st.lists(st.tuples(st.sampled_from("abcde"), st.sampled_from("xyz"))), st.integers(1, 9))
def test_always_n_where_there_are_n(parts: list[tuple[str, str]], n: int) -> None:
    kinds = [kind(artist, genre) for artist, genre in parts]
    chosen = diversify(kinds, n)
    assert chosen == sorted(set(chosen))
    assert len(chosen) == min(n, len(kinds))
    artists = [kinds[i].artists[0] for i in chosen]
    assert len(set(artists)) == min(n, len({a for a, _ in parts}))
    assert not chosen or chosen[0] == 0


@pytest.mark.parametrize("emotion", ["happy", "sad", "angry", "neutral"])
def test_six_songs_differ_and_cost_little_fit(emotion: str, starter: Catalogue) -> None:
    recommender = Recommender(starter)
    ranking = recommender.ranking()
    target = make_target(emotion, "suit", starter.scale)
    scores = np.sort(ranking.scores(target))[::-1]
    shown = set()
    for seed in (None, *range(5)):
        songs = recommender.recommend(Query(emotion, seed=seed))
        assert len(songs) == 6
        artists = [artist for r in songs for artist in r.song.artists]
        assert len(set(artists)) == len(artists)
        assert min(r.score for r in songs) >= scores[5] - ranking.loss - 1e-6
        shown |= {r.song.id for r in songs}
    assert len(shown) > 12
    assert len(shown) <= 6 * POOL

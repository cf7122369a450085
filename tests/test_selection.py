"""Which songs may come, and that six of them differ."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mien import Catalogue, CatalogueError, Filter, Mood, MoodError, Recommender, Store
from mien.catalogue.cleaning import clean
from mien.catalogue.songs import Kind
from mien.recommendation.diversity import LOSS, POOL, various


def kind(artist: str, genre: str = "pop", year: int = -1) -> Kind:
    return Kind((ord(artist),), ord(genre[0]), year // 10)


class TestVarious:
    def test_one_song_an_artist(self) -> None:
        kinds = [kind(a, g) for a, g in zip("aabbcdef", "12345678", strict=True)]
        assert various(kinds, 4) == [0, 2, 4, 5]

    def test_a_third_of_one_genre_and_half_of_one_decade(self) -> None:
        kinds = [kind(a, "rock") for a in "abcdef"] + [kind(a, "jazz") for a in "ghij"]
        kinds += [kind(a, "folk") for a in "klm"]
        assert various(kinds, 6) == [0, 1, 6, 7, 10, 11]
        years = [1991, 1992, 1993, 1994, 2001, 2002, 2011]
        kinds = [kind(a, a, year) for a, year in zip("abcdefg", years, strict=True)]
        assert various(kinds, 6) == [0, 1, 2, 4, 5, 6]

    def test_rather_a_genre_again_than_an_artist_and_rather_that_than_too_few(self) -> None:
        kinds = [kind(a, "rock") for a in "aabbc"]
        assert various(kinds, 3) == [0, 2, 4]
        assert various(kinds, 4) == [0, 1, 2, 4]
        assert various(kinds, 9) == [0, 1, 2, 3, 4]
        assert various([], 6) == []

    def test_takes_no_more_than_it_needs(self) -> None:
        taken = []
        source = (taken.append(i) or kind(chr(i), chr(i)) for i in range(100))  # type: ignore[func-returns-value]
        assert various(source, 5) == [0, 1, 2, 3, 4]
        assert len(taken) == 5

    @given(st.lists(st.tuples(st.sampled_from("abcde"), st.sampled_from("xyz"))), st.integers(1, 9))
    def test_always_n_where_there_are_n(self, parts: list[tuple[str, str]], n: int) -> None:
        kinds = [kind(artist, genre) for artist, genre in parts]
        chosen = various(kinds, n)
        assert chosen == sorted(set(chosen))
        assert len(chosen) == min(n, len(kinds))
        artists = [kinds[i].artists[0] for i in chosen]
        assert len(set(artists)) == min(n, len({a for a, _ in parts}))
        assert not chosen or chosen[0] == 0


@pytest.fixture
def marked(tmp_path: Path) -> Catalogue:
    """Thirty songs that say how long, well known and explicit they are; the last says nothing."""
    n = 30
    table = pl.DataFrame(
        {
            "id": [f"song-{i}" for i in range(n)],
            "title": [f"Song {i}" for i in range(n)],
            "artists": [[f"Artist {i}"] for i in range(n)],
            "genres": [["rock", "live"] if i % 3 == 0 else ["pop"] for i in range(n)],
            "valence": np.linspace(0.1, 0.9, n),
            "energy": np.linspace(0.2, 0.8, n),
            "tempo": np.linspace(60, 180, n),
            "explicit": [i % 2 == 0 for i in range(n - 1)] + [None],
            "popularity": [3.0 * i for i in range(n - 1)] + [None],
            "duration": [60.0 + 10 * i for i in range(n - 1)] + [None],
        }
    )
    store = Store(tmp_path / "songs.sqlite")
    songs, report = clean(table)
    store.save("marked", songs, report, "test")
    return store.open("marked")


class TestFilter:
    def numbers(self, where: Filter, catalogue: Catalogue) -> list[int]:
        songs = Recommender(catalogue).recommend("happy", None, where=where)
        return sorted(int(r.song.id.split("-")[1]) for r in songs)

    def test_genres_in_and_out(self, marked: Catalogue) -> None:
        assert self.numbers(Filter(genres=("Rock",)), marked) == list(range(0, 30, 3))
        assert self.numbers(Filter(without=("live",)), marked) == [i for i in range(30) if i % 3]
        assert self.numbers(Filter(genres=("rock", "pop"), without=("rock",)), marked) == [
            i for i in range(30) if i % 3
        ]
        with pytest.raises(CatalogueError, match="no genre 'polka'"):
            Filter(without=("polka",)).mask(marked)

    def test_what_nobody_says_is_not_explicit_and_of_no_length(self, marked: Catalogue) -> None:
        assert self.numbers(Filter(clean=True), marked) == [*range(1, 29, 2), 29]
        assert self.numbers(Filter(minutes=(2, 3)), marked) == list(range(6, 13))
        assert self.numbers(Filter(popularity=(0, 10)), marked) == [0, 1, 2, 3]

    def test_together(self, marked: Catalogue) -> None:
        where = Filter(("rock",), clean=True, popularity=(10, 100), never=frozenset({"song-9"}))
        assert self.numbers(where, marked) == [15, 21, 27]

    def test_nothing_asked_is_everything(self, marked: Catalogue) -> None:
        assert Filter().mask(marked).all()
        assert self.numbers(Filter(), marked) == list(range(30))

    @pytest.mark.parametrize("bounds", [(3.0, 2.0), (-1.0, 5.0), (float("nan"), 1.0)])
    def test_refuses_empty_ranges(self, bounds: tuple[float, float]) -> None:
        with pytest.raises(MoodError, match="lower one first"):
            Filter(minutes=bounds)


class TestSix:
    @pytest.mark.parametrize("emotion", ["happy", "sad", "angry", "neutral"])
    def test_differ_and_cost_little_fit(self, emotion: str) -> None:
        recommender = Recommender(Store().open("starter"))
        mood = recommender.mood(emotion)
        scores = np.sort(recommender.ranking.scores(mood))[::-1]
        shown = set()
        for seed in (None, *range(5)):
            songs = recommender.recommend(emotion, seed=seed)
            assert len(songs) == 6
            artists = [artist for r in songs for artist in r.song.artists]
            assert len(set(artists)) == len(artists)
            assert min(r.score for r in songs) >= scores[5] - LOSS - 1e-6
            shown |= {r.song.id for r in songs}
        assert len(shown) > 12
        assert len(shown) <= 6 * POOL

    def test_a_journey_leads_there(self) -> None:
        recommender = Recommender(Store().open("starter"))
        songs = recommender.recommend("sad", 7, to="happy")
        apart = [
            np.hypot(r.song.valence - songs.mood.valence, r.song.energy - songs.mood.energy)
            for r in songs
        ]
        assert songs.songs[0].why.startswith("step 1 of 7")
        assert np.corrcoef(apart, range(7))[0, 1] > 0.6
        assert len({a for r in songs for a in r.song.artists}) >= 7

    def test_journeys_never_turn_back(self) -> None:
        recommender = Recommender(Store().open("starter"))
        for start, end in (("sad", "happy"), ("angry", "neutral"), ("happy", "sad")):
            for n in (3, 8, 20):
                songs = recommender.recommend(start, n, to=end)
                place = recommender.ranking.position_of
                way = place(recommender.mood(end)) - place(recommender.mood(start))
                rows = [int(recommender.catalogue.rows_of([r.song.id])[0]) for r in songs]
                shares = way @ recommender.ranking.plane()[0][:, rows]
                assert (np.diff(shares) >= -1e-6).all()
                assert [r.rank for r in songs] == list(range(1, n + 1))

    def test_a_journey_through_few_songs_goes_all_the_way(self, marked: Catalogue) -> None:
        recommender = Recommender(marked, "nearness")
        where = Filter(minutes=(1, 9), never=frozenset(f"song-{i}" for i in range(30) if i % 10))
        songs = recommender.recommend(Mood(0.1, 0.2, 60), 8, to=Mood(0.9, 0.8, 180), where=where)
        assert [r.song.id for r in songs] == ["song-0", "song-10", "song-20"]
        assert songs.songs[2].why.startswith("step 3 of 3")

    def test_lists_are_as_good_as_tuples(self) -> None:
        where = Filter(genres=["rock"], popularity=[0, 50], never={"x"})  # type: ignore[arg-type]
        assert where == Filter(("rock",), popularity=(0, 50), never=frozenset({"x"}))
        assert len(Recommender(Store().open("starter")).recommend("sad", where=where)) == 6

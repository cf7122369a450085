"""Which songs a query allows."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from pathlib import Path

import catalogues
import numpy as np
import polars as pl
import pytest

from mien import Catalogue, Filter, Recommender, recommend
from mien.errors import NotFoundError
from mien.recommendation import filtering
from mien.recommendation.filtering import SongFilter
from mien.recommendation.query import RANKINGS, Query


def allowed(
    catalogue: Catalogue,
    where: Filter = Filter(),  # noqa: B008
    never: Collection[str] = (),
    *,
    music_only: bool = True,
    today: str = "2026-06-01",
) -> list[int]:
    rows = np.arange(len(catalogue))
    day = date.fromisoformat(today)
    allows = SongFilter(catalogue).allows(where, never, music_only=music_only, today=day)
    return rows.tolist() if allows is None else rows[allows(rows)].tolist()


def test_no_condition_allows_all(marked: Catalogue) -> None:
    assert SongFilter(marked).allows(Filter(), (), music_only=True) is None
    assert allowed(marked) == list(range(30))


def test_conditions_and_exclusions_together(marked: Catalogue) -> None:
    where = Filter(("rock",), clean=True, popularity=(10, 100))
    assert allowed(marked, where, {"song-9"}) == [15, 21, 27]
    assert allowed(marked, where, ["unknown"]) == [9, 15, 21, 27]
    assert allowed(marked, never=["song-0", "song-29"]) == list(range(1, 29))


def test_any_rows_in_any_order(marked: Catalogue) -> None:
    allows = SongFilter(marked).allows(Filter(("rock",)), {"song-3"}, music_only=True)
    assert allows is not None
    assert allows(np.array([6, 3, 1, 6])).tolist() == [True, False, False, True]


def test_unknown_genres(marked: Catalogue) -> None:
    with pytest.raises(NotFoundError, match="no genre 'polka'"):
        allowed(marked, Filter(without=("polka",)))


def test_noise_and_spoken_word_are_left_out_unless_their_genre_is_named(tmp_path: Path) -> None:
    rows = 20
    table = pl.DataFrame(
        {
            "title": [f"Song {i}" for i in range(rows)],
            "artists": [[f"Artist {i}"] for i in range(rows)],
            "genres": [["Sleep"] if i % 2 else ["pop"] for i in range(rows)],
            "valence": [0.5] * rows,
            "energy": [i / rows for i in range(rows)],
            "tempo": [100.0] * rows,
            "speechiness": [0.95] + [0.1] * (rows - 1),
        }
    )
    mixed = catalogues.save(table, tmp_path)
    assert allowed(mixed) == list(range(2, rows, 2))
    assert allowed(mixed, music_only=False) == list(range(rows))
    recommender = Recommender(mixed)
    for seed in (None, 1, 2):
        songs = [r.song for r in recommender.recommend(Query("neutral", rows, seed=seed))]
        assert len(songs) == rows // 2 - 1
        assert all(song.genres == ("pop",) and song.title != "Song 0" for song in songs)
    where = Filter(genres=("sleep",))
    assert len(recommender.recommend(Query("neutral", rows, where=where))) == 10
    assert len(recommender.recommend(Query("neutral", None))) == rows
    (tmp_path / "noise").mkdir()
    noise = catalogues.save(
        table.filter(pl.col("genres").list.contains("Sleep")), tmp_path / "noise"
    )
    assert len(Recommender(noise).recommend(Query("neutral"))) == 6


def seasonal(folder: Path) -> Catalogue:
    """Two songs for any day, one for Christmas, one for children and one of both kinds."""
    folder.mkdir(exist_ok=True)
    titles = ["Yellow", "Clocks", "Last Christmas", "Itsy Bitsy", "Jingle Bells"]
    table = pl.DataFrame(
        {
            "title": titles,
            "artists": [[f"Artist {i}"] for i in range(5)],
            "genres": [["rock"], ["pop"], ["pop"], ["Kids"], ["Kids", "Christmas"]],
            "valence": [0.5, 0.4, 0.3, 0.2, 0.1],
            "energy": [0.5] * 5,
            "tempo": [100.0] * 5,
            "duration": [200.0, 30.0, 200.0, 45.0, 200.0],
        }
    )
    return catalogues.save(table, folder)


def test_songs_that_nobody_asked_for_wait_for_their_season_or_genre(tmp_path: Path) -> None:
    songs = seasonal(tmp_path)
    assert allowed(songs) == [0]
    assert allowed(songs, today="2026-12-20") == [0, 2]
    assert allowed(songs, Filter(genres=("pop",))) == [1, 2]  # nothing else is left
    assert allowed(songs, Filter(genres=("pop",)), today="2026-12-20") == [2]
    assert allowed(songs, Filter(genres=("kids",))) == [3]
    assert allowed(songs, Filter(genres=("kids",)), today="2026-12-20") == [3, 4]
    assert allowed(songs, Filter(genres=("christmas",))) == [4]
    assert allowed(songs, Filter(minutes=(0, 1))) == [1]


def test_a_catalogue_for_christmas_is_never_empty(tmp_path: Path) -> None:
    table = pl.DataFrame(
        {
            "title": [f"Christmas {i}" for i in range(9)],
            "artists": [[f"Artist {i}"] for i in range(9)],
            "valence": np.linspace(0, 1, 9),
            "energy": [0.5] * 9,
            "tempo": [100.0] * 9,
        }
    )
    songs = catalogues.save(table, tmp_path)
    for today in ("2026-06-01", "2026-12-01"):
        assert allowed(songs, today=today) == list(range(9))


def test_the_day_is_the_current_one_unless_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    songs = SongFilter(seasonal(tmp_path))
    found = []
    for day in (date(2026, 12, 24), date(2026, 6, 1)):
        monkeypatch.setattr(filtering, "_today", lambda day=day: day)
        allows = songs.allows(Filter(), (), music_only=True)
        assert allows is not None
        found.append(np.flatnonzero(allows(np.arange(5))).tolist())
    assert found == [[0, 2], [0]]


def test_other_versions_of_a_song_are_left_out_with_it(tmp_path: Path) -> None:
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
    recommender = Recommender(catalogues.save(table, tmp_path))
    everything = recommender.recommend(Query("sad", None))
    ids = {(r.song.title, r.song.artists[0]): r.song.id for r in everything}
    never = frozenset({ids["Hot (Live)", "Ann"], ids["アニー", "Ann"]})
    left = {
        (r.song.title, r.song.artists[0])
        for r in recommender.recommend(Query("sad", 9, never=never))
    }
    assert left == {("Hotter", "Ann"), ("エ", "Ann"), ("Hot", "Bob")}


@pytest.mark.parametrize("name", [name for name in RANKINGS if name != "collaborative"])
def test_only_the_genres_of_the_filter(name: str) -> None:
    for genres in (["metal"], ["Country", "deep-house"]):
        wanted = {g.lower() for g in genres}
        where = Filter(genres=tuple(genres))
        songs = recommend("angry", 20, where=where, ranking=name, catalogue="starter")
        assert len(songs) == 20
        assert all(wanted & set(r.song.genres) for r in songs)

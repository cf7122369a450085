"""Damaged and repeated rows become one complete song a recording."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from row_counts import SPOTIFY_ROWS, SPOTIFY_SONGS
from song_files import HEADER, write_lines

from mien.catalogue.cleaning import clean
from mien.catalogue.readers import read_table
from mien.errors import NoUsableSongError


def table_of(*names: tuple[str, list[str]]) -> pl.DataFrame:
    """Songs with these titles and artists and different ids."""
    return pl.DataFrame(
        {"id": [str(i) for i in range(len(names))], "title": [title for title, _ in names]}
    ).with_columns(
        artists=pl.Series([artists for _, artists in names], dtype=pl.List(pl.String)),
        valence=0.5,
        energy=0.5,
        tempo=100.0,
    )


def test_summarises_what_it_did(tmp_path: Path) -> None:
    path = write_lines(
        tmp_path / "s.csv",
        HEADER,
        "a,Ann,One,0.9,0.8,140,pop,50",
        "a,Ann,One,0.9,0.8,140,pop,50",  # the same row again
        "a,Ann,One,0.9,0.8,140,dance,50",  # the same song under another genre
        "z,ANN,one,0.7,0.6,141,folk,70",  # the same recording under another id
        "b,Bob,Two,0.2,0.3,0,pop,40",  # no tempo
        "c,,Three,0.2,0.3,100,pop,40",  # no artist
        "d,Dee,Four,1.7,0.3,,pop,40",  # neither valence nor tempo
    )
    songs, summary = clean(*read_table(path))
    assert songs["title"].to_list() == ["one", "Two"]
    assert songs["id"].to_list() == ["z", "b"]  # the most popular row's values
    assert songs["genres"].to_list() == [["pop", "dance", "folk"], ["pop"]]
    assert songs["tempo"].to_list() == [141.0, 141.0]  # filled with the genre's median
    assert summary.rows == 7
    assert summary.songs == 2
    assert list(summary.dropped.values()) == [1, 1]
    assert list(summary.merged.values()) == [1, 1, 1]
    assert sum(summary.repaired.values()) == 1


@pytest.mark.data
def test_every_row_is_accounted_for(spotify_tracks: Path) -> None:
    """With the known flaws of the Spotify Tracks Dataset."""
    songs, summary = clean(*read_table(spotify_tracks))
    assert summary.rows == SPOTIFY_ROWS
    assert summary.dropped["no title or artist"] == 1
    assert summary.merged["the same row again"] == 450
    gone = sum(summary.dropped.values()) + sum(summary.merged.values())
    assert summary.songs == summary.rows - gone == songs.height == SPOTIFY_SONGS
    assert songs["id"].n_unique() == songs.height
    for name in ("valence", "energy"):
        assert songs[name].is_between(0, 1).all()
    assert songs["tempo"].is_between(20, 320).all()
    comedy = songs.filter(pl.col("title") == "Comedy", pl.col("id") == "5SuOikwiRyPMVoIQDJUgSV")
    assert set(comedy["genres"][0]) >= {"acoustic", "j-pop"}


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_rows_connected_in_steps_are_one_recording(order: tuple[int, ...]) -> None:
    rows = [("a", "X", 10.0), ("b", "Y", 20.0), ("b", "X", 50.0)]
    table = pl.DataFrame(
        [rows[i] for i in order], schema=["id", "title", "popularity"], orient="row"
    ).with_columns(artists=pl.lit(["A"]), valence=0.5, energy=0.5, tempo=100.0)
    songs, _ = clean(table)
    assert songs.select("id", "title").rows() == [("b", "X")]


def test_songs_without_an_id_get_a_permanent_one() -> None:
    table = pl.DataFrame({"title": ["One"], "valence": [0.5], "energy": [0.5], "tempo": [99.0]})
    songs, _ = clean(table.with_columns(artists=pl.lit(["Ann"])))
    assert songs["id"].to_list() == ["mien:c077f49d17a5125a"]


def test_nothing_left_is_an_error(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "s.csv", "title,artist,valence,energy,tempo", "One,Ann,,,")
    with pytest.raises(NoUsableSongError, match="no song"):
        clean(*read_table(path))


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a", "b", "c", None]),
            st.sampled_from(["One", "one", "Two", None]),
            st.one_of(st.none(), st.floats(-1, 2)),
            st.one_of(st.none(), st.floats(0, 1)),
            st.one_of(st.none(), st.floats(-10, 500)),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_cleaned_songs_are_complete(rows: list[tuple[object, ...]]) -> None:
    names = ("id", "title", "valence", "energy", "tempo")
    types = {"id": pl.String, "title": pl.String} | dict.fromkeys(names[2:], pl.Float64)
    table = pl.DataFrame(rows, schema=types, orient="row")
    table = table.with_columns(artists=pl.lit(["A"]))
    try:
        songs, summary = clean(table)
    except NoUsableSongError:
        return
    assert songs.select("id", "title", "valence", "energy", "tempo").null_count().row(0) == (
        (0,) * 5
    )
    assert songs["id"].is_unique().all()
    assert songs["title"].str.to_lowercase().is_unique().all()
    gone = sum(summary.dropped.values()) + sum(summary.merged.values())
    assert summary.songs == songs.height == summary.rows - gone


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("One", ["ann", "Bob"]), ("ONE", ["BOB", "Ann"])),
        (("Straße", ["Ärzte"]), ("STRASSE", ["ÄRZTE"])),
        (("Город", ["Кино"]), ("ГОРОД", ["КИНО"])),
        (("Σίσυφος", ["Άννα"]), ("ΣΊΣΥΦΟΣ", ["ΆΝΝΑ"])),
        (("ｶﾗｵｹ", ["宇多田"]), ("カラオケ", ["宇多田"])),
        (("밤", ["아이유"]), ("\u1107\u1161\u11b7", ["아이유"])),
    ],
)
def test_the_same_names_in_any_case_and_order_are_one_recording(
    one: tuple[str, list[str]], other: tuple[str, list[str]]
) -> None:
    songs, summary = clean(table_of(one, other))
    assert songs.height == 1
    assert list(summary.merged.values()) == [0, 0, 1]


def test_other_names_in_any_script_are_other_recordings() -> None:
    titles = ["花束を君に", "道", "Группа крови", "Μαύρα", "حبيبي", "שלום", "밤편지", "รักแท้"]
    titles += ["🙂", "🙃", "!!!", "???", "é", "e"]
    songs, _ = clean(table_of(*((title, ["A"]) for title in titles)))
    assert songs["title"].to_list() == titles


def test_ids_made_for_songs_do_not_depend_on_how_names_are_compared() -> None:
    """Listeners' feedback refers to them."""
    table = table_of(("Straße", ["deadmau5", "Kaskade"])).with_columns(id=pl.lit(None, pl.String))
    assert clean(table)[0]["id"].to_list() == ["mien:b1f39eeb7df593dc"]

"""Songs take what other catalogues know of them."""

from __future__ import annotations

from pathlib import Path

import catalogues
import polars as pl
import pytest
from song_files import write_lines

from mien import Catalogue, Store
from mien.catalogue.importing import import_songs
from mien.catalogue.matching import lack_values, take_values
from mien.catalogue.readers import read_table
from mien.catalogue.summary import ImportSummary

ID = "5SuOikwiRyPMVoIQDJUgSV"
COLUMNS = ("id", "title", "artists", "valence", "popularity", "duration")


def save(name: str, *songs: tuple[str, str, str, float, float, float]) -> Catalogue:
    """A catalogue of songs with these `COLUMNS`, one artist each."""
    table = pl.DataFrame(songs, COLUMNS, orient="row").with_columns(
        pl.concat_list("artists"),
        genres=pl.lit(["folk"], pl.List(pl.String)),
        energy=pl.lit(0.5),
        tempo=pl.lit(100.0),
        danceability=pl.lit(0.25),
        mode=pl.lit(1, pl.Int32),
        explicit=pl.lit(value=True),
    )
    Store().save(name, table, ImportSummary(len(songs), len(songs)), "test")
    return Store().open(name)


def valences(path: Path, *known: Catalogue) -> list[float | None]:
    found: list[float | None] = take_values(read_table(path)[0], known)[0]["valence"].to_list()
    return found


def test_ids_come_before_names(tmp_path: Path) -> None:
    by_name = save("names", ("x", "One", "Ann", 0.1, 1.0, 1.0))
    by_id = save("ids", (ID, "Uno", "Anna", 0.9, 1.0, 1.0))
    path = write_lines(tmp_path / "s.csv", "id,title,artist", f"spotify:track:{ID},One,Ann")
    assert valences(path, by_name, by_id) == [0.9]


def test_numbers_of_rows_are_no_ids(tmp_path: Path) -> None:
    known = save("known", ("1", "Uno", "Anna", 0.9, 1.0, 1.0))
    path = write_lines(tmp_path / "s.csv", "id,title,artist", "1,One,Ann")
    assert valences(path, known) == [None]


def test_the_first_catalogue_that_knows_a_song_counts(tmp_path: Path) -> None:
    first = save("first", ("a", "One", "Ann", 0.1, 1.0, 1.0))
    second = save("second", ("b", "One", "Ann", 0.2, 1.0, 1.0), ("c", "Two", "Ann", 0.3, 1, 1))
    path = write_lines(tmp_path / "s.csv", "title,artist", "ONE,ann", "Two,Ann", "Three,Ann")
    table, counts = take_values(read_table(path)[0], [first, second])
    assert table["valence"].to_list() == [0.1, 0.3, None]
    assert counts == {"first": 1, "second": 1}


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Creep", 0.1),
        ("Creep - Remastered 2009", 0.1),
        ("creep (Radio Edit)", 0.1),
        ("Creep - Acoustic", 0.2),
        ("Creep (Acoustic)", 0.2),
        ("Creep - Live", None),
    ],
)
def test_other_versions_sound_otherwise(tmp_path: Path, title: str, expected: float | None) -> None:
    known = save("known", ("a", "Creep", "R", 0.1, 1, 1), ("b", "Creep - Acoustic", "R", 0.2, 9, 1))
    path = write_lines(tmp_path / "s.csv", "title,artist", f"{title},R")
    assert valences(path, known) == [expected]


def test_of_recordings_with_one_name_the_length_tells(tmp_path: Path) -> None:
    known = save("known", ("a", "One", "Ann", 0.1, 90, 200.0), ("b", "One", "Ann", 0.2, 5, 300.0))
    lines = ("title,artist,length", "One,Ann,5:01", "One,Ann,", "One,Ann,100")
    assert valences(write_lines(tmp_path / "s.csv", *lines), known) == [0.2, 0.1, 0.1]


@pytest.mark.parametrize("artist", ["Ann, Bob", "Ann feat. Bob", "Ann & Bob", "Ann;Bob", "Ann x B"])
def test_the_first_of_several_artists(tmp_path: Path, artist: str) -> None:
    known = save("known", ("a", "One", "Ann", 0.1, 1.0, 1.0))
    path = write_lines(tmp_path / "s.csv", "title,artist", f'One,"{artist}"')
    assert valences(path, known) == [0.1]


def test_a_name_with_a_comma_is_first_looked_for_as_it_is(tmp_path: Path) -> None:
    known = save("known", ("a", "One", "Tyler, The C", 0.1, 1, 1), ("b", "One", "Tyler", 0.2, 1, 1))
    path = write_lines(tmp_path / "s.csv", "title,artist", 'One,"Tyler, The C"')
    assert valences(path, known) == [0.1]


def test_own_values_stay_and_all_others_are_taken(tmp_path: Path) -> None:
    known = save("known", (ID, "One", "Ann", 0.1, 70.0, 200.0))
    path = write_lines(
        tmp_path / "s.csv", "title,artist,genre,valence,energy,popularity", "One,Ann,jazz,,0.9,"
    )
    (row,) = take_values(read_table(path)[0], [known])[0].to_dicts()
    expected = {
        "id": ID,
        "genres": ["jazz"],
        "valence": 0.1,
        "energy": 0.9,
        "tempo": 100.0,
        "popularity": 70.0,
        "danceability": 0.25,
        "mode": 1,
        "explicit": True,
        "duration": 200.0,
    }
    assert {name: row[name] for name in expected} == expected
    assert row["year"] is None


def test_moods_heard_in_a_sound_are_taken(tmp_path: Path) -> None:
    moods = [-0.5, -2.0, -3.0, -2.5]
    with save("known", (ID, "One", "Ann", 0.1, 70.0, 200.0)) as known:
        table = catalogues.table_of(known.songs([0]))
    heard = table.with_columns(heard=pl.Series([moods], dtype=pl.List(pl.Float64)))
    Store().save("heard", heard, ImportSummary(1, 1), "test")
    path = write_lines(tmp_path / "s.csv", "title,artist", "One,Ann", "Two,Ann")
    taken, _ = take_values(read_table(path)[0], [Store().open("heard")])
    assert taken["heard"].to_list() == [moods, None]


def test_songs_with_features_are_not_looked_up(tmp_path: Path) -> None:
    path = write_lines(
        tmp_path / "s.csv", "title,artist,valence,energy,tempo", "A,B,0.1,0.2,100", "C,D,0.1,,100"
    )
    assert not lack_values(read_table(path)[0])


EXPORTS = {
    "exportify": (
        "Track URI,Track Name,Album Name,Artist Name(s),Release Date,Duration (ms),Popularity,"
        "Explicit,Added By,Added At,Genres,Record Label,Danceability,Energy,Key,Loudness,Mode,"
        "Speechiness,Acousticness,Instrumentalness,Liveness,Valence,Tempo,Time Signature",
        "spotify:track:{id},{title},{album},{artists},2013-01-01,,,,,,,,,,,,,,,,,,,",
    ),
    "exportify of earlier years": (
        '"Track URI","Track Name","Artist URI(s)","Artist Name(s)","Album URI","Album Name",'
        '"Album Artist URI(s)","Album Artist Name(s)","Album Release Date","Album Image URL",'
        '"Disc Number","Track Number","Track Duration (ms)","Track Preview URL","Explicit",'
        '"Popularity","ISRC","Added By","Added At"',
        "spotify:track:{id},{title},,{artists},,{album},,,2013-01-01,,1,1,,,,,,,",
    ),
    "tunemymusic": (
        "Track name,Artist name,Album,Playlist name,Type,ISRC,Spotify - id",
        "{title},{artists},{album},Mine,Playlist,,{id}",
    ),
    "tunemymusic without ids": (
        "Track name,Artist name,Album,Playlist name,Type,ISRC",
        "{title},{artists},{album},Mine,Playlist,",
    ),
    "beets": ("path,title,artist,genre", "/music/a.mp3,{title},{artists},"),
}


@pytest.mark.parametrize("export", EXPORTS)
def test_exports_of_other_programs(tmp_path: Path, starter: Catalogue, export: str) -> None:
    songs = [s for s in starter.songs(range(400)) if len(s.artists) > 1][:5]
    header, row = EXPORTS[export]
    lines = [
        row.format(
            id=s.id, title=f'"{s.title}"', album=f'"{s.album}"', artists=f'"{", ".join(s.artists)}"'
        )
        for s in songs
    ]
    done = import_songs(write_lines(tmp_path / "export.csv", header, *lines))
    assert (done.summary.songs, done.summary.unplaced) == (5, 0)
    with Store().open() as catalogue:
        found = catalogue.songs(range(5))
    for song, again in zip(songs, found, strict=True):
        assert (again.id, again.title, again.artists) == (song.id, song.title, song.artists)
        assert (again.valence, again.popularity) == (song.valence, song.popularity)
        assert again.genres == song.genres


def test_every_value_of_real_songs_comes_back(spotify: Catalogue, tmp_path: Path) -> None:
    """A piece of the Spotify Tracks Dataset as a list of titles and artists alone."""
    every = spotify.songs(range(0, len(spotify), 40))
    names = pl.DataFrame(
        {
            "Track name": [s.title for s in every],
            "Artist name": [";".join(s.artists) for s in every],
        }
    )
    names.write_csv(tmp_path / "names.csv")
    store = Store(spotify.ref.path)
    summary = import_songs(tmp_path / "names.csv", "names", store).summary
    try:
        with store.open("names") as found:
            assert len(found) == len(every)
            assert summary.known == {"spotify-tracks": len(every)}
            for song, again in zip(every, found.songs(range(len(found))), strict=True):
                assert again == song
            rows = spotify.rows_of([s.id for s in every])
            assert (
                spotify.features(("loudness", "danceability"))[rows]
                == found.features(("loudness", "danceability"))
            ).all()
    finally:
        store.remove("names")

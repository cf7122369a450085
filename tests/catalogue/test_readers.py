"""Files of songs in the forms that people have them."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import polars as pl
import pytest
from song_files import write_lines

from mien.catalogue.readers import read_table
from mien.errors import MissingColumnError, SongFileError


@pytest.mark.parametrize(
    "header",
    [
        "title,artist,valence,energy,tempo",
        "song_name,track_artist,VALENCE,Energy,Tempo (BPM)",
        "\ufeffname,artists,valence,energy,Tempo",
    ],
)
def test_recognises_other_column_names(tmp_path: Path, header: str) -> None:
    table, _ = read_table(write_lines(tmp_path / "s.csv", header, "One,Ann,0.5,0.25,120"))
    assert table.select("title", "valence", "energy", "tempo").row(0) == ("One", 0.5, 0.25, 120)
    assert table["artists"].to_list() == [["Ann"]]


def test_a_header_may_declare_percentages(tmp_path: Path) -> None:
    header = "Track Name,Artist(s)_Name,Valence_%,Energy Percent,BPM"
    table, _ = read_table(write_lines(tmp_path / "s.csv", header, "One,Ann,1,25,120"))
    assert table.select("valence", "energy").row(0) == (0.01, 0.25)


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-8-sig"])
def test_reads_what_spreadsheets_write_lines(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "s.csv"
    path.write_text("title,artist,valence,energy,tempo\nCafé,Björk,0.5,0.5,100\n", encoding)
    table, notes = read_table(path)
    assert table["title"].to_list() == ["Café"]
    assert table["artists"].to_list() == [["Björk"]]
    assert any("Windows-1252" in note for note in notes) == (encoding == "cp1252")


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_recognises_other_separators(tmp_path: Path, separator: str) -> None:
    lines = [
        separator.join(row)
        for row in (
            ["title", "artist", "valence", "energy", "tempo"],
            ["One", "Ann", "0.5", "0.25", "120"],
        )
    ]
    assert read_table(write_lines(tmp_path / "s.csv", *lines))[0]["tempo"].to_list() == [120.0]


def test_converts_percentages_decimal_commas_units_and_clock_times(tmp_path: Path) -> None:
    path = write_lines(
        tmp_path / "s.csv",
        "title;artist;valence;energy;bpm;duration;key;mode;release_date",
        "One;Ann;50;100;120,5;3:05;C#;Major;1999-05-01",
        "Two;Bob;80 %;0;98 BPM;4:10;A;Minor;2004",
    )
    table, notes = read_table(path)
    assert table["valence"].to_list() == [0.5, 0.8]
    assert table["energy"].to_list() == [1.0, 0.0]
    assert table["tempo"].to_list() == [120.5, 98.0]
    assert table["duration"].to_list() == [185.0, 250.0]
    assert table["key"].to_list() == [1, 9]
    assert table["mode"].to_list() == [1, 0]
    assert table["year"].to_list() == [1999, 2004]
    assert any("percent" in note for note in notes)


def test_splits_lists_of_artists(tmp_path: Path) -> None:
    path = write_lines(
        tmp_path / "s.csv",
        "title,artist,valence,energy,tempo",
        "1,Ann;Bob,0.5,0.5,100",
        "2,\"['Ann', 'Bob']\",0.5,0.5,100",
        '3,"Tyler, The Creator",0.5,0.5,100',
        '4,"[""Guns N\' Roses""]",0.5,0.5,100',
    )
    assert read_table(path)[0]["artists"].to_list() == [
        ["Ann", "Bob"],
        ["Ann", "Bob"],
        ["Tyler, The Creator"],
        ["Guns N' Roses"],
    ]


def test_reads_parquet_and_gzip(tmp_path: Path, songs_csv: Path) -> None:
    expected = read_table(songs_csv)[0]
    pl.read_csv(songs_csv).write_parquet(tmp_path / "songs.parquet")
    (tmp_path / "songs.csv.gz").write_bytes(gzip.compress(songs_csv.read_bytes()))
    for name in ("songs.parquet", "songs.csv.gz"):
        assert read_table(tmp_path / name)[0].equals(expected)


def test_cleans_lists_in_parquet(tmp_path: Path) -> None:
    columns = {
        "title": ["1", "2"],
        "valence": [0.5] * 2,
        "energy": [0.5] * 2,
        "bpm": [99.0] * 2,
    }
    table = pl.DataFrame({**columns, "artists": [[" Ann ", None, ""], [None]]})
    table.write_parquet(tmp_path / "songs.parquet")
    assert read_table(tmp_path / "songs.parquet")[0]["artists"].to_list() == [["Ann"], []]
    odd = pl.DataFrame({**columns, "artists": [[{"name": "Ann"}]] * 2})
    odd.write_parquet(tmp_path / "odd.parquet")
    with pytest.raises(SongFileError, match="unusable type"):
        read_table(tmp_path / "odd.parquet")


def test_names_that_look_like_missing_values_are_kept(tmp_path: Path) -> None:
    path = write_lines(
        tmp_path / "s.csv",
        "title,artist,valence,energy,tempo,key",
        "None,NA,0.5,0.5,100,Bb",
        "null,[dunkelbunt],0.5,0.5,100,99999999999",
        "Bell\x07 \x1b[31mred,Ann,0.5,0.5,100,x",
    )
    table, _ = read_table(path)
    assert table["title"].to_list() == ["None", "null", "Bell [31mred"]
    assert table["artists"].to_list() == [["NA"], ["[dunkelbunt]"], ["Ann"]]
    assert table["key"].to_list() == [10, None, None]


def test_extracts_spotify_ids_from_links(tmp_path: Path) -> None:
    track = "5SuOikwiRyPMVoIQDJUgSV"
    path = write_lines(
        tmp_path / "s.csv",
        "title,artist,valence,energy,tempo,uri",
        f"1,A,0.5,0.5,100,spotify:track:{track}",
        f"2,A,0.5,0.5,100,https://open.spotify.com/track/{track}?si=1",
        f"3,A,0.5,0.5,100,{track}",
    )
    assert read_table(path)[0]["id"].to_list() == [track] * 3


def test_names_the_missing_columns(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "s.csv", "by,valence,energy,tempo", "Ann,0.5,0.5,100")
    with pytest.raises(MissingColumnError, match="no column for title or artists") as error:
        read_table(path)
    assert "track_name" in error.value.hint
    assert "by, valence, energy, tempo" in error.value.hint


def test_notes_which_features_are_missing(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "s.csv", "title,artist,valence", "One,Ann,0.5")
    table, notes = read_table(path)
    assert "no column for energy or tempo" in notes
    assert table.select("title", "valence", "energy", "tempo").rows() == [("One", 0.5, None, None)]


def test_paths_start_in_the_folder_of_the_table(tmp_path: Path) -> None:
    path = write_lines(
        tmp_path / "s.csv",
        "path,title,artist",
        "Ann/One.mp3,One,Ann",
        "/music/Two.mp3,Two,Ann",
        ",Three,Ann",
        '"Ann/Line\nbreak  .mp3",Four,Ann',
    )
    assert read_table(path)[0]["path"].to_list() == [
        os.fsencode(tmp_path / "Ann" / "One.mp3"),
        b"/music/Two.mp3",
        None,
        os.fsencode(tmp_path / "Ann" / "Line\nbreak  .mp3"),
    ]


def test_a_name_in_another_encoding_spoils_no_other_line(tmp_path: Path) -> None:
    """As in a table of Linux: one file has a name in Latin-1."""
    odd = os.fsencode(tmp_path) + b"/Ol\xe9\x81.mp3"
    Path(os.fsdecode(odd)).touch()
    path = tmp_path / "s.csv"
    rows = [b"path,title,artist", "/Café.mp3,Déjà vu,Beyoncé".encode(), odd + b",Ol\xe9,Ann"]
    path.write_bytes(b"\n".join(rows))
    table, notes = read_table(path)
    assert table["path"].to_list() == ["/Café.mp3".encode(), odd]
    assert table["title"].to_list() == ["Déjà vu", "Olé"]
    assert any("some lines" in note for note in notes)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.csv", b""),
        ("noise.parquet", b"PAR1 this is not a table"),
        ("ragged.csv", b"title,artist,valence,energy,tempo\na,b,0.1,0.2,100,7,8,9\n"),
        ("picture.csv", bytes(range(256)) * 4),
    ],
)
def test_rejects_files_that_are_not_tables(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(SongFileError) as error:
        read_table(path)
    assert "\n" not in str(error.value)


def test_rejects_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(SongFileError, match="not a file"):
        read_table(tmp_path / "none.csv")

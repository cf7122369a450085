"""Names and covers of sound files."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
import sounds
from PIL import Image

from mien.audio.tags import MAX_COVER, Tags, read_cover, read_tags, split_genres, with_file_name
from mien.errors import MissingSoundError

TAGGED = {
    "title": "Sinnerman",
    "artist": "Nina Simone",
    "album": "Pastel Blues",
    "genre": "Jazz",
    "date": "1965-10-01",
    "track": "9",
}


def picture(kind: str = "PNG", size: int = 8) -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (size, size), "teal").save(data, kind)
    return data.getvalue()


@pytest.mark.parametrize("ending", sorted(sounds.ENCODERS))
def test_every_format_has_its_tags(tmp_path: Path, ending: str) -> None:
    tags = read_tags(sounds.write_sound(tmp_path / f"a{ending}", tags=TAGGED))
    assert (tags.title, tags.artists, tags.album, tags.genres, tags.track) == (
        "Sinnerman",
        ("Nina Simone",),
        "Pastel Blues",
        ("Jazz",),
        "9",
    )
    assert tags.year == 1965 or ending == ".wma"  # FFmpeg writes no year that others read


def test_several_artists_are_several(tmp_path: Path) -> None:
    file = sounds.write_sound(tmp_path / "a.mp3", tags={"artist": "Ann; Bob;Ann"})
    assert read_tags(file).artists == ("Ann", "Bob")


def test_control_characters_reach_nobody(tmp_path: Path) -> None:
    file = sounds.write_sound(tmp_path / "a.flac", tags={"title": "A\x1b[31m\r\nB"})
    assert read_tags(file).title == "A [31m B"


@pytest.mark.parametrize(
    "content", [b"", b"ID3", b"ID3\x04\x00\x00\x7f\x7f\x7f\x7f", b"fLaC\x00\x00"]
)
def test_damaged_tags_are_no_tags(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "a.mp3"
    file.write_bytes(content + os.urandom(100))
    assert read_tags(file).artists == ()


def test_what_is_no_file_is_an_error(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp3")
    for name in ("pipe.mp3", "missing.mp3", "."):
        with pytest.raises(MissingSoundError):
            read_tags(tmp_path / name)


@pytest.mark.parametrize(
    ("text", "genres"),
    [
        ("Indie Rock;Lo-Fi Indie", ("Indie Rock", "Lo-Fi Indie")),
        ("Hip-Hop/Rap", ("Hip-Hop", "Rap")),
        ("Folk, World, & Country", ("Folk, World, & Country",)),
        ("Pop, Dance", ("Pop", "Dance")),
        ("  Other ", ()),
    ],
)
def test_genres_are_split_where_a_tag_lists_them(text: str, genres: tuple[str, ...]) -> None:
    assert split_genres([text]) == genres


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "Nina Simone/Pastel Blues/09 - Sinnerman.mp3",
            ("Sinnerman", "Nina Simone", "Pastel Blues"),
        ),
        (
            "Nina Simone/Pastel Blues/1-09 Sinnerman.mp3",
            ("Sinnerman", "Nina Simone", "Pastel Blues"),
        ),
        ("Nina_Simone - Sinnerman.mp3", ("Sinnerman", "Nina Simone", None)),
        ("mixed/Nina Simone \u2013 Sinnerman.mp3", ("Sinnerman", "Nina Simone", "mixed")),
        ("Sinnerman.mp3", ("Sinnerman", None, None)),
        ("99 Luftballons.mp3", ("99 Luftballons", None, None)),
        ("09 Luftballons.mp3", ("Luftballons", None, None)),
        ("2-4-6-8 Motorway.mp3", ("2-4-6-8 Motorway", None, None)),
        ("07.Sinnerman.mp3", ("Sinnerman", None, None)),
        ("1999.mp3", ("1999", None, None)),
        ("07.mp3", ("07", None, None)),
        ("\udcff.mp3", ("Untitled", None, None)),
    ],
)
def test_names_and_folders_stand_in_for_tags(
    name: str, expected: tuple[str, str | None, str | None]
) -> None:
    tags = with_file_name(Tags(), Path("/music") / name, Path("/music"))
    assert (tags.title, next(iter(tags.artists), None), tags.album) == expected


def test_tags_come_before_names() -> None:
    tags = Tags("Feeling Good", ("Nina Simone",))
    assert with_file_name(tags, Path("/music/a/b/c - d.mp3"), Path("/music")) == tags
    only_title = with_file_name(Tags("Feeling Good"), Path("/m/Ann/Live/2 x.mp3"), Path("/m"))
    assert (only_title.title, only_title.artists) == ("Feeling Good", ("Ann",))


def test_a_cover_beside_the_file(tmp_path: Path) -> None:
    file = sounds.write_sound(tmp_path / "a.ogg")
    assert read_cover(file) is None
    (tmp_path / "Folder.JPG").write_bytes(picture("JPEG"))
    assert read_cover(file) == (picture("JPEG"), "image/jpeg")
    (tmp_path / "cover.png").write_bytes(picture())
    assert read_cover(file) == (picture(), "image/png")


def test_a_cover_is_a_picture_in_that_folder(tmp_path: Path) -> None:
    file = sounds.write_sound(tmp_path / "music" / "a.ogg")
    cover = tmp_path / "music" / "cover.jpg"
    cover.write_text("secret")
    assert read_cover(file) is None
    cover.write_bytes(picture("JPEG") + bytes(MAX_COVER))
    assert read_cover(file) is None
    cover.unlink()
    (tmp_path / "private.jpg").write_bytes(picture("JPEG"))
    cover.symlink_to(tmp_path / "private.jpg")
    assert read_cover(file) is None


def test_a_cover_in_the_file(tmp_path: Path) -> None:
    import base64
    import struct

    data = picture()
    block = (
        struct.pack(">II", 3, 9) + b"image/png" + struct.pack(">IIIIII", 0, 8, 8, 24, 0, len(data))
    )
    text = base64.b64encode(block + data).decode()
    file = sounds.write_sound(tmp_path / "a.ogg", tags={"METADATA_BLOCK_PICTURE": text})
    (tmp_path / "cover.jpg").write_bytes(picture("JPEG"))
    assert read_cover(file) == (data, "image/png")

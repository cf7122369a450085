"""Which files are one song, and what it is called."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mien.audio.analysis import Sound
from mien.audio.tags import Tags
from mien.library.songs import merge_copies, song_id
from mien.library.state import SongFile

SOUND = Sound(200.0, 120.0, -9.0, 0.5, 0.5, (-1.4, -1.4, -1.4, -1.3))


def file(key: str, tags: Tags, seconds: float = 200.0) -> SongFile:
    from dataclasses import replace

    sound = replace(SOUND, duration=seconds)
    return SongFile(key.encode(), False, song_id(tags, key.encode()), 0.0, tags, sound)


def keys(*files: SongFile) -> list[str]:
    return [song.file.key.decode() for song in merge_copies(files)]


def test_copies_are_one_song() -> None:
    first = file("a.flac", Tags("Creep", ("Radiohead",), album="Pablo Honey"))
    copy = file("b.mp3", Tags("creep", ("RADIOHEAD",), album="The Best Of"), 202.0)
    assert keys(first, copy) == ["a.flac"]


def test_versions_are_songs_of_their_own() -> None:
    names = ("Creep", "Creep (Acoustic)", "Creep - Live", "Creep (Remix)")
    files = [file(name, Tags(name, ("Radiohead",))) for name in names]
    assert keys(*files) == list(names)


def test_recordings_that_last_differently_are_songs_of_their_own() -> None:
    tags = Tags("Intro", ("The xx",), album="xx")
    found = merge_copies([file("a", tags, 127), file("b", tags, 64), file("c", tags, 129)])
    assert [song.file.key for song in found] == [b"a", b"b"]
    assert len({song.id for song in found}) == 2


def test_what_has_no_artist_is_never_a_copy() -> None:
    assert keys(file("1/01.mp3", Tags("01")), file("2/01.mp3", Tags("01"))) == [
        "1/01.mp3",
        "2/01.mp3",
    ]


def test_a_song_keeps_its_id_where_it_moves_and_however_it_is_spelt() -> None:
    tags = Tags("Déjà Vu", ("Beyoncé",), album="B'Day", track="3")
    assert song_id(tags, b"a") == song_id(
        Tags("DÉJÀ VU", ("beyoncé",), "b'day", (), None, "3"), b"b"
    )
    assert song_id(Tags("x"), b"a") != song_id(Tags("x"), b"b")


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xy"), st.integers(1, 400))))
def test_every_song_has_an_id_of_its_own(given: list[tuple[str, str, int]]) -> None:
    files = [
        file(str(i), Tags(title, (artist,)), seconds)
        for i, (artist, title, seconds) in enumerate(given)
    ]
    songs = merge_copies(files)
    assert len({song.id for song in songs}) == len(songs)
    assert {(f.tags.title, f.tags.artists) for f in files} == {
        (s.file.tags.title, s.file.tags.artists) for s in songs
    }

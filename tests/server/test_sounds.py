"""Sounds and covers over HTTP: whole, in ranges, converted, and never anything else."""

from __future__ import annotations

import io
import os
import threading
import wave
from pathlib import Path

import numpy as np
import own_music
import pytest
import sounds
from flask.testing import FlaskClient
from PIL import Image
from serving import error_of

from mien.server.app import create_app
from mien.server.sounds import PIECE


@pytest.fixture
def music(tmp_path: Path) -> Path:
    (tmp_path / "music").mkdir()
    return tmp_path / "music"


@pytest.fixture
def player(music: Path) -> FlaskClient:
    """A client of a server whose library is the folder `music`."""
    return create_app(roots=lambda name: (music,) if name == "library" else ()).test_client()


def audio(song: str, catalogue: str = "library", more: str = "") -> str:
    return f"/api/v1/songs/{song}/audio?catalogue={catalogue}{more}"


PLAYED = {
    ".mp3": "audio/mpeg",
    ".flac": "audio/flac",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
    ".m4a": "audio/mp4",
    ".wav": "audio/wav",
}


@pytest.mark.parametrize(("ending", "mime"), PLAYED.items())
def test_what_browsers_play_is_sent_as_it_is(
    player: FlaskClient, music: Path, ending: str, mime: str
) -> None:
    file = sounds.write_sound(music / f"a{ending}")
    (song,) = own_music.save_songs([file])
    answer = player.get(audio(song))
    assert (answer.status_code, answer.mimetype) == (200, mime)
    assert answer.data == file.read_bytes()
    assert answer.headers["Accept-Ranges"] == "bytes"


@pytest.mark.parametrize(
    ("ending", "encoder"), [(".aiff", None), (".wma", None), (".m4a", "alac"), (".mp3", None)]
)
def test_what_they_do_not_play_is_converted_while_it_streams(
    player: FlaskClient, music: Path, ending: str, encoder: str | None
) -> None:
    file = sounds.write_sound(music / f"a{ending}", encoder=encoder)
    (song,) = own_music.save_songs([file])
    address = audio(song, more="&wav=1" if ending == ".mp3" else "")
    answer = player.get(address)
    assert answer.mimetype == "audio/wav"
    with wave.open(io.BytesIO(answer.data)) as wav:
        assert wav.getframerate() == 44_100
        samples = np.frombuffer(wav.readframes(10**9), "<i2").reshape(-1, 2)
    assert len(samples) / 44_100 == pytest.approx(3, abs=0.1)
    assert np.abs(samples[22_050:110_000]).max() > 3000
    pieces = b""
    while len(pieces) < len(answer.data):
        span = f"bytes={len(pieces)}-{len(pieces) + 99_998}"
        part = player.get(address, headers={"Range": span})
        assert part.status_code == 206
        pieces += part.data
    assert pieces == answer.data


def test_ranges(player: FlaskClient, music: Path) -> None:
    file = sounds.write_sound(music / "a.wav")
    (song,) = own_music.save_songs([file])
    whole = file.read_bytes()
    size = len(whole)

    def get(span: str, **headers: str) -> tuple[int, bytes, str | None]:
        answer = player.get(audio(song), headers={"Range": span, **headers})
        return answer.status_code, answer.data, answer.headers.get("Content-Range")

    assert get("bytes=0-1") == (206, whole[:2], f"bytes 0-1/{size}")
    assert get("bytes=100-") == (206, whole[100:], f"bytes 100-{size - 1}/{size}")
    assert get("bytes=-5") == (206, whole[-5:], f"bytes {size - 5}-{size - 1}/{size}")
    assert get(f"bytes={size - 1}-{size + 99}")[1] == whole[-1:]
    assert get(f"bytes={size}-") == (416, b"", f"bytes */{size}")
    for odd in ("bytes=5-2", "lines=0-1", "bytes=a-b", "bytes=0-1,5-6"):
        assert get(odd)[:2] == (200, whole)
    assert get("bytes=0-1", **{"If-Range": '"other"'})[0] == 200
    etag = player.head(audio(song)).headers["ETag"]
    assert get("bytes=0-1", **{"If-Range": etag})[0] == 206
    assert player.get(audio(song), headers={"If-None-Match": etag}).status_code == 304
    head = player.head(audio(song))
    assert (head.status_code, head.content_length, head.data) == (200, size, b"")


def test_an_open_range_is_answered_in_pieces(player: FlaskClient, music: Path) -> None:
    file = sounds.write_sound(music / "a.wav", sounds.tone(15))
    (song,) = own_music.save_songs([file])
    answer = player.get(audio(song), headers={"Range": "bytes=0-"})
    assert len(answer.data) == PIECE
    assert answer.headers["Content-Range"].startswith(f"bytes 0-{PIECE - 1}/")


def test_a_recommended_song_says_where_its_sound_is(player: FlaskClient, music: Path) -> None:
    own_music.save_songs([sounds.write_sound(music / "a b.mp3"), None])
    answer = player.post("/api/v1/recommendations", json={"emotion": "happy"})
    found = {song["title"]: song for song in answer.get_json()["songs"]}
    assert player.get(found["Song 0"]["audio"]).status_code == 200
    assert found["Song 1"]["audio"] is None
    assert str(music) not in answer.text
    assert "a b" not in answer.text


def test_only_ids_of_songs_are_known(player: FlaskClient, music: Path) -> None:
    (song,) = own_music.save_songs([sounds.write_sound(music / "a.mp3")])
    for odd in ("../../etc/passwd", "%2e%2e%2fpasswd", str(music / "a.mp3"), "song-9", "%00"):
        answer = player.get(audio(odd), follow_redirects=True)
        assert answer.status_code == 404
        assert str(music) not in error_of(answer)["hint"]
    assert player.get(audio(song, "nothing")).status_code == 404


def test_nothing_outside_the_folders_is_sent(player: FlaskClient, music: Path) -> None:
    secret = sounds.write_sound(music.parent / "private" / "secret.mp3")
    text = music.parent / "private" / "passwords.mp3"
    text.write_text("secret")
    (music / "link.mp3").symlink_to(secret)
    (music / "folder").symlink_to(secret.parent)
    os.mkfifo(music / "pipe.mp3")
    (music / "zero.mp3").symlink_to("/dev/zero")
    (music / "folder.mp3").mkdir()
    songs = own_music.save_songs(
        [
            secret,
            music / "link.mp3",
            music / "folder" / "secret.mp3",
            music / ".." / "private" / "secret.mp3",
            music / "pipe.mp3",
            music / "zero.mp3",
            music / "folder.mp3",
            music / "gone.mp3",
            text,
        ]
    )
    for song in songs:
        for address in (audio(song), audio(song).replace("/audio", "/cover")):
            answer = player.get(address)
            assert answer.status_code == 404, song
            assert str(music.parent) not in answer.text


def test_links_inside_the_folders_are_followed(player: FlaskClient, music: Path) -> None:
    sounds.write_sound(music / "a.mp3")
    (music / "b.mp3").symlink_to(music / "a.mp3")
    (song,) = own_music.save_songs([music / "b.mp3"])
    assert player.get(audio(song)).status_code == 200


def test_a_link_that_is_changed_meanwhile_leads_nowhere(player: FlaskClient, music: Path) -> None:
    inside = sounds.write_sound(music / "a.mp3")
    outside = sounds.write_sound(music.parent / "secret.mp3", sounds.tone(2, 999))
    link = music / "link.mp3"
    link.symlink_to(inside)
    (song,) = own_music.save_songs([link])
    stop = threading.Event()

    def swap() -> None:
        while not stop.is_set():
            for target in (outside, inside):
                spare = music / ".spare"
                spare.symlink_to(target)
                spare.rename(link)

    thread = threading.Thread(target=swap)
    thread.start()
    try:
        answers = [player.get(audio(song)) for _ in range(300)]
    finally:
        stop.set()
        thread.join()
    assert {a.status_code for a in answers} <= {200, 404}
    assert any(a.status_code == 200 for a in answers)
    private = outside.read_bytes()
    assert not any(a.data == private for a in answers)


def test_a_file_of_another_catalogue_must_be_a_sound(player: FlaskClient, tmp_path: Path) -> None:
    good = sounds.write_sound(tmp_path / "a.mp3")
    text = tmp_path / "notes.txt"
    text.write_text("secret")
    (tmp_path / "b.mp3").symlink_to(text)
    fake = tmp_path / "c.mp3"
    fake.write_text("secret")
    songs = own_music.save_songs([good, text, tmp_path / "b.mp3", fake], "mine")
    codes = [player.get(audio(song, "mine")).status_code for song in songs]
    assert codes == [200, 404, 404, 422]


def test_covers(player: FlaskClient, music: Path) -> None:
    file = sounds.write_sound(music / "a.mp3")
    (song,) = own_music.save_songs([file])
    address = audio(song).replace("/audio", "/cover")
    assert player.get(address).status_code == 404
    picture = io.BytesIO()
    Image.new("RGB", (8, 8), "teal").save(picture, "PNG")
    (music / "cover.png").write_bytes(picture.getvalue())
    answer = player.get(address)
    assert (answer.mimetype, answer.data) == ("image/png", picture.getvalue())
    again = player.get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_the_token_guards_sounds(music: Path) -> None:
    from mien.server.access import Access

    (song,) = own_music.save_songs([sounds.write_sound(music / "a.mp3")])
    client = create_app(
        access=Access(token="a long secret token"), roots=lambda _: (music,)
    ).test_client()
    assert client.get(audio(song)).status_code == 401
    bearer = {"Authorization": "Bearer a long secret token"}
    assert client.get(audio(song), headers=bearer).status_code == 200

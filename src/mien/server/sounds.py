"""The sound and the cover of a song, for the page's player and other clients.

Only ids come in, and only sounds go out: a file is opened first and checked then, so that what was
checked is what is sent, whatever links are changed meanwhile.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

from flask import Blueprint, Response, current_app, request

from mien.audio.tags import (
    COVER_SUFFIXES,
    MAX_COVER,
    SUFFIXES,
    as_picture,
    cover_beside,
    embedded_cover,
)
from mien.catalogue.song import Song
from mien.errors import NoSuchSoundError
from mien.output.json import SoundAddresses
from mien.recommendation.recommender import recommender_of

PIECE = 1 << 20
"""Bytes that a request for a range gets at most. Players ask for the next piece when they need it,
so that one that pauses holds no thread of the server."""

Roots = Callable[[str], tuple[Path, ...]]
"""The name of a catalogue -> the folders that its sounds must lie in; none: anywhere."""

_KNOWN = 10_000  # files

sounds = Blueprint("sounds", __name__, url_prefix="/api/v1/songs")


@dataclass(frozen=True)
class _Opened:
    """A sound that was opened and checked.

    Attributes:
        file: positioned at its start.
        etag: changes with the file.
        size: bytes.
    """

    file: BinaryIO
    etag: str
    size: int


def addresses(song: Song, catalogue: str) -> SoundAddresses:
    """Where the server sends a song's sound and its cover, if it has one."""
    if song.path is None and song.remote is None:
        return SoundAddresses(None, None)
    of_song = f"/api/v1/songs/{quote(song.id, safe='')}"
    query = f"?catalogue={quote(catalogue, safe='')}"
    return SoundAddresses(f"{of_song}/audio{query}", f"{of_song}/cover{query}")


@sounds.get("/<path:song_id>/audio")
def audio(song_id: str) -> Response:
    """The sound of a song, as it is or as WAV where browsers cannot play it; in ranges."""
    from mien.audio.converting import wav_piece, wav_size

    song, roots = _song(song_id)
    opened = _open_sound(song, roots)
    mime = None if "wav" in request.args else _media_type(opened)
    if mime is not None:
        return _send(opened, mime, opened.size, lambda a, b: _read(opened.file, a, b))
    size = wav_size(opened.file)
    return _send(opened, "audio/wav", size, lambda a, b: wav_piece(opened.file, a, b, size))


@sounds.get("/<path:song_id>/cover")
def cover(song_id: str) -> Response:
    """The picture in a sound file, or beside it."""
    song, roots = _song(song_id)
    found = _remote_cover(song) if song.path is None else _cover(song.path, roots)
    if found is None:
        raise NoSuchSoundError("this song has no cover", "show its title instead")
    picture, mime = found
    response = Response(picture, mimetype=mime)
    response.set_etag(hashlib.blake2b(picture, digest_size=12).hexdigest())
    response.headers["Cache-Control"] = "private, max-age=3600"
    response.make_conditional(request)
    return response


def _cover(path: Path, roots: tuple[Path, ...]) -> tuple[bytes, str] | None:
    with _open(path, roots).file as file:
        found = embedded_cover(file)
    return _beside(path, roots) if found is None else found


def _remote_cover(song: Song) -> tuple[bytes, str] | None:
    from mien.players.base import connect

    service, _, number = (song.remote or "").partition(":")
    data = connect(service).cover(number) if number else None
    return None if data is None else as_picture(data)


def _open_sound(song: Song, roots: tuple[Path, ...]) -> _Opened:
    """Open the file of a song, or what its music server sends."""
    if song.path is None and song.remote is not None:
        from mien.players.cache import fetch, sounds_folder

        return _open(fetch(song.remote), (sounds_folder(),))
    return _open(song.path, roots)


def _song(song_id: str) -> tuple[Song, tuple[Path, ...]]:
    """The song, and the folders that its files must lie in; none: anywhere."""
    catalogue = recommender_of(request.args.get("catalogue") or None).catalogue
    (song,) = catalogue.songs(catalogue.require([song_id]))
    roots: Roots = current_app.config["MIEN_ROOTS"]
    return song, roots(catalogue.ref.name)


def _open(path: Path | None, roots: tuple[Path, ...]) -> _Opened:
    """Open a file, and check what was opened.

    Raises:
        NoSuchSoundError: there is none, it is no file, or it lies outside the folders.
    """
    if path is None:
        raise NoSuchSoundError("this song has no file here", "open it at Spotify or YouTube")
    try:
        file = open(path, "rb", opener=_at_once)  # noqa: SIM115 - the answer closes it
    except OSError:
        raise _gone() from None
    facts = os.fstat(file.fileno())
    if not stat.S_ISREG(facts.st_mode) or not _is_inside(path, facts, roots):
        file.close()
        raise _gone()
    mark = f"{facts.st_dev}-{facts.st_ino}-{facts.st_size}-{facts.st_mtime_ns}"
    etag = hashlib.blake2b(mark.encode(), digest_size=12).hexdigest()
    return _Opened(file, etag, facts.st_size)


def _is_inside(path: Path, facts: os.stat_result, roots: tuple[Path, ...]) -> bool:
    """Whether an opened file really lies in one of the folders, links resolved; where there are
    none, whether it is really called like a sound."""
    try:
        real = Path(os.path.realpath(path))
        if not os.path.samestat(real.lstat(), facts):  # a link was changed meanwhile
            return False
    except OSError:
        return False
    if real.suffix.lower() not in SUFFIXES | COVER_SUFFIXES:
        return False
    return not roots or any(Path(os.path.realpath(root)) in real.parents for root in roots)


def _gone() -> NoSuchSoundError:
    return NoSuchSoundError(
        "the file of this song is gone, or lies outside the library's folders",
        "scan the library again, or add the folder that the file lies in",
    )


def _at_once(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))  # a pipe would wait for its writer


def _beside(path: Path, roots: tuple[Path, ...]) -> tuple[bytes, str] | None:
    beside = cover_beside(path)
    if beside is None:
        return None
    with contextlib.suppress(NoSuchSoundError), _open(beside, roots).file as file:
        return as_picture(file.read(MAX_COVER + 1))
    return None


def _media_type(opened: _Opened) -> str | None:
    """The media type of a file that browsers play as it is; looked up once for each file."""
    from mien.audio.converting import media_type

    known: dict[str, str | None] = current_app.config["MIEN_MEDIA_TYPES"]
    if opened.etag not in known:
        if len(known) >= _KNOWN:
            known.clear()
        known[opened.etag] = media_type(opened.file)
    return known[opened.etag]


def _send(opened: _Opened, mime: str, size: int, piece: Callable[[int, int], bytes]) -> Response:
    """Answer with a range of a sound, or with all of it where no range is requested."""
    with_file = Response(mimetype=mime)
    with_file.set_etag(opened.etag)
    with_file.accept_ranges = "bytes"
    with_file.headers["Cache-Control"] = "private, no-cache"
    span = _range(opened.etag, size)
    if request.method == "HEAD" or opened.etag in request.if_none_match:
        opened.file.close()
        with_file.status_code = 304 if opened.etag in request.if_none_match else 200
        with_file.content_length = size
        return with_file
    if span is None:
        with_file.response = _pieces(opened.file, size, piece)
        with_file.content_length = size
        return with_file
    with opened.file:
        if span.start >= span.stop:
            with_file.status_code = 416
            with_file.headers["Content-Range"] = f"bytes */{size}"
            return with_file
        with_file.data = piece(span.start, span.stop)
    with_file.status_code = 206
    with_file.headers["Content-Range"] = f"bytes {span.start}-{span.stop - 1}/{size}"
    return with_file


def _range(etag: str, size: int) -> range | None:
    """The bytes to send, at most `PIECE`, empty where none of them exist; None: all."""
    wanted = request.range
    if wanted is None or wanted.units != "bytes" or len(wanted.ranges) != 1:
        return None
    if request.if_range.etag is not None and request.if_range.etag != etag:
        return None
    if request.if_range.date is not None:
        return None
    start, stop = wanted.ranges[0]
    if start is None or start < 0:
        start, stop = max(0, size + (start or 0)), size
    stop = size if stop is None else min(stop, size)
    return range(start, min(stop, start + PIECE))


def _pieces(file: BinaryIO, size: int, piece: Callable[[int, int], bytes]) -> Iterator[bytes]:
    with file:
        for start in range(0, size, PIECE):
            yield piece(start, min(size, start + PIECE))


def _read(file: BinaryIO, start: int, stop: int) -> bytes:
    file.seek(start)
    return file.read(stop - start)

"""Title, artists, genres and cover of a sound file, from its tags, by tinytag."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from mien.errors import MissingExtraError, MissingSoundError

if TYPE_CHECKING:
    from tinytag import TinyTag

SUFFIXES = frozenset(
    {
        *(
            ".mp3",
            ".mp2",
            ".flac",
            ".ogg",
            ".oga",
            ".opus",
            ".spx",
            ".wav",
            ".aif",
            ".aiff",
            ".aifc",
        ),
        *(".m4a", ".m4b", ".m4p", ".mp4", ".aac", ".aax", ".aaxc", ".alac", ".wma", ".asf"),
        *(".ape", ".wv", ".mka", ".mpc", ".tta", ".dsf"),
    }
)
"""Endings of the names of sound files, in lower case."""

PICTURES = ("image/jpeg", "image/png", "image/webp")
"""Media types of covers."""

MAX_COVER = 8_000_000
"""Bytes; a larger picture is no cover that a page should load."""

_COVER_NAMES = ("cover", "folder", "front", "album", "albumart")
COVER_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp"})
_NO_GENRE = {"other", "unknown", "unknown genre", "genre", "none", "misc", "default", "<unknown>"}
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")
# A number before a mark, with a leading zero, or of a disc and a track; "99 Luftballons" keeps its.
_NUMBER = re.compile(
    r"^(?:\d-\d\d(?:\s*[-.)])?(?=\s)|\d{1,3}\s*[-.)](?=\s)|\d{1,3}\.(?=\D)|0\d{1,2}(?=\s))\s*(?=\S)"
)
_DASH = re.compile("\\s+[-\u2013\u2014]\\s+")  # hyphen or dashes


@dataclass(frozen=True)
class Tags:
    """What a file says of itself.

    Attributes:
        title: None without one.
        artists, genres: in the file's spelling; several where the file separates them.
        album, year, track: None where the file has none. The track is disc and number as text.
    """

    title: str | None = None
    artists: tuple[str, ...] = ()
    album: str | None = None
    genres: tuple[str, ...] = ()
    year: int | None = None
    track: str | None = None


def read_tags(path: Path) -> Tags:
    """The tags of a file; empty where it has none that can be read.

    Raises:
        MissingSoundError: it cannot be opened.
        MissingExtraError: tinytag is not installed.
    """
    tag = _open(path)
    if tag is None:
        return Tags()
    fields: Mapping[str, Any] = tag.as_dict()
    # The first names whom the song is by; an album's artist stands in for it.
    artists = _texts(fields, "artist") or _texts(fields, "albumartist")
    return Tags(
        title=_first(_texts(fields, "title")),
        artists=_split(artists, ";"),
        album=_first(_texts(fields, "album")),
        genres=split_genres(_texts(fields, "genre")),
        year=_year(_texts(fields, "year")),
        track="-".join([*_texts(fields, "disc")[:1], *_texts(fields, "track")[:1]]) or None,
    )


def split_genres(texts: Iterable[str]) -> tuple[str, ...]:
    """The genres in texts as tags have them.

    >>> split_genres(["Indie Rock; Lo-Fi", "Hip-Hop/Rap", "Folk, World, & Country", "Other"])
    ('Indie Rock', 'Lo-Fi', 'Hip-Hop', 'Rap', 'Folk, World, & Country')
    """
    found: dict[str, None] = {}
    for text in texts:
        for part in re.split("[;|]", text):
            whole = re.search(r",\s*(&|and)\s", part) is not None
            for name in [part] if whole else re.split(r"[,/]", part):
                genre = " ".join(name.split())
                if genre and genre.lower() not in _NO_GENRE:
                    found[genre] = None
    return tuple(found)


def with_file_name(tags: Tags, path: Path, root: Path) -> Tags:
    """Tags, with what the name and the folders of the file say where they say nothing.

    >>> with_file_name(Tags(), Path("/music/Nina Simone/Pastel Blues/04 - Sinnerman.mp3"), Path("/music"))
    Tags(title='Sinnerman', artists=('Nina Simone',), album='Pastel Blues', genres=(), year=None, track=None)
    >>> with_file_name(Tags(), Path("/music/Nina Simone - Sinnerman.mp3"), Path("/music")).artists
    ('Nina Simone',)

    Args:
        tags: of the file.
        path: of the file.
        root: the folder of music that it is in; the folders between are artist and album.
    """  # noqa: E501
    if tags.title and tags.artists:
        return tags
    name = _clean(path.stem.replace("_", " ")) or "Untitled"
    name = _NUMBER.sub("", name) or name
    named = _DASH.split(name, maxsplit=1)
    folders = path.relative_to(root).parts[:-1] if path.is_relative_to(root) else ()
    artist = named[0] if len(named) > 1 else folders[-2] if len(folders) > 1 else ""
    album = folders[-1] if folders else ""
    return Tags(
        title=tags.title or named[-1],
        artists=tags.artists or tuple(filter(None, [_clean(artist)])),
        album=tags.album or _clean(album) or None,
        genres=tags.genres,
        year=tags.year,
        track=tags.track,
    )


def read_cover(path: Path) -> tuple[bytes, str] | None:
    """The picture in a file, else one beside it such as `cover.jpg`.

    Returns:
        Its bytes and media type, or None without one.

    Raises:
        MissingSoundError: the sound file cannot be opened.
        MissingExtraError: tinytag is not installed.
    """
    try:
        with path.open("rb") as file:
            found = embedded_cover(file)
        beside = None if found else cover_beside(path)
        return found if beside is None else as_picture(beside.read_bytes())
    except OSError as e:
        raise _unopened(path, e) from e


def embedded_cover(file: BinaryIO) -> tuple[bytes, str] | None:
    """The picture in an open file: its bytes and media type, or None without one.

    Raises:
        MissingExtraError: tinytag is not installed.
    """
    tag = _parse(file, image=True)
    image = tag.images.any if tag is not None else None
    return None if image is None or not image.data else as_picture(image.data)


def cover_beside(path: Path) -> Path | None:
    """A picture in the folder of a sound file that is its cover by its name, or None."""
    try:
        beside = {p.name.lower(): p for p in path.parent.iterdir()}
    except OSError:
        return None
    for stem in (path.stem.lower(), *_COVER_NAMES):
        for suffix in COVER_SUFFIXES:
            picture = beside.get(stem + suffix)
            # A link may lead out of the folders of music.
            if picture is not None and not picture.is_symlink() and picture.is_file():
                return picture
    return None


def as_picture(data: bytes) -> tuple[bytes, str] | None:
    """A picture with its media type (JPEG, PNG or WebP, told by its content); None for others, and
    for more than `MAX_COVER` bytes."""
    if len(data) > MAX_COVER:
        return None
    if data[:3] == b"\xff\xd8\xff":
        return data, "image/jpeg"
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        return data, "image/png"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return data, "image/webp"
    return None


def _open(path: Path) -> TinyTag | None:
    """The tags, or None where tinytag cannot read them: other parts judge whether it is sound."""
    if not path.is_file():  # opening a pipe would wait for its writer
        raise MissingSoundError(f"{path.name} is not a file", "give a file of sound")
    try:
        with path.open("rb") as file:
            return _parse(file, image=False, name=str(path))
    except OSError as e:
        raise _unopened(path, e) from e


def _parse(file: BinaryIO, *, image: bool, name: str | None = None) -> TinyTag | None:
    try:
        from tinytag import TinyTag, TinyTagException
    except ImportError as e:
        raise MissingExtraError("tinytag", "library") from e
    try:
        return TinyTag.get(filename=name, file_obj=file, duration=False, image=image)
    except TinyTagException:
        return None


def _unopened(path: Path, error: OSError) -> MissingSoundError:
    return MissingSoundError(
        f"{path.name} cannot be opened ({error.strerror or error})", "check that it is there"
    )


def _texts(fields: Mapping[str, Any], name: str) -> list[str]:
    value = fields.get(name)
    values = value if isinstance(value, list) else [value]
    return [text for v in values if v is not None and (text := _clean(str(v)))]


def _clean(text: str) -> str:
    """Text without control characters, lone surrogates and superfluous white space."""
    return " ".join(_CONTROLS.sub(" ", text).split())


def _split(texts: Iterable[str], separators: str) -> tuple[str, ...]:
    parts = (part.strip() for text in texts for part in re.split(separators, text))
    return tuple(dict.fromkeys(part for part in parts if part))


def _first(texts: list[str]) -> str | None:
    return texts[0] if texts else None


def _year(texts: list[str]) -> int | None:
    for text in texts:
        if found := re.search(r"(?<!\d)(1[89]\d\d|20\d\d)(?!\d)", text):
            return int(found[0])
    return None

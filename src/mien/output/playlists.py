"""Songs as files that other programs read: CSV and playlists."""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath
from xml.etree import ElementTree

from mien.catalogue.paths import is_elsewhere
from mien.catalogue.song import Song
from mien.output.json import links
from mien.recommendation.results import Recommendations

Locate = Callable[[Song], str | None]
"""A song -> where players find its sound, or None where they do not."""

CSV_COLUMNS = ("rank", "id", "title", "artists", "valence", "energy", "tempo", "score")


def to_csv(recommendations: Recommendations) -> str:
    """A CSV table with the columns `CSV_COLUMNS`; several artists are joined by `;`."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    for r in recommendations:
        song = r.song
        artists = ";".join(song.artists)
        features = (song.valence, song.energy, song.tempo)
        writer.writerow((r.rank, song.id, song.title, artists, *features, f"{r.score:.9f}"))
    return out.getvalue()


def to_m3u(songs: Iterable[Song], locate: Locate) -> str:
    """An extended M3U playlist of the songs that have a file; written as UTF-8, in which names of
    files that are no text keep their bytes (`surrogateescape`)."""
    lines = ["#EXTM3U"]
    for song in songs:
        location = locate(song)
        if location is None:
            continue
        seconds = -1 if song.duration is None else round(song.duration)
        name = " ".join(f"{', '.join(song.artists)} - {song.title}".split())
        lines += [f"#EXTINF:{seconds},{name}", location]
    return "\n".join(lines) + "\n"


def to_xspf(songs: Iterable[Song], locate: Locate) -> str:
    """An XSPF playlist (version 1): where a song's file is, if it has one, and its Spotify link."""
    root = ElementTree.Element("playlist", {"version": "1", "xmlns": "http://xspf.org/ns/0/"})
    tracks = ElementTree.SubElement(root, "trackList")
    for song in songs:
        track = ElementTree.SubElement(tracks, "track")
        elements = {
            "location": locate(song),
            "title": song.title,
            "creator": ", ".join(song.artists),
            "info": links(song).spotify,
            "album": song.album,
            "duration": None if song.duration is None else str(round(song.duration * 1000)),
        }
        for name, text in elements.items():
            if text is not None:
                ElementTree.SubElement(track, name).text = _strip_control_characters(text)
    ElementTree.indent(root)
    body = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'


def path_of(song: Song, relative_to: Path | None = None) -> str | None:
    """The path of a song's file, as M3U holds it, or None without one.

    Args:
        song: the song.
        relative_to: the folder that paths start from; default: they are absolute.
    """
    if song.path is None:
        return None
    if is_elsewhere(song.path):
        return str(song.path)
    path = os.path.abspath(song.path)  # noqa: PTH100 - resolve() follows links
    if relative_to is not None:
        path = os.path.relpath(path, relative_to)
    # A line of M3U ends at a line break, is stripped, and is a comment where it begins with #.
    if path.splitlines() != [path.strip()]:
        return file_address(song)
    return f".{os.sep}{path}" if path.startswith("#") else path


def file_address(song: Song) -> str | None:
    """The `file://` address of a song's file, or None without one."""
    if song.path is None:
        return None
    if is_elsewhere(song.path):
        return PureWindowsPath(song.path).as_uri()
    return Path(os.path.abspath(song.path)).as_uri()  # noqa: PTH100


def songs_to_csv(songs: Iterable[Song]) -> str:
    """A CSV table with the columns `id`, `title`, `artists` (joined by `;`) and `link`."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("id", "title", "artists", "link"))
    for song in songs:
        writer.writerow((song.id, song.title, ";".join(song.artists), links(song).spotify))
    return out.getvalue()


def _strip_control_characters(text: str) -> str:
    """Remove the characters that XML does not allow."""
    return re.sub("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)


@dataclass(frozen=True)
class Format:
    """A format of playlist files.

    Attributes:
        write: songs, and where their sounds are -> the file's text.
        mime: its media type.
    """

    write: Callable[[Iterable[Song], Locate], str]
    mime: str


FORMATS = {
    "m3u8": Format(to_m3u, "audio/x-mpegurl"),
    "xspf": Format(to_xspf, "application/xspf+xml"),
    "csv": Format(lambda songs, _: songs_to_csv(songs), "text/csv"),
}
"""Suffix of the file -> format."""

"""Recommendations -> files that other programs read."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from xml.etree import ElementTree

from mien.catalogue.songs import Song
from mien.output.json import links
from mien.recommendation.results import Recommendations

CSV_COLUMNS = ("rank", "id", "title", "artists", "valence", "energy", "tempo", "score")


def to_csv(recommendations: Recommendations) -> str:
    """A table with the columns `CSV_COLUMNS`; several artists are joined by `;`."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    for r in recommendations:
        song = r.song
        artists = ";".join(song.artists)
        facts = (song.valence, song.energy, song.tempo, f"{r.score:.9f}")
        writer.writerow((r.rank, song.id, song.title, artists, *facts))
    return out.getvalue()


def to_m3u(songs: Iterable[Song]) -> str:
    """An extended M3U playlist of the songs' Spotify links, to be written as UTF-8."""
    lines = ["#EXTM3U"]
    for song in songs:
        seconds = -1 if song.duration is None else round(song.duration)
        name = " ".join(f"{', '.join(song.artists)} - {song.title}".split())
        lines += [f"#EXTINF:{seconds},{name}", links(song).spotify]
    return "\n".join(lines) + "\n"


def to_xspf(songs: Iterable[Song]) -> str:
    """An XSPF playlist (version 1) of the songs' Spotify links."""
    root = ElementTree.Element("playlist", {"version": "1", "xmlns": "http://xspf.org/ns/0/"})
    tracks = ElementTree.SubElement(root, "trackList")
    for song in songs:
        track = ElementTree.SubElement(tracks, "track")
        facts = {
            "location": links(song).spotify,
            "title": song.title,
            "creator": ", ".join(song.artists),
            "album": song.album,
            "duration": None if song.duration is None else str(round(song.duration * 1000)),
        }
        for name, fact in facts.items():
            if fact is not None:
                ElementTree.SubElement(track, name).text = _in_xml(fact)
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def songs_to_csv(songs: Iterable[Song]) -> str:
    """A table with the columns `id`, `title`, `artists` (joined by `;`) and `link`."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("id", "title", "artists", "link"))
    for song in songs:
        writer.writerow((song.id, song.title, ";".join(song.artists), links(song).spotify))
    return out.getvalue()


def _in_xml(text: str) -> str:
    """Without the characters that XML cannot hold."""
    return re.sub("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)


@dataclass(frozen=True)
class Format:
    """A kind of file: how it is written, and its media type."""

    write: Callable[[Iterable[Song]], str]
    mime: str


FORMATS = {
    "m3u8": Format(to_m3u, "audio/x-mpegurl"),
    "xspf": Format(to_xspf, "application/xspf+xml"),
    "csv": Format(songs_to_csv, "text/csv"),
}
"""By the ending of the file's name."""

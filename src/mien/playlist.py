"""Recommendations -> files that other programs read."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from mien.catalogue.songs import Song
from mien.recommender import Recommendations
from mien.wire import links

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
        lines += [f"#EXTINF:{seconds},{name}", links(song)["spotify"]]
    return "\n".join(lines) + "\n"

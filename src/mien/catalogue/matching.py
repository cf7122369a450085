"""Songs without features -> what other catalogues know of them, by id, else by artist and title."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from mien.catalogue.cleaning import is_placed
from mien.catalogue.columns import (
    HEARD,
    NAME_HASHES,
    NUMBERS,
    hash_names,
    unpack_hashes,
    unpack_moods,
)
from mien.catalogue.names import version_words
from mien.catalogue.readers import MEASURED
from mien.catalogue.song import Song
from mien.catalogue.songs import Catalogue
from mien.catalogue.sounds import fill

_SPOTIFY_ID = re.compile("[0-9A-Za-z]{22}")
_SAME_LENGTH = 3.0  # seconds by which catalogues differ on one recording

# What stands between several artists where a file has them in one text.
_BETWEEN = re.compile(
    r"\s*[,;/]\s*|\s+(?:&|x|vs\.?|with|feat\.?|ft\.?|featuring)\s+", re.IGNORECASE
)

_WHOLE = ("year", "key", "mode")


@dataclass(frozen=True, eq=False)
class Wanted:
    """Rows of a table that need values.

    Attributes:
        rows: their numbers, ascending.
        ids, titles, artists, lengths: of each row; artists as the file spells them, and seconds.
    """

    rows: list[int]
    ids: list[str | None]
    titles: list[str]
    artists: list[list[str]]
    lengths: list[float | None]


@dataclass(frozen=True, eq=False)
class Match:
    """A song of a catalogue for a row of a table.

    Attributes:
        catalogue: whose song it is.
        row: its row there.
        song: the song.
    """

    catalogue: Catalogue = field(repr=False)
    row: int
    song: Song


def take_values(
    table: pl.DataFrame, catalogues: Sequence[Catalogue]
) -> tuple[pl.DataFrame, dict[str, int]]:
    """Fill in what catalogues know of songs that lack features.

    A song is looked up where fewer than two of valence, energy and tempo are known, or where the
    table lacks one of them throughout. All of its other unknown values are then taken, too.

    Args:
        table: as for `mien.catalogue.cleaning.clean`, damage marked.
        catalogues: the first that knows a song counts. Ids are looked for in all, then names.

    Returns:
        The table, and how many songs took values from each catalogue, by its name.
    """
    wanted = _wanted(table)
    matches: dict[int, Match] = {}
    for find in (_by_id, _by_name):
        for catalogue in catalogues:
            matches |= dict(find(wanted, catalogue, matches))
    if not matches:
        return table, {}
    counts = {c.ref.name: 0 for c in catalogues}
    for match in matches.values():
        counts[match.catalogue.ref.name] += 1
    filled = fill(_with_lists(table, wanted, matches), _values(wanted, matches))
    return filled, {name: count for name, count in counts.items() if count}


def _with_lists(table: pl.DataFrame, wanted: Wanted, matches: Mapping[int, Match]) -> pl.DataFrame:
    """The table with several artists as a list, where the file has them in one text."""
    lists = {
        wanted.rows[i]: list(match.song.artists)
        for i, match in matches.items()
        if wanted.artists[i] == [", ".join(match.song.artists)]
    }
    artists = [lists.get(row, names) for row, names in enumerate(table["artists"].to_list())]
    return table.with_columns(artists=pl.Series(artists, dtype=pl.List(pl.String)))


def lack_values(table: pl.DataFrame) -> bool:
    """Whether any song of a table would be looked up."""
    return not table.filter(_lacking(table)).is_empty()


def _lacking(table: pl.DataFrame) -> pl.Expr:
    throughout = any(table[name].null_count() == table.height for name in MEASURED)
    named = pl.col("title").is_not_null() & (pl.col("artists").list.len() > 0)
    return named if throughout else named & ~is_placed()


def _wanted(table: pl.DataFrame) -> Wanted:
    rows = table.with_row_index("row").filter(_lacking(table))
    blank: list[Any] = [None] * rows.height
    return Wanted(
        rows["row"].to_list(),
        rows["id"].to_list() if "id" in rows.columns else blank,
        rows["title"].to_list(),
        rows["artists"].to_list(),
        rows["duration"].to_list() if "duration" in rows.columns else blank,
    )


def _by_id(
    wanted: Wanted, catalogue: Catalogue, known: Mapping[int, Match]
) -> Iterator[tuple[int, Match]]:
    """Matches by Spotify's ids; others, such as the numbers of rows, may mean different songs."""
    found = {}
    for i, song_id in enumerate(wanted.ids):
        if i not in known and song_id is not None and _SPOTIFY_ID.fullmatch(song_id):
            rows = catalogue.rows_of([song_id])
            if len(rows):
                found[i] = int(rows[0])
    songs = catalogue.songs(list(found.values()))
    for (i, row), song in zip(found.items(), songs, strict=True):
        yield i, Match(catalogue, row, song)


def _by_name(
    wanted: Wanted, catalogue: Catalogue, known: Mapping[int, Match]
) -> Iterator[tuple[int, Match]]:
    left = [i for i in range(len(wanted.rows)) if i not in known]
    if not left:
        return
    _, hashes = _name_hashes(catalogue)
    order = np.argsort(hashes, kind="stable")
    ordered = hashes[order]
    matched: set[int] = set()
    for spell in (str, _first_of_several):
        open_rows = [i for i in left if i not in matched]
        artists = [spell(wanted.artists[i][0]) for i in open_rows]
        _, keys = hash_names(artists, [wanted.titles[i] for i in open_rows])
        starts, ends = (np.searchsorted(ordered, keys, side) for side in ("left", "right"))
        candidates = {
            i: order[start:end].tolist()
            for i, key, start, end in zip(open_rows, keys, starts, ends, strict=True)
            if key and end > start
        }
        rows = sorted({row for found in candidates.values() for row in found})
        songs = dict(zip(rows, catalogue.songs(rows), strict=True))
        for i, found in candidates.items():
            row = _best(wanted, i, {r: songs[r] for r in found})
            if row is not None:
                matched.add(i)
                yield i, Match(catalogue, row, songs[row])


def _name_hashes(catalogue: Catalogue) -> npt.NDArray[np.int64]:
    """What `hash_names` gives for the songs, int64 [2, n]."""
    blob = catalogue.stored(NAME_HASHES)
    if blob is not None:
        return unpack_hashes(blob)
    songs = catalogue.songs(range(len(catalogue)))  # imported by an earlier version
    return hash_names((s.artists[0] for s in songs), (s.title for s in songs))


def _best(wanted: Wanted, i: int, songs: Mapping[int, Song]) -> int | None:
    """The row of the song that is the same recording, as far as names and lengths tell."""
    title, length = wanted.titles[i], wanted.lengths[i]
    artists = {artist.casefold() for artist in wanted.artists[i]}
    words = version_words(title)
    same = {row: s for row, s in songs.items() if version_words(s.title) == words}

    def merit(row: int) -> tuple[bool, bool, bool, float, int]:
        song = same[row]
        close = (
            length is not None
            and song.duration is not None
            and abs(length - song.duration) <= _SAME_LENGTH
        )
        named = song.title.casefold() == title.casefold()
        together = {artist.casefold() for artist in song.artists} == artists
        return named, together, close, song.popularity or 0.0, -row

    return max(same, key=merit, default=None)


def _first_of_several(artist: str) -> str:
    """The first artist where a text has several.

    >>> _first_of_several("Ed Sheeran, Beyoncé"), _first_of_several("Nina Simone")
    ('Ed Sheeran', 'Nina Simone')
    """
    return _BETWEEN.split(artist, maxsplit=1)[0]


def _values(wanted: Wanted, matches: Mapping[int, Match]) -> pl.DataFrame:
    """What is known of the matched rows, as `fill` takes it."""
    items = sorted(matches.items())
    columns: dict[str, pl.Series] = {
        "row": pl.Series([wanted.rows[i] for i, _ in items], dtype=pl.UInt32),
        "id": pl.Series([_shared_id(wanted, i, m) for i, m in items], dtype=pl.String),
        "album": pl.Series([m.song.album for _, m in items], dtype=pl.String),
        "genres": pl.Series(
            [list(m.song.genres) or None for _, m in items], dtype=pl.List(pl.String)
        ),
    }
    for name in NUMBERS:
        values = pl.Series([float(m.catalogue.column(name)[m.row]) for _, m in items])
        number = values.fill_nan(None)
        if name in ("explicit", "genres_estimated"):
            number = number.cast(pl.Boolean)
        elif name in _WHOLE:
            number = number.cast(pl.Int32)
        columns[name] = number
    heard = dict(_heard(m.catalogue for _, m in items))
    moods = [_moods(heard[m.catalogue.ref.name], m.row) for _, m in items]
    if any(moods):
        columns[HEARD] = pl.Series(moods, dtype=pl.List(pl.Float64))
    return pl.DataFrame(columns)


def _shared_id(wanted: Wanted, i: int, match: Match) -> str | None:
    """The song's id, where it means the same everywhere and the recording is the same."""
    same = match.song.title.casefold() == wanted.titles[i].casefold()
    return match.song.id if same and _SPOTIFY_ID.fullmatch(match.song.id) else None


def _heard(catalogues: Iterable[Catalogue]) -> Iterator[tuple[str, npt.NDArray[np.float32] | None]]:
    for catalogue in {c.ref.name: c for c in catalogues}.values():
        blob = catalogue.stored(HEARD)
        yield catalogue.ref.name, None if blob is None else unpack_moods(blob)


def _moods(heard: npt.NDArray[np.float32] | None, row: int) -> list[float] | None:
    if heard is None or np.isnan(heard[row]).any():
        return None
    return [float(value) for value in heard[row]]

"""A CSV or Parquet file of songs -> a table with standard columns and types."""

from __future__ import annotations

import codecs
import gzip
import os
import re
import zlib
from collections.abc import Callable
from pathlib import Path

import polars as pl

from mien.catalogue.paths import decode_windows, resolve_path
from mien.errors import MissingColumnError, SongFileError

ALIASES: dict[str, tuple[str, ...]] = {
    "title": ("title", "track_name", "song_title", "song_name", "track", "song", "name"),
    "artists": ("artists", "artist", "artist_name", "artist_names", "artists_name", "track_artist"),
    "valence": ("valence",),
    "energy": ("energy",),
    "tempo": ("tempo", "bpm", "tempo_bpm", "beats_per_minute"),
    "id": ("id", "track_id", "spotify_id", "track_uri", "spotify_uri", "uri", "track_href"),
    "genres": ("genres", "genre", "track_genre", "playlist_genre", "artist_genres", "top_genre"),
    "popularity": ("popularity", "track_popularity", "song_popularity"),
    "duration": (
        *("duration", "duration_ms", "track_duration_ms", "duration_s", "duration_sec", "length"),
    ),
    "explicit": ("explicit",),
    "year": (
        *("year", "release_year", "released_year", "release_date", "album_release_date"),
        "track_album_release_date",
    ),
    "album": ("album", "album_name", "track_album_name"),
    "danceability": ("danceability",),
    "loudness": ("loudness", "db"),
    "speechiness": ("speechiness",),
    "acousticness": ("acousticness",),
    "instrumentalness": ("instrumentalness",),
    "liveness": ("liveness",),
    "key": ("key",),
    "mode": ("mode",),
    "time_signature": ("time_signature",),
    "path": ("path", "file_path", "filepath", "file", "filename", "file_name", "location"),
}
"""Standard column -> the names that files have for it, in lower case with `_` as separator."""

REQUIRED = ("title", "artists")
"""Columns that a file needs, unless it has paths: these may be told from the sound files."""

MEASURED = ("valence", "energy", "tempo")
"""Columns that place a song. Where a file lacks one, other catalogues or the sound may know it."""

UNIT_COLUMNS = (
    "valence",
    "energy",
    "danceability",
    "speechiness",
    "acousticness",
    "instrumentalness",
    "liveness",
)
"""Columns with values in [0, 1]; some files have percentages."""

_SPOTIFY_ID = r"^(?:spotify:track:|https?://.*/(?:track|tracks)/)?([0-9A-Za-z]{22})\b.*$"
_BLANK = r"[\s\p{Cc}]+"  # white space and control characters
_KEYS = {"c": 0, "c#": 1, "d": 2, "d#": 3, "e": 4, "f": 5, "f#": 6, "g": 7, "g#": 8, "a": 9}
_KEYS |= {"a#": 10, "b": 11, "db": 1, "eb": 3, "gb": 6, "ab": 8, "bb": 10}


def read_table(path: Path) -> tuple[pl.DataFrame, list[str]]:
    """Read a file of songs.

    Args:
        path: a CSV file, separated by commas, semicolons or tabs and perhaps compressed with gzip,
            or a `.parquet` file.

    Returns:
        A table with every column of `ALIASES` that the file has (text: title, album, id; lists of
        text: artists, genres; floats: the numbers; `duration` in seconds; `explicit` boolean;
        `year`, `key`, `mode` integers; `path` binary, as the file system has it), and notes on
        what was detected in the file. Those of `REQUIRED` and `MEASURED` that it lacks are null.

    Raises:
        SongFileError: the file is missing, empty or unreadable.
        MissingColumnError: the file has no column for title or artists, nor for paths.
    """
    notes: list[str] = []
    raw = _read_file(path, notes)
    columns = _match_columns(raw.columns, path)
    raw = raw.select(pl.col(name).alias(standard) for standard, name in columns.items())
    notes += [
        f"{standard} is the column {name!r}"
        for standard, name in columns.items()
        if standard in REQUIRED + MEASURED and _plain(name) != standard
    ]
    lacking = [name for name in MEASURED if name not in columns]
    if lacking:
        notes.append(f"no column for {' or '.join(', '.join(lacking).rsplit(', ', 1))}")
    try:
        series = [
            _convert(name, columns[name], path.parent)(raw[name]).alias(name)
            for name in raw.columns
        ]
    except pl.exceptions.PolarsError as e:
        reason = " ".join(str(e).split())[:120]
        raise SongFileError(
            f"{path} has a column of an unusable type ({reason})", "use text, numbers, or lists"
        ) from e
    percent = [s for s, name in columns.items() if "%" in name or "percent" in name.lower()]
    table = _without_percentages(pl.DataFrame(series), percent, notes)
    empty = (
        pl.lit(None, pl.String).alias("title"),
        pl.lit(None, pl.List(pl.String)).alias("artists"),
        *(pl.lit(None, pl.Float64).alias(name) for name in MEASURED),
    )
    absent = [column for column in empty if column.meta.output_name() not in columns]
    return table.with_columns(absent), notes


def _read_file(path: Path, notes: list[str]) -> pl.DataFrame:
    if not path.is_file():
        raise SongFileError(f"{path} is not a file", "give a CSV or Parquet file of songs")
    if path.stat().st_size == 0:
        raise SongFileError(f"{path} is empty", "give a CSV or Parquet file of songs")
    if path.suffix.lower() in (".parquet", ".pq"):
        try:
            return pl.read_parquet(path)
        except (pl.exceptions.PolarsError, OSError) as e:
            raise SongFileError(f"{path} cannot be read as Parquet", "save it again") from e
    try:
        data = path.read_bytes()
        if data[:2] == b"\x1f\x8b":
            data = gzip.decompress(data)
    except (OSError, EOFError, zlib.error) as e:
        raise SongFileError(f"{path} cannot be read ({e})", "save it again") from e
    return _parse_csv(_as_text(data, notes), path)


def _as_text(data: bytes, notes: list[str]) -> str:
    """Decode UTF-8, or what spreadsheets write: UTF-16 with a byte order mark, or Windows-1252.

    Names of files may be in any encoding, so that it can differ from line to line.
    """
    if data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        lines = [_decode_line(line) for line in data.removeprefix(codecs.BOM_UTF8).split(b"\n")]
        some = " in some lines" if any(utf8 and not t.isascii() for t, utf8 in lines) else ""
        notes.append(f"not UTF-8{some}: read as Windows-1252 text")
        return "\n".join(text for text, _ in lines)


def _decode_line(line: bytes) -> tuple[str, bool]:
    """A line as text, and whether it is UTF-8."""
    try:
        return line.decode("utf-8"), True
    except UnicodeDecodeError:
        return decode_windows(line), False


def _parse_csv(text: str, path: Path) -> pl.DataFrame:
    header = text[: text.find("\n")]
    try:
        return pl.read_csv(
            text.encode(),
            separator=max(",;\t", key=header.count),
            infer_schema=False,  # all as text: the conversions below accept more than polars does
            null_values=[""],
            truncate_ragged_lines=False,
        )
    except pl.exceptions.PolarsError as e:
        raise SongFileError(
            f"{path} cannot be read as CSV",
            "look for a row with too many fields or an unmatched quotation mark",
        ) from e


def _plain(name: str) -> str:
    """`Artist(s)_Name` -> `artists_name`, `valence_%` -> `valence`."""
    name = name.lower().replace("(s)", "s")
    return re.sub(r"[^a-z0-9]+", "_", name).strip("_").removesuffix("_percent")


def _match_columns(names: list[str], path: Path) -> dict[str, str]:
    """Standard column -> the file's column; earlier aliases win."""
    plain: dict[str, str] = {}
    for name in names:
        plain.setdefault(_plain(name), name)
    found: dict[str, str] = {}
    for standard, aliases in ALIASES.items():
        for alias in aliases:
            if alias in plain and plain[alias] not in found.values():
                found[standard] = plain[alias]
                break
    missing = [name for name in REQUIRED if name not in found]
    if missing and "path" not in found:
        listed = ", ".join(names[:30])
        understood = "; ".join(f"{m} may be called {', '.join(ALIASES[m])}" for m in missing)
        raise MissingColumnError(
            f"{path} has no column for {' or '.join(missing)}",
            f"rename its columns ({listed}): {understood}",
        )
    return found


def _convert(standard: str, name: str, folder: Path) -> Callable[[pl.Series], pl.Series]:
    """The function that converts a column of the file, which is in this folder, to a standard
    one."""
    if standard == "path":
        return lambda s: _paths(s, folder)
    if standard in ("artists", "genres"):
        return _lists
    if standard == "id":
        return lambda s: _text(s).str.replace(_SPOTIFY_ID, "$1")
    if standard in ("title", "album"):
        return _text
    if standard == "explicit":
        return lambda s: _text(s).str.to_lowercase().is_in(["true", "1", "1.0", "yes", "t"])
    if standard == "year":
        return lambda s: _text(s).str.extract(r"(\d{4})").cast(pl.Int32, strict=False)
    if standard == "key":
        return lambda s: _whole(_text(s).str.to_lowercase().replace(_KEYS))
    if standard == "mode":
        words = {"major": "1", "minor": "0"}
        return lambda s: _whole(_text(s).str.to_lowercase().replace(words))
    if standard == "duration":
        return lambda s: _seconds(s, name)
    return _number


def _text(series: pl.Series) -> pl.Series:
    """Text without control characters and superfluous white space; null where nothing is left."""
    text = series.cast(pl.String, strict=False)
    text = text.str.replace_all(_BLANK, " ").str.strip_chars()
    return text.set(text == "", None)


def _lists(series: pl.Series) -> pl.Series:
    """Lists of text, from lists, `"A;B"` or `"['A', 'B']"`.

    A comma separates only inside brackets: names such as "Tyler, The Creator" contain one. Some
    exports put a backslash before it.
    """
    if isinstance(series.dtype, pl.List):
        if series.dtype.inner not in (pl.String, pl.Null):
            raise pl.exceptions.InvalidOperationError(f"{series.name} is a {series.dtype}")
        tidied = pl.element().str.replace_all(_BLANK, " ").str.strip_chars()
        lists = series.cast(pl.List(pl.String)).list.eval(tidied.drop_nulls())
        return lists.list.eval(pl.element().filter(pl.element() != ""))
    text = _text(series).str.replace_all("\\,", ",", literal=True)
    frame = pl.DataFrame({"text": text})
    bracketed = pl.col("text").str.contains(r"""^\[\s*['"].*['"]\s*\]$|^\[\s*\]$""")
    inner = pl.col("text").str.strip_chars("[]").str.extract_all(r"""'[^']*'|"[^"]*"|[^,'"]+""")
    inner = inner.list.eval(pl.element().str.strip_chars("'\" "))
    split = pl.when(bracketed).then(inner).otherwise(pl.col("text").str.split(";"))
    cleaned = split.list.eval(
        pl.element().str.strip_chars().filter(pl.element().str.strip_chars() != "")
    )
    return frame.select(cleaned.alias(series.name)).to_series()


def _paths(series: pl.Series, folder: Path) -> pl.Series:
    """Paths as the file system has them, of files that lie in or below a folder or anywhere."""
    if series.dtype == pl.Binary:
        texts = [None if b is None else os.fsdecode(b) for b in series]
    else:
        texts = series.cast(pl.String, strict=False).to_list()
    found = [resolve_path(text, folder) for text in texts]
    return pl.Series(series.name, found, pl.Binary)


def _number(series: pl.Series) -> pl.Series:
    """Numbers; null where there is none. A decimal comma and a trailing % or BPM are accepted."""
    if series.dtype.is_numeric():
        number = series.cast(pl.Float64)
    else:
        text = series.cast(pl.String, strict=False).str.strip_chars()
        number = text.cast(pl.Float64, strict=False)
        odd = number.is_null() & text.is_not_null()
        if odd.any():
            tidied = text.str.replace(r"(?i)\s*(%|bpm|db|ms)$", "").str.replace(
                r"^(-?\d+),(\d+)$", "$1.$2"
            )
            number = number.zip_with(~odd, tidied.cast(pl.Float64, strict=False))
    return number.set(~number.is_finite(), None)


def _whole(series: pl.Series) -> pl.Series:
    return _number(series).cast(pl.Int32, strict=False)


def _seconds(series: pl.Series, name: str) -> pl.Series:
    """Durations in seconds, from milliseconds, seconds or `m:ss`."""
    clock = series.cast(pl.String, strict=False).str.extract_groups(r"^\s*(\d+):(\d\d)\s*$")
    minutes, rest = (clock.struct[i].cast(pl.Float64, strict=False) for i in range(2))
    number = _number(series)
    median = number.median()
    milliseconds = "ms" in name.lower() or (isinstance(median, float) and median > 10_000)
    return (minutes * 60 + rest).fill_null(number / 1000 if milliseconds else number)


def _without_percentages(table: pl.DataFrame, percent: list[str], notes: list[str]) -> pl.DataFrame:
    """Divide by 100 the columns that are named as percentages, and those with a median in (1, 100]
    (zeros aside)."""
    found = []
    for name in UNIT_COLUMNS:
        if name in table.columns:
            median = table[name].filter(table[name] != 0).median()
            if name in percent or (isinstance(median, float) and 1 < median <= 100):
                found.append(name)
    if found:
        notes.append(f"{', '.join(found)} given in percent")
    return table.with_columns(pl.col(name) / 100 for name in found)

"""A CSV or Parquet file of songs -> one table with standard columns and types."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import polars as pl

from mien.errors import CatalogueError

ALIASES: dict[str, tuple[str, ...]] = {
    "title": ("title", "track_name", "song_title", "song_name", "track", "song", "name"),
    "artists": ("artists", "artist", "artist_name", "artist_names", "artists_name", "track_artist"),
    "valence": ("valence",),
    "energy": ("energy",),
    "tempo": ("tempo", "bpm"),
    "id": ("id", "track_id", "spotify_id", "track_uri", "spotify_uri", "uri", "track_href"),
    "genres": ("genres", "genre", "track_genre", "playlist_genre", "artist_genres", "top_genre"),
    "popularity": ("popularity", "track_popularity", "song_popularity"),
    "duration": ("duration", "duration_ms", "duration_s", "duration_sec", "length"),
    "explicit": ("explicit",),
    "year": ("year", "release_year", "released_year", "release_date", "track_album_release_date"),
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
}
"""Standard column -> the names under which files have it (lower case, `_` for the rest)."""

REQUIRED = ("title", "artists", "valence", "energy", "tempo")
SHARES = (
    "valence",
    "energy",
    "danceability",
    "speechiness",
    "acousticness",
    "instrumentalness",
    "liveness",
)
"""The columns that run from 0 to 1, in some files from 0 to 100."""

NUMBERS = (*SHARES, "tempo", "loudness", "popularity", "duration", "time_signature")

_SPOTIFY_ID = re.compile(
    r"^(?:spotify:track:|https?://.*/(?:track|tracks)/)?([0-9A-Za-z]{22})\b.*$"
)
_KEYS = {"c": 0, "c#": 1, "d": 2, "d#": 3, "e": 4, "f": 5, "f#": 6, "g": 7, "g#": 8, "a": 9}
_KEYS |= {"a#": 10, "b": 11}


def read_table(path: Path) -> tuple[pl.DataFrame, list[str]]:
    """Read a file of songs.

    Args:
        path: `.csv`, `.tsv`, `.txt` (comma, semicolon or tab; also `.gz`) or `.parquet`.

    Returns:
        A table with every column of `ALIASES` that the file has (text: title, album, id; lists of
        text: artists, genres; floats: the numbers; `duration` in seconds; `explicit` boolean;
        `year`, `key`, `mode` integers) and what was recognised on the way, one sentence each.

    Raises:
        CatalogueError: missing, unreadable, or without one of the columns `REQUIRED`.
    """
    raw = _read_file(path)
    columns = _match(raw.columns, path)
    raw = raw.select(pl.col(name).alias(standard) for standard, name in columns.items())
    notes = [
        f"{standard} is the column {name!r}"
        for standard, name in columns.items()
        if standard in REQUIRED and _plain(name) != standard
    ]
    table = raw.select(_convert(name, columns[name])(raw[name]).alias(name) for name in raw.columns)
    return _percentages(table, notes), notes


def _read_file(path: Path) -> pl.DataFrame:
    if not path.is_file():
        raise CatalogueError(f"{path} is not a file; give a CSV or Parquet file of songs.")
    if path.stat().st_size == 0:
        raise CatalogueError(f"{path} is empty; give a CSV or Parquet file of songs.")
    try:
        if path.suffix.lower() in (".parquet", ".pq"):
            return pl.read_parquet(path)
        return _read_csv(path)
    except (pl.exceptions.PolarsError, OSError, UnicodeError) as e:
        reason = " ".join(str(e).split())[:120]
        raise CatalogueError(f"{path} cannot be read as a table ({reason}).") from e


def _read_csv(path: Path) -> pl.DataFrame:
    return pl.read_csv(
        path,
        separator=_separator(path),
        infer_schema=False,  # everything as text: the conversions below forgive more
        encoding="utf8-lossy",
        null_values=["", "NA", "N/A", "nan", "NaN", "null", "None"],
        truncate_ragged_lines=False,
    )


def _separator(path: Path) -> str:
    """The separator that stands most often in the header."""
    if path.suffix.lower() == ".gz":
        import gzip

        with gzip.open(path, "rt", encoding="utf-8", errors="replace") as file:
            header = file.readline(100_000)
    else:
        with path.open(encoding="utf-8", errors="replace") as file:
            header = file.readline(100_000)
    return max(",;\t", key=header.count)


def _plain(name: str) -> str:
    """`Artist(s)_Name` -> `artists_name`, `valence_%` -> `valence`."""
    name = name.lower().replace("(s)", "s").lstrip("\ufeff")
    return re.sub(r"[^a-z0-9]+", "_", name).strip("_")


def _match(names: list[str], path: Path) -> dict[str, str]:
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
    if missing:
        listed = ", ".join(names[:30])
        raise CatalogueError(
            f"{path} has no column for {' or '.join(missing)}; it has {listed}. "
            f"Names that are understood: {'; '.join(', '.join(ALIASES[m]) for m in missing)}."
        )
    return found


def _convert(standard: str, name: str) -> Callable[[pl.Series], pl.Series]:
    """How a column of the file becomes the standard one."""
    if standard in ("artists", "genres"):
        return _names
    if standard == "id":
        return lambda s: _text(s).str.replace(_SPOTIFY_ID.pattern, "$1")
    if standard in ("title", "album"):
        return _text
    if standard == "explicit":
        return lambda s: _text(s).str.to_lowercase().is_in(["true", "1", "1.0", "yes", "t"])
    if standard == "year":
        return lambda s: _text(s).str.extract(r"(\d{4})").cast(pl.Int32, strict=False)
    if standard == "key":
        return lambda s: _number(_text(s).str.to_lowercase().replace(_KEYS)).cast(pl.Int32)
    if standard == "mode":
        words = {"major": "1", "minor": "0"}
        return lambda s: _number(_text(s).str.to_lowercase().replace(words)).cast(pl.Int32)
    if standard == "duration":
        return lambda s: _seconds(s, name)
    return _number


def _text(series: pl.Series) -> pl.Series:
    """Text without white space around or doubled within; null where nothing is left."""
    text = series.cast(pl.String, strict=False).str.replace_all(r"\s+", " ").str.strip_chars()
    return text.set(text == "", None)


def _names(series: pl.Series) -> pl.Series:
    """`"A;B"`, `"['A', 'B']"` or a list -> a list of text.

    A comma splits only inside brackets: it is part of names such as "Tyler, The Creator".
    """
    if isinstance(series.dtype, pl.List):
        return series.cast(pl.List(pl.String))
    text = _text(series)
    frame = pl.DataFrame({"text": text})
    bracketed = pl.col("text").str.starts_with("[") & pl.col("text").str.ends_with("]")
    inner = pl.col("text").str.strip_chars("[]").str.extract_all(r"""'[^']*'|"[^"]*"|[^,'"]+""")
    inner = inner.list.eval(pl.element().str.strip_chars("'\" "))
    split = pl.when(bracketed).then(inner).otherwise(pl.col("text").str.split(";"))
    cleaned = split.list.eval(
        pl.element().str.strip_chars().filter(pl.element().str.strip_chars() != "")
    )
    return frame.select(cleaned.alias(series.name)).to_series()


def _number(series: pl.Series) -> pl.Series:
    """Numbers; null where there is none. A decimal comma and a trailing % or BPM are forgiven."""
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


def _seconds(series: pl.Series, name: str) -> pl.Series:
    """A duration in seconds, from milliseconds, seconds or `m:ss`."""
    clock = series.cast(pl.String, strict=False).str.extract_groups(r"^\s*(\d+):(\d\d)\s*$")
    minutes, rest = (clock.struct[i].cast(pl.Float64, strict=False) for i in range(2))
    number = _number(series)
    typical = number.median()
    milliseconds = "ms" in name.lower() or (isinstance(typical, float) and typical > 10_000)
    return (minutes * 60 + rest).fill_null(number / 1000 if milliseconds else number)


def _percentages(table: pl.DataFrame, notes: list[str]) -> pl.DataFrame:
    """Columns of which at least half (zeros aside) lies between 1 and 100, divided by 100."""
    found = []
    for name in SHARES:
        if name in table.columns:
            typical = table[name].drop_nulls().filter(table[name].drop_nulls() != 0).median()
            if isinstance(typical, float) and 1 < typical <= 100:
                found.append(name)
    if found:
        notes.append(f"{', '.join(found)} given in percent")
    return table.with_columns(pl.col(name) / 100 for name in found)

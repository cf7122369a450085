"""A table of songs as people have it -> one row a recording, without damage, and a summary."""

from __future__ import annotations

import hashlib

import polars as pl

from mien.catalogue.readers import MEASURED, UNIT_COLUMNS
from mien.catalogue.summary import ImportSummary
from mien.errors import NoUsableSongError

TEMPO_RANGE = (20.0, 320.0)
"""Beats per minute; a tempo outside the range is a failed measurement."""

TYPICAL_TEMPO = 122.0
"""Beats per minute, the median of the starter catalogue; for files in which no tempo is known."""


def clean(
    table: pl.DataFrame, notes: list[str] | None = None
) -> tuple[pl.DataFrame, ImportSummary]:
    """Repair, drop and merge the rows of a table.

    Values out of range count as missing. So does a valence of exactly 0 where the column is
    otherwise finer than that: it marks audio in which the analysis found no music. A song without
    a title or artists, or with fewer than two of valence, energy and tempo, is dropped. A missing
    value is taken from another row of the same recording, else it is the median of the genre, else
    of all songs; where no tempo is known at all, it is `TYPICAL_TEMPO`. Rows with the same id, or
    the same title and artists (in any case and order), are one recording, and so are rows that such
    rows connect. A recording keeps the values of its most popular row and the genres of all its
    rows.

    Args:
        table: a table from `read_table`.
        notes: what was detected in the file.

    Returns:
        The songs, in the order of their first rows, and the summary.

    Raises:
        NoUsableSongError: no song is left, or valence or energy is missing throughout.
    """
    rows = table.height
    dropped, repaired, merged = {}, {}, {}

    table = _with_all_columns(table)
    named = table.filter(pl.col("title").is_not_null() & (pl.col("artists").list.len() > 0))
    dropped["no title or artist"] = rows - named.height

    unique = named.unique(
        subset=[c for c in named.columns if c != "row"], maintain_order=True, keep="first"
    )
    merged["the same row again"] = named.height - unique.height

    marked = mark_damage(unique)
    usable = marked.filter(is_placed())
    dropped["fewer than two of valence, energy and tempo measured"] = marked.height - usable.height
    if not usable.height:
        raise NoUsableSongError(
            "no song in this file has a title, an artist, and two of valence, energy and tempo",
            "add what is missing",
        )

    ids, recordings = _mark_recordings(usable)
    merged["the same id again (under another genre)"] = usable.height - ids
    merged["the same title and artists under another id"] = ids - recordings["song"].n_unique()
    songs = _merge(recordings)
    notes = list(notes or [])
    for name in MEASURED:
        missing = songs[name].null_count()
        if missing < songs.height:
            repaired[f"{name} missing, filled with the median of its genre or of all"] = missing
        elif name == "tempo":
            songs = songs.with_columns(tempo=pl.lit(TYPICAL_TEMPO))
            notes.append(f"no tempo is known; {TYPICAL_TEMPO:g} BPM stands in for it")
        else:
            raise NoUsableSongError(f"no song in this file has a usable {name}", "add it")
    songs = _impute(songs)
    return songs, ImportSummary(rows, songs.height, dropped, repaired, merged, notes)


def is_placed() -> pl.Expr:
    """Whether at least two of valence, energy and tempo are known."""
    return pl.sum_horizontal(pl.col(name).is_not_null().cast(pl.Int8) for name in MEASURED) >= 2


def _with_all_columns(table: pl.DataFrame) -> pl.DataFrame:
    """The table with every column that the steps below need, and the number of each row."""
    empty = {
        "id": pl.lit(None, pl.String),
        "genres": pl.lit([], pl.List(pl.String)),
        "popularity": pl.lit(None, pl.Float64),
    }
    missing = [value.alias(name) for name, value in empty.items() if name not in table.columns]
    complete = table.with_columns(missing).with_columns(pl.col("genres").fill_null([]))
    return complete.with_row_index("row")


def mark_damage(table: pl.DataFrame) -> pl.DataFrame:
    """The table with impossible values as nulls.

    Args:
        table: as for `clean`.
    """
    fractions = [name for name in UNIT_COLUMNS if name in table.columns]
    low, high = TEMPO_RANGE
    marked = table.with_columns(
        *(pl.when(pl.col(c).is_between(0, 1)).then(pl.col(c)).alias(c) for c in fractions),
        pl.when(pl.col("tempo").is_between(low, high)).then(pl.col("tempo")).alias("tempo"),
    )
    least = marked["valence"].filter(marked["valence"] > 0).min()
    if isinstance(least, float) and least < 0.005:
        marked = marked.with_columns(
            pl.when(pl.col("valence") > 0).then(pl.col("valence")).alias("valence")
        )
    return marked


def _mark_recordings(table: pl.DataFrame) -> tuple[int, pl.DataFrame]:
    """How many ids there are, and the table with the column `song`: equal for one recording."""
    keyed = _with_ids(table).with_columns(
        name=_caseless(pl.col("title"))
        + "\x1f"
        + pl.col("artists").list.eval(_caseless(pl.element())).list.sort().list.join("\x1e")
    )
    # Rows that ids and names connect, in however many steps, get the lowest row among them.
    song = keyed["row"].alias("song")
    while True:
        keyed = keyed.with_columns(song)
        for key in ("id", "name"):
            keyed = keyed.with_columns(pl.col("song").min().over(key))
        if keyed["song"].equals(song):
            return keyed["id"].n_unique(), keyed.drop("name")
        song = keyed["song"]


def _caseless(text: pl.Expr) -> pl.Expr:
    """Text for comparison in any case: upper case first, as 'ß' and 'SS' are equal only there."""
    return text.str.normalize("NFKC").str.to_uppercase().str.to_lowercase()


def _with_ids(table: pl.DataFrame) -> pl.DataFrame:
    """The table with an id for every row; listeners' feedback refers to these ids, so the one made
    for a title and artists stays the same for ever."""
    spelled = (
        pl.col("title").str.normalize("NFKC").str.to_lowercase()
        + "\x1f"
        + pl.col("artists").list.sort().list.join("\x1e").str.normalize("NFKC").str.to_lowercase()
    )
    without_id = pl.when(pl.col("id").is_null()).then(spelled)
    made = without_id.map_elements(_make_id, return_dtype=pl.String)
    return table.with_columns(pl.col("id").fill_null(made))


def _make_id(name: str) -> str:
    return "mien:" + hashlib.sha256(name.encode()).hexdigest()[:16]


def _merge(table: pl.DataFrame) -> pl.DataFrame:
    """One row for each `song`."""
    genres = (
        table.select("song", "row", "genres")
        .explode("genres", empty_as_null=True, keep_nulls=True)
        .group_by("song", maintain_order=True)
        .agg(pl.col("genres").drop_nulls().unique(maintain_order=True))
    )
    best_first = table.sort(
        ["song", pl.col("popularity").fill_null(-1), "row"], descending=[False, True, False]
    )
    others = [c for c in table.columns if c not in ("song", "row", "genres")]
    # The value of the most popular row that has one.
    songs = best_first.group_by("song", maintain_order=True).agg(
        pl.col(others).drop_nulls().first()
    )
    return songs.join(genres, on="song", how="left").sort("song").drop("song")


def _impute(songs: pl.DataFrame) -> pl.DataFrame:
    first_genre = pl.col("genres").list.first()
    return songs.with_columns(
        pl.col(name)
        .fill_null(pl.col(name).median().over(first_genre))
        .fill_null(pl.col(name).median())
        for name in MEASURED
    )

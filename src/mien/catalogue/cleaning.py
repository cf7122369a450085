"""A table of songs as people have it -> one row a recording, nothing damaged, and a report."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

import polars as pl

from mien.catalogue.readers import SHARES
from mien.errors import CatalogueError

TEMPO_RANGE = (20.0, 320.0)
"""Beats per minute outside of which a tempo was not measured but failed."""


@dataclass(frozen=True)
class Report:
    """What an import did with the file's rows.

    Attributes:
        rows: rows read.
        songs: songs kept.
        dropped: reason -> rows removed.
        repaired: what was put right -> rows.
        merged: why rows were one song -> rows that went into another.
        notes: what was recognised in the file.
    """

    rows: int
    songs: int
    dropped: dict[str, int] = field(default_factory=dict)
    repaired: dict[str, int] = field(default_factory=dict)
    merged: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """The report as text, a line a fact."""
        facts = [f"{self.rows:,} rows read, {self.songs:,} songs kept"]
        for what, counts in (
            ("dropped", self.dropped),
            ("repaired", self.repaired),
            ("merged", self.merged),
        ):
            facts += [f"{count:,} {what}: {why}" for why, count in counts.items() if count]
        return facts + self.notes


def clean(table: pl.DataFrame, notes: list[str] | None = None) -> tuple[pl.DataFrame, Report]:
    """Repair, drop and merge.

    Values out of range count as missing, and so does a valence of exactly 0 where the column is
    otherwise finer than that: both stand where the analysis found no music. A song without title or
    artists, or with fewer than two of valence, energy and tempo, is dropped. A missing value is
    taken from another row of the same recording, else it is the median of its genre, else of all.
    Rows with the same id, or the same title and artists (apart from case and order), are one
    recording, and so are rows that such rows tie together: it keeps the values of its most popular
    row and the genres of all.

    Args:
        table: as `read_table` gives it.
        notes: what was recognised in the file.

    Returns:
        The songs, in the order of their first rows, and the report.

    Raises:
        CatalogueError: nothing is left, or one of the three was never measured.
    """
    rows = table.height
    dropped, repaired, merged = {}, {}, {}

    table = _complete(table)
    named = table.filter(pl.col("title").is_not_null() & (pl.col("artists").list.len() > 0))
    dropped["no title or artist"] = rows - named.height

    # The number of a row is no part of the song, so the same song twice is the same row twice.
    unique = named.unique(
        subset=[c for c in named.columns if c != "row"], maintain_order=True, keep="first"
    )
    merged["the same row again"] = named.height - unique.height

    marked = _mark_damage(unique)
    measured = pl.sum_horizontal(
        pl.col(name).is_not_null().cast(pl.Int8) for name in ("valence", "energy", "tempo")
    )
    usable = marked.filter(measured >= 2)
    dropped["fewer than two of valence, energy and tempo measured"] = marked.height - usable.height
    if not usable.height:
        raise CatalogueError(
            "no song in this file has a title, an artist, and two of valence, energy and tempo"
        )

    by_id, recordings = _recordings(usable)
    merged["the same id again (under another genre)"] = usable.height - by_id
    merged["the same title and artists under another id"] = by_id - recordings["song"].n_unique()
    songs = _merge(recordings)
    for name in ("valence", "energy", "tempo"):
        missing = songs[name].null_count()
        repaired[f"{name} missing, filled with the median of its genre or of all"] = missing
        if missing == songs.height:
            raise CatalogueError(f"no song in this file has a usable {name}")
    songs = _impute(songs)
    return songs, Report(rows, songs.height, dropped, repaired, merged, list(notes or []))


def _complete(table: pl.DataFrame) -> pl.DataFrame:
    """With the columns that the steps below expect, and the row's number."""
    empty = {
        "id": pl.lit(None, pl.String),
        "genres": pl.lit([], pl.List(pl.String)),
        "popularity": pl.lit(None, pl.Float64),
    }
    missing = [value.alias(name) for name, value in empty.items() if name not in table.columns]
    complete = table.with_columns(missing).with_columns(pl.col("genres").fill_null([]))
    return complete.with_row_index("row")


def _mark_damage(table: pl.DataFrame) -> pl.DataFrame:
    """Values that cannot be, as nulls."""
    shares = [name for name in SHARES if name in table.columns]
    low, high = TEMPO_RANGE
    marked = table.with_columns(
        *(pl.when(pl.col(c).is_between(0, 1)).then(pl.col(c)).alias(c) for c in shares),
        pl.when(pl.col("tempo").is_between(low, high)).then(pl.col("tempo")).alias("tempo"),
    )
    least = marked["valence"].filter(marked["valence"] > 0).min()
    if isinstance(least, float) and least < 0.005:
        marked = marked.with_columns(
            pl.when(pl.col("valence") > 0).then(pl.col("valence")).alias("valence")
        )
    return marked


def _recordings(table: pl.DataFrame) -> tuple[int, pl.DataFrame]:
    """How many ids there are, and the table with the column `song`: equal for one recording."""
    spelled = (
        pl.col("title").str.normalize("NFKC").str.to_lowercase()
        + "\x1f"
        + pl.col("artists").list.sort().list.join("\x1e").str.normalize("NFKC").str.to_lowercase()
    )
    keyed = table.with_columns(name=spelled)
    nameless = pl.when(pl.col("id").is_null()).then(pl.col("name"))
    made_up = nameless.map_elements(_made_up_id, return_dtype=pl.String)
    keyed = keyed.with_columns(pl.col("id").fill_null(made_up))
    # Rows tied by id or by name, however many steps apart, get the lowest row among them.
    song = keyed["row"].alias("song")
    while True:
        keyed = keyed.with_columns(song)
        for key in ("id", "name"):
            keyed = keyed.with_columns(pl.col("song").min().over(key))
        if keyed["song"].equals(song):
            return keyed["id"].n_unique(), keyed.drop("name")
        song = keyed["song"]


def _made_up_id(name: str) -> str:
    """The same for the same title and artists, everywhere and always."""
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
    # The most popular row's value; where it has none, the next row's that has one.
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
        for name in ("valence", "energy", "tempo")
    )

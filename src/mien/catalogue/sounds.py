"""What the sound files of a table's songs tell: names from their tags, features from the sound."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Protocol

import polars as pl

from mien.audio.tags import Tags, read_tags, with_file_name
from mien.catalogue.cleaning import is_placed
from mien.errors import MienError


class Heard(Protocol):
    """What an analysis hears in a sound, as `mien.audio.analysis.Sound`.

    Attributes:
        duration: seconds.
        tempo: beats per minute.
        loudness: dB, from -60 to 0.
        energy, valence: in [0, 1].
        moods: log-probabilities of `mien.mood.MOODS`.
        genres: estimated, the most likely first.
    """

    @property
    def duration(self) -> float: ...
    @property
    def tempo(self) -> float: ...
    @property
    def loudness(self) -> float: ...
    @property
    def energy(self) -> float: ...
    @property
    def valence(self) -> float: ...
    @property
    def moods(self) -> tuple[float, ...]: ...
    @property
    def genres(self) -> tuple[str, ...]: ...


Listen = Callable[[Sequence[Path]], Iterable[tuple[Path, Heard | str]]]
"""A function that analyses files: what is heard in each, or why nothing is, in any order."""

_NUMBERS = ("duration", "tempo", "loudness", "energy", "valence")


def fill_names(table: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """Titles, artists, album, genres and year from the tags or names of sound files, for rows
    without a title or artists.

    Args:
        table: from `mien.catalogue.readers.read_table`.

    Returns:
        The table, and how many rows have a title and artists now that had not.
    """
    if "path" not in table.columns:
        return table, 0
    unnamed = ~_named() & pl.col("path").is_not_null()
    rows = table.with_row_index("row").filter(unnamed).select("row", "path")
    if rows.is_empty():
        return table, 0
    root = _root(table["path"].drop_nulls().to_list())
    tags = [_tags(Path(os.fsdecode(path)), root) for path in rows["path"]]
    found = pl.DataFrame(
        {
            "row": rows["row"],
            "title": [t.title for t in tags],
            "artists": [list(t.artists) or None for t in tags],
            "album": [t.album for t in tags],
            "genres": [list(t.genres) or None for t in tags],
            "year": [t.year for t in tags],
        },
        schema={
            "row": pl.UInt32,
            **dict.fromkeys(("title", "album"), pl.String),
            **dict.fromkeys(("artists", "genres"), pl.List(pl.String)),
            "year": pl.Int32,
        },
    )
    filled = fill(table, found)
    return filled, filled.filter(_named()).height - table.filter(_named()).height


def hear(table: pl.DataFrame, listen: Listen) -> tuple[pl.DataFrame, int, dict[Path, str]]:
    """Features from the sound, for songs that cannot be placed and whose file exists.

    Args:
        table: a table as for `mien.catalogue.cleaning.clean`.
        listen: analyses the files.

    Returns:
        The table, with `heard` where a sound was analysed; how many songs were; and why others
        were not, for each file.
    """
    if "path" not in table.columns:
        return table, 0, {}
    wanted = table.with_row_index("row").filter(
        ~is_placed() & _named() & pl.col("path").is_not_null()
    )
    rows: dict[Path, list[int]] = {}
    for row, name in wanted.select("row", "path").iter_rows():
        rows.setdefault(Path(os.fsdecode(name)), []).append(row)
    paths = [path for path in rows if path.is_file()]
    problems: dict[Path, str] = {}
    sounds: list[tuple[int, Heard]] = []
    for path, found in listen(paths) if paths else ():
        if isinstance(found, str):
            problems[path] = found
        else:
            sounds += [(row, found) for row in rows[path]]
    if not sounds:
        return table, 0, problems
    heard = [sound for _, sound in sounds]
    known = pl.DataFrame(
        {"row": pl.Series([row for row, _ in sounds], dtype=pl.UInt32)}
        | {name: [float(getattr(s, name)) for s in heard] for name in _NUMBERS}
        | {
            "genres": pl.Series([list(s.genres) or None for s in heard], dtype=pl.List(pl.String)),
            "genres_estimated": [bool(s.genres) for s in heard],
            "heard": pl.Series([list(s.moods) for s in heard], dtype=pl.List(pl.Float64)),
        }
    )
    return fill(table, known), len(sounds), problems


def fill(table: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """A table with what was found in place of what it lacks; its own values stay.

    Args:
        table: with any columns of `mien.catalogue.readers.ALIASES`, `heard` and
            `genres_estimated`.
        found: values for rows of it: their numbers in the column `row`, UInt32, each once.
            `genres_estimated` counts only where its genres are taken.
    """
    lists = [name for name in ("artists", "genres") if name in table.columns]
    table = table.with_columns(pl.when(pl.col(n).list.len() > 0).then(pl.col(n)) for n in lists)
    if "genres" in lists and "genres_estimated" in found.columns:
        own = table.with_row_index("row").select("row", own=pl.col("genres").is_not_null())
        estimated = pl.when(~pl.col("own")).then(pl.col("genres_estimated"))
        marked = found.join(own, on="row", how="left")
        found = marked.with_columns(estimated.alias("genres_estimated")).drop("own")
    numbered = table.with_row_index("row")
    joined = numbered.join(found, on="row", how="left", suffix="_found", maintain_order="left")
    names = [name for name in found.columns if name != "row"]
    new = [
        pl.coalesce(name, pl.col(f"{name}_found").cast(table.schema[name])).alias(name)
        if name in table.columns
        else pl.col(name)
        for name in names
    ]
    others = [name for name in table.columns if name not in names]
    return joined.select(*others, *new)


def _named() -> pl.Expr:
    return pl.col("title").is_not_null() & (pl.col("artists").list.len() > 0).fill_null(False)


def _root(paths: Sequence[bytes]) -> Path:
    """The folder that holds all of the paths; those of another system are not looked at."""
    here = [path for path in paths if os.path.isabs(path)]  # noqa: PTH117 - bytes
    folders = {os.path.dirname(path) for path in here}  # noqa: PTH120
    return Path(os.fsdecode(os.path.commonpath(folders))) if folders else Path()


def _tags(path: Path, root: Path) -> Tags:
    try:
        tags = read_tags(path)
    except MienError:  # it is not here: its name says something all the same
        tags = Tags()
    return with_file_name(tags, path, root)

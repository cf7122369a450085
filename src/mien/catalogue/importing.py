"""A person's file of songs, or a public data set, -> a catalogue in the store."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from mien.catalogue.store import Store
from mien.errors import (
    ChecksumError,
    DownloadError,
    NoSuchDatasetError,
    SongFileError,
    UnplacedSongsError,
)

if TYPE_CHECKING:
    import polars as pl

    from mien.catalogue.sounds import Listen
    from mien.catalogue.summary import ImportSummary


@dataclass(frozen=True)
class PublicDataset:
    """A data set that can be downloaded.

    Attributes:
        name: the name of the catalogue that it becomes.
        url: of the file.
        sha256: of the file's content, in hexadecimal.
        bytes: size of the file.
        licence: the authors, and the licence as they state it.
    """

    name: str
    url: str
    sha256: str
    bytes: int
    licence: str


PUBLIC_DATASETS: dict[str, PublicDataset] = {
    "spotify-tracks": PublicDataset(
        name="spotify-tracks",
        url=(
            "https://huggingface.co/datasets/maharshipandya/spotify-tracks-dataset/resolve/"
            "c4609440b24ac4075899f6e60b33775acbe00827/dataset.csv"
        ),
        sha256="b202fa49909b2d5cef71a04b1d21243cfeb36414535f2ca9272aa646721177bd",
        bytes=20_118_244,
        licence="M. Pandya's Spotify Tracks Dataset; ODbL 1.0 (Kaggle), BSD (Hugging Face)",
    )
}

Progress = Callable[[int, int], None]
"""A function of the bytes received and the bytes expected."""


@dataclass(frozen=True, eq=False)
class Import:
    """What an import did.

    Attributes:
        summary: what was dropped, repaired, merged and taken from elsewhere.
        unplaced: the songs that are not in the catalogue because nothing tells how they sound: a
            table with `title`, `artists` (joined by `;`) and, where the file has it, `path`.
        problems: sound file -> why it could not be analysed.
    """

    summary: ImportSummary
    unplaced: pl.DataFrame
    problems: dict[Path, str]


def import_catalogue(
    path: Path | str, name: str | None = None, store: Store | None = None
) -> ImportSummary:
    """Import a file of songs as a catalogue, and use it from now on: `import_songs` without sound.

    Returns:
        What was dropped, repaired, merged and taken from elsewhere.

    Raises:
        CatalogueError: (a subclass) the file or the name cannot be used; nothing has changed.
    """
    return import_songs(path, name, store).summary


def import_songs(
    path: Path | str,
    name: str | None = None,
    store: Store | None = None,
    *,
    listen: Listen | None = None,
) -> Import:
    """Import a file of songs as a catalogue, and use it from now on.

    Songs for which the file has fewer than two of valence, energy and tempo take the values of the
    same song in another catalogue of the store, the largest first. So do all songs where the file
    lacks one of the three throughout.

    Args:
        path: a file that `mien.catalogue.readers.read_table` reads.
        name: the name of the catalogue, which replaces one of the same name; default: the name of
            the file without its extension.
        store: where catalogues are kept; default: the user's own store.
        listen: analyses the sound files of songs that no catalogue knows; default: none does.

    Raises:
        UnplacedSongsError: nothing tells how any of the songs sounds; nothing has changed.
        CatalogueError: (a subclass) the file or the name cannot be used; nothing has changed.
    """
    from mien.catalogue.cleaning import clean, mark_damage
    from mien.catalogue.readers import read_table
    from mien.catalogue.sounds import fill_names, hear

    path, store = Path(path), store or Store()
    name = name or default_name(path)
    table, notes = read_table(path)
    lacking = [c for c in ("valence", "energy") if table[c].null_count() == table.height]
    table, named = fill_names(table)
    if named:
        notes.append(f"{named:,} named by the tags or names of their sound files")
    table, known = _take_values(mark_damage(table), name, store)
    heard, problems = 0, dict[Path, str]()
    if listen is not None:
        table, heard, problems = hear(table, listen)
    table, unplaced = _set_apart(table, lacking)
    if unplaced.height and unplaced.height == _count_names(table):
        absent = next((note for note in notes if note.startswith("no column for")), "")
        lacks = absent or "fewer than two of valence, energy and tempo are known"
        unheard = f"; {len(problems):,} sound files cannot be analysed" if problems else ""
        raise UnplacedSongsError(
            f"nothing tells how the songs of {path.name} sound: {lacks}, and no catalogue has them"
            f"{unheard}",
            "import a larger catalogue first, or give these columns their usual names",
        )
    songs, summary = clean(table, notes)
    first = unplaced.head(3).select("title", "artists").iter_rows()
    examples = [f'"{title}" by {artists.split(";")[0]}' for title, artists in first]
    summary = replace(
        summary, known=known, heard=heard, unplaced=unplaced.height, examples=examples
    )
    store.save(name, songs, summary, source=path.name)
    return Import(summary, unplaced, problems)


def _take_values(
    table: pl.DataFrame, name: str, store: Store
) -> tuple[pl.DataFrame, dict[str, int]]:
    """The table with values from the store's other catalogues, and how many songs took some."""
    from mien.catalogue.matching import lack_values, take_values

    if not lack_values(table):
        return table, {}
    others = sorted((s for s in store.list() if s.name != name), key=lambda s: -s.songs)
    with ExitStack() as stack:
        return take_values(table, [stack.enter_context(store.open(s.name)) for s in others])


def _set_apart(table: pl.DataFrame, lacking: list[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The table without features for songs that cannot be placed, and those songs.

    Args:
        table: as for `mien.catalogue.cleaning.clean`.
        lacking: what the file has no value of. It is known where a catalogue or the sound told it;
            elsewhere no median of the file can stand in for it.
    """
    import polars as pl

    from mien.catalogue.cleaning import is_placed
    from mien.catalogue.readers import MEASURED

    known = pl.all_horizontal(pl.lit(value=True), *(pl.col(c).is_not_null() for c in lacking))
    kept = [pl.when(known).then(pl.col(c)).alias(c) for c in MEASURED]
    table = table.with_columns(kept)
    named = _named(table)
    placed = named.filter(is_placed()).select("title", "artists").unique()
    columns = [c for c in ("title", "artists", "path") if c in table.columns]
    apart = named.filter(~is_placed()).select(columns)
    apart = apart.unique(["title", "artists"], maintain_order=True, keep="first")
    return table, apart.join(placed, on=["title", "artists"], how="anti", maintain_order="left")


def _named(table: pl.DataFrame) -> pl.DataFrame:
    """Rows with a title and artists; the artists as one text."""
    import polars as pl

    rows = table.filter(pl.col("title").is_not_null() & (pl.col("artists").list.len() > 0))
    return rows.with_columns(pl.col("artists").list.join(";"))


def _count_names(table: pl.DataFrame) -> int:
    return _named(table).select("title", "artists").n_unique()


def default_name(path: Path) -> str:
    """The name of a catalogue that is imported without one.

    >>> default_name(Path("songs.2024.csv.gz"))
    'songs.2024'
    """
    name = path.name.removesuffix(".gz")
    return name.removesuffix(Path(name).suffix)


def fetch(
    name: str,
    file: Path | None = None,
    store: Store | None = None,
    progress: Progress = lambda received, expected: None,
) -> ImportSummary:
    """Download a public data set and import it as a catalogue of the same name.

    Args:
        name: a key of `PUBLIC_DATASETS`.
        file: a copy of the data set, which is then not downloaded.
        store: where catalogues are kept; default: the user's own store.
        progress: called during the download.

    Raises:
        NoSuchDatasetError: no such data set.
        DownloadError: it cannot be downloaded; nothing has changed.
        ChecksumError: the file is not this data set; nothing has changed.
        SongFileError: `file` cannot be read.
    """
    if name not in PUBLIC_DATASETS:
        raise NoSuchDatasetError(
            f"no data set is called {name!r}", f"use {' or '.join(PUBLIC_DATASETS)}"
        )
    dataset = PUBLIC_DATASETS[name]
    if file is not None:
        _verify(file, dataset)
        return import_catalogue(file, name, store)
    with tempfile.TemporaryDirectory(prefix="mien-") as folder:
        target = Path(folder) / "dataset.csv"
        _download(dataset, target, progress)
        _verify(target, dataset)
        return import_catalogue(target, name, store)


def _download(dataset: PublicDataset, target: Path, progress: Progress) -> None:
    import http.client
    import urllib.error
    import urllib.request

    try:
        received = 0
        response = urllib.request.urlopen(dataset.url, timeout=30)  # noqa: S310 - https, see above
        with response, target.open("wb") as file:
            while block := response.read(1 << 16):
                received += len(block)
                if received > dataset.bytes:
                    break  # too long to be the data set, so that the checksum will differ
                file.write(block)
                progress(received, dataset.bytes)
    except (urllib.error.URLError, OSError, http.client.HTTPException) as e:
        reason = getattr(e, "reason", None) or e
        raise DownloadError(
            f"{dataset.name} could not be downloaded ({reason})",
            f"download {dataset.url} by other means and import it from that file",
        ) from e


def _verify(file: Path, dataset: PublicDataset) -> None:
    try:
        with file.open("rb") as data:
            found = hashlib.file_digest(data, "sha256").hexdigest()
    except OSError as e:
        raise SongFileError(f"{file} cannot be read ({e.strerror})", "give another copy") from e
    if found != dataset.sha256:
        raise ChecksumError(
            f"{file.name} is not {dataset.name}: its SHA-256 is {found[:16]}..., not "
            f"{dataset.sha256[:16]}...",
            "get another copy, or import it as a file of your own",
        )

"""A person's file of songs, or a public data set, -> a catalogue in the store."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mien.catalogue.store import Store
from mien.errors import ChecksumError, DownloadError, NoSuchDatasetError, SongFileError

if TYPE_CHECKING:
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


def import_catalogue(
    path: Path | str, name: str | None = None, store: Store | None = None
) -> ImportSummary:
    """Import a file of songs as a catalogue, and use it from now on.

    Args:
        path: a file that `mien.catalogue.readers.read_table` reads.
        name: the name of the catalogue, which replaces one of the same name; default: the name of
            the file without its extension.
        store: where catalogues are kept; default: the user's own store.

    Returns:
        What was dropped, repaired and merged.

    Raises:
        CatalogueError: (a subclass) the file or the name cannot be used; nothing has changed.
    """
    from mien.catalogue.cleaning import clean
    from mien.catalogue.readers import read_table

    path = Path(path)
    table, notes = read_table(path)
    songs, summary = clean(table, notes)
    (store or Store()).save(name or default_name(path), songs, summary, source=path.name)
    return summary


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

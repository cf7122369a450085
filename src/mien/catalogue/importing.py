"""A person's file, or a public data set, -> a catalogue in the store."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mien.catalogue.store import Store
from mien.errors import CatalogueError

if TYPE_CHECKING:
    from mien.catalogue.cleaning import Report


@dataclass(frozen=True)
class PublicDataset:
    """A data set that can be fetched: its name, where it lies, and what it must hash to."""

    name: str
    url: str
    sha256: str
    bytes: int
    licence: str


PUBLIC: dict[str, PublicDataset] = {
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
"""Called with the bytes received and the bytes expected."""


def import_catalogue(
    path: Path | str, name: str | None = None, store: Store | None = None
) -> Report:
    """Read, clean and keep a file of songs, and use it from now on.

    Args:
        path: as `mien.catalogue.readers.read_table` takes it.
        name: what to call the catalogue; default: the file's name without its ending.
        store: where to keep it.

    Returns:
        What was dropped, repaired and merged.

    Raises:
        CatalogueError: the file or the name is not usable; nothing was changed.
    """
    from mien.catalogue.cleaning import clean
    from mien.catalogue.readers import read_table

    path = Path(path)
    table, notes = read_table(path)
    songs, report = clean(table, notes)
    (store or Store()).save(name or default_name(path), songs, report, source=path.name)
    return report


def default_name(path: Path) -> str:
    """What a catalogue is called after its file: `songs.2024.csv.gz` is `songs.2024`."""
    name = path.name.removesuffix(".gz")
    return name.removesuffix(Path(name).suffix)


def fetch(
    name: str,
    file: Path | None = None,
    store: Store | None = None,
    progress: Progress = lambda received, expected: None,
) -> Report:
    """Import a public data set.

    Args:
        name: one of `PUBLIC`.
        file: a copy that was got by other means; without it, the data set is downloaded.
        store: where to keep it.
        progress: told about the download.

    Raises:
        CatalogueError: no such data set, no connection, or the wrong content; nothing was changed.
    """
    if name not in PUBLIC:
        raise CatalogueError(f"no data set is called {name!r}", f"there is {', '.join(PUBLIC)}")
    wanted = PUBLIC[name]
    if file is not None:
        _check(file, wanted)
        return import_catalogue(file, name, store)
    with tempfile.TemporaryDirectory(prefix="mien-") as folder:
        target = Path(folder) / "dataset.csv"
        _download(wanted, target, progress)
        _check(target, wanted)
        return import_catalogue(target, name, store)


def _download(wanted: PublicDataset, target: Path, progress: Progress) -> None:
    import http.client
    import urllib.error
    import urllib.request

    try:
        received = 0
        answer = urllib.request.urlopen(wanted.url, timeout=30)  # noqa: S310 - https, see PUBLIC
        with answer, target.open("wb") as file:
            while block := answer.read(1 << 16):
                received += len(block)
                if received > wanted.bytes:
                    break  # not the file that was asked for; the check below says so
                file.write(block)
                progress(received, wanted.bytes)
    except (urllib.error.URLError, OSError, http.client.HTTPException) as e:
        reason = getattr(e, "reason", None) or e
        raise CatalogueError(
            f"{wanted.name} could not be downloaded ({reason})",
            f"get dataset.csv by other means and give it: mien catalogue fetch {wanted.name} "
            "--file dataset.csv",
        ) from e


def _check(file: Path, wanted: PublicDataset) -> None:
    try:
        with file.open("rb") as data:
            found = hashlib.file_digest(data, "sha256").hexdigest()
    except OSError as e:
        raise CatalogueError(f"{file} cannot be read ({e.strerror})") from e
    if found != wanted.sha256:
        raise CatalogueError(
            f"{file.name} is not the {wanted.name} that was expected (SHA-256 {found[:16]}..., "
            f"expected {wanted.sha256[:16]}...)",
            "use `mien catalogue import` for another file",
        )

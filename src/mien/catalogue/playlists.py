"""People's playlists -> factors of songs that go together (collaborative filtering)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mien.catalogue.names import NameKey, normalise_name
from mien.catalogue.songs import Catalogue
from mien.catalogue.store import Store, require_writable
from mien.errors import DataError, MissingExtraError
from mien.support.arrays import Float32Array

FACTORS = 64
_ITERATIONS = 15
_REGULARISATION = 0.05
_CONFIDENCE = 20.0  # that a song belongs to a playlist it is in; 1 for others (Hu et al. 2008)


@dataclass(frozen=True, eq=False)
class TrackFactors:
    """Factors of the tracks of playlists.

    Attributes:
        ids: the tracks' ids, str [m].
        names: the tracks' normalised names; None where a name matches no other.
        factors: float32 [m, factors], rows of length 1; tracks that share playlists have similar
            ones.
    """

    ids: npt.NDArray[np.str_]
    names: tuple[NameKey | None, ...]
    factors: Float32Array

    def match(self, catalogue: Catalogue) -> npt.NDArray[np.int64]:
        """The track of each song of a catalogue, by id, else by artist and title: indices, int64
        [n]; -1 where no track matches."""
        by_id = {str(track): i for i, track in enumerate(self.ids)}
        by_name: dict[NameKey, int] = {}
        for i, name in enumerate(self.names):
            if name is not None:
                by_name.setdefault(name, i)

        def find(artist: str, title: str) -> int:
            name = normalise_name(artist, title)
            return -1 if name is None else by_name.get(name, -1)

        songs = catalogue.songs(range(len(catalogue)))
        found = (by_id[s.id] if s.id in by_id else find(s.artists[0], s.title) for s in songs)
        return np.fromiter(found, np.int64, len(songs))

    def align(self, catalogue: Catalogue) -> Float32Array:
        """The factors of each song of a catalogue, float32 [n, factors]; zeros where no track
        matches."""
        tracks = self.match(catalogue)
        factors = np.zeros((len(catalogue), self.factors.shape[1]), np.float32)
        factors[tracks >= 0] = self.factors[tracks[tracks >= 0]]
        return factors


def import_playlists(
    playlists: Path, tracks: Path, catalogue: str | None = None, *, factors: int = FACTORS
) -> tuple[int, int]:
    """Fit factors to playlists and save those of a catalogue's songs, until it is replaced.

    Args:
        playlists, tracks, factors: as in `fit_playlists`.
        catalogue: its name; default: the one in use.

    Returns:
        How many songs of the catalogue are in a playlist, and how many songs it has.

    Raises:
        DataError, MissingExtraError: as `fit_playlists`; DataError also where no song of the
            catalogue is in a playlist.
        NoSuchCatalogueError: there is no such catalogue.
        ReadOnlyCatalogueError: it is the starter.
    """
    store = Store()
    with store.open(catalogue) as songs:
        require_writable(songs.ref)  # before the fit, which takes minutes
        aligned = fit_playlists(playlists, tracks, factors=factors).align(songs)
        known = int(aligned.any(axis=1).sum())
        if not known:
            raise DataError(
                f"no song of {songs.ref.name!r} is in these playlists, by id or by artist "
                "and title",
                "give other playlists",
            )
        store.save_factors(songs.ref, aligned)
        return known, len(songs)


def fit_playlists(
    playlists: Path, tracks: Path, *, factors: int = FACTORS, seed: int = 0
) -> TrackFactors:
    """Fit factors by alternating least squares for implicit feedback (Hu, Koren & Volinsky 2008,
    "Collaborative Filtering for Implicit Feedback Datasets"), with the `implicit` package.

    Args:
        playlists: CSV with the columns `pid` and `track_id`, one row for each entry.
        tracks: CSV with the columns `track_id`, `artist_name` and `track_name`.
        factors: the number of factors of a track.
        seed: of the initial factors.

    Raises:
        DataError: a file is missing or lacks a column, or the files have no track in common.
        MissingExtraError: the `collaborative` extra is not installed.
    """
    try:
        from implicit.als import AlternatingLeastSquares
        from scipy.sparse import csr_matrix
        from threadpoolctl import threadpool_limits
    except ModuleNotFoundError as e:
        raise MissingExtraError(e.name or "a package", "collaborative") from e
    entries = _read_columns(playlists, ("pid", "track_id"))
    details = _read_columns(tracks, ("track_id", "artist_name", "track_name"))
    first_row: dict[str | None, int] = {}  # a track may be listed several times
    for row, track in enumerate(details["track_id"]):
        first_row.setdefault(track, row)
    index = {track: i for i, track in enumerate(first_row)}
    known = [
        (pid, index[track])
        for pid, track in zip(entries["pid"], entries["track_id"], strict=True)
        if track in index
    ]
    if not known:
        raise DataError(
            f"no track of {playlists} is listed in {tracks}", "give files with the same track_ids"
        )
    people = {pid: i for i, pid in enumerate(dict.fromkeys(pid for pid, _ in known))}
    rows, columns = np.array([(people[pid], track) for pid, track in known]).T
    shape = (len(people), len(index))
    weights = np.full(len(known), _CONFIDENCE, np.float32)
    with threadpool_limits(1, "blas"):  # the threads of implicit are faster
        model = AlternatingLeastSquares(
            factors=factors,
            regularization=_REGULARISATION,
            iterations=_ITERATIONS,
            random_state=seed,
        )
        model.fit(csr_matrix((weights, (rows, columns)), shape=shape), show_progress=False)
    fitted = np.asarray(model.item_factors, np.float32)
    fitted /= np.maximum(np.linalg.norm(fitted, axis=1, keepdims=True), 1e-12)
    names = (
        normalise_name(details["artist_name"][row] or "", details["track_name"][row] or "")
        for row in first_row.values()
    )
    return TrackFactors(np.array([*index], dtype=str), tuple(names), fitted)


def _read_columns(path: Path, names: tuple[str, ...]) -> Mapping[str, list[str | None]]:
    import polars as pl

    hint = f"give a CSV file with the columns {', '.join(names)}"
    if not path.is_file():
        raise DataError(f"{path} is missing", hint)
    try:
        table = pl.read_csv(path, infer_schema=False, columns=list(names))
    except pl.exceptions.PolarsError as e:
        raise DataError(f"{path} cannot be read", hint) from e
    return {name: table[name].to_list() for name in names}

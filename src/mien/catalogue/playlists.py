"""Playlists that people made -> which songs stand together: collaborative filtering."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mien.catalogue.names import Name, name_of
from mien.catalogue.songs import Catalogue
from mien.catalogue.store import Store, refuse_starter
from mien.errors import DataError, MissingExtraError
from mien.support.arrays import Float32Array

FACTORS = 64
_ITERATIONS = 15
_REGULARISATION = 0.05
_CONFIDENCE = 20.0  # of a song in a playlist, against 1 for one that is not (Hu et al. 2008)


@dataclass(frozen=True, eq=False)
class TrackFactors:
    """What playlists tell of tracks.

    Attributes:
        ids: the tracks' ids, str [m].
        names: artist and title of each, as they are compared.
        factors: float32 [m, factors], rows of length 1; songs that share playlists point alike.
    """

    ids: npt.NDArray[np.str_]
    names: tuple[Name, ...]
    factors: Float32Array

    def rows(self, catalogue: Catalogue) -> npt.NDArray[np.int64]:
        """The place here of each of a catalogue's songs, found by id, else by artist and title;
        -1 where there is none. Int64 [n]."""
        by_id = {str(i): at for at, i in enumerate(self.ids)}
        by_name: dict[Name, int] = {}
        for at, name in enumerate(self.names):
            by_name.setdefault(name, at)
        songs = catalogue.songs(range(len(catalogue)))
        found = (by_id.get(s.id, by_name.get(name_of(s.artists[0], s.title), -1)) for s in songs)
        return np.fromiter(found, np.int64, len(songs))

    def of(self, catalogue: Catalogue) -> Float32Array:
        """The factors of a catalogue's songs, float32 [n, factors]; zeros for songs of no
        playlist."""
        rows = self.rows(catalogue)
        factors = np.zeros((len(catalogue), self.factors.shape[1]), np.float32)
        factors[rows >= 0] = self.factors[rows[rows >= 0]]
        return factors


def learn(
    playlists: Path, tracks: Path, name: str | None = None, *, factors: int = FACTORS
) -> tuple[int, int]:
    """Learn from playlists which songs of a catalogue go together, until it is imported anew.

    Args:
        playlists, tracks, factors: as for `fit_playlists`.
        name: the catalogue's; None: the one in use.

    Returns:
        How many of its songs are in some playlist, and how many songs it has.

    Raises:
        DataError, MissingExtraError: as `fit_playlists`; or no song of the catalogue is in any
        playlist.
        CatalogueError: there is no such catalogue, or it is the starter.
    """
    store = Store()
    catalogue = store.open(name)
    refuse_starter(catalogue.ref)  # better now than when all is learnt
    found = fit_playlists(playlists, tracks, factors=factors).of(catalogue)
    known = int(found.any(axis=1).sum())
    if not known:
        raise DataError(
            f"no song of {catalogue.ref.name!r} is in these playlists, by id or by artist "
            "and title",
            "give others",
        )
    store.keep_factors(catalogue.ref, found)
    return known, len(catalogue)


def fit_playlists(
    playlists: Path, tracks: Path, *, factors: int = FACTORS, seed: int = 0
) -> TrackFactors:
    """Alternating least squares on playlists (Hu, Koren & Volinsky 2008; the `implicit` package).

    Args:
        playlists: CSV with the columns `pid` and `track_id`, one row for each entry.
        tracks: CSV with the columns `track_id`, `artist_name` and `track_name`.
        factors: how many numbers describe a track.
        seed: of the initial factors.

    Raises:
        DataError: a file is missing or lacks a column.
        MissingExtraError: the `collaborative` extra is not installed.
    """
    try:
        from implicit.als import AlternatingLeastSquares
        from scipy.sparse import csr_matrix
        from threadpoolctl import threadpool_limits
    except ModuleNotFoundError as e:
        raise MissingExtraError(e.name or "a package", "collaborative") from e
    entries = _columns(playlists, ("pid", "track_id"))
    facts = _columns(tracks, ("track_id", "artist_name", "track_name"))
    at: dict[str | None, int] = {}
    for track in facts["track_id"]:
        at.setdefault(track, len(at))
    known = [
        (pid, at[t]) for pid, t in zip(entries["pid"], entries["track_id"], strict=True) if t in at
    ]
    if not known:
        raise DataError(
            f"no track of {playlists} stands in {tracks}", "give files with the same track_ids"
        )
    people = {pid: i for i, pid in enumerate(dict.fromkeys(pid for pid, _ in known))}
    rows, columns = np.array([(people[pid], track) for pid, track in known]).T
    shape = (len(people), len(at))
    weights = np.full(len(known), _CONFIDENCE, np.float32)
    with threadpool_limits(1, "blas"):  # its own threads are the faster ones
        model = AlternatingLeastSquares(
            factors=factors,
            regularization=_REGULARISATION,
            iterations=_ITERATIONS,
            random_state=seed,
        )
        model.fit(csr_matrix((weights, (rows, columns)), shape=shape), show_progress=False)
    found = np.asarray(model.item_factors, np.float32)
    found /= np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-12)
    first = {at[track]: row for row, track in reversed([*enumerate(facts["track_id"])])}
    names = (
        name_of(facts["artist_name"][first[i]] or "", facts["track_name"][first[i]] or "")
        for i in range(len(at))
    )
    return TrackFactors(np.array([*at], dtype=str), tuple(names), found)


def _columns(path: Path, names: tuple[str, ...]) -> Mapping[str, list[str | None]]:
    import polars as pl

    if not path.is_file():
        raise DataError(
            f"{path} is missing", f"give a CSV file with the columns {', '.join(names)}"
        )
    try:
        table = pl.read_csv(path, infer_schema=False, columns=list(names))
    except pl.exceptions.PolarsError as e:
        raise DataError(
            f"{path} cannot be read", f"it must be a CSV file with the columns {', '.join(names)}"
        ) from e
    return {name: table[name].to_list() for name in names}

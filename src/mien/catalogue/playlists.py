"""People's playlists -> factors of songs and artists that go together (collaborative filtering)."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mien.catalogue.names import NameKey, normalise_name
from mien.catalogue.song import Song
from mien.catalogue.songs import Catalogue
from mien.catalogue.store import SongFactors, Store, require_writable
from mien.errors import DataError, MissingExtraError
from mien.support.arrays import Float32Array

FACTORS = 64
_ITERATIONS = 15
_REGULARISATION = 5.0
_CONFIDENCE = 20.0  # that a song belongs to a playlist it is in; 1 for others (Hu et al. 2008)


@dataclass(frozen=True, eq=False)
class TrackNames:
    """The tracks of playlists by their ids and names; a track may have several ids.

    Attributes:
        by_id: id -> index of the track.
        by_name: normalised name -> index of the track.
        by_artist: artist, as `artist_key` gives it, -> index of the artist.
        artists: int64 [m], the index of each track's artist.
    """

    by_id: Mapping[str, int]
    by_name: Mapping[NameKey, int]
    by_artist: Mapping[str, int]
    artists: npt.NDArray[np.int64]

    @classmethod
    def of(cls, tracks: Iterable[tuple[str | None, str | None, str | None]]) -> TrackNames:
        """From the id, artist and title of each track."""
        by_id: dict[str, int] = {}
        by_name: dict[NameKey, int] = {}
        by_artist: dict[str, int] = {}
        artists: list[int] = []
        for track, artist, title in tracks:
            if track is None or track in by_id:
                continue  # a track may be listed several times
            name = normalise_name(artist or "", title or "")
            number = len(artists) if name is None else by_name.setdefault(name, len(artists))
            if number == len(artists):
                artists.append(by_artist.setdefault(artist_key(artist or ""), len(by_artist)))
            by_id[track] = number
        return cls(by_id, by_name, by_artist, np.array(artists, np.int64))


@dataclass(frozen=True, eq=False)
class TrackFactors:
    """Factors of the tracks of playlists, and of their artists.

    Attributes:
        names: the tracks.
        factors: float32 [m, factors], rows of length 1; tracks that share playlists have similar
            ones. Zeros for tracks in no playlist.
        artist_factors: float32 [artists, factors], the same of artists.
        counts: int64 [m], in how many playlists each track is.
    """

    names: TrackNames
    factors: Float32Array
    artist_factors: Float32Array
    counts: npt.NDArray[np.int64]

    def match(self, catalogue: Catalogue) -> npt.NDArray[np.int64]:
        """The track of each song of a catalogue, by id, else by artist and title: indices, int64
        [n]; -1 where no track matches."""

        return self._match(catalogue.songs(range(len(catalogue))))

    def _match(self, songs: Sequence[Song]) -> npt.NDArray[np.int64]:
        def find(song: Song) -> int:
            if song.id in self.names.by_id:
                return self.names.by_id[song.id]
            name = normalise_name(song.artists[0], song.title)
            return -1 if name is None else self.names.by_name.get(name, -1)

        return np.fromiter(map(find, songs), np.int64, len(songs))

    def align(self, catalogue: Catalogue) -> SongFactors:
        """The factors of each song of a catalogue; zeros where no track or artist matches."""
        songs = catalogue.songs(range(len(catalogue)))
        tracks = self._match(songs)
        by_artist = (self.names.by_artist.get(artist_key(s.artists[0]), -1) for s in songs)
        artists = np.fromiter(by_artist, np.int64, len(songs))
        counts = np.where(tracks >= 0, self.counts[tracks], 0)
        return SongFactors(_take(self.factors, tracks), _take(self.artist_factors, artists), counts)


def artist_key(name: str) -> str:
    """An artist's name as it is compared.

    >>> artist_key("Beyoncé") == artist_key("BEYONCÉ")
    True
    """
    return unicodedata.normalize("NFKC", name).casefold().strip()


def _take(factors: Float32Array, rows: npt.NDArray[np.int64]) -> Float32Array:
    taken = factors[rows]
    taken[rows < 0] = 0
    return taken


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
        known = int(aligned.songs.any(axis=1).sum())
        if not known:
            raise DataError(
                f"no song of {songs.ref.name!r} is in these playlists, by id or by artist "
                "and title",
                "give other playlists",
            )
        store.save_factors(songs.ref, aligned)
        return known, len(songs)


def fit_playlists(
    playlists: Path,
    tracks: Path,
    *,
    factors: int = FACTORS,
    seed: int = 0,
    keep: Callable[[str], bool] = lambda pid: True,
) -> TrackFactors:
    """Fit factors by alternating least squares for implicit feedback (Hu, Koren & Volinsky 2008,
    "Collaborative Filtering for Implicit Feedback Datasets"), with the `implicit` package.

    Args:
        playlists: CSV with the columns `pid` and `track_id`, one row for each entry.
        tracks: CSV with the columns `track_id`, `artist_name` and `track_name`.
        factors: the number of factors of a track.
        seed: of the initial factors.
        keep: tells by its id whether a playlist counts.

    Raises:
        DataError: a file is missing or lacks a column, or the files have no track in common.
        MissingExtraError: the `collaborative` extra is not installed.
    """
    _require_packages()
    entries = _read_columns(playlists, ("pid", "track_id"))
    details = _read_columns(tracks, ("track_id", "artist_name", "track_name"))
    names = TrackNames.of(zip(*details.values(), strict=True))
    pairs = [
        (pid, names.by_id[track])
        for pid, track in zip(entries["pid"], entries["track_id"], strict=True)
        if track is not None and track in names.by_id and pid is not None and keep(pid)
    ]
    if not pairs:
        raise DataError(
            f"no track of {playlists} is listed in {tracks}", "give files with the same track_ids"
        )
    people = {pid: i for i, pid in enumerate(dict.fromkeys(pid for pid, _ in pairs))}
    rows, columns = np.array([(people[pid], track) for pid, track in pairs]).T
    n, artists = len(names.artists), names.artists
    entered = np.unique(rows * n + columns) % n  # once in each playlist
    return TrackFactors(
        names,
        _fit(rows, columns, (len(people), n), factors, seed),
        _fit(rows, artists[columns], (len(people), len(names.by_artist)), factors, seed),
        np.bincount(entered, minlength=n),
    )


def _require_packages() -> None:
    """Check that factors can be fitted, before files are read for it."""
    try:
        for package in ("implicit.als", "scipy.sparse", "threadpoolctl"):
            import_module(package)
    except ModuleNotFoundError as e:
        raise MissingExtraError(e.name or "a package", "collaborative") from e


def _fit(
    rows: npt.NDArray[np.int64],
    columns: npt.NDArray[np.int64],
    shape: tuple[int, int],
    factors: int,
    seed: int,
) -> Float32Array:
    """Factors of the columns, rows of length 1; zeros for those of which no playlist has any."""
    from implicit.als import AlternatingLeastSquares
    from scipy.sparse import csr_matrix
    from threadpoolctl import threadpool_limits

    counts = csr_matrix((np.ones(len(rows), np.float32), (rows, columns)), shape=shape)
    counts.sum_duplicates()
    present = np.zeros(shape[1], bool)
    present[counts.indices] = True
    counts.data = _CONFIDENCE * np.log2(1 + counts.data)  # many songs by one artist count more
    with threadpool_limits(1, "blas"):  # the threads of implicit are faster
        model = AlternatingLeastSquares(
            factors=factors,
            regularization=_REGULARISATION,
            iterations=_ITERATIONS,
            random_state=seed,
        )
        model.fit(counts, show_progress=False)
    fitted = np.asarray(model.item_factors, np.float32)
    fitted /= np.maximum(np.linalg.norm(fitted, axis=1, keepdims=True), 1e-12)
    fitted[~present] = 0
    return fitted


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

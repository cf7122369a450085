"""The songs of a library -> the catalogue `library`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from mien.catalogue.store import SongFactors, Store
from mien.catalogue.summary import ImportSummary
from mien.library.songs import LibrarySong, merge_copies
from mien.library.state import LibraryState

if TYPE_CHECKING:
    import polars as pl

LIBRARY = "library"
"""The name of the catalogue of own music."""

UNKNOWN = "Unknown artist"

_FEATURES = (
    *("valence", "energy", "tempo", "duration", "loudness"),
    *("danceability", "acousticness", "instrumentalness"),
)


def publish(state: LibraryState, store: Store, *, use: bool) -> int:
    """Replace the catalogue `library` with the songs that are there now.

    What playlists told about songs is kept for those that stay.

    Args:
        state: the library.
        store: where catalogues are kept.
        use: whether to use it from now on; else the catalogue that is in use stays so.

    Returns:
        How many songs there are; where there is none, an existing catalogue stays as it is.

    Raises:
        LibraryError, StoreError: a file cannot be read or written.
    """
    files = list(state.songs())
    songs = merge_copies(files)
    if not songs:
        return 0
    merged = {"a copy of another file's song": len(files) - len(songs)}
    summary = ImportSummary(len(files), len(songs), merged=merged)
    factors = _kept_factors(store, [song.id for song in songs])
    source = ", ".join([*map(str, state.folders()), *state.services()])
    store.save(LIBRARY, _table(songs), summary, source, use=use)
    if factors is not None:
        store.save_factors(store.find(LIBRARY), factors)
    return len(songs)


def _kept_factors(store: Store, ids: list[str]) -> SongFactors | None:
    """What playlists told about these songs, if anything."""
    if LIBRARY not in (entry.name for entry in store.list()):
        return None
    with store.open(LIBRARY) as before:
        songs, artists, counts = before.factors, before.artist_factors, before.playlist_counts
        if songs is None or artists is None or counts is None:
            return None
        rows = [before.rows_of([i]) for i in ids]
    known = np.array([len(r) > 0 for r in rows])
    found = np.array([r[0] if len(r) else 0 for r in rows])
    return SongFactors(
        songs[found] * known[:, None], artists[found] * known[:, None], counts[found] * known
    )


def _table(songs: list[LibrarySong]) -> pl.DataFrame:
    import polars as pl

    files = [song.file for song in songs]
    tags, sounds = [f.tags for f in files], [f.sound for f in files]
    columns = {
        "id": [song.id for song in songs],
        "title": [t.title for t in tags],
        "artists": [list(t.artists) or [UNKNOWN] for t in tags],
        "album": [t.album for t in tags],
        "genres": [list(t.genres or s.genres) for t, s in zip(tags, sounds, strict=True)],
        "genres_estimated": [not t.genres for t in tags],
        "year": [t.year for t in tags],
        "path": [None if f.is_remote else f.key for f in files],
        "remote": [f.key.decode() if f.is_remote else None for f in files],
        "heard": [list(s.moods) for s in sounds],
        **{name: [getattr(s, name) for s in sounds] for name in _FEATURES},
    }
    types: dict[str, Any] = {
        "album": pl.String,
        "year": pl.Int32,
        "path": pl.Binary,
        "remote": pl.String,
        "artists": pl.List(pl.String),
        "genres": pl.List(pl.String),
        **dict.fromkeys(_FEATURES, pl.Float64),
    }
    return pl.DataFrame(columns, schema_overrides=types)

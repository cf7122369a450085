"""Choose the weight of shared playlists in a listener's taste: `mien.listener.taste.PLAYLISTS`.

    python -m mien.research.fit.taste

Needs the Spotify Tracks Dataset and the playlists in `MIEN_DATA`. Factors are learnt from all but
200 of the playlists. In each of the 200, a listener likes the first five songs, and the others
should rank above songs of other playlists. The weight is chosen on the first 100; the second 100
are for the report alone.
"""

from __future__ import annotations

import csv
import gzip
import tempfile
from collections import defaultdict
from pathlib import Path

import numpy as np

from mien.catalogue.importing import import_catalogue
from mien.catalogue.playlists import fit_playlists
from mien.catalogue.songs import Catalogue
from mien.catalogue.store import Store
from mien.listener import taste
from mien.research.data.datasets import PLAYLIST_TRACKS, PLAYLISTS, SPOTIFY_TRACKS
from mien.research.evaluation.ranking import area

WEIGHTS = (0.0, 0.3, 0.6, 0.9)
LIKED, HELD_OUT = 5, 100


def main() -> None:
    spotify, entries, tracks = (
        file.require() for file in (SPOTIFY_TRACKS, PLAYLISTS, PLAYLIST_TRACKS)
    )
    playlists = read_playlists(entries)
    order = np.random.default_rng(0).permutation(sorted(playlists))
    learnt = set(order[2 * HELD_OUT :])
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "songs.sqlite")
        import_catalogue(spotify, "songs", store)
        part = Path(folder) / "entries.csv"
        with part.open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["pid", "track_id"])
            writer.writerows(
                (pid, track) for pid in playlists if pid in learnt for track in playlists[pid]
            )
        factors = fit_playlists(part, tracks)
        with store.open("songs") as catalogue:
            track_rows = factors.match(catalogue)
            store.save_factors(catalogue.ref, factors.align(catalogue))
        catalogue = store.open("songs")
    row_of = {factors.ids[at]: row for row, at in enumerate(track_rows) if at >= 0}
    for purpose, pids in (
        ("chosen on", order[:HELD_OUT]),
        ("reported", order[HELD_OUT : 2 * HELD_OUT]),
    ):
        members = [[row_of[t] for t in dict.fromkeys(playlists[p]) if t in row_of] for p in pids]
        members = [rows for rows in members if len(rows) > LIKED]
        print(f"{purpose}: {len(members)} playlists with more than {LIKED} songs of the catalogue")
        for weight in WEIGHTS:
            taste.PLAYLISTS = weight
            areas = [held_out_area(catalogue, np.array(rows)) for rows in members]
            print(
                f"  weight {weight:.2f}: mean area under the curve {np.mean(areas):.3f}", flush=True
            )


def read_playlists(entries: Path) -> dict[str, list[str]]:
    """Id of a playlist -> ids of its tracks."""
    playlists: dict[str, list[str]] = defaultdict(list)
    with gzip.open(entries, "rt", newline="") as file:
        for line in csv.DictReader(file):
            playlists[line["pid"]].append(line["track_id"])
    return playlists


def held_out_area(catalogue: Catalogue, rows: np.ndarray) -> float:
    """How well the first songs of a playlist separate its other songs from other playlists'."""
    assert catalogue.factors is not None
    songs = catalogue.songs(rows[:LIKED])
    bonus = taste.Taste.of(catalogue, {song.id: 1.0 for song in songs}).bonus
    others = np.asarray(catalogue.factors.any(axis=1))
    others[rows] = False
    scores = np.concatenate([bonus[rows[LIKED:]], bonus[others]])
    return area(scores, np.arange(len(scores)) < len(rows) - LIKED)


if __name__ == "__main__":
    main()

"""How much standing in the same playlists should count for a listener's taste.

    python -m mien.research.fit.taste

Needs the Spotify Tracks Dataset and the playlists in `MIEN_DATA`. Playlists are split in three:
from most of them the factors are learnt; of each of the others the listener is said to like five
songs, and the rest should come before other songs that stand in playlists. The share is chosen on
the second part; the third only reports.
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
from mien.research.evaluation.ranking import area
from mien.support.paths import data_dir

SHARES = (0.0, 0.3, 0.6, 0.9)
LIKED, HELD_OUT = 5, 100


def main() -> None:
    data = data_dir()
    entries, tracks = (data / "playlists" / f"{n}.csv.gz" for n in ("playlist_tracks", "tracks"))
    lists: dict[str, list[str]] = defaultdict(list)
    with gzip.open(entries, "rt", newline="") as file:
        for line in csv.DictReader(file):
            lists[line["pid"]].append(line["track_id"])
    order = np.random.default_rng(0).permutation(sorted(lists))
    kept = set(order[2 * HELD_OUT :])
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "songs.sqlite")
        import_catalogue(data / "spotify-tracks" / "dataset.csv", "songs", store)
        some = Path(folder) / "entries.csv"
        with some.open("w", newline="") as file:
            out = csv.writer(file)
            out.writerow(["pid", "track_id"])
            out.writerows((pid, track) for pid in lists if pid in kept for track in lists[pid])
        found = fit_playlists(some, tracks)
        catalogue = store.open("songs")
        places = found.rows(catalogue)
        store.keep_factors(catalogue.ref, found.of(catalogue))
        catalogue = store.open("songs")
    row_of = {track: row for row, at in enumerate(places) if at >= 0 for track in [found.ids[at]]}
    for what, pids in (
        ("chosen on", order[:HELD_OUT]),
        ("reported", order[HELD_OUT : 2 * HELD_OUT]),
    ):
        members = [[row_of[t] for t in dict.fromkeys(lists[p]) if t in row_of] for p in pids]
        members = [rows for rows in members if len(rows) > LIKED]
        print(f"{what}: {len(members)} playlists with more than {LIKED} songs of the catalogue")
        for share in SHARES:
            taste.PLAYLISTS = share
            areas = [held_out_area(catalogue, np.array(rows)) for rows in members]
            print(
                f"  share {share:.2f}: mean area under the curve {np.mean(areas):.3f}", flush=True
            )


def held_out_area(catalogue: Catalogue, rows: np.ndarray) -> float:
    """How well the first songs of a playlist tell the rest from other songs of playlists."""
    assert catalogue.factors is not None
    songs = catalogue.songs(rows[:LIKED])
    liking = taste.Taste.of(catalogue, {song.id: 1.0 for song in songs}).bonus
    others = np.asarray(catalogue.factors.any(axis=1))
    others[rows] = False
    scores = np.concatenate([liking[rows[LIKED:]], liking[others]])
    return area(scores, np.arange(len(scores)) < len(rows) - LIKED)


if __name__ == "__main__":
    main()

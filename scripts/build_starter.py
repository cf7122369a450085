"""Build the starter catalogue from the Spotify Tracks Dataset.

    python scripts/build_starter.py path/to/dataset.csv

About 5,000 of its songs: as many of each genre and, within a genre, of each mood as there are; in
each, the ones that fit the mood and are known come first. No artist has more than three. Songs that
nobody asked for (Christmas songs, karaoke, ...) and genres of noise and speech are left out.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter, defaultdict
from dataclasses import replace
from itertools import cycle
from pathlib import Path

import numpy as np

from mien.catalogue.cleaning import clean
from mien.catalogue.readers import read_table
from mien.catalogue.songs import Catalogue
from mien.catalogue.store import Store, write_starter
from mien.mood import MOODS, Mood
from mien.recommendation.rankings import ListenersRanking
from mien.recommendation.target import Target

SONGS, PER_ARTIST = 5_000, 3
SOURCE = "Spotify Tracks Dataset (M. Pandya; ODbL 1.0), 5,000 songs of it"


def choose(catalogue: Catalogue) -> np.ndarray:
    """The rows of the songs, ascending."""
    ranking = ListenersRanking(catalogue)
    middle = Mood(0.5, 0.5, 120)
    scores = {
        mood: ranking.scores(
            Target(middle.valence, middle.energy, middle.tempo, ((mood, 1.0),), 1.5)
        )
        for mood in MOODS
    }
    wanted = catalogue.unasked == 0
    first_genre, artists = catalogue.lists("genres").first, catalogue.lists("artists").first
    queues = defaultdict(list)
    for genre in np.unique(first_genre[wanted]):
        rows = np.flatnonzero(wanted & (first_genre == genre))
        for mood in MOODS:
            queues[genre].append(rows[np.argsort(-scores[mood][rows], kind="stable")].tolist())
    by_artist: Counter[int] = Counter()
    chosen: set[int] = set()
    turns = cycle([queue for of_moods in queues.values() for queue in of_moods])
    while len(chosen) < SONGS:
        queue = next(turns)
        while queue:
            row = queue.pop(0)
            if row not in chosen and by_artist[artists[row]] < PER_ARTIST:
                by_artist[artists[row]] += 1
                chosen.add(row)
                break
    return np.array(sorted(chosen))


def main(path: Path) -> None:
    table, notes = read_table(path)
    songs, summary = clean(table, notes)
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "songs.sqlite")
        store.save("all", songs, summary, path.name)
        with store.open("all") as catalogue:
            rows = choose(catalogue)
    write_starter(songs[rows.tolist()], replace(summary, songs=len(rows)), SOURCE)
    print(f"{len(rows)} songs of {summary.songs}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

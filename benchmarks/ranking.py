"""Six songs from 114,000: mien's rankings and the paper's method, in one run.

    python benchmarks/ranking.py [--songs 114000] [--rounds 30]

The paper's method, with scikit-learn: scale the songs by minimum and maximum, compute the cosine
similarity to the ideal vector, sort, and keep 0.85 and more. It gives the rows of six songs, as the
lines with `rows` do; the lines with `songs` add titles, artists and reasons. Medians of alternating
rounds on one thread; compare the ratios.
"""

from __future__ import annotations

import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import argparse
import itertools
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from sklearn.metrics.pairwise import cosine_similarity
from sklearn.preprocessing import MinMaxScaler

from mien import EMOTIONS, Catalogue, Filter, Mood, Recommender, Store
from mien.catalogue.summary import ImportSummary
from mien.recommendation.diversity import POOL, diversify
from mien.recommendation.filtering import SongFilter
from mien.recommendation.query import Query
from mien.recommendation.target import PAPER, make_target

IN_A_ROW = 7  # one for each emotion
COUNT = 6
REFERENCE = "the paper's method (scikit-learn)"
ARTISTS, GENRES = 30_011, 114  # about as in the Spotify Tracks Dataset


def make_store(n: int, folder: Path) -> Store:
    """A store with n different songs whose features are distributed like the starter's."""
    starter = Store(folder / "none.sqlite").open("starter")
    random = np.random.default_rng(0)
    rows = random.integers(0, len(starter), n)

    def spread(values: np.ndarray, jitter: float, high: float) -> np.ndarray:
        return np.clip(values[rows] + random.normal(0, jitter, n), 0.001, high)

    genres = random.integers(0, GENRES, n)
    songs = pl.select(number=pl.int_range(n)).select(
        id=pl.format("song{}", "number"),
        title=pl.format("Song {}", "number"),
        artists=pl.concat_list(pl.format("Artist {}", pl.col("number") * 7919 % ARTISTS)),
        genres=pl.concat_list(pl.format("genre {}", pl.Series(genres))),
        valence=spread(starter.valence, 0.03, 1),
        energy=spread(starter.energy, 0.03, 1),
        tempo=spread(starter.tempo, 4, 250),
        explicit=random.random(n) < 0.1,
        popularity=random.uniform(0, 100, n),
        duration=random.uniform(60, 400, n),
        year=random.integers(1960, 2025, n),
    )
    store = Store(folder / "songs.sqlite")
    store.save("many", songs, ImportSummary(n, n), "made up")
    return store


def paper_method(catalogue: Catalogue) -> np.ndarray:
    """As the paper describes it, for every request."""
    ideal = PAPER["happy"]
    features = np.stack([catalogue.valence, catalogue.tempo, catalogue.energy], axis=1)
    scaler = MinMaxScaler().fit(features)
    target = scaler.transform([[ideal.valence, ideal.tempo, ideal.energy]])
    similarity = cosine_similarity(target, scaler.transform(features))[0]
    order = np.argsort(-similarity)
    return np.asarray(order[similarity[order] >= 0.85][:COUNT])


class RowChooser:
    """What a recommender does before it looks up songs: filter, rank, diversify."""

    def __init__(self, recommender: Recommender) -> None:
        self.catalogue = recommender.catalogue
        self.ranking = recommender.ranking()
        self.filter = SongFilter(self.catalogue)

    def choose(self, mood: Mood, where: Filter) -> np.ndarray:
        """The rows of the songs for a mood."""
        allows = self.filter.allows(where, (), music_only=not where.genres)
        rows, scores = self.ranking.top(mood, COUNT * POOL, allows)
        rows = rows[scores >= scores[COUNT - 1] - self.ranking.loss]
        chosen: np.ndarray = rows[diversify(self.catalogue.kinds(rows), COUNT)]
        return chosen


def ways(catalogue: Catalogue, recommender: Recommender) -> dict[str, Callable[[], object]]:
    """Name -> what is timed."""
    rows = RowChooser(recommender)
    emotions = itertools.cycle(EMOTIONS)
    moods = itertools.cycle([recommender.mood(emotion) for emotion in EMOTIONS])
    targets = itertools.cycle(
        [make_target(emotion, "suit", catalogue.scale) for emotion in EMOTIONS]
    )
    genres = tuple(f"genre {i}" for i in range(GENRES // 3))
    where = Filter(genres, clean=True, popularity=(0, 50), minutes=(2, 5))
    limits = itertools.count()

    def new_filters() -> Filter:
        return Filter(genres, clean=True, popularity=(0, 50 + next(limits) / 1e6), minutes=(2, 5))

    def songs(**fields: Any) -> object:
        return recommender.recommend(Query(next(emotions), **fields))

    return {
        REFERENCE: lambda: paper_method(catalogue),
        "paper: six songs": lambda: recommender.recommend(Query(PAPER["happy"], ranking="paper")),
        "listeners: six rows": lambda: rows.choose(next(targets), Filter()),
        "listeners: six rows, four filters": lambda: rows.choose(next(targets), where),
        "listeners: six songs": songs,
        "listeners: six songs near a point": lambda: recommender.recommend(Query(next(moods))),
        "listeners: six others": lambda: songs(seed=1),
        "listeners: with four filters": lambda: songs(where=where),
        "listeners: with new filters": lambda: songs(where=new_filters()),
        "listeners: a journey": lambda: songs(to="sad"),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--songs", type=int, default=114_000)
    parser.add_argument("--rounds", type=int, default=30)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        begin = time.perf_counter()
        store = make_store(options.songs, Path(folder))
        stored = time.perf_counter() - begin
        before, begin = memory(), time.perf_counter()
        catalogue = store.open("many")
        recommender = Recommender(catalogue)
        recommender.recommend(Query("happy"))
        ready, held = time.perf_counter() - begin, memory() - before
        print(f"{options.songs:,} songs")
        print(f"stored in {stored:.1f} s, {store.path.stat().st_size / 1e6:,.0f} MB")
        print(f"opened, indexed and queried once in {ready:.2f} s, {held:,.0f} MB of memory")
        timed = ways(catalogue, recommender)
        times: dict[str, list[float]] = {name: [] for name in timed}
        for way in timed.values():
            way()
        for _ in range(options.rounds):
            for name, way in timed.items():
                for _ in range(IN_A_ROW):
                    begin = time.perf_counter()
                    way()
                    times[name].append(time.perf_counter() - begin)
        reference = float(np.median(times[REFERENCE]))
        print(f"{options.rounds} rounds of the seven emotions, one thread, medians")
        for name, seconds in times.items():
            median = float(np.median(seconds))
            print(f"{name:34s} {median * 1e3:8.3f} ms   {reference / median:6.1f} x")


def memory() -> float:
    """The memory of this process, in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


if __name__ == "__main__":
    main()

"""Six songs from 114,000: mien's rankings beside the paper's way, in one run.

    python benchmarks/ranking.py [--songs 114000] [--rounds 30]

The paper's way is scikit-learn's: min-max scale the songs, cosine similarity to the ideal vector,
sort, keep 0.85 and more. It ends with the rows of six songs; `rows` is the same of ours, `songs`
what mien gives: titles, artists and reasons besides. Medians of alternating rounds on one thread;
the ratio is what counts.
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

import numpy as np
import polars as pl
from sklearn.metrics.pairwise import cosine_similarity
from sklearn.preprocessing import MinMaxScaler

from mien import EMOTIONS, Catalogue, Filter, Recommender, Store
from mien.catalogue.cleaning import Report
from mien.recommendation.target import PAPER

IN_A_ROW = 7  # an emotion each
ARTISTS, GENRES = 30_011, 114  # about as in the Spotify Tracks Dataset


def made_up(n: int, folder: Path) -> Store:
    """A store with n songs, all different, whose features are spread like the starter's."""
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
    store.save("many", songs, Report(n, n), "made up")
    return store


def papers_way(catalogue: Catalogue) -> np.ndarray:
    """As the paper describes it, on every request."""
    ideal = PAPER["happy"]
    features = np.stack([catalogue.valence, catalogue.tempo, catalogue.energy], axis=1)
    scaler = MinMaxScaler().fit(features)
    target = scaler.transform([[ideal.valence, ideal.tempo, ideal.energy]])
    similarity = cosine_similarity(target, scaler.transform(features))[0]
    order = np.argsort(-similarity)
    return np.asarray(order[similarity[order] >= 0.85][:6])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--songs", type=int, default=114_000)
    parser.add_argument("--rounds", type=int, default=30)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        begin = time.perf_counter()
        store = made_up(options.songs, Path(folder))
        stored = time.perf_counter() - begin
        before, begin = memory(), time.perf_counter()
        catalogue = store.open("many")
        ours = Recommender(catalogue)
        ours.recommend("happy")
        ready, held = time.perf_counter() - begin, memory() - before
        print(f"{options.songs:,} songs")
        print(f"stored in {stored:.1f} s, {store.path.stat().st_size / 1e6:,.0f} MB")
        print(f"opened, indexed and asked once in {ready:.2f} s, {held:,.0f} MB of memory")
        paper = Recommender(catalogue, "paper")
        ideal, moods = PAPER["happy"], [ours.mood(emotion) for emotion in EMOTIONS]
        turns = itertools.cycle(moods)
        genres = tuple(f"genre {i}" for i in range(GENRES // 3))
        where = Filter(genres, clean=True, popularity=(0, 50), minutes=(2, 5))

        def rows_alone(where: Filter) -> object:
            allows = ours._allowed_by(where, anything=False)
            return ours._chosen(next(turns), 6, allows, None, None)

        def filtered_anew() -> object:
            ours._mask.cache_clear()
            ours._music.cache_clear()
            return ours.recommend(next(turns), where=where)

        ways: dict[str, Callable[[], object]] = {
            "the paper's way (scikit-learn)": lambda: papers_way(catalogue),
            "paper: six songs": lambda: paper.recommend(ideal),
            "listeners: six various rows": lambda: rows_alone(Filter()),
            "listeners: rows, four filters": lambda: rows_alone(where),
            "listeners: six various songs": lambda: ours.recommend(next(turns)),
            "listeners: and another six": lambda: ours.recommend(next(turns), seed=1),
            "listeners: with four filters": lambda: ours.recommend(next(turns), where=where),
            "listeners: with new filters": filtered_anew,
            "listeners: a journey": lambda: ours.recommend(next(turns), to="sad"),
        }
        times: dict[str, list[float]] = {name: [] for name in ways}
        for way in ways.values():
            way()
        for _ in range(options.rounds):
            for name, way in ways.items():
                for _ in range(IN_A_ROW):
                    begin = time.perf_counter()
                    way()
                    times[name].append(time.perf_counter() - begin)
        reference = float(np.median(times["the paper's way (scikit-learn)"]))
        print(f"{options.rounds} rounds of the seven emotions in a row, one thread, medians")
        for name, seconds in times.items():
            median = float(np.median(seconds))
            print(f"{name:32s} {median * 1e3:8.3f} ms   {reference / median:6.1f} x")


def memory() -> float:
    """What this process holds, in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


if __name__ == "__main__":
    main()

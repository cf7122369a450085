"""Six songs from 114,000: mien's rankings beside the paper's way, in one run.

    python benchmarks/ranking.py [--songs 114000] [--rounds 200]

The paper's way is scikit-learn's: min-max scale the songs, cosine similarity to the ideal vector,
sort, keep 0.85 and more. Medians of alternating rounds on one thread; the ratio is what counts.
"""

from __future__ import annotations

import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
from sklearn.metrics.pairwise import cosine_similarity
from sklearn.preprocessing import MinMaxScaler

from mien import Catalogue, Filter, Recommender, Store
from mien.catalogue.clean import Report
from mien.mood import PAPER


def made_up(n: int, folder: Path) -> Catalogue:
    """A catalogue of n songs whose features are spread like the starter's, all different."""
    starter = Store(folder / "none.sqlite").open("starter")
    random = np.random.default_rng(0)
    rows = random.integers(0, len(starter), n)

    def spread(values: np.ndarray, jitter: float, high: float) -> np.ndarray:
        return np.clip(values[rows] + random.normal(0, jitter, n), 0.001, high)

    songs = pl.DataFrame(
        {
            "id": [f"song{i}" for i in range(n)],
            "title": [f"Song {i}" for i in range(n)],
            "artists": [[f"Artist {i % 9973}"] for i in range(n)],
            "genres": [["pop"] if i % 3 else ["rock"] for i in range(n)],
            "valence": spread(starter.valence, 0.03, 1),
            "energy": spread(starter.energy, 0.03, 1),
            "tempo": spread(starter.tempo, 4, 250),
            "explicit": random.random(n) < 0.1,
            "popularity": random.uniform(0, 100, n),
            "duration": random.uniform(60, 400, n),
            "year": random.integers(1960, 2025, n),
        }
    )
    store = Store(folder / "songs.sqlite")
    store.save("many", songs, Report(n, n), "made up")
    return store.open("many")


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
    parser.add_argument("--rounds", type=int, default=200)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        catalogue = made_up(options.songs, Path(folder))
        ours, paper = Recommender(catalogue), Recommender(catalogue, "paper")
        mood, ideal = ours.mood("happy"), PAPER["happy"]
        where = Filter(genres=("rock",), clean=True, popularity=(0, 50), minutes=(2, 5))
        ways: dict[str, Callable[[], object]] = {
            "the paper's way (scikit-learn)": lambda: papers_way(catalogue),
            "paper: six songs": lambda: paper.recommend(ideal),
            "listeners: six various songs": lambda: ours.recommend(mood),
            "listeners: filters and a seed": lambda: ours.recommend(mood, where=where, seed=1),
            "listeners: a journey": lambda: ours.recommend(mood, to="sad"),
        }
        times: dict[str, list[float]] = {name: [] for name in ways}
        for way in ways.values():
            way()
        for _ in range(options.rounds):
            for name, way in ways.items():
                begin = time.perf_counter()
                way()
                times[name].append(time.perf_counter() - begin)
        reference = float(np.median(times["the paper's way (scikit-learn)"]))
        print(f"{options.songs:,} songs, {options.rounds} rounds, one thread, medians")
        for name, seconds in times.items():
            median = float(np.median(seconds))
            print(f"{name:32s} {median * 1e3:8.3f} ms   {reference / median:6.1f} x")


if __name__ == "__main__":
    main()

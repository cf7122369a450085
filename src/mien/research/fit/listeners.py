"""Fit the model of perceived mood: `src/mien/data/listeners.json`.

    python -m mien.research.fit.listeners [--write]

Needs the Spotify Tracks Dataset and Deezer's mood data set in `MIEN_DATA`. The constants are fitted
on Deezer's training split. The penalties, and the strength of the targets, are chosen on its
validation split. Its test split is for the report alone.
"""

from __future__ import annotations

import argparse
import itertools
import json
import tempfile
from contextlib import ExitStack
from pathlib import Path

import numpy as np

from mien.catalogue.importing import import_catalogue
from mien.catalogue.perceived import CONSTANTS, FEATURES, PerceivedModel, transform_features
from mien.catalogue.store import Store
from mien.emotions import CIRCUMPLEX
from mien.research.data.datasets import SPOTIFY_TRACKS
from mien.research.data.mood_sets import MOODS, MoodSet, load_deezer
from mien.research.evaluation.ranking import area
from mien.support.arrays import Float64Array

CHOSEN = (20.0, 10.0)
"""Ridge penalties on the weights of features and of genres."""

STRENGTHS = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0)
"""The higher the strength, the better strong moods are separated, and the sooner weak moods get the
most extreme songs. The highest one is chosen at which the lower quartile stays above the lowest
twentieth of the songs."""


def solve_ridge(x: Float64Array, y: Float64Array, penalties: Float64Array) -> Float64Array:
    """Least squares with penalties, and with a constant (last row) that has none."""
    x = np.column_stack([x, np.ones(len(x))])
    gram = x.T @ x + np.diag([*penalties, 0.0])
    return np.asarray(np.linalg.solve(gram, x.T @ y), dtype=np.float64)


def fit(songs: MoodSet, penalties: tuple[float, float] = CHOSEN) -> PerceivedModel:
    """Fit the model to labelled songs, and to the distribution of their catalogue's features."""
    positions = songs.require_positions()
    features = transform_features(songs.catalogue.features(FEATURES))
    blank = PerceivedModel(
        np.nanmean(features, axis=0),
        np.nanstd(features, axis=0),
        np.asarray(np.corrcoef(features[~np.isnan(features).any(axis=1)].T), dtype=np.float64),
        np.zeros((len(FEATURES) + 1, 2)),
        np.zeros((len(FEATURES) + 1, 2)),
        {},
    )
    x = blank.standardise(songs.catalogue.features(FEATURES)[songs.rows])
    feature_penalty, genre_penalty = penalties
    without_genres = solve_ridge(x, positions, np.full(len(FEATURES), feature_penalty))

    names = sorted(songs.catalogue.genres())
    indicator = np.zeros((len(songs.catalogue), len(names)))
    for column, name in enumerate(names):
        indicator[songs.catalogue.in_genres([name]), column] = 1
    shares = indicator[songs.rows] / indicator[songs.rows].sum(axis=1, keepdims=True)
    penalty = np.repeat([feature_penalty, genre_penalty], [len(FEATURES), len(names)])
    weights = solve_ridge(np.hstack([x, shares]), positions, penalty)
    end = len(FEATURES)
    genres = zip(names, weights[end:-1], strict=True)
    return PerceivedModel(
        blank.mean,
        blank.deviation,
        blank.correlation,
        without_genres,
        np.vstack([weights[:end], weights[-1:]]),
        {name: (float(v), float(a)) for name, (v, a) in genres},
    )


def correlations(model: PerceivedModel, songs: MoodSet, *, genres: bool = True) -> list[float]:
    """Pearson's r of predicted valence and arousal with those of listeners' tags."""
    positions = songs.require_positions()
    rows = songs.catalogue.genre_rows() if genres else {}
    predicted = model.predict(songs.catalogue.features(FEATURES), rows)[songs.rows]
    return [float(np.corrcoef(predicted[:, k], positions[:, k])[0, 1]) for k in range(2)]


def areas(model: PerceivedModel, songs: MoodSet, strength: float) -> tuple[list[float], float]:
    """How well distances from the targets separate moods.

    Returns:
        The area under the ROC curve for each of `MOODS`, and the share of the catalogue below the
        target of the lower quartile, the mean of both axes.
    """
    catalogue = songs.catalogue
    predicted = model.predict(catalogue.features(FEATURES), catalogue.genre_rows())
    median = np.median(predicted, axis=0)

    def target(quantiles: Float64Array) -> Float64Array:
        pairs = zip(predicted.T, quantiles, strict=True)
        at = [np.quantile(values, quantile) for values, quantile in pairs]
        return np.asarray(median + strength * (np.array(at) - median), dtype=np.float64)

    found = []
    for mood, emotion in MOODS.items():
        goal = target((1 + np.array(CIRCUMPLEX[emotion])) / 2)
        distances = np.linalg.norm(predicted[songs.rows] - goal, axis=1)
        found.append(area(-distances, songs.moods == mood))
    return found, float((predicted < target(np.array([0.25, 0.25]))).mean())


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--write", action="store_true", help="write the constants")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home, ExitStack() as stack:
        store = Store(Path(home) / "songs.sqlite")
        import_catalogue(SPOTIFY_TRACKS.require(), "spotify-tracks", store)
        catalogue = stack.enter_context(store.open("spotify-tracks"))
        training, validation, test = (
            load_deezer(None, catalogue, split) for split in ("train", "validation", "test")
        )
        print(f"songs: {len(training.rows)}, {len(validation.rows)}, {len(test.rows)}")
        for penalties in itertools.product((2.0, 5.0, 20.0), (2.0, 5.0, 10.0, 20.0)):
            valence, arousal = correlations(fit(training, penalties), validation)
            print(f"penalties {penalties}: validation r {valence:.3f} {arousal:.3f}")
        model = fit(training)
        for strength in STRENGTHS:
            each, below = areas(model, validation, strength)
            moods = " ".join(f"{mood} {a:.3f}" for mood, a in zip(MOODS, each, strict=True))
            print(
                f"strength {strength}: validation areas {moods}, mean {np.mean(each):.4f}; "
                f"below the lower quartile {below:.1%}"
            )
        for songs in (validation, test):
            for genres in (True, False):
                valence, arousal = correlations(model, songs, genres=genres)
                known = "with" if genres else "without"
                print(f"{songs.name}, {known} genres: r {valence:.3f} {arousal:.3f}")
            raw = songs.catalogue.features(("valence", "energy"))[songs.rows]
            pairs = zip(raw.T, songs.require_positions().T, strict=True)
            r = [np.corrcoef(feature, tags)[0, 1] for feature, tags in pairs]
            print(f"{songs.name}, Spotify's valence and energy alone: r {r[0]:.3f} {r[1]:.3f}")
        if options.write:
            CONSTANTS.write_text(json.dumps(model.as_json(), indent=1) + "\n")


if __name__ == "__main__":
    main()

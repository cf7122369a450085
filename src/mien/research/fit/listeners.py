"""Fit what listeners hear in songs: `src/mien/data/listeners.json`.

    python -m mien.research.fit.listeners [--write]

Needs the Spotify Tracks Dataset and Deezer's mood data set in `MIEN_DATA`. The constants come from
Deezer's training split; the weights of the penalties, and how far emotions lie apart, were chosen
on its validation split; its test split only reports.
"""

from __future__ import annotations

import argparse
import itertools
import json
import tempfile
from pathlib import Path

import numpy as np

from mien.catalogue.importing import import_catalogue
from mien.catalogue.perceived import CONSTANTS, FEATURES, PerceivedModel, prepared
from mien.catalogue.store import Store
from mien.emotions import CIRCUMPLEX
from mien.research.data.mood_sets import MOODS, MoodSet, deezer
from mien.research.evaluation.ranking import area
from mien.support.arrays import Float64Array
from mien.support.paths import data_dir

CHOSEN = (20.0, 10.0)
"""Penalties (ridge) on the weights of features and of genres."""

STRENGTHS = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0)
"""The more, the better strong moods are told apart and the sooner faint ones get the last songs.
The one chosen is the strongest with which the quartiles do not get the last twentieth."""


def ridge(x: Float64Array, y: Float64Array, penalties: Float64Array) -> Float64Array:
    """Least squares with a constant (last row) that is not penalised."""
    x = np.column_stack([x, np.ones(len(x))])
    gram = x.T @ x + np.diag([*penalties, 0.0])
    return np.asarray(np.linalg.solve(gram, x.T @ y), dtype=np.float64)


def fit(songs: MoodSet, penalties: tuple[float, float] = CHOSEN) -> PerceivedModel:
    """The constants from labelled songs, and from how features lie in their whole catalogue."""
    assert songs.places is not None
    every = prepared(songs.catalogue.features(FEATURES))
    blank = PerceivedModel(
        np.nanmean(every, axis=0),
        np.nanstd(every, axis=0),
        np.asarray(np.corrcoef(every[~np.isnan(every).any(axis=1)].T), dtype=np.float64),
        np.zeros((len(FEATURES) + 1, 2)),
        np.zeros((len(FEATURES) + 1, 2)),
        {},
    )
    x = blank.standardised(songs.catalogue.features(FEATURES)[songs.rows])
    of_feature, of_genre = penalties
    alone = ridge(x, songs.places, np.full(len(FEATURES), of_feature))

    names = sorted(songs.catalogue.genres())
    indicator = np.zeros((len(songs.catalogue), len(names)))
    for column, name in enumerate(names):
        indicator[songs.catalogue.in_genres([name]), column] = 1
    shares = indicator[songs.rows] / indicator[songs.rows].sum(axis=1, keepdims=True)
    penalty = np.concatenate([np.full(len(FEATURES), of_feature), np.full(len(names), of_genre)])
    both = ridge(np.hstack([x, shares]), songs.places, penalty)
    end = len(FEATURES)
    added = {name: (float(v), float(a)) for name, (v, a) in zip(names, both[end:-1], strict=True)}
    return PerceivedModel(
        blank.mean,
        blank.deviation,
        blank.correlation,
        alone,
        np.vstack([both[:end], both[-1:]]),
        added,
    )


def correlations(model: PerceivedModel, songs: MoodSet, *, genres: bool = True) -> list[float]:
    """Pearson's r of valence and arousal with what listeners' tags give."""
    assert songs.places is not None
    rows = songs.catalogue.genre_rows() if genres else {}
    found = model.predict(songs.catalogue.features(FEATURES), rows)[songs.rows]
    return [float(np.corrcoef(found[:, k], songs.places[:, k])[0, 1]) for k in range(2)]


def areas(model: PerceivedModel, songs: MoodSet, strength: float) -> tuple[list[float], float]:
    """Area under the ROC curve of nearness to each emotion, in the order of `MOODS`; and the share
    of the catalogue that is below what the lower quartile is sought at, the mean of both axes."""
    catalogue = songs.catalogue
    every = model.predict(catalogue.features(FEATURES), catalogue.genre_rows())
    middle = np.median(every, axis=0)

    def sought(shares: Float64Array) -> Float64Array:
        at = [np.quantile(values, share) for values, share in zip(every.T, shares, strict=True)]
        return np.asarray(middle + strength * (np.array(at) - middle), dtype=np.float64)

    found = []
    for mood, emotion in MOODS.items():
        target = sought((1 + np.array(CIRCUMPLEX[emotion])) / 2)
        apart = np.linalg.norm(every[songs.rows] - target, axis=1)
        found.append(area(-apart, songs.moods == mood))
    return found, float((every < sought(np.array([0.25, 0.25]))).mean())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="put the constants in place")
    options = parser.parse_args()
    folder = data_dir()
    with tempfile.TemporaryDirectory() as home:
        store = Store(Path(home) / "songs.sqlite")
        import_catalogue(folder / "spotify-tracks" / "dataset.csv", "spotify-tracks", store)
        catalogue = store.open("spotify-tracks")
        training, validation, test = (
            deezer(folder, catalogue, split) for split in ("train", "validation", "test")
        )
        print(f"songs: {len(training.rows)}, {len(validation.rows)}, {len(test.rows)}")
        for penalties in itertools.product((2.0, 5.0, 20.0), (2.0, 5.0, 10.0, 20.0)):
            valence, arousal = correlations(fit(training, penalties), validation)
            print(f"penalties {penalties}: validation r {valence:.3f} {arousal:.3f}")
        model = fit(training)
        for strength in STRENGTHS:
            each, below = areas(model, validation, strength)
            said = " ".join(f"{mood} {a:.3f}" for mood, a in zip(MOODS, each, strict=True))
            print(
                f"strength {strength}: validation areas {said}, mean {np.mean(each):.4f}; "
                f"below the lower quartile {below:.1%}"
            )
        for songs in (validation, test):
            for genres in (True, False):
                valence, arousal = correlations(model, songs, genres=genres)
                known = "with" if genres else "without"
                print(f"{songs.name}, {known} genres: r {valence:.3f} {arousal:.3f}")
            assert songs.places is not None
            plain = songs.catalogue.features(("valence", "energy"))[songs.rows]
            pairs = zip(plain.T, songs.places.T, strict=True)
            r = [np.corrcoef(feature, heard)[0, 1] for feature, heard in pairs]
            print(f"{songs.name}, Spotify's valence and energy alone: r {r[0]:.3f} {r[1]:.3f}")
        if options.write:
            CONSTANTS.write_text(json.dumps(model.as_json(), indent=1) + "\n")


if __name__ == "__main__":
    main()

"""The classical learners that the paper compares its network with, on HOG and PCA features.

Needs the `evaluate` extra (scikit-learn, scikit-image).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mien.research.data.fer2013 import Fer2013, Split, without_blanks
from mien.research.evaluation.expression import class_scores, confusion_matrix
from mien.support.arrays import Float32Array, UInt8Array

COMPONENTS = 200
"""Principal components of the pixels."""

_SEARCH_EVERY = 3  # settings are compared on a third of Training, as kernels take quadratic time


@dataclass(frozen=True)
class ClassicalScores:
    """One learner on one kind of features, against FER2013's labels.

    Attributes:
        features: `hog` or `pca`.
        learner: name of the learner.
        setting: the hyper-parameters with the best accuracy on PublicTest.
        public: accuracy on PublicTest, in [0, 1].
        private: accuracy on PrivateTest, in [0, 1].
        macro_f1: mean F1 over the seven emotions on PrivateTest.
        seconds: duration of the fit on all of Training.
        confusion: counts on PrivateTest, int [7][7]; rows are labels, columns predictions.
    """

    features: str
    learner: str
    setting: Mapping[str, float]
    public: float
    private: float
    macro_f1: float
    seconds: float
    confusion: list[list[int]] = field(default_factory=list)

    def line(self) -> str:
        """The score on PublicTest as a line of progress."""
        return f"{self.learner} on {self.features.upper()}: PublicTest {self.public:.2%}"


Learner = Callable[[Mapping[str, float]], Any]


def learners() -> dict[str, tuple[Learner, tuple[Mapping[str, float], ...]]]:
    """Name -> a factory, and the settings to choose from."""
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.svm import SVC, LinearSVC

    def grid(name: str, *values: float) -> tuple[Mapping[str, float], ...]:
        return tuple({name: value} for value in values)

    return {
        "logistic regression": (
            lambda s: LogisticRegression(**s, max_iter=300),
            grid("C", 0.0003, 0.003, 0.03),
        ),
        "linear SVM": (
            lambda s: LinearSVC(**s, dual=False, random_state=0),
            grid("C", 0.0001, 0.001, 0.01),
        ),
        "k nearest neighbours": (
            lambda s: KNeighborsClassifier(**s, weights="distance", metric="cosine"),
            grid("n_neighbors", 1, 5, 15, 40),
        ),
        "random forest": (
            lambda s: RandomForestClassifier(500, **s, random_state=0, n_jobs=-1),
            grid("min_samples_leaf", 1, 3),
        ),
        "RBF SVM": (lambda s: SVC(**s, cache_size=2000), grid("C", 1, 3, 10)),
    }


def evaluate_classical(
    data: Fer2013, on_score: Callable[[ClassicalScores], None] = lambda score: None
) -> list[ClassicalScores]:
    """Fit every learner on both kinds of features, and score it on PrivateTest.

    Each setting is fitted on a third of Training. The best one on PublicTest is then fitted on all
    of Training.

    Args:
        data: FER2013.
        on_score: called with the score of each learner.

    Raises:
        ModuleNotFoundError: the `evaluate` extra is not installed.
    """
    scores = []
    labels = without_blanks(data.training).labels
    for features, training, public, private in _features(data):
        for name, (make, grid) in learners().items():
            third = slice(None, None, _SEARCH_EVERY)
            trials = [
                make(setting).fit(training[third], labels[third]).score(public, data.public.labels)
                for setting in grid
            ]
            best = grid[int(np.argmax(trials))]
            begin = time.perf_counter()
            learner = make(best).fit(training, labels)
            seconds = time.perf_counter() - begin
            predicted = learner.predict(private)
            confusion = confusion_matrix(predicted, data.private.labels)
            score = ClassicalScores(
                features,
                name,
                best,
                float(learner.score(public, data.public.labels)),
                float((predicted == data.private.labels).mean()),
                float(np.mean([s.f1 for s in class_scores(confusion).values()])),
                seconds,
                confusion.tolist(),
            )
            on_score(score)
            scores.append(score)
    return scores


def _features(
    data: Fer2013,
) -> Iterator[tuple[str, Float32Array, Float32Array, Float32Array]]:
    """Each kind of features, and its values on the three splits, standardised."""
    from sklearn.decomposition import PCA
    from sklearn.preprocessing import StandardScaler

    splits = (without_blanks(data.training), data.public, data.private)
    for kind, raw in (("hog", hog), ("pca", pixels)):
        scaler = StandardScaler()
        parts = [raw(split) for split in splits]
        if kind == "pca":
            reduce = PCA(COMPONENTS, random_state=0, svd_solver="randomized").fit(parts[0])
            parts = [reduce.transform(part) for part in parts]
        scaler.fit(parts[0])
        yield kind, *(scaler.transform(part).astype(np.float32) for part in parts)


def hog(split: Split) -> Float32Array:
    """Histograms of oriented gradients (Dalal & Triggs 2005), float32 [n, 900].

    Cells of 8x8 pixels, blocks of 2x2 cells, 9 directions.
    """
    with ThreadPoolExecutor() as pool:
        return np.stack(list(pool.map(_hog, split.crops)))


def _hog(crop: UInt8Array) -> Float32Array:
    from skimage.feature import hog as histogram

    values: Float32Array = histogram(
        crop, orientations=9, pixels_per_cell=(8, 8), cells_per_block=(2, 2)
    ).astype(np.float32)
    return values


def pixels(split: Split) -> Float32Array:
    """Each face's pixels, scaled to mean 0 and deviation 1, float32 [n, 2304]."""
    flat = split.crops.reshape(len(split), -1).astype(np.float32)
    centred = flat - flat.mean(axis=1, keepdims=True)
    values: Float32Array = centred / (flat.std(axis=1, keepdims=True) + 1e-3)
    return values

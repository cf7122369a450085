"""What is counted in the data themselves: FER2013's faces and labels, the songs and their rows."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np

from mien.catalogue.cleaning import clean
from mien.catalogue.readers import read_table
from mien.catalogue.songs import Catalogue
from mien.catalogue.store import Store
from mien.catalogue.summary import ImportSummary
from mien.emotions import EMOTIONS
from mien.recommendation.rankings.features import PaperRanking
from mien.recommendation.target import PAPER
from mien.research.data.copies import copy_groups, without_copies
from mien.research.data.fer2013 import Fer2013, Split, without_blanks
from mien.research.data.truth import truth_of
from mien.support.arrays import Float64Array, UInt8Array

if TYPE_CHECKING:
    import polars as pl

SPLITS = {"training": "Training", "public": "PublicTest", "private": "PrivateTest"}
"""Name in mien -> name in FER2013."""

FEATURES = (
    "valence",
    "energy",
    "tempo",
    "danceability",
    "loudness",
    "speechiness",
    "acousticness",
    "instrumentalness",
    "liveness",
    "popularity",
)
"""What the correlation is drawn of."""

TRENDS = ("valence", "energy", "tempo")


@dataclass(frozen=True)
class Agreement:
    """FER2013's labels beside what ten raters chose most often (FER+), where that is one emotion.

    Attributes:
        n: faces with one such emotion.
        agreed: of these, those with the same label.
    """

    n: int
    agreed: int


@dataclass(frozen=True)
class FaceFacts:
    """What FER2013 holds.

    Attributes:
        counts: split -> faces of each emotion, in the order of `EMOTIONS`.
        blank: split -> images of one flat grey.
        copies: images that are an exact copy of an earlier one.
        groups_across: groups of exact copies that stand in more than one split.
        groups_contradicting: groups of exact copies with different labels.
        faces_contradicting: the images in these.
        in_training: split -> images with an exact copy in Training.
        agreement: split -> emotion, or `all` -> agreement with the raters; empty without FER+.
    """

    counts: Mapping[str, tuple[int, ...]]
    blank: Mapping[str, int]
    copies: int
    groups_across: int
    groups_contradicting: int
    faces_contradicting: int
    in_training: Mapping[str, int]
    agreement: Mapping[str, Mapping[str, Agreement]]


def face_facts(data: Fer2013) -> FaceFacts:
    """Count."""
    splits = {name: data.split(name) for name in SPLITS}
    parts = [*splits.values()]
    crops = np.concatenate([part.crops for part in parts])
    labels = np.concatenate([part.labels for part in parts])
    usage = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    _, groups = np.unique(copy_groups(Split(crops, labels)), return_inverse=True)
    size = np.bincount(groups)
    contradicting = _differing(groups, labels)
    return FaceFacts(
        counts={name: _counts(split) for name, split in splits.items()},
        blank={name: len(split) - len(without_blanks(split)) for name, split in splits.items()},
        copies=len(crops) - len(size),
        groups_across=int(_differing(groups, usage).sum()),
        groups_contradicting=int(contradicting.sum()),
        faces_contradicting=int(size[contradicting].sum()),
        in_training={
            name: int((~without_copies(splits[name], data.training)).sum())
            for name in ("public", "private")
        },
        agreement={name: _agreement(s) for name, s in splits.items() if s.votes is not None},
    )


def _counts(split: Split) -> tuple[int, ...]:
    return tuple(np.bincount(split.labels, minlength=len(EMOTIONS)).tolist())


def _differing(groups: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Whether not all members of each group have the same value, bool [groups]."""
    pairs = np.unique(np.stack([groups, values]), axis=1)
    return np.bincount(pairs[0]) > 1


def _agreement(split: Split) -> Mapping[str, Agreement]:
    seen = truth_of(split, "raters")
    clear, same = seen >= 0, seen == split.labels
    masks = {"all": np.ones(len(split), bool)}
    masks |= {e: split.labels == i for i, e in enumerate(EMOTIONS)}
    return {
        name: Agreement(int((mask & clear).sum()), int((mask & same).sum()))
        for name, mask in masks.items()
    }


def examples(data: Fer2013, each: int) -> UInt8Array:
    """Faces of Training drawn by chance, always the same: uint8 [7, each, 48, 48]."""
    random, faces = np.random.default_rng(0), without_blanks(data.training)
    rows = [random.permutation(np.flatnonzero(faces.labels == i))[:each] for i in range(7)]
    chosen: UInt8Array = faces.crops[np.stack(rows)]
    return chosen


@dataclass(frozen=True, eq=False)
class SongFacts:
    """What a file of songs holds.

    Attributes:
        report: what cleaning did with its rows.
        genres_of_ids: ids that stand under several genres.
        zero_tempo, zero_valence: rows with a value that stands for 'not measured'.
        songs: after cleaning.
        genres: how many genres there are.
        correlation: of `FEATURES` over the songs (Pearson), float64 [10, 10].
        by_genre: genre -> median of each of `TRENDS`.
        spread: the medians over all songs.
        similarity: emotion -> quantiles (0 to 1 in hundredths) of the paper's similarity of all
            songs to its ideal vector, float64 [101].
        passing: emotion -> share of all songs with at least the paper's threshold.
        random: mean similarity of a song drawn by chance, over the emotions.
        pairs: pairs of emotions -> similarity of their ideal vectors.
    """

    report: ImportSummary
    genres_of_ids: int
    zero_tempo: int
    zero_valence: int
    songs: int
    genres: int
    correlation: Float64Array
    by_genre: Mapping[str, tuple[float, ...]]
    spread: tuple[float, ...]
    similarity: Mapping[str, Float64Array]
    passing: Mapping[str, float]
    random: float
    pairs: Mapping[tuple[str, str], float]


def song_facts(path: Path) -> SongFacts:
    """Count in a file of songs with genres, such as the Spotify Tracks Dataset.

    Raises:
        CatalogueError: it cannot be read.
    """
    raw, notes = read_table(path)
    table, report = clean(raw, notes)
    with TemporaryDirectory(prefix="mien-") as home, ExitStack() as stack:
        store = Store(Path(home) / "songs.sqlite")
        store.save("songs", table, report, path.name)
        catalogue = stack.enter_context(store.open("songs"))
        by_genre = {
            name: _medians(catalogue, rows) for name, rows in catalogue.genre_rows().items()
        }
        correlation = np.asarray(np.corrcoef(catalogue.features(FEATURES), rowvar=False))
        ranking = PaperRanking(catalogue)
        scores = {e: np.asarray(ranking.scores(PAPER[e]), np.float64) for e in EMOTIONS}
        return SongFacts(
            report=report,
            genres_of_ids=_several_genres(raw),
            zero_tempo=int((raw["tempo"] == 0).sum()),
            zero_valence=int((raw["valence"] == 0).sum()),
            songs=len(catalogue),
            genres=len(by_genre),
            correlation=correlation,
            by_genre=by_genre,
            spread=_medians(catalogue, np.arange(len(catalogue))),
            similarity={e: np.quantile(s, np.linspace(0, 1, 101)) for e, s in scores.items()},
            passing={e: float((s >= ranking.threshold).mean()) for e, s in scores.items()},
            random=float(np.mean([s.mean() for s in scores.values()])),
            pairs=_pairs(catalogue),
        )


def _medians(catalogue: Catalogue, rows: np.ndarray) -> tuple[float, ...]:
    return tuple(float(np.median(catalogue.column(name)[rows])) for name in TRENDS)


def _several_genres(raw: pl.DataFrame) -> int:
    if not {"id", "genres"} <= set(raw.columns):
        return 0
    genres = raw.select("id", raw["genres"].list.first().alias("genre")).drop_nulls()
    counts = genres.group_by("id").n_unique()
    return int((counts["genre"] > 1).sum())


def _pairs(catalogue: Catalogue) -> Mapping[tuple[str, str], float]:
    """Cosine similarities of the paper's ideal vectors, min-max normalised as its songs are."""
    songs = catalogue.features(TRENDS)
    low, high = songs.min(axis=0), songs.max(axis=0)
    vectors = np.array([[getattr(PAPER[e], name) for name in TRENDS] for e in EMOTIONS])
    vectors = (vectors - low) / np.where(high > low, high - low, 1.0)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    likeness = vectors @ vectors.T
    found = combinations(range(len(EMOTIONS)), 2)
    return {(EMOTIONS[i], EMOTIONS[j]): float(likeness[i, j]) for i, j in found}


@dataclass(frozen=True)
class YearFacts:
    """How the features went over the years, where songs have one.

    Attributes:
        songs: with a year.
        spans: first and last year of each span of five years, and how many songs it has.
        medians: for each span, the median of each of `TRENDS`.
    """

    songs: int
    spans: tuple[tuple[int, int, int], ...]
    medians: tuple[tuple[float, ...], ...]


def year_facts(path: Path, least: int = 15, years: int = 5) -> YearFacts:
    """Count in a file of songs with years; spans with fewer than `least` songs are left out.

    Raises:
        CatalogueError: it cannot be read.
    """
    table, _ = clean(*read_table(path))
    values = np.stack([table[name].to_numpy() for name in (*TRENDS, "year")])
    *features, year = values[:, np.isfinite(values).all(axis=0)]
    starts = (year // years * years).astype(int)
    spans, medians = [], []
    for start in np.unique(starts).tolist():
        inside = starts == start
        if inside.sum() >= least:
            spans.append((start, start + years - 1, int(inside.sum())))
            medians.append(tuple(float(np.median(feature[inside])) for feature in features))
    return YearFacts(len(year), tuple(spans), tuple(medians))

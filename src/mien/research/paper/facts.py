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
from mien.emotions import EMOTIONS
from mien.recommendation.rankings.features import PaperRanking
from mien.recommendation.target import PAPER
from mien.research.data.copies import copy_groups, without_copies
from mien.research.data.fer2013 import Fer2013, Split, without_blanks
from mien.research.data.truth import truth_of
from mien.support.arrays import Float64Array

if TYPE_CHECKING:
    import polars as pl

SPLITS = {"training": "Training", "public": "PublicTest", "private": "PrivateTest"}
"""Name in mien -> name in FER2013."""

TRENDS = ("valence", "energy", "tempo")
FEATURES = (
    *TRENDS, "danceability", "loudness", "speechiness", "acousticness", "instrumentalness",
    "liveness", "popularity",
)  # fmt: skip
"""What is correlated."""


def count_faces(data: Fer2013) -> dict[str, float]:
    """Count FER2013's faces, copies and contradictions, and how far people agree with its labels.

    `faces.*` are faces of each emotion, `audit.*` images; `raters.*.agreement` is, of the faces
    that ten raters (FER+) gave one emotion more often than any other, the share with that label.
    """
    splits = {name: data.split(name) for name in SPLITS}
    parts = [*splits.values()]
    crops = np.concatenate([part.crops for part in parts])
    labels = np.concatenate([part.labels for part in parts])
    usage = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    _, groups = np.unique(copy_groups(Split(crops, labels)), return_inverse=True)
    size = np.bincount(groups)
    contradicting = _differing(groups, labels)
    found: dict[str, float] = {
        "audit.copies": len(crops) - len(size),
        "audit.groups_across": int(_differing(groups, usage).sum()),
        "audit.contradicting": int(contradicting.sum()),
        "audit.contradicting.faces": int(size[contradicting].sum()),
    }
    for name, split in splits.items():
        found[f"audit.{name}.blank"] = len(split) - len(without_blanks(split))
        if name != "training":
            alone = without_copies(split, data.training)
            found[f"audit.{name}.in_training"] = int((~alone).sum())
        masks = {"all": np.ones(len(split), bool)}
        masks |= {e: split.labels == i for i, e in enumerate(EMOTIONS)}
        found |= {f"faces.{name}.{e}": int(mask.sum()) for e, mask in masks.items()}
        if split.votes is not None:
            seen = truth_of(split, "raters")
            for e, mask in masks.items():
                clear = int((mask & (seen >= 0)).sum())
                agreed = int((mask & (seen == split.labels)).sum())
                found[f"raters.{name}.{e}.faces"] = clear
                found[f"raters.{name}.{e}.agreement"] = agreed / max(clear, 1)
    return found


def _differing(groups: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Whether the members of each group have different values, bool [groups]."""
    pairs = np.unique(np.stack([groups, values]), axis=1)
    return np.bincount(pairs[0]) > 1


@dataclass(frozen=True, eq=False)
class SongFacts:
    """What a file of songs holds.

    Attributes:
        numbers: `songs.*`.
        rows: what cleaning did with the file's rows -> the key of how many.
        genres: genre -> median of each of `TRENDS`.
        medians: the same over all songs.
        correlation: of `FEATURES` over the songs (Pearson), float64 [10, 10].
        quantiles: emotion -> quantiles (in hundredths) of the similarity of all songs to the
            paper's ideal vector, float64 [101].
    """

    numbers: Mapping[str, float]
    rows: Mapping[str, str]
    genres: Mapping[str, tuple[float, ...]]
    medians: tuple[float, ...]
    correlation: Float64Array
    quantiles: Mapping[str, Float64Array]


def count_songs(path: Path) -> SongFacts:
    """Count in a file of songs with genres, such as the Spotify Tracks Dataset.

    Raises:
        CatalogueError: it cannot be read.
    """
    raw, notes = read_table(path)
    table, summary = clean(raw, notes)
    with TemporaryDirectory(prefix="mien-") as home, ExitStack() as stack:
        store = Store(Path(home) / "songs.sqlite")
        store.save("songs", table, summary, path.name)
        catalogue = stack.enter_context(store.open("songs"))
        genres = {g: _medians(catalogue, rows) for g, rows in catalogue.genre_rows().items()}
        medians = _medians(catalogue, np.arange(len(catalogue)))
        correlation = np.asarray(np.corrcoef(catalogue.features(FEATURES), rowvar=False))
        ranking = PaperRanking(catalogue)
        scores = {e: np.asarray(ranking.scores(PAPER[e]), np.float64) for e in EMOTIONS}
        pairs = _pairs(catalogue)
    passing = {e: float((s >= ranking.threshold).mean()) for e, s in scores.items()}
    found: dict[str, float] = {
        "songs.rows": summary.rows,
        "songs.rows.named": summary.rows - summary.dropped.get("no title or artist", 0),
        "songs.rows.zero_tempo": int((raw["tempo"] == 0).sum()),
        "songs.rows.zero_valence": int((raw["valence"] == 0).sum()),
        "songs.ids.several_genres": _several_genres(raw),
        "songs.kept": len(catalogue),
        "songs.similarity.random": float(np.mean([s.mean() for s in scores.values()])),
        "songs.passing": float(np.mean([*passing.values()])),
        "songs.pairs": len(pairs),
        "songs.pairs.alike": sum(value >= ranking.threshold for value in pairs),
    }
    found |= {f"songs.passing.{emotion}": value for emotion, value in passing.items()}
    rows = {}
    for what in ("dropped", "repaired", "merged"):
        for why, n in getattr(summary, what).items():
            if n:
                key = f"songs.{what}.{'_'.join(why.replace(',', '').split()[:6])}"
                rows[f"{what}: {why}"], found[key] = key, n
    for i, j in zip(*np.tril_indices(len(FEATURES), -1), strict=True):
        found[f"songs.correlation.{FEATURES[j]}.{FEATURES[i]}"] = float(correlation[i, j])
    for genre, values in genres.items():
        found |= {f"songs.genre.{genre}.{t}": v for t, v in zip(TRENDS, values, strict=True)}
    quantiles = {e: np.quantile(s, np.linspace(0, 1, 101)) for e, s in scores.items()}
    return SongFacts(found, rows, genres, medians, correlation, quantiles)


def _medians(catalogue: Catalogue, rows: np.ndarray) -> tuple[float, ...]:
    return tuple(float(np.median(catalogue.column(name)[rows])) for name in TRENDS)


def _several_genres(raw: pl.DataFrame) -> int:
    """How many ids stand under several genres."""
    if not {"id", "genres"} <= set(raw.columns):
        return 0
    genres = raw.select("id", raw["genres"].list.first().alias("genre")).drop_nulls()
    return int((genres.group_by("id").n_unique()["genre"] > 1).sum())


def _pairs(catalogue: Catalogue) -> list[float]:
    """Cosine similarities of the paper's ideal vectors, min-max normalised as its songs are."""
    songs = catalogue.features(TRENDS)
    low, high = songs.min(axis=0), songs.max(axis=0)
    vectors = np.array([[getattr(PAPER[e], name) for name in TRENDS] for e in EMOTIONS])
    vectors = (vectors - low) / np.where(high > low, high - low, 1.0)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return [float(one @ other) for one, other in combinations(vectors, 2)]


@dataclass(frozen=True)
class YearFacts:
    """The features over the years, where songs have one.

    Attributes:
        songs: songs with a year.
        spans: first and last year of each span, and its number of songs.
        medians: for each span, the median of each of `TRENDS`.
    """

    songs: int
    spans: tuple[tuple[int, int, int], ...]
    medians: tuple[tuple[float, ...], ...]

    @property
    def numbers(self) -> dict[str, float]:
        """`songs.years.*`."""
        return {
            f"songs.years.{first}.{name}": value
            for (first, *_), values in zip(self.spans, self.medians, strict=True)
            for name, value in zip(TRENDS, values, strict=True)
        }


def count_years(path: Path, least: int = 15, years: int = 5) -> YearFacts:
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

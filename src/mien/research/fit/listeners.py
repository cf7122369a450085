"""Fit the network of the moods that listeners hear: `src/mien/data/listeners.json`.

    python -m mien.research.fit.listeners [--write]

Needs the Spotify Tracks Dataset, the playlists and Deezer's mood data set in `MIEN_DATA`. The
network learns the moods of Deezer's training split, and those that the `TEACHER`
(`mien.research.data.playlist_moods`) predicts for songs and artists in playlists. Settings were
chosen by cross-validation over artists, and on Deezer's validation split. What is printed for the
`JUDGE` is cross-validated, too: no song is scored by a network that has learnt from its artist.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mien.catalogue.importing import import_catalogue
from mien.catalogue.moods import smooth
from mien.catalogue.perceived import (
    CONSTANTS,
    FEATURES,
    PerceivedModel,
    log_softmax,
    means_by,
    places,
    transform_features,
)
from mien.catalogue.songs import Catalogue
from mien.catalogue.store import SongFactors, Store
from mien.mood import MOODS
from mien.recommendation.rankings.moods import familiarity
from mien.research.data.datasets import SPOTIFY_TRACKS
from mien.research.data.mood_sets import MoodSet, load_deezer
from mien.research.data.playlist_moods import TEACHER, PlaylistMoods
from mien.research.evaluation.judged import Verdict, judge_scores
from mien.research.evaluation.ranking import area
from mien.support.arrays import Float32Array, Float64Array

HIDDEN, EPOCHS, BATCH, RATE, DECAY, DROPOUT = 96, 30, 128, 3e-3, 1e-2, 0.2
FOLDS = 5

WITHOUT_GENRE, WITHOUT_ARTIST = 0.2, 0.2
"""The share of the songs that are learnt as if genre, or the artist's other songs, were unknown."""

TAGGED, TEACHER_BESIDE = 0.6, 0.5
"""How sure a tag is by itself, and the teacher's share where it knows the song, too."""

FEW_PLAYLISTS, ARTIST_WEIGHT, TAG_WEIGHT = 5, 0.15, 0.7
"""A song in n playlists counts sqrt(n / (n + FEW_PLAYLISTS)), one of which only the artist is in
playlists ARTIST_WEIGHT, and a tagged one at least TAG_WEIGHT."""


@dataclass(frozen=True, eq=False)
class Lessons:
    """What the network learns from.

    Attributes:
        inputs: float32 [n, inputs], of all songs.
        moods: float64 [n, 4], the probabilities to learn.
        weights: float64 [n], how much each song counts; 0 for songs without moods.
        folds: int [n], the part of the cross-validation; an artist's songs are in one.
    """

    inputs: Float32Array
    moods: Float64Array
    weights: Float64Array
    folds: np.ndarray


def make_lessons(
    catalogue: Catalogue,
    blank: PerceivedModel,
    tagged: MoodSet,
    teacher: PlaylistMoods,
    known: SongFactors,
) -> Lessons:
    """The inputs of all songs, and what is known of their moods.

    Args:
        catalogue: the songs.
        blank: the statistics of their features.
        tagged: songs with tags.
        teacher: predicts the moods of songs in playlists.
        known: what its tracks tell about the songs.
    """
    artists = catalogue.lists("artists").first
    z = blank.standardise(catalogue.features(FEATURES)).astype(np.float32)
    genres = np.zeros((len(catalogue), len(blank.genres)), np.float32)
    for column, name in enumerate(blank.genres):
        genres[catalogue.in_genres([name]), column] = 1
    genres /= np.maximum(genres.sum(axis=1, keepdims=True), 1)

    moods, counts = teacher.predict(known), known.counts
    by_artist = teacher.predict_by_artist(known)
    in_playlists = counts > 0
    only_artist = by_artist.any(axis=1) & ~in_playlists
    moods[only_artist] = by_artist[only_artist]
    weights = np.sqrt(counts / (counts + FEW_PLAYLISTS))
    weights[only_artist] = ARTIST_WEIGHT
    tags = np.eye(len(MOODS))[[MOODS.index(mood) for mood in tagged.moods]]
    alone = TAGGED * tags + (1 - TAGGED) / len(MOODS)
    both = TEACHER_BESIDE * moods[tagged.rows] + (1 - TEACHER_BESIDE) * tags
    moods[tagged.rows] = np.where(in_playlists[tagged.rows, None], both, alone)
    weights[tagged.rows] = np.maximum(weights[tagged.rows], TAG_WEIGHT)
    fold_of = np.random.default_rng(0).integers(0, FOLDS, artists.max() + 1)
    return Lessons(np.hstack([z, means_by(artists, z), genres]), moods, weights, fold_of[artists])


def fit(lessons: Lessons, rows: np.ndarray, seed: int = 0) -> nn.Sequential:
    """Train the network on the songs in these rows."""
    torch.manual_seed(seed)
    network = nn.Sequential(
        nn.Linear(lessons.inputs.shape[1], HIDDEN),
        nn.ReLU(),
        nn.Dropout(DROPOUT),
        nn.Linear(HIDDEN, HIDDEN // 2),
        nn.ReLU(),
        nn.Dropout(DROPOUT),
        nn.Linear(HIDDEN // 2, len(MOODS)),
    )
    optimiser = torch.optim.AdamW(network.parameters(), RATE, weight_decay=DECAY)
    steps = EPOCHS * -(-len(rows) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=steps)
    x, moods, weights = (
        torch.tensor(values[rows], dtype=torch.float32)
        for values in (lessons.inputs, lessons.moods, lessons.weights)
    )
    for _ in range(EPOCHS):
        for batch in torch.randperm(len(rows)).split(BATCH):  # type: ignore[no-untyped-call]
            losses = F.cross_entropy(network(_forget(x[batch])), moods[batch], reduction="none")
            optimiser.zero_grad()
            (losses * weights[batch]).mean().backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            schedule.step()
    return network.eval()


def _forget(x: Tensor) -> Tensor:
    """Some songs as if their genre, or the artist's other songs, were unknown."""
    n, ours, artists = len(x), len(FEATURES), 2 * len(FEATURES)
    x = x.clone()
    x[torch.rand(n) < WITHOUT_GENRE, artists:] = 0
    alone = torch.rand(n) < WITHOUT_ARTIST
    x[alone, ours:artists] = x[alone, :ours]
    return x


def predict(network: nn.Sequential, inputs: Float32Array) -> Float32Array:
    """Log-probabilities, float32 [n, 4]."""
    with torch.no_grad():
        return log_softmax(network(torch.from_numpy(inputs)).numpy())


def cross_validate(lessons: Lessons) -> Float32Array:
    """The log-probabilities of all songs, each by a network that has not learnt from its artist."""
    found = np.empty((len(lessons.inputs), len(MOODS)), np.float32)
    for fold in range(FOLDS):
        held_out = lessons.folds == fold
        network = fit(lessons, np.flatnonzero((lessons.weights > 0) & ~held_out))
        found[held_out] = predict(network, lessons.inputs[held_out])
    return found


def blank_model(catalogue: Catalogue) -> PerceivedModel:
    """The statistics of a catalogue's features, without a network."""
    features = transform_features(catalogue.features(FEATURES))
    whole = features[~np.isnan(features).any(axis=1)]
    correlation = np.asarray(np.corrcoef(whole.T), np.float64)
    mean, deviation = np.nanmean(features, axis=0), np.nanstd(features, axis=0)
    return PerceivedModel(mean, deviation, correlation, tuple(sorted(catalogue.genres())), ())


def as_model(network: nn.Sequential, blank: PerceivedModel) -> PerceivedModel:
    """The network as it ships."""
    layers = tuple(
        (layer.weight.detach().numpy().T.copy(), layer.bias.detach().numpy().copy())
        for layer in network
        if isinstance(layer, nn.Linear)
    )
    return PerceivedModel(blank.mean, blank.deviation, blank.correlation, blank.genres, layers)


@contextmanager
def open_songs() -> Iterator[Catalogue]:
    """The Spotify Tracks Dataset as a catalogue."""
    with tempfile.TemporaryDirectory() as home:
        store = Store(Path(home) / "songs.sqlite")
        import_catalogue(SPOTIFY_TRACKS.require(), "spotify-tracks", store)
        with store.open("spotify-tracks") as catalogue:
            yield catalogue


def describe(
    name: str, moods: Float32Array, known: Float32Array, judge: Verdict, tags: MoodSet
) -> str:
    """How good log-probabilities are, in one line."""
    areas = [area(moods[tags.rows, k], tags.moods == mood) for k, mood in enumerate(MOODS)]
    r = [
        np.corrcoef(axis[tags.rows], tags.require_positions()[:, k])[0, 1]
        for k, axis in enumerate(places(moods))
    ]
    scores = judge_scores(moods + known[:, None], judge)
    return (
        f"{name}: {scores}; {tags.name}: areas {' '.join(f'{a:.3f}' for a in areas)}, "
        f"r {r[0]:.3f} {r[1]:.3f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--write", action="store_true", help="write the constants")
    options = parser.parse_args()
    with open_songs() as catalogue:
        tagged, validation = (load_deezer(None, catalogue, s) for s in ("train", "validation"))
        blank = blank_model(catalogue)
        teacher = PlaylistMoods.learn(TEACHER)
        aligned = teacher.tracks.align(catalogue)
        lessons = make_lessons(catalogue, blank, tagged, teacher, aligned)
        judge = Verdict.of(catalogue)
        print(f"songs with moods: {int((lessons.weights > 0).sum())}, judged {judge.known.sum()}")
        heard, known = cross_validate(lessons), familiarity(catalogue)
        print(describe("cross-validated", heard, known, judge, validation), flush=True)
        smoothed = smooth(heard, aligned.songs, aligned.artists)
        vars(catalogue)["playlist_counts"] = aligned.counts
        print(describe("with playlists", smoothed, familiarity(catalogue), judge, validation))
        model = as_model(fit(lessons, np.flatnonzero(lessons.weights > 0)), blank)
        shipped = PerceivedModel.from_json(model.as_json()).predict(
            catalogue.features(FEATURES), catalogue.genre_rows(), catalogue.lists("artists").first
        )
        print(describe("as it ships", shipped, known, judge, validation))
        if options.write:
            CONSTANTS.write_text(json.dumps(model.as_json(), separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()

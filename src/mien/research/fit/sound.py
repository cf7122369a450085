"""Fit the model of what a song sounds like: `src/mien/models/sound.npz`.

    python -m mien.research.fit.sound [--heard FILE] [--workers N] [--write]

Needs the clips of music and the Spotify Tracks Dataset in `MIEN_DATA`. Each clip is heard as it
lies and in other encodings, all copies in the same fold of the cross-validation, whose folds share
no artist. What differs between copies is made small before the networks see it. What was measured
in the clips is kept in `--heard`, because that takes longest.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mien.audio.model import AXES, CONSTANTS, QUALITIES, SoundModel
from mien.catalogue.importing import import_catalogue
from mien.catalogue.moods import perceive_moods
from mien.catalogue.names import normalise_name
from mien.catalogue.store import Store
from mien.mood import MOODS
from mien.research.data.clips import TRAINED, Clip, hear_clips, load_clips
from mien.research.data.datasets import SPOTIFY_TRACKS
from mien.support.arrays import Float32Array, Float64Array

MEMBERS, HIDDEN, EPOCHS, BATCH, RATE, DECAY = 8, 64, 40, 64, 2e-3, 1.0
DROPOUT, INPUT_DROPOUT, MIXUP = 0.5, 0.2, 0.4
FOLDS = 8
RIDGE = 300.0
WHITENING, DIAGONAL = 4.0, 0.3
_QUANTILES = np.linspace(0, 1, 21)

Vectors = Mapping[str, Float32Array]
"""Name of a copy, or "" for the clips as they lie -> what was measured in each clip."""


def hear_all(folder: Path | None, cache: Path, workers: int) -> tuple[list[Clip], Vectors]:
    """The clips, and what is measured in them and their copies.

    Args:
        folder: of the data sets; None: the folder that `MIEN_DATA` names.
        cache: a file that keeps what was measured; it is read, and completed.
        workers: processes.
    """
    clips = load_clips(folder)
    vectors: dict[str, Float32Array] = {}
    if cache.is_file():
        with np.load(cache) as kept:
            vectors = {name: kept[f"heard-{name}"] for name in _names() if f"heard-{name}" in kept}
    for name, copy in {"": None, **TRAINED}.items():
        if name not in vectors:
            vectors[name] = np.stack(list(hear_clips(clips, copy, workers)))
            cache.parent.mkdir(parents=True, exist_ok=True)
            arrays: dict[str, Any] = {f"heard-{key}": v for key, v in vectors.items()}
            np.savez(cache, **arrays)
    return clips, vectors


def _names() -> list[str]:
    return ["", *TRAINED]


def split(clips: Sequence[Clip], seed: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Rows to learn from and rows to test on, of each fold: no artist is in both, and the folds
    have about as many clips of each mood."""
    from sklearn.model_selection import StratifiedGroupKFold

    moods, artists = [clip.mood for clip in clips], [clip.artist.casefold() for clip in clips]
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed)
    yield from folds.split(np.zeros(len(clips)), moods, artists)


def learn(vectors: Vectors, moods: np.ndarray, rows: np.ndarray, seed: int = 0) -> SoundModel:
    """Fit the bag of networks to the clips in some rows, and to all their copies.

    Args:
        vectors: of all clips.
        moods: the number of each clip's mood in `MOODS`, int [n].
        rows: of the clips to learn from.
        seed: of the networks.

    Returns:
        A model whose scales and linear models are not fitted yet.
    """
    x = np.concatenate([values[rows, :-1] for values in vectors.values()])
    y = torch.eye(len(MOODS))[torch.from_numpy(np.tile(moods[rows], len(vectors)))]
    blank = SoundModel(
        mean=x.mean(axis=0),
        deviation=x.std(axis=0) + 1e-6,
        layers=(),
        scale=np.array([[1.0] * 3, [0.0] * 3]),
        qualities=np.zeros((x.shape[1] + 1, len(QUALITIES))),
        shape=np.tile(_QUANTILES, (len(QUALITIES), 1)),
        ranks=np.tile(_QUANTILES, (len(QUALITIES), 1)),
        loudness=0.0,
    )
    copies = np.stack([blank.standardise(values[rows, :-1]) for values in vectors.values()])
    turned = _whitener(copies)
    z = torch.from_numpy(copies.reshape(-1, copies.shape[-1]) @ turned)
    (first, bias), second = _train(z, y, EPOCHS // len(vectors) + 1, seed)
    return replace(blank, layers=((turned @ first, bias), second))


def _whitener(copies: Float32Array) -> Float32Array:
    """A matrix that makes small what differs between the copies of a clip, float32 [n, n]: the
    inverse square root of their covariance within clips (Hatch, Kajarekar and Stolcke,
    "Within-class covariance normalization for SVM-based speaker recognition", 2006).

    Args:
        copies: standardised, float32 [copies, clips, n]; the first are the clips as they lie.
    """
    differences = (copies[1:] - copies[0]).reshape(-1, copies.shape[-1]).astype(np.float64)
    within = differences.T @ differences / max(1, len(differences))
    within = (1 - DIAGONAL) * within + DIAGONAL * np.diag(np.diag(within))
    values, axes = np.linalg.eigh(np.eye(len(within)) + WHITENING * within)
    result: Float32Array = ((axes / np.sqrt(values)) @ axes.T).astype(np.float32)
    return result


def _train(
    x: Tensor, y: Tensor, epochs: int, seed: int
) -> tuple[tuple[Float32Array, Float32Array], ...]:
    """Train all members at once, each with its own order of the clips and its own mixtures."""
    torch.manual_seed(seed)
    inputs = x.shape[1]
    parameters = [
        nn.Parameter(torch.randn(MEMBERS, inputs, HIDDEN) / inputs**0.5),
        nn.Parameter(torch.zeros(MEMBERS, 1, HIDDEN)),
        nn.Parameter(torch.randn(MEMBERS, HIDDEN, len(MOODS)) / (2 * HIDDEN**0.5)),
        nn.Parameter(torch.zeros(MEMBERS, 1, len(MOODS))),
    ]
    first, first_bias, second, second_bias = parameters
    optimiser = torch.optim.AdamW(parameters, RATE, weight_decay=DECAY)
    batches = len(x) // BATCH
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=epochs * batches)
    shares = torch.distributions.Beta(MIXUP, MIXUP)
    for _ in range(epochs):
        orders = torch.stack([torch.randperm(len(x)) for _ in range(MEMBERS)])
        for batch in orders[:, : batches * BATCH].split(BATCH, dim=1):  # type: ignore[no-untyped-call]
            share = shares.sample((MEMBERS, BATCH, 1))
            share = torch.maximum(share, 1 - share)
            other = torch.randperm(BATCH)
            mixed, wanted = (
                share * values[batch] + (1 - share) * values[batch][:, other] for values in (x, y)
            )
            hidden = torch.relu(F.dropout(mixed, INPUT_DROPOUT) @ first + first_bias)
            logits = F.dropout(hidden, DROPOUT) @ second + second_bias
            loss = -(wanted * logits.log_softmax(-1)).sum(-1).mean() * MEMBERS
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            schedule.step()
    arrays = [parameter.detach().numpy() for parameter in parameters]
    return (arrays[0], arrays[1]), (arrays[2], arrays[3])


@dataclass(frozen=True, eq=False)
class Known:
    """What the Spotify Tracks Dataset says of songs by the artists of the clips.

    Attributes:
        rows: of the clips whose artist it has, int [m].
        songs: of each of these clips, the rows of its artist's songs.
        qualities: float64 [songs, 5].
        loudness: float64 [songs], dB.
        moods: float32 [songs, 4], log-probabilities.
    """

    rows: np.ndarray
    songs: Sequence[np.ndarray]
    qualities: Float64Array
    loudness: Float64Array
    moods: Float32Array

    def flat(self) -> tuple[np.ndarray, Float64Array]:
        """The rows of all these songs, and their weights: each clip's sum to 1."""
        weights = [np.full(len(songs), 1 / len(songs)) for songs in self.songs]
        return np.concatenate(self.songs), np.concatenate(weights)

    def means(self, values: np.ndarray) -> np.ndarray:
        """The mean of each artist's songs, for each clip of `rows`."""
        return np.stack([values[songs].mean(axis=0) for songs in self.songs])


def read_known(folder: Path | None, clips: Sequence[Clip]) -> Known:
    """Find the artists of the clips in the Spotify Tracks Dataset."""
    with tempfile.TemporaryDirectory(prefix="mien-") as home:
        store = Store(Path(home) / "songs.sqlite")
        import_catalogue(SPOTIFY_TRACKS.require(folder), "spotify", store)
        with store.open("spotify") as catalogue:
            by_artist: dict[str, list[int]] = {}
            for row, song in enumerate(catalogue.songs(range(len(catalogue)))):
                for artist in song.artists[:1]:
                    by_artist.setdefault(_artist(artist), []).append(row)
            found = [
                (row, np.array(by_artist[_artist(clip.artist)]))
                for row, clip in enumerate(clips)
                if _artist(clip.artist) in by_artist
            ]
            return Known(
                np.array([row for row, _ in found]),
                [songs for _, songs in found],
                catalogue.features(QUALITIES),
                catalogue.features(("loudness",))[:, 0],
                perceive_moods(catalogue),
            )


def _artist(name: str) -> str:
    key = normalise_name(name, "a")
    return key[0] if key else name


def calibrate(
    model: SoundModel, logits: Float64Array, vectors: Vectors, known: Known, clips: Sequence[Clip]
) -> tuple[SoundModel, dict[str, float]]:
    """Bring a model to the scales of the catalogue.

    Args:
        model: of `learn`, from all clips.
        logits: what models that did not learn from a clip's artist say of it, float64 [n, 4].
        vectors: what was measured in the clips.
        known: songs of the same artists.
        clips: n clips.

    Returns:
        The model, and how well its estimates agree with the means of the artists' songs
        (correlations; cross-validated).
    """
    songs, weights = known.flat()
    weights /= weights.sum()
    ours = logits[known.rows] @ AXES.T
    theirs = known.moods.astype(np.float64) @ AXES.T
    mean, spread = _moments(theirs[songs], weights)
    factor = spread / ours.std(axis=0)
    model = replace(model, scale=np.stack([factor, mean - factor * ours.mean(axis=0)]))
    agreement = {
        name: float(np.corrcoef(ours[:, axis], known.means(theirs)[:, axis])[0, 1])
        for axis, name in enumerate(("mood's valence", "mood's arousal"))
    }

    x = model.standardise(vectors[""][:, :-1]).astype(np.float64)
    targets = known.means(known.qualities)
    unseen = np.full((len(clips), len(QUALITIES)), np.nan)
    is_known = np.isin(np.arange(len(clips)), known.rows)
    position = np.cumsum(is_known) - 1
    for learnt, tested in split(clips, 0):
        rows = learnt[is_known[learnt]]
        coefficients = _ridge(x[rows], targets[position[rows]])
        unseen[tested] = x[tested] @ coefficients[:-1] + coefficients[-1]
    estimates = unseen[known.rows]
    ranks = np.quantile(estimates, _QUANTILES, axis=0).T
    shape = np.stack([_weighted_quantiles(q[songs], weights) for q in known.qualities.T])
    for number, name in enumerate(QUALITIES):
        agreement[name] = float(np.corrcoef(estimates[:, number], targets[:, number])[0, 1])
    lufs, decibel = vectors[""][known.rows, -1], known.means(known.loudness)
    agreement["loudness"] = float(np.corrcoef(lufs, decibel)[0, 1])
    return (
        replace(
            model,
            qualities=_ridge(x[known.rows], targets),
            shape=shape,
            ranks=ranks,
            loudness=float((decibel - lufs).mean()),
        ),
        agreement,
    )


def _moments(values: Float64Array, weights: Float64Array) -> tuple[Float64Array, Float64Array]:
    mean = weights @ values
    return mean, np.sqrt(weights @ (values - mean) ** 2)


def _ridge(x: Float64Array, y: Float64Array) -> Float64Array:
    """Ridge regression: float64 [inputs + 1, outputs], the last row the intercept."""
    mean, middle = x.mean(axis=0), y.mean(axis=0)
    centred = x - mean
    gram = centred.T @ centred + RIDGE * np.eye(x.shape[1])
    coefficients = np.linalg.solve(gram, centred.T @ (y - middle))
    return np.vstack([coefficients, middle - mean @ coefficients])


def _weighted_quantiles(values: Float64Array, weights: Float64Array) -> Float64Array:
    order = np.argsort(values)
    reached = np.cumsum(weights[order]) - weights[order] / 2
    return np.interp(_QUANTILES, reached, values[order])


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command with these arguments."""
    from mien.research.evaluation.sound import cross_validate, score_logits

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, help="folder of the data sets")
    parser.add_argument("--heard", type=Path, default=Path("runs/sound/heard.npz"))
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--write", action="store_true", help=f"write {CONSTANTS.name}")
    options = parser.parse_args(arguments)
    clips, vectors = hear_all(options.data, options.heard, options.workers)
    moods = np.array([MOODS.index(clip.mood) for clip in clips])
    unseen = cross_validate(clips, vectors, seed=0)
    for name, logits in unseen.items():
        print(name or "as they lie", score_logits(logits, moods))
    model = learn(vectors, moods, np.arange(len(clips)))
    model, agreement = calibrate(model, unseen[""], vectors, read_known(options.data, clips), clips)
    for name, value in agreement.items():
        print(f"{name}: {value:.3f}")
    print("scale", model.scale.round(3).tolist(), "loudness", round(model.loudness, 2))
    if options.write:
        arrays: dict[str, Any] = model.as_arrays()
        np.savez_compressed(CONSTANTS, **arrays)
        print(f"{CONSTANTS}: {CONSTANTS.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()

"""Scores of what is heard, and cross-validation without common artists."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mien.mood import MOODS
from mien.research.data.clips import Clip
from mien.research.evaluation.sound import cross_validate, numbers_of, score_logits
from mien.research.fit import sound as fitting
from mien.support.arrays import Float32Array


def clips(n: int) -> list[Clip]:
    """Clips of n / 2 artists, in turn of each mood."""
    return [
        Clip(Path(f"{i}.opus"), f"Artist {i // 2}", f"Song {i}", MOODS[i % 4], ("Rock",))
        for i in range(n)
    ]


def vectors(songs: list[Clip]) -> Float32Array:
    """Measurements of which the first four tell the mood."""
    noise = np.random.default_rng(0).standard_normal((len(songs), 21))
    noise[np.arange(len(songs)), numbers_of(songs)] += 6
    return noise.astype(np.float32)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fitting, "EPOCHS", 20)
    monkeypatch.setattr(fitting, "MEMBERS", 2)
    monkeypatch.setattr(fitting, "BATCH", 16)


@pytest.mark.usefixtures("quick")
def test_learns_what_can_be_learnt() -> None:
    songs = clips(160)
    (logits,) = cross_validate(songs, {"": vectors(songs)}, seed=0).values()
    scores = score_logits(logits, numbers_of(songs))
    assert scores.accuracy > 0.9
    assert min(scores.arousal, scores.valence) > 0.95


@pytest.mark.usefixtures("quick")
def test_learns_nothing_from_noise() -> None:
    """Copies of a clip lie in one fold, or they would give its mood away."""
    songs = clips(160)
    noise = np.random.default_rng(1).standard_normal((160, 21)).astype(np.float32)
    found = cross_validate(songs, {"": noise, "copy": noise.copy()}, seed=0)
    for logits in found.values():
        assert score_logits(logits, numbers_of(songs)).accuracy < 0.45


def test_no_artist_is_on_both_sides() -> None:
    songs = clips(160)
    tested = []
    for learnt, rest in fitting.split(songs, 3):
        assert not {songs[i].artist for i in learnt} & {songs[i].artist for i in rest}
        tested += rest.tolist()
    assert sorted(tested) == list(range(160))


def test_confusion_has_a_row_for_each_mood() -> None:
    logits = np.full((4, 4), -1.0)
    logits[:, 0] = 1  # all are heard as happy
    scores = score_logits(logits, np.arange(4))
    assert scores.accuracy == 0.25
    assert scores.confusion == [[1, 0, 0, 0]] * 4
    assert scores.recall == {"happy": 1, "angry": 0, "sad": 0, "calm": 0}
    assert scores.arousal == scores.valence == 0.5

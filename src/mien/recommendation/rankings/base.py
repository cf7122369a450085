"""How well each song of a catalogue fits a mood: the interface of all rankings."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from mien.catalogue.songs import Catalogue, Song
from mien.mood import Mood
from mien.recommendation.plane import Allows
from mien.support.arrays import Float32Array, Float64Array

Scores = npt.NDArray[np.floating[Any]]


class Ranking(ABC):
    """Scores for all songs of one catalogue.

    Attributes:
        name: as in `--ranking`.
        mood_table: the table that turns expressions into moods for it (see
            `mien.recommendation.target.expected_mood`).
        least: songs with a lower score are not recommended.
        as_published: whether it serves to compare with a publication: nothing is left out that is
            no music, no fit is given up for songs that differ (`mien.catalogue.filters`), and no
            taste
            counts (`mien.listener.taste`).
        in_plane: whether songs fit as far as they stand near the mood in its `plane`.
    """

    name: ClassVar[str]
    mood_table: ClassVar[str] = "circumplex"
    least: ClassVar[float] = -np.inf
    as_published: ClassVar[bool] = False
    in_plane: ClassVar[bool] = False

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue

    @abstractmethod
    def scores(self, mood: Mood) -> Scores:
        """One score a song, floats [n], finite; higher is better, at most 1."""

    def top(
        self, mood: Mood, count: int, allows: Allows | None = None
    ) -> tuple[np.ndarray, Scores]:
        """The rows of the songs with the highest scores, and these; best first, of equals the
        lower row first.

        Args:
            mood: what is looked for.
            count: how many; fewer come where fewer are allowed.
            allows: which songs may come; None: all.
        """
        return best_of(self.scores(mood), count, allows)

    def reasons(
        self, rows: np.ndarray, songs: Sequence[Song], mood: Mood, *, own: bool = False
    ) -> list[str]:
        """Why each song is there: a short sentence, with the numbers that ranked it.

        Args:
            rows: the songs'.
            songs: those there.
            mood: what was looked for.
            own: whether that is the listener's own mood, so that a song may be 'like you'.
        """
        mine = _described(*self.character_of(mood)) if own else None
        return [
            f"{_compared(_described(*character), mine)}: {self._facts(character, song, mood)}"
            for character, song in zip(self.characters(rows, songs), songs, strict=True)
        ]

    def characters(self, rows: np.ndarray, songs: Sequence[Song]) -> list[tuple[float, float]]:
        """How glad and how lively each song is, each in [0, 1]."""
        del rows
        return [(song.valence, song.energy) for song in songs]

    def character_of(self, mood: Mood) -> tuple[float, float]:
        """How glad and how lively a mood is, measured as songs are."""
        return mood.valence, mood.energy

    def _facts(self, character: tuple[float, float], song: Song, mood: Mood) -> str:
        """The numbers that ranked a song."""
        del character
        return (
            f"valence {song.valence:.2f} for {mood.valence:.2f}, energy {song.energy:.2f} for "
            f"{mood.energy:.2f}, {song.tempo:.0f} for {mood.tempo:.0f} BPM"
        )

    def plane(self) -> tuple[Float32Array, tuple[str, str]]:
        """Where the songs stand in a plane of moods, float32 [2, n], and what its axes are."""
        points = np.stack([self.catalogue.valence, self.catalogue.energy]).astype(np.float32)
        return points, ("valence", "energy")

    def position_of(self, mood: Mood) -> Float32Array:
        """Where a mood stands in that plane, float32 [2]."""
        return np.array([mood.valence, mood.energy], np.float32)


def best(scores: Scores, count: int) -> np.ndarray:
    """The rows of the `count` highest scores, int64, best first; of equals the lower row first.

    Exact, and faster than a partition of all scores: the count-th highest of the maxima of groups
    is a bound that the wanted scores reach and few others do.
    """
    n, group = len(scores), 128
    count = min(count, n)
    groups = n // group
    if not count or groups < 2 * count:
        return np.argsort(-scores, kind="stable")[:count]
    # A group is every `groups`-th row: the maxima are then taken over contiguous stretches.
    maxima = scores[: groups * group].reshape(group, groups).max(axis=0)
    bound = np.partition(maxima, groups - count)[groups - count]
    rows = np.flatnonzero(scores >= bound)
    return rows[np.argsort(-scores[rows], kind="stable")][:count]


def best_of(scores: Scores, count: int, allows: Allows | None = None) -> tuple[np.ndarray, Scores]:
    """The rows of the highest scores among those allowed, and these; as `Ranking.top`."""
    if allows is None:
        rows = best(scores, count)
    else:
        allowed = np.flatnonzero(allows(np.arange(len(scores))))
        rows = allowed[best(scores[allowed], count)]
    return rows, scores[rows]


def _unit(vectors: Float64Array) -> Float64Array:
    """Columns at length 1; a column of zeros stays."""
    length = np.linalg.norm(vectors, axis=0)
    return vectors / np.where(length > 0, length, 1.0)


def _described(valence: float, energy: float) -> tuple[str, str]:
    """Shares in [0, 1] in words."""
    spirit = _word(valence, ("low-spirited", "wistful", "even", "cheerful", "joyful"))
    force = _word(energy, ("very calm", "calm", "moderate", "energetic", "intense"))
    return spirit, force


def _compared(song: tuple[str, str], mine: tuple[str, str] | None) -> str:
    """A song in words, beside the listener's mood."""
    if mine is None or not set(song) & set(mine):
        return " and ".join(song)
    if song == mine:
        return f"{' and '.join(song)} like you"
    alike, unlike = song if song[0] == mine[0] else song[::-1]
    return f"{alike} like you, {unlike}"


def _word(value: float, words: tuple[str, ...]) -> str:
    return words[min(len(words) - 1, int(value * len(words)))]

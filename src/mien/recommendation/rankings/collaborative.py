"""Collaborative filtering: songs that stand in playlists with six that fit the mood."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from mien.catalogue.songs import Catalogue, Song
from mien.errors import MoodError
from mien.mood import Mood
from mien.recommendation.rankings.base import Ranking, Scores
from mien.recommendation.rankings.listeners import ListenersRanking
from mien.support.arrays import Float32Array


class CollaborativeRanking(Ranking):
    """Collaborative filtering, the paper's rival: what stands in playlists with six songs.

    The six are those of another ranking that fit the mood best. Only for catalogues that have
    learnt from playlists (`mien.catalogue.playlists`); songs of no playlist are not recommended.

    Raises:
        MoodError: the catalogue has not.
    """

    name = "collaborative"
    least = -0.99
    seeds: ClassVar[type[Ranking]] = ListenersRanking

    def __init__(self, catalogue: Catalogue) -> None:
        super().__init__(catalogue)
        if catalogue.factors is None:
            raise MoodError(
                f"the catalogue {catalogue.ref.name!r} has learnt from no playlists",
                "see `mien catalogue playlists --help`, or use another ranking",
            )
        self._factors = catalogue.factors
        self._known = np.asarray(self._factors.any(axis=1))
        self._seeds = self.seeds(catalogue)

    def scores(self, mood: Mood) -> Scores:
        likeness = (self._factors @ self._six(mood).T).mean(axis=1)
        return np.where(self._known, likeness.clip(-0.98, 1), np.float32(-1))

    def reasons(
        self, rows: np.ndarray, songs: Sequence[Song], mood: Mood, *, own: bool = False
    ) -> list[str]:
        likeness = (self._factors[rows] @ self._six(mood).T).mean(axis=1)
        described = super().reasons(rows, songs, mood, own=own)
        return [
            f"likeness {like:.2f} by playlists to six songs for this mood; {rest}"
            for like, rest in zip(likeness.tolist(), described, strict=True)
        ]

    def characters(self, rows: np.ndarray, songs: Sequence[Song]) -> list[tuple[float, float]]:
        return self._seeds.characters(rows, songs)

    def character_of(self, mood: Mood) -> tuple[float, float]:
        return self._seeds.character_of(mood)

    def _facts(self, character: tuple[float, float], song: Song, mood: Mood) -> str:
        return self._seeds._facts(character, song, mood)

    def _six(self, mood: Mood) -> Float32Array:
        """The factors of the six."""
        six, _ = self._seeds.top(mood, 6, self._known.__getitem__)
        found: Float32Array = self._factors[six]
        return found

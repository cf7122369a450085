"""Recommended songs, each with its score and its reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mien.catalogue.songs import Song
from mien.mood import Mood


@dataclass(frozen=True)
class Recommendation:
    """One song and why it is there.

    Attributes:
        rank: 1 for the best.
        song: the song.
        score: the ranking's, at most 1; a listener's taste adds to it (`mien.listener.taste`).
        why: a short sentence; its numbers are the song's and the mood's.
    """

    rank: int
    song: Song
    score: float
    why: str


@dataclass(frozen=True)
class Recommendations:
    """Songs for a mood, best first; or on the way from one mood to another, in order.

    Attributes:
        mood: what was looked for; of a journey, where it begins.
        ranking: the name of the ranking.
        songs: the songs; fewer than asked for where fewer fit.
        to: where a journey ends, else None.
    """

    mood: Mood
    ranking: str
    songs: tuple[Recommendation, ...]
    to: Mood | None = None

    def __len__(self) -> int:
        return len(self.songs)

    def __iter__(self) -> Iterator[Recommendation]:
        return iter(self.songs)

"""Recommended songs, each with its score and its reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mien.catalogue.song import Song
from mien.mood import Mood


@dataclass(frozen=True)
class Recommendation:
    """A song and why it was chosen.

    Attributes:
        rank: 1 for the best.
        song: the song.
        score: the ranking's, at most 1, plus the bonus of the listener's taste
            (`mien.listener.taste`), less what it loses for variety (`mien.listener.variety`).
        why: a short reason.
    """

    rank: int
    song: Song
    score: float
    why: str


@dataclass(frozen=True)
class Recommendations:
    """Songs for a mood, best first; or from one mood to another, in order.

    Attributes:
        mood: the target; of a journey, its start.
        ranking: the name of the ranking.
        songs: the songs; fewer than the query's n where fewer fit.
        to: the end of a journey, else None.
    """

    mood: Mood
    ranking: str
    songs: tuple[Recommendation, ...]
    to: Mood | None = None

    def __len__(self) -> int:
        return len(self.songs)

    def __iter__(self) -> Iterator[Recommendation]:
        return iter(self.songs)

"""Songs that were shown recently step back, so that lists change from sitting to sitting."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mien.catalogue.names import strip_additions
from mien.catalogue.songs import Catalogue
from mien.support.arrays import Float64Array

DAYS = 14
"""After so many days, a song has the score that it had before it was shown."""

SAME_DAY = 0.5
"""What a song, and other versions of it, loses on the day after it was shown, in points of a
ranking's score: it comes again only where nothing nearly as good is left."""

FADING = 0.3
"""What it loses from then on, falling to nothing in `DAYS`."""

SAME_ARTIST = 0.1
"""What the other songs by a first artist of the last list lose for a day."""

Search = Callable[[int], tuple[np.ndarray, npt.NDArray[np.floating[Any]]]]
"""How many songs -> the rows and scores of the best ones, best first."""


class Shown(NamedTuple):
    """A song of a list that was shown.

    Attributes:
        song: its id.
        list: the number of the list; later ones are higher.
        time: of the list, in UTC.
    """

    song: str
    list: int
    time: datetime


def penalty(days: float) -> float:
    """What a song loses some days after it was shown, in points of a ranking's score.

    >>> penalty(0.5), penalty(1), penalty(7.5), penalty(14)
    (0.5, 0.3, 0.15, 0.0)
    """
    if days < 1:
        return SAME_DAY
    return round(FADING * max(0.0, 1 - (days - 1) / (DAYS - 1)), 9)


@dataclass(frozen=True, eq=False)
class Variety:
    """What songs of a catalogue lose because they, or songs like them, were shown recently.

    Attributes:
        rows: int64 [k], ascending, of the songs that were shown.
    """

    rows: npt.NDArray[np.int64]
    _losses: Float64Array  # [k]
    _artists: frozenset[int]  # first artists of the last list, if it is of the last day
    _titles: frozenset[tuple[int, str]]  # first artists and bare titles, of the last day's lists
    _catalogue: Catalogue

    @classmethod
    def of(cls, catalogue: Catalogue, shown: Sequence[Shown], now: datetime) -> Variety:
        """The variety that lists of the past ask for.

        Args:
            catalogue: the songs; shown ones that it lacks are ignored.
            shown: songs of lists, in any order.
            now: when the next list is shown, in UTC.
        """
        ages: dict[str, float] = {}
        for song in shown:
            days = (now - song.time).total_seconds() / 86_400
            ages[song.song] = min(ages.get(song.song, days), days)
        rows = catalogue.rows_of(ages)
        songs = catalogue.songs(rows)
        artists = _first_artists(catalogue, rows)
        losses = np.array([penalty(ages[song.id]) for song in songs], np.float64)
        latest = max((song.list for song in shown), default=None)
        last = {song.song for song in shown if song.list == latest}
        today = [(a, s) for a, s in zip(artists.tolist(), songs, strict=True) if ages[s.id] < 1]
        return cls(
            rows,
            losses,
            frozenset(artist for artist, song in today if song.id in last),
            frozenset((artist, strip_additions(song.title)) for artist, song in today),
            catalogue,
        )

    def losses(self, rows: np.ndarray) -> Float64Array:
        """What the songs in these rows lose, float64 [len(rows)]."""
        if not len(self.rows):
            return np.zeros(len(rows))
        at = np.minimum(np.searchsorted(self.rows, rows), len(self.rows) - 1)
        losses = np.where(self.rows[at] == rows, self._losses[at], 0.0)
        artists = _first_artists(self._catalogue, rows)
        near = np.isin(artists, list(self._artists))
        losses[near] = np.maximum(losses[near], SAME_ARTIST)
        maybe = np.flatnonzero(np.isin(artists, [a for a, _ in self._titles]))
        for index, song in zip(maybe, self._catalogue.songs(rows[maybe]), strict=True):
            if (int(artists[index]), strip_additions(song.title)) in self._titles:
                losses[index] = SAME_DAY
        return losses

    def best(self, search: Search, count: int) -> tuple[np.ndarray, npt.NDArray[np.floating[Any]]]:
        """The best songs once each has lost what it loses: exactly as if all had been searched.

        Args:
            search: finds the best songs by their scores.
            count: how many.

        Returns:
            Rows and scores, less the losses, best first.
        """
        wanted = count + len(self.rows)
        while True:
            rows, scores = search(wanted)
            left = scores - self.losses(rows)
            order = np.argsort(-left, kind="stable")[:count]
            # No song that was not found can have more than the last one that was.
            if len(rows) < wanted or not len(order) or left[order[-1]] >= scores[-1]:
                return rows[order], left[order]
            wanted *= 2


def _first_artists(catalogue: Catalogue, rows: np.ndarray) -> npt.NDArray[np.int32]:
    lists = catalogue.lists("artists")
    return np.array([next(iter(lists.of(row)), -1) for row in rows.tolist()], np.int32)

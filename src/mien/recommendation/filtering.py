"""Query -> the rows of a catalogue that it allows.

Filters change less often than moods, so their masks are cached.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from functools import cached_property, lru_cache, partial

import numpy as np
import numpy.typing as npt

from mien.catalogue.filters import NO_FILTER, Filter
from mien.catalogue.songs import Catalogue
from mien.catalogue.unasked import Unasked, asked_by, in_season
from mien.recommendation.index import Allows

_NOTHING = Unasked(0)
# What songs of a genre that is for children, noise or speech are besides.
_COMPANY = Unasked.CHILDREN | Unasked.SPOKEN | Unasked.NOISE | Unasked.FRAGMENT | Unasked.LENGTH


class SongFilter:
    """Applies filters to one catalogue.

    Args:
        catalogue: the songs.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        # Of the catalogue, not of self: a cycle would keep the catalogue's connection open.
        self._mask = lru_cache(maxsize=4)(partial(_make_mask, catalogue))
        self._versions = lru_cache(maxsize=4)(catalogue.versions_of)

    def allows(
        self,
        where: Filter,
        never: Collection[str],
        *,
        music_only: bool,
        today: date | None = None,
    ) -> Allows | None:
        """The rows that are allowed; None: all.

        Args:
            where: conditions that each song must meet.
            never: ids of songs to leave out, together with other versions of them.
            music_only: leave out songs that nobody asked for (`Catalogue.unasked`), unless `where`
                asks for their genre, it is their season, or nothing else meets the conditions.
            today: the day that tells which season it is; None: the current one.

        Raises:
            NoSuchGenreError: the catalogue lacks a genre.
        """
        unwanted = _NOTHING
        if music_only:
            unwanted = _unwanted(where, _today() if today is None else today) & self._present
        if where == NO_FILTER and not never and not unwanted:
            return None
        mask = self._mask(where, unwanted)
        if not never:
            return mask.take
        excluded = self._versions(frozenset(never))
        return lambda rows: mask[rows] & np.isin(rows, excluded, invert=True)

    @cached_property
    def _present(self) -> Unasked:
        """All reasons that the songs of the catalogue have."""
        return Unasked(int(np.bitwise_or.reduce(self._catalogue.unasked)))


def _unwanted(where: Filter, today: date) -> Unasked:
    """The reasons for which songs are left out."""
    welcome = in_season(today)
    if asked := asked_by(where.genres):
        welcome |= asked | _COMPANY
    if where.minutes is not None:
        welcome |= Unasked.LENGTH
    return ~welcome


def _make_mask(catalogue: Catalogue, where: Filter, unwanted: Unasked) -> npt.NDArray[np.bool_]:
    mask = where.mask(catalogue)
    wanted = mask & (catalogue.unasked & np.uint16(unwanted) == 0)
    return wanted if wanted.any() else mask


_today = date.today

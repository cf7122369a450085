"""Query -> the rows of a catalogue that it allows.

Filters change less often than moods, so their masks are cached.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property, lru_cache, partial

import numpy as np
import numpy.typing as npt

from mien.catalogue.filters import NO_FILTER, Filter
from mien.catalogue.songs import Catalogue
from mien.recommendation.index import Allows


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

    def allows(self, where: Filter, never: Collection[str], *, music_only: bool) -> Allows | None:
        """The rows that are allowed; None: all.

        Args:
            where: conditions that each song must meet.
            never: ids of songs to leave out, together with other versions of them.
            music_only: leave out noise and spoken word (`Catalogue.is_music`).

        Raises:
            NoSuchGenreError: the catalogue lacks a genre.
        """
        music_only = music_only and not self._is_all_music
        if where == NO_FILTER and not never and not music_only:
            return None
        mask = self._mask(where, music_only)
        if not never:
            return mask.take
        excluded = self._versions(frozenset(never))
        return lambda rows: mask[rows] & np.isin(rows, excluded, invert=True)

    @cached_property
    def _is_all_music(self) -> bool:
        return bool(self._catalogue.is_music.all())


def _make_mask(catalogue: Catalogue, where: Filter, music_only: bool) -> npt.NDArray[np.bool_]:
    mask = where.mask(catalogue)
    return mask & catalogue.is_music if music_only else mask

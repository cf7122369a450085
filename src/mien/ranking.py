"""How well each song of a catalogue fits a mood: several rankings, one interface.

A ranking is made for one catalogue and prepares what it can; it then scores all songs for any mood.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from mien.catalogue.songs import Catalogue, Song
from mien.errors import MoodError
from mien.listeners import FEATURES, fitted
from mien.mood import STEPS, Mood
from mien.nearest import Allows, Plane, distances
from mien.types import Float32Array, Float64Array

Scores = npt.NDArray[np.floating[Any]]

STRENGTH = 2.5
"""How much farther from the middle than a mood the songs for it are looked for. What features tell
of a song correlates with what listeners hear by about 0.5 (valence) and 0.6 (arousal), so songs
that are heard alike are spread by their estimates. Chosen with `scripts/fit_listeners.py`."""

_ACROSS = np.float32(4 * np.sqrt(2))  # standard deviations that take a song's fit from 1 to 0


class Ranking(ABC):
    """Scores for all songs of one catalogue.

    Attributes:
        name: as in `--ranking`.
        mood_table: the table that turns expressions into moods for it (see `mien.mood.mood_of`).
        least: songs with a lower score are not recommended.
        as_published: whether it serves to compare with a publication: nothing is left out that is
            no music, no fit is given up for songs that differ (`mien.selection`), and no taste
            counts (`mien.taste`).
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

    def place_of(self, mood: Mood) -> Float32Array:
        """Where a mood stands in that plane, float32 [2]."""
        return np.array([mood.valence, mood.energy], np.float32)


class ListenersRanking(Ranking):
    """Nearness in the valence and arousal that listeners would give the song (`mien.listeners`).

    A mood stands where the song of its quantile stands among the catalogue's songs, and `STRENGTH`
    times as far from the median song: the middling mood gets middling songs; the farther a mood is
    from the middle, the farther in that direction are its songs, up to the last.
    """

    name = "listeners"
    in_plane = True

    def __init__(self, catalogue: Catalogue) -> None:
        super().__init__(catalogue)
        places = fitted().places(catalogue.features(FEATURES), catalogue.genre_rows())
        self._plane = Plane(np.ascontiguousarray(places.T, dtype=np.float32))
        self._sorted = np.sort(self._plane.points, axis=1)

    def scores(self, mood: Mood) -> Scores:
        return _fit(distances(self._plane.points, self.place_of(mood)))

    def top(
        self, mood: Mood, count: int, allows: Allows | None = None
    ) -> tuple[np.ndarray, Scores]:
        rows, apart = self._plane.nearest(self.place_of(mood), count, allows)
        return rows, _fit(apart)

    def plane(self) -> tuple[Float32Array, tuple[str, str]]:
        names = (
            "valence, as listeners would tag it (sd)",
            "arousal, as listeners would tag it (sd)",
        )
        return self._plane.points, names

    def place_of(self, mood: Mood) -> Float32Array:
        quantiles = self.catalogue.scale.quantiles_of(mood)
        return np.array(
            [sought(values, q) for values, q in zip(self._sorted, quantiles, strict=False)],
            np.float32,
        )

    def characters(self, rows: np.ndarray, songs: Sequence[Song]) -> list[tuple[float, float]]:
        del songs
        return self._shares_below(self._plane.points[:, rows])

    def character_of(self, mood: Mood) -> tuple[float, float]:
        return self._shares_below(self.place_of(mood)[:, None])[0]

    def _facts(self, character: tuple[float, float], song: Song, mood: Mood) -> str:
        del mood
        gladder, livelier = character
        return (
            f"to listeners gladder than {gladder:.0%} of the songs and livelier than "
            f"{livelier:.0%}; valence {song.valence:.2f}, energy {song.energy:.2f}, "
            f"{song.tempo:.0f} BPM"
        )

    def _shares_below(self, places: Float32Array) -> list[tuple[float, float]]:
        """The shares of the songs that are less glad, and less lively, than these places [2, k]."""
        n = len(self.catalogue)
        below = (
            values.searchsorted(at).tolist()
            for values, at in zip(self._sorted, places, strict=True)
        )
        most = 0.99  # no song is gladder than itself
        return [(min(v / n, most), min(a / n, most)) for v, a in zip(*below, strict=True)]


class PaperRanking(Ranking):
    """The paper's: cosine similarity of min-max normalised (valence, tempo, energy), at least 0.85.

    The mood is normalised with the catalogue's extremes too. A feature that is the same for all
    songs is 0, as in scikit-learn's `minmax_scale`.
    """

    name = "paper"
    mood_table = "paper"
    least = 0.85
    as_published = True

    def __init__(self, catalogue: Catalogue) -> None:
        super().__init__(catalogue)
        features = np.stack([catalogue.valence, catalogue.tempo, catalogue.energy])
        self._low = features.min(axis=1, keepdims=True)
        span = features.max(axis=1, keepdims=True) - self._low
        self._span = np.where(span > 0, span, 1.0)
        self._directions = _unit((features - self._low) / self._span)  # [3, n]: read row by row

    def scores(self, mood: Mood) -> Scores:
        target = np.array([[mood.valence], [mood.tempo], [mood.energy]])
        similarity: Scores = _unit((target - self._low) / self._span)[:, 0] @ self._directions
        return similarity


class NearnessRanking(Ranking):
    """1 less the distance to the mood, in the catalogue's own quantiles.

    In quantiles each feature is spread evenly, so that none rules the distance, and how much counts
    as well as in which proportion. Tempo counts half as much: the same music is felt at half and
    at double the beats that an algorithm hears.
    """

    name = "nearness"
    weights: ClassVar[tuple[float, float, float]] = (1.0, 1.0, 0.5)

    def __init__(self, catalogue: Catalogue) -> None:
        super().__init__(catalogue)
        scale = catalogue.scale
        self._points = [
            (weight * np.interp(values, quantiles, STEPS)).astype(np.float32)
            for weight, values, quantiles in zip(
                self.weights,
                (catalogue.valence, catalogue.energy, catalogue.tempo),
                (scale.valence, scale.energy, scale.tempo),
                strict=True,
            )
        ]
        self._farthest = np.float32(np.linalg.norm(self.weights))

    def scores(self, mood: Mood) -> Scores:
        target = self.catalogue.scale.quantiles_of(mood)
        total = np.zeros(len(self.catalogue), np.float32)
        for weight, point, goal in zip(self.weights, self._points, target, strict=True):
            difference = point - np.float32(weight * goal)
            difference *= difference
            total += difference
        np.sqrt(total, out=total)
        total /= -self._farthest
        total += 1
        return total


class CosineRanking(Ranking):
    """Cosine similarity of centred features: the paper's, about the average song instead of zero.

    Each of valence, energy and tempo has mean 0 and deviation 1, so that a song on the other side
    of the average is unlike. How much still does not count.
    """

    name = "cosine"

    def __init__(self, catalogue: Catalogue) -> None:
        super().__init__(catalogue)
        features = np.stack([catalogue.valence, catalogue.energy, catalogue.tempo])
        self._mean = features.mean(axis=1, keepdims=True)
        deviation = features.std(axis=1, keepdims=True)
        self._deviation = np.where(deviation > 0, deviation, 1.0)
        self._directions = _unit((features - self._mean) / self._deviation)

    def scores(self, mood: Mood) -> Scores:
        target = np.array([[mood.valence], [mood.energy], [mood.tempo]])
        similarity: Scores = _unit((target - self._mean) / self._deviation)[:, 0] @ self._directions
        return similarity


class PopularityRanking(Ranking):
    """What most people play, whatever the mood: one to compare with."""

    name = "popularity"

    def __init__(self, catalogue: Catalogue) -> None:
        super().__init__(catalogue)
        self._shares = np.nan_to_num(catalogue.column("popularity")).clip(0, 100) / 100

    def scores(self, mood: Mood) -> Scores:
        del mood
        return self._shares.copy()

    def _facts(self, character: tuple[float, float], song: Song, mood: Mood) -> str:
        known = "unknown" if song.popularity is None else f"{song.popularity:.0f} of 100"
        return f"popularity {known}; {super()._facts(character, song, mood)}"


class RandomRanking(Ranking):
    """Chance, the same for the same mood: one to compare with.

    Args:
        catalogue: the songs.
        draw: another number, another order.
    """

    name = "random"

    def __init__(self, catalogue: Catalogue, draw: int = 0) -> None:
        super().__init__(catalogue)
        self._draw = draw

    def scores(self, mood: Mood) -> Scores:
        seed = np.array([mood.valence, mood.energy, mood.tempo]).view(np.uint64)
        random = np.random.default_rng([*seed, self._draw] if self._draw else seed)
        return random.random(len(self.catalogue))

    def _facts(self, character: tuple[float, float], song: Song, mood: Mood) -> str:
        return f"by chance; {super()._facts(character, song, mood)}"


class CollaborativeRanking(Ranking):
    """Collaborative filtering, the paper's rival: what stands in playlists with six songs.

    The six are those of another ranking that fit the mood best. Only for catalogues that have
    learnt from playlists (`mien.collaborative`); songs of no playlist are not recommended.

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
                f"the catalogue {catalogue.place.name!r} has learnt from no playlists; see `mien "
                "catalogue playlists --help`, or use another ranking."
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


RANKINGS: dict[str, type[Ranking]] = {
    r.name: r
    for r in (
        ListenersRanking,
        NearnessRanking,
        CosineRanking,
        PaperRanking,
        CollaborativeRanking,
        PopularityRanking,
        RandomRanking,
    )
}
DEFAULT_RANKING = ListenersRanking.name


def ranking(name: str, catalogue: Catalogue) -> Ranking:
    """A ranking by name, prepared for a catalogue.

    Raises:
        MoodError: no such ranking.
    """
    if name not in RANKINGS:
        raise MoodError(f"no ranking is called {name!r}; use {', '.join(RANKINGS)}.")
    return RANKINGS[name](catalogue)


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


def sought(ordered: npt.NDArray[np.floating[Any]], quantile: float) -> float:
    """Where among these values songs for a mood of this quantile are looked for.

    Args:
        ordered: of all songs, ascending, floats [n], n >= 1.
        quantile: of the mood, in [0, 1].
    """

    def at(share: float) -> float:
        place = share * (len(ordered) - 1)
        low = int(place)
        here = float(ordered[low])
        above = float(ordered[min(low + 1, len(ordered) - 1)])
        return here + (place - low) * (above - here)

    middle = at(0.5)
    return middle + STRENGTH * (at(quantile) - middle)


def _fit(apart: Float32Array) -> Scores:
    """1 less the distance, as part of the longest one that moods can be apart."""
    return 1 - apart / _ACROSS


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

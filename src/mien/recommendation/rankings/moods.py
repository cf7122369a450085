"""The moods of songs: how well each song of a catalogue fits each, and how known it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from mien.catalogue.songs import Catalogue
from mien.mood import MOODS
from mien.support.arrays import Float32Array


@dataclass(frozen=True)
class SongMood:
    """What songs of a mood are like.

    Attributes:
        moods: of `mien.mood.MOODS`, with weights: the probability of these counts.
        bands: feature -> the value that fits best, and how far from it (one standard deviation of
            a normal curve) songs fit 61 % as well. Songs without the feature fit.
        genres: songs of other genres fit a tenth as well; none: genres do not matter, as they do
            not to songs and catalogues without any.
    """

    moods: Mapping[str, float]
    bands: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    genres: frozenset[str] = frozenset()


SONG_MOODS: Mapping[str, SongMood] = {
    # Listeners' labels.
    "happy": SongMood({"happy": 1}),
    "angry": SongMood({"angry": 1}),
    "sad": SongMood({"sad": 1}),
    # Listeners' labels, with the energy that calm playlists have: neither the quietest songs there
    # are nor lively ones, and not rapped.
    "calm": SongMood({"calm": 1}, {"energy": (0.35, 0.4), "speechiness": (0.04, 0.1)}),
    # Happy songs that are easy to dance to, as Spotify measures it.
    "party": SongMood({"happy": 1}, {"danceability": (0.85, 0.15), "energy": (0.85, 0.2)}),
    # Genres of love songs, not too lively.
    "romantic": SongMood(
        {"calm": 1, "happy": 0.6, "sad": 0.6},
        {"energy": (0.4, 0.15), "instrumentalness": (0, 0.2)},
        frozenset(
            {"r-n-b", "rnb", "r&b", "soul", "romance", "jazz", "acoustic", "latin", "bolero"}
        ),
    ),
    # Genres whose best-known songs are decades old.
    "nostalgic": SongMood(
        {"calm": 1, "sad": 0.7, "happy": 0.5},
        {"energy": (0.45, 0.2), "instrumentalness": (0, 0.3)},
        frozenset(
            {
                "soul",
                "disco",
                "folk",
                "rock-n-roll",
                "rockabilly",
                "blues",
                "jazz",
                "country",
                "psych-rock",
                "singer-songwriter",
                "oldies",
            }
        ),
    ),
    # Music without words or surprises.
    "focused": SongMood(
        {"calm": 1, "sad": 0.5, "happy": 0.3},
        {"instrumentalness": (0.95, 0.2), "speechiness": (0.04, 0.04), "energy": (0.4, 0.2)},
    ),
    # Angry and sad, in a minor key.
    "dark": SongMood(
        {"angry": 1, "sad": 1}, {"mode": (0, 0.7), "valence": (0.15, 0.15), "energy": (0.55, 0.2)}
    ),
}
"""Name -> what songs of that mood are like, and the basis of that."""

_OTHER_GENRE = np.float32(0.1)

PER_POINT = 0.015
"""What a point of popularity adds to the logarithm of a song's score, ..."""

POPULARITY = (30.0, 75.0)
"""... from the first to the second of these; below and above, popularity tells little about whether
a song is in people's playlists (`mien.research.fit.listeners`)."""

IN_PLAYLIST, PER_PLAYLIST, BESIDE_PLAYLISTS = 1.0, 0.05, 0.3
"""What it adds that a song is in one of the catalogue's playlists, and the logarithm of their
number; and the share that popularity keeps beside them."""

_MANY = 54  # playlists: more do not make a song more known


SECOND_LANGUAGE, OTHER_LANGUAGE, NOT_TOLD = 0.7, 0.35, 0.5
"""What a song's score is multiplied with if it is in one of the listener's languages but not the
first; if it is in none of them; and if its language is not told, which means that it is probably
English, and English is none of them."""


def languages_of(catalogue: Catalogue, languages: tuple[str, ...]) -> Float32Array:
    """What each song's score is multiplied with for its language, float32 [n], in (0, 1].

    Args:
        catalogue: the songs.
        languages: ISO 639-1 codes of the listener's, the first one first; none: 1 for all songs.
    """
    if not languages:
        return np.ones(len(catalogue), np.float32)
    first, *others = languages
    factors = {first: 1.0} | dict.fromkeys(others, SECOND_LANGUAGE)
    of_code = [factors.get(name, OTHER_LANGUAGE) for name in catalogue.language_names]
    of_all = np.array([*of_code, factors.get("en", NOT_TOLD)], np.float32)
    return of_all[catalogue.languages]  # -1: not told


def fit_of(mood: SongMood, probabilities: Float32Array, catalogue: Catalogue) -> Float32Array:
    """How well each song fits a mood, float32 [n], in (0, 1]; the best song of the catalogue has 1.

    Args:
        mood: the mood.
        probabilities: of `mien.mood.MOODS`, float32 [n, 4].
        catalogue: the songs.
    """
    weights = np.array([mood.moods.get(name, 0.0) for name in MOODS], np.float32)
    fit = probabilities @ weights
    for feature, (centre, deviation) in mood.bands.items():
        off = (np.nan_to_num(catalogue.column(feature) - centre) / deviation).astype(np.float32)
        fit *= np.exp(off * off / -2)
    if mood.genres:
        rows_of = catalogue.genre_rows()
        other = np.zeros(len(fit), bool)
        for genre, rows in rows_of.items():
            other[rows] |= genre not in mood.genres
        for genre in mood.genres & rows_of.keys():
            other[rows_of[genre]] = False
        fit[other] *= _OTHER_GENRE
    fit = np.maximum(fit, np.float32(1e-30))
    result: Float32Array = fit / fit.max(initial=np.float32(1e-30))
    return result


def familiarity(catalogue: Catalogue) -> Float32Array:
    """How known each song is: the logarithm of a factor of its score, float32 [n], at most 0; 0 for
    all where the catalogue has neither popularity nor playlists."""
    low, high = POPULARITY
    popularity = catalogue.column("popularity")
    unknown = np.isnan(popularity)
    if not unknown.all():
        popularity = np.where(unknown, np.nanmedian(popularity), popularity)
    known = PER_POINT * (np.clip(np.nan_to_num(popularity, nan=high), low, high) - high)
    counts = catalogue.playlist_counts
    if counts is not None:
        known = BESIDE_PLAYLISTS * known + np.where(counts > 0, IN_PLAYLIST, 0.0)
        known += PER_PLAYLIST * np.log1p(np.minimum(counts, _MANY))
    return np.asarray(known - known.max(), np.float32)

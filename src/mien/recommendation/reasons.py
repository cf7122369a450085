"""Why a song was chosen, in words. Every claim is true of the values that ranked the song."""

from __future__ import annotations

from collections.abc import Sequence
from functools import singledispatch

import numpy as np

from mien.catalogue.songs import Song
from mien.mood import Mood
from mien.recommendation.rankings import (
    CollaborativeRanking,
    ListenersRanking,
    PopularityRanking,
    RandomRanking,
    Ranking,
)
from mien.recommendation.rankings.listeners import Standing

_VALENCES = ("sombre", "wistful", "even", "cheerful", "bright")
_ENERGIES = ("very calm", "calm", "steady", "lively", "driving")


def explain(
    ranking: Ranking, rows: np.ndarray, songs: Sequence[Song], mood: Mood, *, seen: bool = False
) -> list[str]:
    """A short reason for each song.

    Args:
        ranking: what ranked the songs.
        rows, songs: the songs.
        mood: the target.
        seen: whether the mood is the one that the listener shows, so that a song can be 'like you
            look'.
    """
    own = _describe_mood(ranking, mood) if seen else None
    standings = _song_standings(ranking, rows, songs)
    openings = _openings(ranking, rows, songs, mood)
    reasons = []
    for song, standing, opening in zip(songs, standings, openings, strict=True):
        words = _describe_song(song, standing)
        like = ", like you look" if words == own else ""
        facts = _facts(song, standing, mood)
        reasons.append(f"{opening}{' and '.join(words).capitalize()}{like}. {facts}")
    return reasons


def describe(valence: float, energy: float) -> tuple[str, str]:
    """Shares in [0, 1] in words.

    >>> describe(0.99, 0.9)
    ('bright', 'driving')
    """
    return _word(valence, _VALENCES), _word(energy, _ENERGIES)


def _word(share: float, words: Sequence[str]) -> str:
    return words[min(len(words) - 1, int(share * len(words)))]


def _song_standings(
    ranking: Ranking, rows: np.ndarray, songs: Sequence[Song]
) -> Sequence[Standing | None]:
    """How the songs compare with the catalogue; None where the ranking does not know."""
    ranking = _mood_ranking(ranking)
    if isinstance(ranking, ListenersRanking):
        return ranking.standings(ranking.positions()[:, rows])
    return [None] * len(songs)


def _describe_song(song: Song, standing: Standing | None) -> tuple[str, str]:
    if standing is None:
        return describe(song.valence, song.energy)
    return describe(standing.happier, standing.livelier)


def _describe_mood(ranking: Ranking, mood: Mood) -> tuple[str, str]:
    ranking = _mood_ranking(ranking)
    if isinstance(ranking, ListenersRanking):
        (standing,) = ranking.standings(ranking.position_of(mood)[:, None])
        return describe(standing.happier, standing.livelier)
    return describe(mood.valence, mood.energy)


def _mood_ranking(ranking: Ranking) -> Ranking:
    """The ranking that knows moods: collaborative filtering leaves them to its seeds."""
    return ranking.seeds if isinstance(ranking, CollaborativeRanking) else ranking


def _facts(song: Song, standing: Standing | None, mood: Mood) -> str:
    if standing is None:
        return (
            f"Valence {song.valence:.2f} for {mood.valence:.2f}, energy {song.energy:.2f} for "
            f"{mood.energy:.2f}, {song.tempo:.0f} for {mood.tempo:.0f} BPM"
        )
    happy = standing.happier >= standing.sadder
    lively = standing.livelier >= standing.calmer
    valence = (
        f"Happier than {_percent(standing.happier)}"
        if happy
        else f"Sadder than {_percent(standing.sadder)}"
    )
    energy = (
        f"livelier than {_percent(standing.livelier)}"
        if lively
        else f"calmer than {_percent(standing.calmer)}"
    )
    return f"{valence} of your catalogue, {energy}"


def _percent(share: float) -> str:
    return f"{share * 100:.0f} %"


@singledispatch
def _openings(
    ranking: Ranking, rows: np.ndarray, songs: Sequence[Song], mood: Mood
) -> Sequence[str]:
    """What ranked each song, where that is not the mood."""
    del ranking, rows, mood
    return [""] * len(songs)


@_openings.register
def _(ranking: PopularityRanking, rows: np.ndarray, songs: Sequence[Song], mood: Mood) -> list[str]:
    del ranking, rows, mood
    known = ("unknown" if s.popularity is None else f"{s.popularity:.0f} of 100" for s in songs)
    return [f"Popularity {popularity}. " for popularity in known]


@_openings.register
def _(ranking: RandomRanking, rows: np.ndarray, songs: Sequence[Song], mood: Mood) -> list[str]:
    del ranking, rows, mood
    return ["Drawn at random. "] * len(songs)


@_openings.register
def _(
    ranking: CollaborativeRanking, rows: np.ndarray, songs: Sequence[Song], mood: Mood
) -> list[str]:
    del songs
    return [
        f"Shares playlists with six songs for this mood (similarity {similarity:.2f}). "
        for similarity in ranking.similarity(rows, mood)
    ]

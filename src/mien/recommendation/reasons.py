"""Why a song was recommended, in words. Every claim is true of the values that ranked the song."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from mien.catalogue.song import Song
from mien.listener.taste import Taste
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
    ranking: Ranking,
    rows: np.ndarray,
    songs: Sequence[Song],
    mood: Mood,
    *,
    seen: bool = False,
    taste: Taste | None = None,
) -> list[str]:
    """A short reason for each song.

    Args:
        ranking: what ranked the songs.
        rows, songs: the songs.
        mood: the target.
        seen: whether the target is the mood read from the listener's face, so that a song in the
            same quarter of the plane is "like you look".
        taste: the listener's, if it counted; what the history has of a song, and loved songs close
            to it, are mentioned.
    """
    mood_ranking = ranking.seeds if isinstance(ranking, CollaborativeRanking) else ranking
    if isinstance(mood_ranking, ListenersRanking):
        standings = mood_ranking.standings(mood_ranking.positions()[:, rows])
        shares = [(s.happier, s.livelier) for s in standings]
        facts = [_compare(standing) for standing in standings]
    else:
        shares = [(song.valence, song.energy) for song in songs]
        facts = [_contrast(song, mood) for song in songs]
    own = _quarter(*_shares_of(mood_ranking, mood)) if seen else None
    reasons = [
        f"{opening}{describe(*share).capitalize()}"
        f"{', like you look' if _quarter(*share) == own else ''}. {fact}"
        for opening, share, fact in zip(
            _openings(ranking, rows, songs, mood), shares, facts, strict=True
        )
    ]
    if taste is None:
        return reasons
    return [
        f"{reason}{_knowledge(taste.knows(row))}{_closeness(taste.close_to(row))}"
        for reason, row in zip(reasons, rows.tolist(), strict=True)
    ]


def describe(valence: float, energy: float) -> str:
    """Valence and energy, or shares of songs with less, in [0, 1], in words.

    >>> describe(0.99, 0.9)
    'bright and driving'
    """
    return f"{_word(valence, _VALENCES)} and {_word(energy, _ENERGIES)}"


def _word(share: float, words: Sequence[str]) -> str:
    return words[min(len(words) - 1, int(share * len(words)))]


def _quarter(valence: float, energy: float) -> tuple[bool, bool]:
    """Whether valence and energy, or shares of songs with less, are above the middle."""
    return valence > 0.5, energy > 0.5


def _shares_of(ranking: Ranking, mood: Mood) -> tuple[float, float]:
    if not isinstance(ranking, ListenersRanking):
        return mood.valence, mood.energy
    (standing,) = ranking.standings(ranking.position_of(mood)[:, None])
    return standing.happier, standing.livelier


def _compare(standing: Standing) -> str:
    happier, sadder, livelier, calmer = standing
    valence = ("Happier", happier) if happier >= sadder else ("Sadder", sadder)
    energy = ("livelier", livelier) if livelier >= calmer else ("calmer", calmer)
    return f"{_than(*valence)} of your catalogue, {_than(*energy)}"


def _than(word: str, share: float) -> str:
    """A comparison in whole per cent, rounded down to stay true."""
    return f"{word} than {math.floor(share * 100 + 1e-9)} %"


def _contrast(song: Song, mood: Mood) -> str:
    return (
        f"Valence {song.valence:.2f} for {mood.valence:.2f}, energy {song.energy:.2f} for "
        f"{mood.energy:.2f}, {song.tempo:.0f} for {mood.tempo:.0f} BPM"
    )


def _openings(
    ranking: Ranking, rows: np.ndarray, songs: Sequence[Song], mood: Mood
) -> Sequence[str]:
    """What ranked each song where it is not the mood alone; else nothing."""
    if isinstance(ranking, PopularityRanking):
        known = ("unknown" if s.popularity is None else f"{s.popularity:.0f} of 100" for s in songs)
        return [f"Popularity {popularity}. " for popularity in known]
    if isinstance(ranking, RandomRanking):
        return ["Drawn at random. "] * len(songs)
    if isinstance(ranking, CollaborativeRanking):
        return [
            f"Playlist similarity {similarity:.2f} to songs for this mood. "
            for similarity in ranking.similarity(rows, mood)
        ]
    return [""] * len(songs)


def _knowledge(known: str | None) -> str:
    return {"song": ". You play it", "artist": ". By an artist you play"}.get(known or "", "")


def _closeness(loved: int) -> str:
    return f". Close to {loved} song{'s' * (loved > 1)} you like" if loved else ""

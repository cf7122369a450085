"""Sound files -> what they sound like."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import BinaryIO

from mien.audio.decoding import decode

GENRE_FROM = 0.2
"""A genre is named from this probability on."""


@dataclass(frozen=True)
class Sound:
    """What a song sounds like, in the units of the catalogue.

    Attributes:
        duration: seconds.
        tempo: beats per minute.
        loudness: of the excerpts that were analysed, dB on Spotify's scale, -60 to 0.
        energy, valence, danceability, acousticness, instrumentalness: estimates on Spotify's
            scales, 0 to 1.
        moods: the logarithms of the probabilities that listeners hear each of `mien.mood.MOODS`,
            on the scale of `mien.catalogue.perceived`.
        genres: estimated from the sound, likeliest first; often none.
    """

    duration: float
    tempo: float
    loudness: float
    energy: float
    valence: float
    moods: tuple[float, float, float, float]
    genres: tuple[str, ...] = ()
    danceability: float | None = None
    acousticness: float | None = None
    instrumentalness: float | None = None


def analyse(source: Path | BinaryIO) -> Sound:
    """Listen to a song: all of it, or three excerpts of a longer one.

    Args:
        source: a file, or a stream of bytes that can be read; seeking in it helps.

    Raises:
        MissingSoundError: there is no such file.
        ProtectedSoundError: only its seller's player may decode it.
        DamagedSoundError: it holds no sound that can be decoded.
        EmptySoundError: it is silent, or has no length.
        MissingExtraError: PyAV is not installed.
        ModelError: a file of the package is missing.
    """
    import numpy as np

    from mien.audio.hearing import hear
    from mien.audio.loudness import QUIETEST, loudness
    from mien.audio.model import sound_model
    from mien.audio.tagging import genres_of

    excerpts = decode(source)
    heard = [hear(part) for part in excerpts.parts if part.shape[1]]
    # Silence at the beginning or the end says nothing of the song.
    most = max(each.level for each in heard)
    heard = [each for each in heard if each.level >= most / 100]
    model = sound_model()
    vectors = np.stack([each.vector for each in heard])
    clearest = max(heard, key=lambda each: each.rhythm.clarity)
    happy, angry, sad, calm = model.moods(vectors).tolist()
    lufs = loudness([each.power for each in heard])
    tags = np.mean([each.tagged.tags for each in heard], axis=0)
    return Sound(
        duration=excerpts.duration,
        tempo=clearest.rhythm.tempo,
        loudness=min(0.0, max(QUIETEST, lufs + model.loudness)),
        moods=(happy, angry, sad, calm),
        genres=genres_of(tags, GENRE_FROM),
        **model.features(vectors),
    )


@cache
def version() -> str:
    """A text that changes with everything that an analysis depends on."""
    from mien.audio.model import fingerprint

    return f"2-{fingerprint()}"

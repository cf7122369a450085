"""The seven emotions, contempt, and the pleasure and arousal of each."""

from __future__ import annotations

from collections.abc import Mapping

from mien.errors import MoodError

EMOTIONS = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")
"""The seven labels, in FER2013's order."""

RATED = (*EMOTIONS, "contempt")
"""The classes of FER+'s raters: the seven emotions and contempt."""

CIRCUMPLEX: Mapping[str, tuple[float, float]] = {
    "angry": (-0.51, 0.59),
    "disgust": (-0.60, 0.35),
    "fear": (-0.64, 0.60),
    "happy": (0.81, 0.51),
    "sad": (-0.63, -0.27),
    "surprise": (0.40, 0.67),
    "neutral": (0.0, -0.5),
}
"""Pleasure and arousal in [-1, 1] (Russell & Mehrabian 1977, "Evidence for a three-factor theory of
emotions", Journal of Research in Personality 11). The values of neutral are mien's own: calm and
unobtrusive."""


CONTEMPT = (-0.3, -0.08)
"""The same of contempt: mien's own, halfway between neutral and disgust."""


def require_emotion(name: str) -> str:
    """Validate the name of one of the seven emotions, and return it in lower case.

    Raises:
        MoodError: there is no such emotion.

    >>> require_emotion("Happy")
    'happy'
    """
    if name.lower() not in EMOTIONS:
        raise MoodError(f"there is no emotion called {name!r}", f"use {', '.join(EMOTIONS)}")
    return name.lower()

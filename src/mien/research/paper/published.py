"""What the paper reports; None where it says nothing, or where nobody has noted it yet."""

from __future__ import annotations

from dataclasses import dataclass

ACCURACY = 0.7158
OTHER_ACCURACY: float | None = None
"""The paper gives a second one elsewhere, which our notes lack; it is judged once it is here."""
LOSS = 0.8643
ROWS = 113_999
"""Of the Spotify Tracks Dataset."""
SIMILARITY = 0.89
COLLABORATIVE_SIMILARITY = 0.71
"""Mean cosine similarity of what it recommends, and of what collaborative filtering does."""
OPINION = 4.3
COLLABORATIVE_OPINION = 3.7
"""Mean opinion scores of the same, from 1 to 5."""


@dataclass(frozen=True)
class Published:
    """One emotion's published scores, in [0, 1]."""

    recall: float | None = None
    f1: float | None = None


PER_CLASS = {
    "happy": Published(f1=0.88),
    "surprise": Published(f1=0.74),
    "fear": Published(f1=0.47),
    "disgust": Published(recall=0.50),
    "neutral": Published(recall=0.74),
}

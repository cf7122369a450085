"""What the paper reports of its network on FER2013; None where it says nothing."""

from __future__ import annotations

from dataclasses import dataclass

ACCURACY = 0.7158
LOSS = 0.8643


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

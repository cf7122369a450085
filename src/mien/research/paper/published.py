"""What the paper reports."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from mien.recommendation.rankings.features import PaperRanking

ACCURACY = 0.7158
OTHER_ACCURACY = 0.7116
"""In the sentence after the first, on "the test dataset"."""
LOSS = 0.8643
SIMILARITY = 0.89
COLLABORATIVE_SIMILARITY = 0.71
"""Mean cosine similarity of its recommendations, and of those of collaborative filtering."""


@dataclass(frozen=True)
class Published:
    """The published scores of one emotion, in [0, 1]."""

    recall: float | None = None
    f1: float | None = None


PER_CLASS = {
    "happy": Published(f1=0.88),
    "surprise": Published(f1=0.74),
    "fear": Published(f1=0.47),
    "disgust": Published(recall=0.50),
    "neutral": Published(recall=0.74),
}
CLASSES = {
    (emotion, measure): value
    for emotion, scores in PER_CLASS.items()
    for measure, value in asdict(scores).items()
    if value is not None
}
"""Emotion and measure -> published score."""
NUMBERS = {
    "published.accuracy": ACCURACY,
    "published.accuracy.other": OTHER_ACCURACY,
    "published.loss": LOSS,
    "published.rows": 113_999,  # of the Spotify Tracks Dataset
    "published.similarity": SIMILARITY,
    "published.similarity.collaborative": COLLABORATIVE_SIMILARITY,
    "published.threshold": PaperRanking.threshold,
    "published.opinion": 4.3,  # mean opinion score, from 1 to 5
    "published.opinion.collaborative": 3.7,
    **{f"published.{emotion}.{measure}": value for (emotion, measure), value in CLASSES.items()},
}
"""Key -> published number."""

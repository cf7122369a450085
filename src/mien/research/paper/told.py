"""What was measured, as numbers and sentences that the tables and the claims both show."""

from __future__ import annotations

from collections.abc import Mapping

from mien.listener.opinions import OpinionScore
from mien.research.evaluation.ranking import Estimate
from mien.research.paper import published as paper
from mien.research.paper.evidence import Evidence
from mien.research.paper.parts import PUBLISHED, Number, Sentence, count, decimal, percent
from mien.research.paper.results import Network, Scores

THIS = "mien paper"
"""What makes the numbers that are counted while the report is made."""
NOT_MEASURED = "Nobody has measured it yet: `{}` does."
"""What stands where a number is missing, with the command that makes it."""

FILED = "data_moods"
"""The data set of songs that listeners filed under a mood."""

DATA_SETS = {FILED: "Songs that listeners filed", "deezer test": "Songs with Deezer's tags"}
"""Name in the results of the rankings -> what readers know it by."""


def accuracy(network: Network, split: str) -> Number | None:
    """A network's accuracy on `public` or `private`; None where nobody measured it."""
    scores: Scores | None = getattr(network, split)
    if scores is None:
        return None
    return percent(f"{network.name}.{split}.accuracy", scores.accuracy, scores.command)


def published_accuracy() -> Number:
    """The paper's."""
    return percent("published.accuracy", paper.ACCURACY, PUBLISHED)


def interval(key: str, found: Estimate, command: str, *, places: int | None = None) -> Sentence:
    """`low to high`, in per cent, or with so many decimals."""

    def shown(end: str, value: float) -> Number:
        if places is None:
            return percent(f"{key}.{end}", value, command)
        return decimal(f"{key}.{end}", value, command, places)

    return (shown("low", found.low), " to ", shown("high", found.high))


def loss(network: Network) -> Number | None:
    """A network's mean cross-entropy on PrivateTest, in nats."""
    scores = network.private
    if scores is None or scores.loss is None:
        return None
    return decimal(f"{network.name}.private.loss", scores.loss, scores.command, 4)


def class_estimate(scores: Scores, measure: str, emotion: str) -> Estimate:
    """`recall` or `f1` of an emotion, with its interval."""
    return scores.recall(emotion) if measure == "recall" else scores.f1(emotion)


def learner_key(learner: Mapping[str, object]) -> str:
    """The first part of the keys of a classical learner's numbers."""
    return f"classical.{learner['features']}.{str(learner['learner']).replace(' ', '_')}"


def learner_title(learner: Mapping[str, object]) -> str:
    """A classical learner as readers know it."""
    return f"{learner['learner']} on {str(learner['features']).upper()}"


def similarity(ranking: str, value: float, command: str) -> Number:
    """A ranking's mean similarity as a number."""
    return decimal(f"ranking.{key_of(ranking)}.similarity", value, command, 2)


def key_of(ranking: str) -> str:
    """A ranking in the key of a number."""
    return ranking.replace(", ", "_").replace(" ", "_")


def area(evidence: Evidence, ranking: str, data_set: str = FILED) -> Sentence:
    """A ranking's mean area, and its interval in brackets; nothing where nobody measured it."""
    found = evidence.mean_area(ranking, data_set)
    if found is None:
        return ()
    command = evidence.results.command("ranking")
    key = f"ranking.{key_of(ranking)}.{data_set.replace(' ', '_')}.area"
    ends = interval(key, found, command, places=2)
    return (decimal(key, found.value, command, 2), " (", *ends, ")")


def stars(key: str, opinion: OpinionScore, command: str) -> Sentence:
    """A mean opinion score, its interval where it has one, and how many ratings there are."""
    shown: Sentence = (decimal(f"{key}.mean", opinion.mean, command, 2),)
    if opinion.low is not None and opinion.high is not None:
        ends = Estimate(opinion.mean, opinion.low, opinion.high)
        shown += (" (", *interval(key, ends, command, places=2), ")")
    return (*shown, " of ", count(f"{key}.ratings", opinion.n, command), " ratings")


NAMELESS = "no title or artist"
"""Why `mien.catalogue.cleaning` drops a row without names."""
NOT_MEASURED = "Nobody has measured it yet: `{}` does."
"""What stands where a number is missing, with the command that makes it."""
FILED = "data_moods"
"""The data set of `DATA_SETS` whose moods listeners gave whole playlists."""

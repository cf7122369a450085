"""All that the report rests on, gathered in one place: cached results, data, what people said."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mien.emotions import EMOTIONS
from mien.errors import MienError
from mien.face.network import ExpressionModel
from mien.listener.feedback import Feedback
from mien.listener.opinions import OpinionScore
from mien.research.data import fer2013
from mien.research.evaluation.ranking import Estimate
from mien.research.paper.claims import mean_of
from mien.research.paper.facts import (
    FaceFacts,
    SongFacts,
    YearFacts,
    examples,
    face_facts,
    song_facts,
    year_facts,
)
from mien.research.paper.results import Network, Results, networks
from mien.support.arrays import UInt8Array

FACES = Path("fer2013") / "fer2013.csv.gz"
SONGS = Path("spotify-tracks") / "dataset.csv"
YEARS = Path("moods") / "data_moods.csv"

ANY_MOOD = "collaborative, any mood"
"""In the results of the rankings: collaborative filtering as the paper had it, mood-blind."""

FACES_EACH = 10


@dataclass(frozen=True, eq=False)
class Pictures:
    """Faces to show.

    Attributes:
        samples: of Training, uint8 [7, n, 48, 48].
        crops: those of PrivateTest, uint8 [m, 48, 48].
        labels: theirs, places in `EMOTIONS`.
        answers: what our network says, places in `EMOTIONS`.
    """

    samples: UInt8Array
    crops: UInt8Array
    labels: UInt8Array
    answers: np.ndarray


@dataclass(frozen=True, eq=False)
class Evidence:
    """What there is; None, or nothing, stands for what nobody has measured or brought.

    Attributes:
        networks: `paper`, `expression` and `peer`.
        classical: as `mien evaluate classical --json` prints it.
        ranking: as `mien evaluate ranking --json` prints it.
        speed: see `mien.research.evaluation.speed`.
        opinions, blind: ranking -> what people said so far; blind, where they did not know which
            ranking had chosen.
    """

    results: Results
    networks: Mapping[str, Network]
    classical: Sequence[Mapping[str, Any]] | None
    ranking: Mapping[str, Any] | None
    speed: Mapping[str, Any] | None
    faces: FaceFacts | None
    songs: SongFacts | None
    years: YearFacts | None
    pictures: Pictures | None
    opinions: Mapping[str, OpinionScore]
    blind: Mapping[str, OpinionScore]

    def mean_area(self, ranking: str, data_set: str) -> Estimate | None:
        """Mean area under the curve over the moods, with its interval."""
        if self.ranking is None or ranking not in self.ranking:
            return None
        moods = self.ranking[ranking]["listeners"].get(data_set)
        return None if moods is None else mean_of([Estimate(**m["area"]) for m in moods.values()])

    def similarity(self, ranking: str) -> float | None:
        """Mean similarity of the six to the paper's ideal vector, over the seven emotions."""
        if self.ranking is None or ranking not in self.ranking:
            return None
        served = self.ranking[ranking]["served"]
        return float(np.mean([served[e]["similarity"] for e in EMOTIONS]))


def gather(
    data: Path,
    results: Results,
    *,
    people: bool = True,
    model: ExpressionModel | None = None,
    step: Callable[[str], None] = lambda line: None,
) -> Evidence:
    """Read and count.

    Args:
        data: the folder of the data sets; what is not in it stays None.
        results: where the measurements are.
        people: whether faces will be shown.
        model: the network that reads those faces; default: the one in the package.
        step: told what is done next, `STEPS` times.

    Raises:
        MienError: something is there and cannot be read.
    """
    step("FER2013")
    loaded = fer2013.load(data / FACES) if (data / FACES).is_file() else None
    facts = None if loaded is None else face_facts(loaded)
    step("Faces")
    pictures = None
    if loaded is not None and people:
        answers = (model or ExpressionModel(threads=2)).predict(loaded.private.crops, "fer2013")
        private = loaded.private
        samples = examples(loaded, FACES_EACH)
        pictures = Pictures(samples, private.crops, private.labels, answers.argmax(axis=1))
    step("Songs")
    songs = song_facts(data / SONGS) if (data / SONGS).is_file() else None
    years = year_facts(data / YEARS) if (data / YEARS).is_file() else None
    step("Results")
    said = Feedback()
    return Evidence(
        results=results,
        networks=networks(results),
        classical=results.get("classical"),
        ranking=results.get("ranking"),
        speed=results.get("speed"),
        faces=facts,
        songs=songs,
        years=years,
        pictures=pictures,
        opinions=said.opinion_scores(),
        blind=said.opinion_scores(blind=True),
    )


STEPS = 4
"""How often `gather` tells what it does."""


def require(data: Path) -> None:
    """See that there is a folder to read.

    Raises:
        MienError: there is none.
    """
    if not data.is_dir():
        raise MienError(f"{data} is no folder", "give that of the data sets with --data")

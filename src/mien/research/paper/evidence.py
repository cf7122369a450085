"""Everything that the report rests on: results, what is counted in the data, people's opinions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mien.emotions import EMOTIONS
from mien.face.network import ExpressionModel
from mien.listener.feedback import Feedback
from mien.research.data import fer2013
from mien.research.data.datasets import DATA_MOODS, FER2013, SPOTIFY_TRACKS
from mien.research.figures.faces import sample
from mien.research.paper import measured, published
from mien.research.paper.facts import SongFacts, YearFacts, count_faces, count_songs, count_years
from mien.research.paper.numbers import PUBLISHED, Numbers
from mien.research.paper.results import Network, Results, read_networks
from mien.support.arrays import UInt8Array

THIS = "mien paper"
"""The command behind the numbers that are counted while the report is made."""
OPINIONS = {
    "blind": "mien feedback opinions --blind --json",
    "all": "mien feedback opinions --json",
}
"""Which ratings -> the command that shows their means."""


@dataclass(frozen=True, eq=False)
class Pictures:
    """Faces to show.

    Attributes:
        samples: of Training: label -> uint8 [n, 48, 48].
        read: the same of PrivateTest.
        answers: label -> the emotion that our network reads in each of `read`.
    """

    samples: Mapping[str, UInt8Array]
    read: Mapping[str, UInt8Array]
    answers: Mapping[str, Sequence[str]]


@dataclass(frozen=True, eq=False)
class Evidence:
    """What there is; None, or nothing, where it was not measured or is missing.

    Attributes:
        numbers: all of them.
        networks: `paper`, `expression` and `peer`.
        learners: first part of a key -> a classical learner as in `mien evaluate classical --json`;
            the best on PublicTest first.
        rankings: as `mien evaluate ranking --json` prints them.
        machine: the one on which speed was measured.
        command: gives the command that makes a result.
    """

    numbers: Numbers
    networks: Mapping[str, Network]
    learners: Mapping[str, Mapping[str, Any]]
    rankings: Mapping[str, Any]
    machine: str
    songs: SongFacts | None
    years: YearFacts | None
    pictures: Pictures | None
    command: Callable[[str], str]


STEPS = 4
"""How often `gather` calls `step`."""


def gather(
    data: Path,
    results: Results,
    *,
    people: bool = True,
    model: ExpressionModel | None = None,
    step: Callable[[str], None] = lambda line: None,
) -> Evidence:
    """Read, count, and put every number under its key.

    Args:
        data: the folder of the data sets; what is missing there is left out.
        results: the measurements.
        people: whether faces will be shown.
        model: the network that reads these faces; default: the one in the package.
        step: called with what is done next, `STEPS` times.

    Raises:
        MienError: something cannot be read.
    """
    numbers = Numbers()
    numbers.add(PUBLISHED, published.NUMBERS)
    step("FER2013")
    faces = fer2013.load(path) if (path := FER2013.path(data)).is_file() else None
    numbers.add(THIS, {} if faces is None else count_faces(faces))
    step("Faces")
    pictures = None
    if faces is not None and people:
        pictures = _pictures(faces, model or ExpressionModel(threads=2))
    step("Songs")
    songs = count_songs(path) if (path := SPOTIFY_TRACKS.path(data)).is_file() else None
    years = count_years(path) if (path := DATA_MOODS.path(data)).is_file() else None
    for facts in (songs, years):
        numbers.add(THIS, {} if facts is None else facts.numbers)
    step("Results")
    found = read_networks(results)
    for network in found.values():
        measured.add_network(numbers, network)
    if faces is not None:
        measured.add_near_copies(numbers, found)
    learners = measured.add_learners(numbers, results, found)
    rankings = measured.add_rankings(numbers, results)
    speed = dict(results.get("speed") or {})
    machine = speed.pop("machine", "")
    numbers.add(results.command("speed"), {f"speed.{key}": value for key, value in speed.items()})
    for which, command in OPINIONS.items():
        opinions = Feedback().opinion_scores(blind=which == "blind")
        measured.add_opinions(numbers, which, opinions, command)
    return Evidence(
        numbers, found, learners, rankings, machine, songs, years, pictures, results.command
    )


def _pictures(faces: fer2013.Fer2013, model: ExpressionModel) -> Pictures:
    training, private = fer2013.without_blanks(faces.training), faces.private
    samples = [training.crops[rows] for rows in sample(training.labels, range(7), 10)]
    read = [private.crops[rows] for rows in sample(private.labels, range(7), 8)]
    answers = [model.predict(crops, "fer2013").argmax(axis=1) for crops in read]
    named = [[EMOTIONS[answer] for answer in found] for found in answers]
    return Pictures(
        dict(zip(EMOTIONS, samples, strict=True)),
        dict(zip(EMOTIONS, read, strict=True)),
        dict(zip(EMOTIONS, named, strict=True)),
    )

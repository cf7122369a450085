"""The figures of the report: what each one is drawn from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from mien.emotions import EMOTIONS
from mien.recommendation.rankings.features import PaperRanking
from mien.research.figures.evaluation import TRUTH
from mien.research.figures.faces import draw_agreement, draw_class_counts, draw_faces
from mien.research.figures.networks import (
    draw_class_scores,
    draw_confusion,
    draw_curves,
    draw_without_copies,
    find_best_epoch,
)
from mien.research.figures.songs import (
    draw_correlation,
    draw_genres,
    draw_rankings,
    draw_similarities,
    draw_threshold,
    draw_years,
)
from mien.research.figures.workflow import draw_workflow, read_stages
from mien.research.paper.evidence import THIS, Evidence
from mien.research.paper.facts import FEATURES, SPLITS
from mien.research.paper.measured import MEASURES, MOOD_SETS, RANKINGS, make_key
from mien.research.paper.published import CLASSES, COLLABORATIVE_SIMILARITY, SIMILARITY

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing


@dataclass(frozen=True)
class Figure:
    """A figure of the report.

    Attributes:
        name: the anchor on the page, and the name of its files.
        commands: the commands that make its numbers.
        draw: draws it in the colours of `mien.output.charts.LIGHT`.
        facts: what the templates say about it.
        narrow: whether another may stand beside it.
        people: whether it shows the faces of people.
    """

    name: str
    commands: tuple[str, ...]
    draw: Callable[[], Drawing] = field(repr=False, compare=False)
    facts: Any = None
    narrow: bool = False
    people: bool = False


def make_figures(evidence: Evidence) -> dict[str, Figure]:
    """Every figure that can be drawn, by its name."""
    parts = (_faces, _songs, _networks, _rankings)
    return {figure.name: figure for part in parts for figure in part(evidence)}


def _faces(e: Evidence) -> Iterator[Figure]:
    n, this, pictures = e.numbers, (THIS,), e.pictures
    if pictures is not None:
        samples, read, answers = pictures.samples, pictures.read, pictures.answers
        yield Figure("samples", this, lambda: draw_faces(samples), people=True)
        yield Figure("predictions", this, lambda: draw_faces(read, answers), people=True)
    if "audit.copies" in n:
        counts = {
            title: [int(n[f"faces.{split}.{emotion}"].value) for emotion in EMOTIONS]
            for split, title in SPLITS.items()
        }
        totals = dict(zip(EMOTIONS, np.sum([*counts.values()], axis=0).tolist(), strict=True))
        yield Figure("class-counts", this, lambda: draw_class_counts(counts, EMOTIONS), totals)
    if "raters.private.all.faces" in n:
        keys = {emotion: f"raters.private.{emotion}." for emotion in EMOTIONS}
        agreed = {
            emotion: (n[key + "agreement"].value, int(n[key + "faces"].value))
            for emotion, key in keys.items()
        }
        yield Figure("agreement-figure", this, lambda: draw_agreement(agreed))


def _songs(e: Evidence) -> Iterator[Figure]:
    n, this, songs, years = e.numbers, (THIS,), e.songs, e.years
    titles = ("median valence", "median energy", "median tempo, BPM")
    if songs is not None:
        threshold = PaperRanking.threshold
        passing = {emotion: n[f"songs.passing.{emotion}"].value for emotion in EMOTIONS}
        keys = [key for key in n if key.startswith("songs.correlation")]
        strongest = [
            (*reversed(key.split(".")[2:]), n[key].value)
            for key in sorted(keys, key=lambda key: -abs(n[key].value))[:4]
        ]
        correlate = partial(draw_correlation, songs.correlation, FEATURES)
        yield Figure("correlation", this, correlate, strongest)
        yield Figure("genres", this, partial(draw_genres, songs.genres, songs.medians, titles))
        yield Figure("threshold", this, lambda: draw_threshold(songs.quantiles, passing, threshold))
    if years is not None:
        middles = [(first + last + 1) / 2 for first, last, _ in years.spans]
        yield Figure("years", this, lambda: draw_years(middles, years.medians, titles))
    yield Figure("workflow", this, draw_workflow, read_stages())


def _networks(e: Evidence) -> Iterator[Figure]:
    scored = {n: n.splits["private"] for n in e.networks.values() if "private" in n.splits}
    for network in e.networks.values():
        if epochs := network.history:
            facts = {"best": find_best_epoch(epochs), "epochs": len(epochs)}
            draw = partial(draw_curves, epochs)
            yield Figure(f"curves-{network.name}", (network.history_command,), draw, facts)
    for network, scores in scored.items():
        name, command = f"confusion-{network.name}", (scores.command,)
        draw = partial(draw_confusion, scores.confusion, EMOTIONS, TRUTH["fer2013"])
        yield Figure(name, command, draw, find_worst_mistake(scores.confusion), narrow=True)
    commands = tuple(scores.command for scores in scored.values())
    by_measure: dict[str, dict[str, dict[str, float]]] = {}
    for measure, title in MEASURES.items():
        published = {e: value for (e, m), value in CLASSES.items() if m == measure}
        by_measure[title] = {"as published": published} | {
            network.title: {e: scores.estimate_class(measure, e).value for e in EMOTIONS}
            for network, scores in scored.items()
        }
    if scored:
        draw = partial(draw_class_scores, by_measure, EMOTIONS)
        yield Figure("class-scores", commands, draw, by_measure["F1"])
    kinds = {"all faces": "", "without exact copies": "without_copies",
             "without near copies": "without_near_copies"}  # fmt: skip
    copies = {
        network.title: {
            title: scores.facts[key]["accuracy"] if key else scores.accuracy
            for title, key in kinds.items()
        }
        for network, scores in scored.items()
        if "without_near_copies" in scores.facts
    }
    if copies:
        draw = partial(draw_without_copies, copies)
        yield Figure("without-copies-figure", commands[: len(copies)], draw, copies)


def find_worst_mistake(confusion: np.ndarray) -> dict[str, Any]:
    """The most frequent mistake: label, answer, and share of the label's faces in [0, 1]."""
    shares = confusion / np.maximum(confusion.sum(axis=1, keepdims=True), 1)
    np.fill_diagonal(shares, 0)
    label, answer = np.unravel_index(int(shares.argmax()), shares.shape)
    return {"label": EMOTIONS[label], "answer": EMOTIONS[answer], "share": shares.max()}


def _rankings(e: Evidence) -> Iterator[Figure]:
    if not e.rankings:
        return
    command = (e.command("ranking"),)
    shown = {"paper": SIMILARITY, "collaborative, any mood": COLLABORATIVE_SIMILARITY,
             "random": None, "listeners": None}  # fmt: skip
    similar = {
        RANKINGS[name]: (published, e.numbers[f"ranking.{make_key(name)}.similarity"].value)
        for name, published in shown.items()
        if name in e.rankings
    }
    yield Figure("similarity-of-six", command, lambda: draw_similarities(similar), similar)
    scores = {
        RANKINGS[name]: {"listeners": {MOOD_SETS[s]: m for s, m in found["listeners"].items()}}
        for name, found in e.rankings.items()
    }
    yield Figure("areas", command, lambda: draw_rankings(scores))

"""What was measured, as numbers with their keys."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from mien.emotions import EMOTIONS
from mien.listener.opinions import OpinionScore
from mien.research.evaluation.ranking import Estimate
from mien.research.paper import published
from mien.research.paper.numbers import PUBLISHED, Numbers, with_bounds
from mien.research.paper.results import Network, Results, Scores, estimate_accuracy, read_scores

MEASURES = {"precision": "precision", "recall": "recall", "f1": "F1"}
RANKINGS = {
    "paper": "the paper's method",
    "collaborative, any mood": "collaborative filtering",
    "collaborative": "collaborative filtering, seeded",
    "random": "chance",
    "popularity": "popularity",
    "listeners": "ours: listeners",
    "listeners, with playlists": "ours: listeners, with playlists",
    "cosine": "ours: cosine about the mean",
    "nearness": "ours: nearness",
}
"""Name in the results -> what readers call it; the paper and its rival first."""
FILED = "data_moods"
MOOD_SETS = {FILED: "Songs that listeners filed", "deezer test": "Songs with Deezer's tags"}
"""Name in the results of the rankings -> what readers call it."""


def make_key(name: str) -> str:
    """A name as part of a key."""
    return name.replace(", ", "_").replace(" ", "_")


def add_network(numbers: Numbers, network: Network) -> None:
    """`NETWORK.*`, and `private.near_copies`."""
    for split, scores in network.splits.items():
        at, facts = f"{network.name}.{split}", scores.facts
        found: dict[str, float | Estimate] = {f"{at}.accuracy": scores.estimate}
        for kind in ("without_copies", "without_near_copies"):
            if kind in facts:
                part = facts[kind]
                found |= {f"{at}.{kind}": part["accuracy"], f"{at}.{kind}.faces": part["n"]}
        if split == "private":
            found |= with_bounds(f"{at}.accuracy", scores.estimate) | _estimate_classes(at, scores)
            for measure in MEASURES:
                values = [scores.estimate_class(measure, e).value for e in EMOTIONS]
                found[f"{at}.mean_{measure}"] = float(np.mean(values))
            loss, half = facts.get("loss"), 1.96 / math.sqrt(scores.n)  # faces deviate by a nat
            if loss is not None:
                found[f"{at}.loss"] = Estimate(loss, loss - half, loss + half)
            more = {f"{at}.mirrored": facts.get("mirrored"),
                    f"{network.name}.parameters": network.parameters}  # fmt: skip
            found |= {key: value for key, value in more.items() if value is not None}
            if network.name != "peer":
                for emotion, measure in published.CLASSES:
                    estimate = scores.estimate_class(measure, emotion)
                    found |= with_bounds(f"{at}.{emotion}.{measure}", estimate)
        if at == "paper.private" and "without_near_copies" in facts:
            found["private.near_copies"] = 1 - facts["without_near_copies"]["n"] / scores.n
        numbers.add(scores.command, found)
    if network.name == "paper" and network.history:
        low = min(network.history, key=lambda e: e["public_loss"])
        numbers.add(network.history_command, {
            "paper.history.epochs": len(network.history),
            "paper.history.lowest_loss": low["public_loss"],
            "paper.history.lowest_loss.epoch": low["number"],
        })  # fmt: skip


def _estimate_classes(at: str, scores: Scores) -> dict[str, float | Estimate]:
    return {f"{at}.{e}.{m}": scores.estimate_class(m, e) for e in EMOTIONS for m in MEASURES}


def add_near_copies(numbers: Numbers, networks: Mapping[str, Network]) -> None:
    """`audit.SPLIT.near`: faces with an exact or near copy in Training."""
    for split in ("public", "private"):
        scores = [n.splits[split] for n in networks.values() if split in n.splits]
        for one in [s for s in scores if "without_near_copies" in s.facts][-1:]:
            near = one.n - one.facts["without_near_copies"]["n"]
            numbers.add(one.command, {f"audit.{split}.near": near})


def add_learners(
    numbers: Numbers, results: Results, networks: Mapping[str, Network]
) -> dict[str, Mapping[str, Any]]:
    """`classical.*`; gives the learners by the first part of their keys, the best first."""
    found = sorted(results.get("classical") or (), key=lambda s: -s["public"])
    learners = {f"classical.{s['features']}.{make_key(s['learner'])}": s for s in found}
    command, private = results.command("classical"), networks["paper"].splits.get("private")
    best_svm = next((key for key in learners if "SVM" in key), "")
    for key, s in learners.items():
        numbers.add(command, {
            f"{key}.public.accuracy": s["public"], f"{key}.private.mean_f1": s["macro_f1"],
        })  # fmt: skip
        at, accuracy = f"{key}.private.accuracy", s["private"]
        if private is not None and key == best_svm:
            numbers.add(command, with_bounds(at, estimate_accuracy(accuracy, private.n)))
        else:
            numbers.add(command, {at: accuracy})
    for s in [s for s in found if "confusion" in s][:1]:
        scores = read_scores({**s, "accuracy": s["private"]}, command)
        numbers.add(command, _estimate_classes(f"{next(iter(learners))}.private", scores))
    return learners


def add_rankings(numbers: Numbers, results: Results) -> dict[str, Any]:
    """`ranking.*`; gives the results in the order of `RANKINGS`."""
    measured, command = results.get("ranking") or {}, results.command("ranking")
    for name in RANKINGS.keys() & measured.keys():
        key, scores = f"ranking.{make_key(name)}", measured[name]
        similarity = np.mean([scores["served"][e]["similarity"] for e in EMOTIONS])
        found: dict[str, float | Estimate] = {
            f"{key}.similarity": float(similarity),
            f"{key}.appearing": scores["appearing"],
            f"{key}.judged": scores["judged"]["screens"],
        }
        for data_set, moods in scores["listeners"].items():
            at = f"{key}.{make_key(data_set)}"
            areas = {mood: Estimate(**of_mood["area"]) for mood, of_mood in moods.items()}
            found |= with_bounds(f"{at}.area", average([*areas.values()]))
            for mood, area in areas.items() if data_set == FILED else ():
                half = (area.high - area.low) / 2
                found |= {f"{at}.{mood}.area": area, f"{at}.{mood}.area.half": half}
        numbers.add(command, found)
    pair = [f"ranking.{name}.similarity" for name in ("paper", "collaborative_any_mood")]
    if all(key in numbers for key in pair):
        own, other = (numbers[key].value for key in pair)
        numbers.add(command, {"ranking.paper.similarity.lead": own - other})
        lead = published.SIMILARITY - published.COLLABORATIVE_SIMILARITY
        numbers.add(PUBLISHED, {"published.similarity.lead": lead})
    return {name: measured[name] for name in RANKINGS if name in measured}


def add_opinions(
    numbers: Numbers, which: str, opinions: Mapping[str, OpinionScore], command: str
) -> None:
    """`opinions.*`: mean opinion scores of rankings, and their numbers of ratings."""
    for ranking, found in opinions.items():
        key = f"opinions.{which}.{make_key(ranking)}"
        numbers.add(command, {f"{key}.ratings": found.n})
        if found.low is None or found.high is None:
            numbers.add(command, {f"{key}.mean": found.mean})
        else:
            mean = Estimate(found.mean, found.low, found.high)
            ends = {f"{key}.low": found.low, f"{key}.high": found.high}
            numbers.add(command, {f"{key}.mean": mean, **ends})


def average(estimates: Sequence[Estimate]) -> Estimate:
    """The mean of independent estimates, with its 95 % interval."""
    value = math.fsum(e.value for e in estimates) / len(estimates)
    half = math.sqrt(math.fsum(((e.high - e.low) / 2) ** 2 for e in estimates)) / len(estimates)
    return Estimate(value, max(value - half, 0.0), min(value + half, 1.0))

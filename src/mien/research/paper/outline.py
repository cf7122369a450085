"""What can be shown, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mien.research.data.datasets import DATA_MOODS, FER2013, FER_PLUS, SPOTIFY_TRACKS
from mien.research.paper.evidence import THIS, Evidence
from mien.research.paper.figures import Figure, make_figures


@dataclass(frozen=True)
class Missing:
    """Why a part of the report was left out.

    Attributes:
        kind: `data`, `results`, `faces` or `opinions`.
        command: the command that would make it.
        path: the file that is missing, if one is.
    """

    kind: str
    command: str
    path: str = ""


@dataclass(frozen=True)
class Report:
    """All that the templates show.

    Attributes:
        evidence: what it rests on.
        figures: name -> figure.
        missing: name of a figure or table -> why it was left out.
    """

    evidence: Evidence
    figures: Mapping[str, Figure]
    missing: Mapping[str, Missing]


def compose(evidence: Evidence, *, people: bool = True) -> Report:
    """Find what can be shown; `people`: whether that may be pictures of people."""
    return Report(evidence, make_figures(evidence), _missing(evidence, people=people))


def _missing(e: Evidence, *, people: bool) -> dict[str, Missing]:
    n, results, data = e.numbers, e.command, f"{THIS} --data FOLDER"
    found: dict[str, Missing] = {}
    for known, file, names in (
        ("audit.copies" in n, FER2013, "samples class-counts splits predictions copies"),
        ("raters.private.all.faces" in n, FER_PLUS, "agreement"),
        (e.songs is not None, SPOTIFY_TRACKS, "correlation genres threshold rows"),
        (e.years is not None, DATA_MOODS, "years"),
    ):
        if not known:
            found |= {name: Missing("data", data, file.name) for name in names.split()}
    if not people and "audit.copies" in n:
        found |= {name: Missing("faces", THIS) for name in ("samples", "predictions")}
    for network in e.networks.values():
        if not network.history and network.name != "peer":
            command = results(f"{network.name}-history")
            found[f"curves-{network.name}"] = Missing("results", command)
        if "private" not in network.splits:
            command = results(f"{network.name}-private")
            found[f"confusion-{network.name}"] = Missing("results", command)
    if not e.learners:
        found["classical"] = Missing("results", results("classical"))
    if not e.rankings:
        parts = "rankings similarity-of-six areas moods"
        found |= {name: Missing("results", results("ranking")) for name in parts.split()}
    rate = "mien compare --emotion sad --against collaborative && mien feedback rate 1 5"
    for which in ("blind", "all"):
        if not any(key.startswith(f"opinions.{which}") for key in n):
            found[f"opinions-{which}"] = Missing("opinions", rate)
    return found

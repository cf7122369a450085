"""The paper's claims, one by one, with what was measured and why the verdict is what it is.

Sentences are chosen by the verdict, and the verdict is computed from the numbers that are shown.
"""

from __future__ import annotations

from mien.research.paper import judged_faces, judged_songs
from mien.research.paper.evidence import Evidence
from mien.research.paper.parts import Claim


def judge(evidence: Evidence) -> tuple[Claim, ...]:
    """Every claim, in the order of the page."""
    return (*judged_faces.judge(evidence), *judged_songs.judge(evidence))

"""The paper's claims, one by one, with what was measured and why the verdict is what it is.

Sentences are chosen by the verdict, and the verdict is computed from the numbers that are shown.
"""

from __future__ import annotations

from mien.report import judged_faces, judged_songs
from mien.report.evidence import Evidence
from mien.report.parts import Claim


def judge(evidence: Evidence) -> tuple[Claim, ...]:
    """Every claim, in the order of the page."""
    return (*judged_faces.judge(evidence), *judged_songs.judge(evidence))

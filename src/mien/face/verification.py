"""A proposal -> a candidate: the face seen closely, the right way up, and how certain it is.

The short-range network looks again at a window centred on the proposal, also turned by a half and
two quarter turns where it sees no clear face. Then a small network of our own looks at the crop and
weighs what it sees with what the two detectors said (`mien.research.fit.verifier` trains it).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mien.face.blazeface import FOLDER, Predictions, cut_window, run_short_range, sigmoid
from mien.face.boxes import Box, Proposal, Window, window_around
from mien.face.cropping import Eyes
from mien.support.arrays import UInt8Array
from mien.support.inference import shared_session

ZOOM = 2.2
"""Side of the window of verification, in sides of the proposed box."""

MIN_LOGIT = 0.0  # of a face that is upright
MIN_TURNED_LOGIT = 1.5  # of one that is not
CLEAR_LOGIT = 2.0  # from here on, other ways up are not tried
TURNED_COST = 0.3  # how much clearer than upright a turned face must be
MAX_TURNED = 16  # proposals that other ways up are tried for, which bounds the time


@dataclass(frozen=True)
class Candidate:
    """A proposal as the short-range network sees it closely.

    Attributes:
        box: in the photo's pixels.
        eyes: the eye on the left of the upright face, then the one on its right, in pixels.
        turns: quarter turns to the left that make the face upright: 0, 1, 2 or 3.
        proposed: logit of the proposal.
        seen: logit at verification.
    """

    box: Box
    eyes: Eyes
    turns: int
    proposed: float
    seen: float


def look_closely(
    image: UInt8Array, proposals: Sequence[Proposal], turns: Sequence[int] = (0, 2, 1, 3)
) -> list[Candidate]:
    """The proposals in which the short-range network sees at least a trace of a face, in order.

    Args:
        image: uint8 [h, w, 3], RGB.
        proposals: where to look.
        turns: the quarter turns to try; the first one first, the others where it is not clear.
    """
    windows = [window_around(proposal.box, ZOOM) for proposal in proposals]
    pixels = [cut_window(image, window) for window in windows]
    first, *others = turns
    best = [(seen, first) for seen in _look(pixels, first)]
    for other in others:
        rows = [i for i, (seen, _) in enumerate(best) if _logit(seen) < CLEAR_LOGIT][:MAX_TURNED]
        for i, seen in zip(rows, _look([pixels[i] for i in rows], other), strict=True):
            if _logit(seen) > _logit(best[i][0]) + TURNED_COST * (best[i][1] == first):
                best[i] = seen, other
    return [
        _candidate(seen, turned, window, proposal)
        for (seen, turned), window, proposal in zip(best, windows, proposals, strict=True)
        if len(seen)
    ]


def is_plausible(candidate: Candidate) -> bool:
    """Whether the short-range network sees enough of a face for the verifier to be asked."""
    return candidate.seen >= (MIN_TURNED_LOGIT if candidate.turns else MIN_LOGIT)


def certainties(crops: Sequence[UInt8Array], candidates: Sequence[Candidate]) -> list[float]:
    """How certain it is that each candidate is a face, in [0, 1].

    Args:
        crops: of each candidate, uint8 [48, 48] (see `mien.face.cropping.crop_face`).
        candidates: at least one.

    Raises:
        ModelError: the weights are missing.
    """
    evidence = [(c.proposed, c.seen, float(c.turns != 0)) for c in candidates]
    inputs = {"crops": np.stack(crops), "evidence": np.array(evidence, np.float32)}
    (logits,) = shared_session(FOLDER / "verifier.onnx").run(["logits"], inputs)
    scores: list[float] = sigmoid(logits).tolist()
    return scores


def _look(pixels: Sequence[UInt8Array], turns: int) -> list[Predictions]:
    turned = [np.ascontiguousarray(np.rot90(each, turns)) for each in pixels]
    return [seen.central(ZOOM) for seen in run_short_range(turned)]


def _logit(seen: Predictions) -> float:
    return float(seen.logits[0]) if len(seen) else -60.0


def _candidate(seen: Predictions, turns: int, window: Window, proposal: Proposal) -> Candidate:
    centre, side, landmarks = seen.blend()
    points = np.concatenate([centre[None], landmarks[:2]])
    for _ in range(turns):  # back: a point (u, v) of a picture turned left was at (1 - v, u)
        points = np.stack([1 - points[:, 1], points[:, 0]], axis=1)
    left, top, scale = window
    (x, y), first, second = (points * scale + np.array([left, top])).tolist()
    side *= scale
    eyes = ((first[0], first[1]), (second[0], second[1]))
    proposed = float(np.log(proposal.score / (1 - min(proposal.score, 0.999999))))
    box = (x - side / 2, y - side / 2, side, side)
    return Candidate(box, eyes, turns, proposed, _logit(seen))

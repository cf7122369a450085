"""Readings over time -> tracked faces, and a steady expression that does not flicker.

Pure: each moment follows from the one before and a new reading. The caller keeps the state: a loop
over a video, or a page in the browser.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mien.emotions import CIRCUMPLEX, EMOTIONS
from mien.face.boxes import Box, iou
from mien.face.expression import Expression
from mien.face.reading import FaceReading, Reading

EVERYONE = 0
"""As a `face_id`: the mean of all faces."""

_PLANE = np.array([CIRCUMPLEX[e] for e in EMOTIONS])  # [7, 2]
_MIN_IOU = 0.2  # of one face's boxes in two successive frames


@dataclass(frozen=True)
class Steadiness:
    """How slowly the steady expression follows the face.

    Times are in seconds, distances as in `expression_distance`.

    Attributes:
        smoothing: time constant of the moving average over a face's expressions.
        change: how far an expression must be from the steady one to count as different.
        dwell: how long it must stay different before it becomes the steady one.
        first: the same while there is no steady expression yet.
        forget: how long a face that is out of sight keeps its number.
    """

    smoothing: float = 0.7
    change: float = 0.35
    dwell: float = 1.5
    first: float = 0.5
    forget: float = 2.0


STEADINESS = Steadiness()


@dataclass(frozen=True)
class Track:
    """A face that is tracked from frame to frame.

    Attributes:
        number: identifies it for as long as it is tracked; from 1.
        box: x, y, width and height in pixels, in the last frame that showed it.
        expression: smoothed over time.
        seen: the time of the last frame that showed it, in seconds.
    """

    number: int
    box: Box
    expression: Expression
    seen: float


@dataclass(frozen=True)
class Moment:
    """The state of tracking after a frame.

    Attributes:
        time: of the frame, in seconds.
        tracks: the faces in the frame, and those lost only recently.
        face_id: the number of the face to read; None: the largest; `EVERYONE`: the mean of all.
        expression: of that face, smoothed; None while it is out of sight.
        steady: the expression that songs should suit; None until one has lasted.
        away_since: the time since when `expression` has differed from `steady`, or None.
        changed: whether `steady` is new with this frame; if another face was picked, it is at once.
        face_count: how many faces have been numbered, so that no number is used twice.
    """

    time: float
    tracks: tuple[Track, ...] = ()
    face_id: int | None = None
    expression: Expression | None = None
    steady: Expression | None = None
    away_since: float | None = None
    changed: bool = False
    face_count: int = 0

    @property
    def visible(self) -> tuple[Track, ...]:
        """The faces in this frame, largest first."""
        found = (track for track in self.tracks if track.seen == self.time)
        return tuple(sorted(found, key=lambda track: -track.box[2] * track.box[3]))


def follow(
    before: Moment | None,
    reading: Reading,
    time: float,
    *,
    face_id: int | None = None,
    unsure_below: float = 0.0,
    steadiness: Steadiness = STEADINESS,
) -> Moment:
    """The moment after `before`.

    Args:
        before: None at the start, or after a pause.
        reading: of the new frame.
        time: of the frame in seconds; one before that of `before` counts as equal to it.
        face_id: as in `Moment`; a face that is no longer tracked gives way to the largest.
        unsure_below: the confidence below which a smoothed expression has no label
            (`ExpressionModel.unsure_below`).
        steadiness: how slowly the steady expression follows the face.
    """
    before = Moment(time) if before is None else before
    time = max(time, before.time)
    tracks, count = _track(before, reading.faces, time, unsure_below, steadiness)
    is_lost = face_id not in {None, EVERYONE, *(track.number for track in tracks)}
    is_picked = not is_lost and face_id != before.face_id
    moment = dataclasses.replace(
        before,
        time=time,
        tracks=tracks,
        face_id=None if is_lost else face_id,
        changed=False,
        face_count=count,
    )
    expression = _expression_of(moment, unsure_below)
    moment = dataclasses.replace(moment, expression=expression)
    if expression is None:
        return dataclasses.replace(moment, away_since=None)
    steady = before.steady
    if is_picked and steady is not None:  # a request by the user, so at once
        return dataclasses.replace(moment, steady=expression, away_since=None, changed=True)
    if steady is not None and expression_distance(expression, steady) < steadiness.change:
        return dataclasses.replace(moment, away_since=None)
    away_since = time if before.away_since is None else before.away_since
    if time - away_since < (steadiness.first if steady is None else steadiness.dwell):
        return dataclasses.replace(moment, away_since=away_since)
    return dataclasses.replace(moment, steady=expression, away_since=None, changed=True)


def expression_distance(a: Expression, b: Expression) -> float:
    """Euclidean distance in the plane of pleasure and arousal, each in [-1, 1]: 0 to 2.8.

    >>> happy, sad = Expression.certain("happy"), Expression.certain("sad")
    >>> round(expression_distance(happy, sad), 2)
    1.64
    """
    difference = np.subtract(a.probabilities, b.probabilities) @ _PLANE
    return float(np.hypot(*difference))


def _track(
    before: Moment,
    faces: Sequence[FaceReading],
    time: float,
    unsure_below: float,
    steadiness: Steadiness,
) -> tuple[tuple[Track, ...], int]:
    """Match each face to the track that it overlaps most, or begin a new one.

    Returns:
        The tracks, with those lost only recently last, and the new `face_count`.
    """
    old = [t for t in before.tracks if time - t.seen <= steadiness.forget]
    pairs = sorted(
        (
            (iou(track.box, face.face.box), i, j)
            for i, track in enumerate(old)
            for j, face in enumerate(faces)
        ),
        reverse=True,
    )
    matched: dict[int, int] = {}
    for overlap, i, j in pairs:
        if overlap >= _MIN_IOU and i not in matched.values() and j not in matched:
            matched[j] = i
    count = before.face_count
    found = []
    for j, face in enumerate(faces):
        if j in matched:
            track = old[matched[j]]
            keep = math.exp(-(time - track.seen) / steadiness.smoothing)
            expression = _mean([track.expression, face.expression], [keep, 1 - keep], unsure_below)
            found.append(Track(track.number, face.face.box, expression, time))
        else:
            count += 1  # from 1: 0 is EVERYONE
            found.append(Track(count, face.face.box, face.expression, time))
    lost = (track for i, track in enumerate(old) if i not in matched.values())
    return (*found, *lost), count


def _expression_of(moment: Moment, unsure_below: float) -> Expression | None:
    """The expression of the face to read."""
    visible = moment.visible
    if moment.face_id == EVERYONE and visible:
        weights = [1 / len(visible)] * len(visible)
        return _mean([t.expression for t in visible], weights, unsure_below)
    if moment.face_id is None:
        return visible[0].expression if visible else None
    return next((t.expression for t in visible if t.number == moment.face_id), None)


def _mean(
    expressions: Sequence[Expression], weights: Sequence[float], unsure_below: float
) -> Expression:
    """The weighted mean; weights sum to 1."""
    p = np.array(weights) @ np.array([e.probabilities for e in expressions])
    contempt = sum(w * e.contempt for w, e in zip(weights, expressions, strict=True))
    return Expression.of(p / p.sum(), unsure_below, contempt)

"""Readings over time -> faces that are followed, and a mood that does not flicker.

Pure: each moment follows from the one before and a new reading, so that the state can be kept by
whoever asks - a loop over a video, or a page in the browser.
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

_PLANE = np.array([CIRCUMPLEX[e] for e in EMOTIONS])  # [7, 2]
_SAME_FACE = 0.2  # overlap (intersection over union) from one frame to the next


@dataclass(frozen=True)
class Steadiness:
    """How slowly moods are taken seriously; seconds, and distances in the plane of pleasure and
    arousal, each in [-1, 1].

    Attributes:
        smoothing: time constant of the moving average over a face's expressions.
        change: how far an expression must be from the steady one to count as another.
        dwell: how long it must stay there before the steady one follows.
        first: the same before there is any steady one.
        forget: for how long a face that is not seen is still the same face.
    """

    smoothing: float = 0.7
    change: float = 0.35
    dwell: float = 1.5
    first: float = 0.5
    forget: float = 2.0


@dataclass(frozen=True)
class Track:
    """A face that is followed.

    Attributes:
        number: its own as long as it is followed.
        box: x, y, width and height in pixels, where it was seen last.
        expression: smoothed.
        seen: when it was seen last, in seconds.
    """

    number: int
    box: Box
    expression: Expression
    seen: float


@dataclass(frozen=True)
class Moment:
    """What is known after a frame.

    Attributes:
        time: of the frame, in seconds.
        tracks: the faces that are followed, also those that were lost just now.
        face_id: the number of the face that counts; None: the largest; `EVERYONE`: all, on average.
        expression: of the face that counts, smoothed; None where it is not seen.
        steady: what songs should be for; None until a face was seen for a while.
        away_since: since when the expression has been another than the steady one, else None.
        changed: whether `steady` is new with this frame: at once where another face was picked.
        face_count: how many faces there have been, so that no number comes again.
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


_GONE = -1
EVERYONE = 0
"""As `Moment.face_id`: the mean of all faces."""


def follow(
    before: Moment | None,
    reading: Reading,
    time: float,
    *,
    face_id: int | None = None,
    unsure_below: float = 0.0,
    steadiness: Steadiness = Steadiness(),
) -> Moment:
    """The moment after `before`.

    Args:
        before: None at the beginning, or after a pause.
        reading: the new frame's.
        time: of the frame in seconds; not before that of `before` (an earlier one counts as equal).
        face_id: as `Moment.face_id`; a face that is gone for good gives way to the largest.
        unsure_below: the confidence under which a smoothed expression has no label
            (`ExpressionModel.unsure_below`).
        steadiness: how slowly moods are taken seriously.
    """
    before = Moment(time) if before is None else before
    time = max(time, before.time)
    tracks, met = _tracked(before, reading.faces, time, unsure_below, steadiness)
    if face_id != EVERYONE and face_id not in {track.number for track in tracks}:
        face_id = None if face_id is None else _GONE
    picked = face_id not in (before.face_id, _GONE)
    face_id = None if face_id == _GONE else face_id
    moment = dataclasses.replace(
        before, time=time, tracks=tracks, face_id=face_id, changed=False, face_count=met
    )
    expression = _of(moment, unsure_below)
    moment = dataclasses.replace(moment, expression=expression)
    if expression is None:
        return dataclasses.replace(moment, away_since=None)
    steady = before.steady
    if picked and steady is not None:  # asked for, so at once
        return dataclasses.replace(moment, steady=expression, away_since=None, changed=True)
    if steady is not None and apart(expression, steady) < steadiness.change:
        return dataclasses.replace(moment, away_since=None)
    away = time if before.away_since is None else before.away_since
    if time - away < (steadiness.first if steady is None else steadiness.dwell):
        return dataclasses.replace(moment, away_since=away)
    return dataclasses.replace(moment, steady=expression, away_since=None, changed=True)


def apart(one: Expression, other: Expression) -> float:
    """How far two expressions are apart in the plane of pleasure and arousal, 0 to 2.8."""
    difference = np.subtract(one.probabilities, other.probabilities) @ _PLANE
    return float(np.hypot(*difference))


def _tracked(
    before: Moment,
    faces: Sequence[FaceReading],
    time: float,
    unsure_below: float,
    steadiness: Steadiness,
) -> tuple[tuple[Track, ...], int]:
    """Each face joined to the track that it overlaps most, or a new one; lost ones for a while.
    And how many faces there have been."""
    old = [t for t in before.tracks if time - t.seen <= steadiness.forget]
    pairs = sorted(
        (
            (iou(track.box, face.face.box), i, j)
            for i, track in enumerate(old)
            for j, face in enumerate(faces)
        ),
        reverse=True,
    )
    joined: dict[int, int] = {}
    for overlap, i, j in pairs:
        if overlap >= _SAME_FACE and i not in joined.values() and j not in joined:
            joined[j] = i
    met = before.face_count
    found = []
    for j, face in enumerate(faces):
        if j in joined:
            track = old[joined[j]]
            keep = math.exp(-(time - track.seen) / steadiness.smoothing)
            expression = _mixed([track.expression, face.expression], [keep, 1 - keep], unsure_below)
            found.append(Track(track.number, face.face.box, expression, time))
        else:
            met += 1  # from 1: 0 is the room
            found.append(Track(met, face.face.box, face.expression, time))
    lost = (track for i, track in enumerate(old) if i not in joined.values())
    return (*found, *lost), met


def _of(moment: Moment, unsure_below: float) -> Expression | None:
    """The expression that counts."""
    seen = moment.visible
    if moment.face_id == EVERYONE and seen:
        return _mixed([t.expression for t in seen], [1 / len(seen)] * len(seen), unsure_below)
    if moment.face_id is None:
        return seen[0].expression if seen else None
    return next((t.expression for t in seen if t.number == moment.face_id), None)


def _mixed(
    expressions: Sequence[Expression], weights: Sequence[float], unsure_below: float
) -> Expression:
    """The weighted mean; weights sum to 1."""
    p = np.array(weights) @ np.array([e.probabilities for e in expressions])
    contempt = sum(w * e.contempt for w, e in zip(weights, expressions, strict=True))
    return Expression.of(p / p.sum(), unsure_below, contempt)

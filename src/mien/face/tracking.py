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

from mien.emotions import EMOTIONS
from mien.face.boxes import Box, iou
from mien.face.detection import SURE_SCORE
from mien.face.expression import Expression
from mien.face.reading import FaceReading, Reading

EVERYONE = 0
"""As a `face_id`: the mean of all faces."""

_MIN_IOU = 0.2  # of one face's boxes in two successive frames
_BLINK = 0.5  # seconds that a face may be out of sight while it dwells
_NEARLY_LARGEST = 0.8  # of the largest face's area, for a face that counts as large as that one


@dataclass(frozen=True)
class Steadiness:
    """How slowly the steady expression follows the face.

    All but `lead` are in seconds.

    Attributes:
        smoothing: time constant of the moving average over a face's expressions.
        dwell: how long another emotion must stay before it becomes the steady one.
        lead: how much more probable than the steady emotion it must be by then, in [0, 1]; one that
            leads by half as much must stay twice as long, and so on.
        doubt: the longest that it must stay, as an expression without a label must.
        first: `dwell` while there is no steady expression yet.
        forget: how long a face that is out of sight keeps its number.
    """

    smoothing: float = 0.4
    dwell: float = 1.0
    lead: float = 0.15
    doubt: float = 3.0
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
        sure: whether it was certain to be a face in any frame (`mien.face.detection.SURE_SCORE`).
    """

    number: int
    box: Box
    expression: Expression
    seen: float
    sure: bool = True


@dataclass(frozen=True)
class Moment:
    """The state of tracking after a frame.

    Attributes:
        time: of the frame, in seconds.
        tracks: the faces in the frame, and those lost only recently.
        face_id: the number of the face to read; None: the first of `visible`; `EVERYONE`: the mean
            of all.
        expression: of that face, smoothed; None while it is out of sight.
        steady: the expression that songs should suit; None until one has lasted.
        away_since: the time since when the face has shown another emotion than `steady`, or None.
        changed: whether `steady` is new with this frame. Its label differs from the one before,
            unless another face was picked.
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
        """The faces in this frame: certain ones before doubtful ones, largest first.

        Of faces that are nearly as large as the largest, the one that was numbered first leads, so
        that in a row of people the same person is read in each frame.
        """
        found = [track for track in self.tracks if track.seen == self.time]
        found.sort(key=lambda track: (not track.sure, -_area(track), track.number))
        if not found:
            return ()
        least = _NEARLY_LARGEST * _area(found[0])
        largest = [t for t in found if t.sure == found[0].sure and _area(t) >= least]
        first = min(largest, key=lambda track: track.number)
        return (first, *(track for track in found if track is not first))

    @property
    def lost(self) -> tuple[Track, ...]:
        """The faces that are not in this frame but were a moment ago, largest first."""
        gone = (track for track in self.tracks if track.seen != self.time)
        return tuple(sorted(gone, key=lambda track: -_area(track)))


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
        is_blink = any(time - track.seen <= _BLINK for track in tracks)
        return moment if is_blink else dataclasses.replace(moment, away_since=None)
    seen = _expression_of(_as_seen(moment, reading), unsure_below) or expression
    if is_picked and before.steady is not None:  # a request by the user, so at once
        return dataclasses.replace(moment, steady=expression, away_since=None, changed=True)
    is_away, is_seen_away = (_differs(e, before.steady) for e in (expression, seen))
    was_away = before.expression is not None and _differs(before.expression, before.steady)
    if not is_away and (was_away or not is_seen_away):
        return dataclasses.replace(moment, away_since=None)
    away_since = time if before.away_since is None else before.away_since
    wait = _dwell(expression, before.steady, steadiness)
    # The frame itself must show it, too: the average still does when a grimace is over.
    if not is_away or not is_seen_away or time - away_since < wait - 1e-9:
        return dataclasses.replace(moment, away_since=away_since)
    return dataclasses.replace(moment, steady=expression, away_since=None, changed=True)


def _differs(expression: Expression, steady: Expression | None) -> bool:
    """Whether an expression shows another emotion than the steady one.

    One without a label does if its most probable emotion is another; it does not differ from a
    steady one without a label.
    """
    if steady is None:
        return True
    if expression.label is None:
        return steady.label is not None and _leading(expression) != steady.label
    return expression.label != steady.label


def _dwell(expression: Expression, steady: Expression | None, steadiness: Steadiness) -> float:
    """How long an expression must stay before it becomes the steady one, in seconds."""
    if expression.label is None:
        return steadiness.doubt
    if steady is None:
        return steadiness.first
    shares = {**expression.as_dict(), "contempt": expression.contempt}
    held = 0.0 if steady.label is None else shares[steady.label]
    lead = max(expression.confidence - held, 1e-9)
    return min(steadiness.doubt, steadiness.dwell * max(1.0, steadiness.lead / lead))


def _leading(expression: Expression) -> str:
    return EMOTIONS[int(np.argmax(expression.probabilities))]


def _area(track: Track) -> float:
    return track.box[2] * track.box[3]


def _as_seen(moment: Moment, reading: Reading) -> Moment:
    """The moment with each face's expression in this frame alone."""
    shown = {face.face.box: face.expression for face in reading.faces}
    tracks = tuple(
        dataclasses.replace(t, expression=shown.get(t.box, t.expression)) for t in moment.tracks
    )
    return dataclasses.replace(moment, tracks=tracks)


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
    # However long a frame took, the faces in the one before it are still known.
    old = [t for t in before.tracks if t.seen == before.time or time - t.seen <= steadiness.forget]
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
            sure = track.sure or face.face.score >= SURE_SCORE
            found.append(Track(track.number, face.face.box, expression, time, sure))
        else:
            count += 1  # from 1: 0 is EVERYONE
            sure = face.face.score >= SURE_SCORE
            found.append(Track(count, face.face.box, face.expression, time, sure))
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

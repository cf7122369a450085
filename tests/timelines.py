"""Readings made by hand, and the moments that tracking makes of them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from mien import Expression
from mien.face.boxes import Box
from mien.face.detection import Face
from mien.face.reading import FaceReading, Reading
from mien.face.tracking import Moment, follow

STEP = 0.1
"""Seconds between frames."""

NOBODY = Reading(())

_CROP = np.zeros((48, 48), np.uint8)


def face(
    expression: Expression, box: Box = (100, 100, 80, 80), *, score: float = 0.9
) -> FaceReading:
    return FaceReading(Face(box, score, ((0, 0), (1, 1)), _CROP), expression)


def showing(emotion: str, n: int = 1) -> list[Reading]:
    """Frames with one face that shows nothing but this emotion."""
    return [Reading((face(Expression.certain(emotion)),))] * n


def track(
    readings: Iterable[Reading], start: Moment | None = None, **options: object
) -> list[Moment]:
    """The moments of frames that are `STEP` seconds apart, after `start`."""
    moments, moment = [], start
    begin = 0.0 if start is None else start.time + STEP
    for i, reading in enumerate(readings):
        moment = follow(moment, reading, begin + STEP * i, **options)  # type: ignore[arg-type]
        moments.append(moment)
    return moments

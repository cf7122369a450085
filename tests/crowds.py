"""Films, and frames with people who are far away."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import cv2
import numpy as np

from mien.support.arrays import UInt8Array

SIZE = (720, 1280)
"""Height and width of a frame in pixels."""

STEP = 100
"""Pixels from person to person."""


def bust(portrait: UInt8Array, side: int) -> UInt8Array:
    """A square portrait of `side` pixels.

    Returns:
        uint8 [side, side, 3].
    """
    out: UInt8Array = np.asarray(
        cv2.resize(portrait, (side, side), interpolation=cv2.INTER_AREA), np.uint8
    )
    return out


def row_of(people: Sequence[UInt8Array], shift: tuple[int, int] = (0, 0)) -> UInt8Array:
    """People in a row before a grey wall.

    Args:
        people: square portraits, at most 12.
        shift: of everyone, in pixels: right and down.

    Returns:
        uint8 [720, 1280, 3].
    """
    frame = np.full((*SIZE, 3), 110, np.uint8)
    for i, person in enumerate(people):
        left, top, side = 30 + STEP * i + shift[0], 300 + shift[1], len(person)
        frame[top : top + side, left : left + side] = person
    return frame


def save_film(path: Path, frames: Iterable[UInt8Array], rate: float = 10) -> None:
    """Write frames of one size, uint8 [h, w, 3] in RGB, as an AVI file of JPEGs."""
    writer = None
    for frame in frames:
        if writer is None:
            height, width = frame.shape[:2]
            code = cv2.VideoWriter.fourcc(*"MJPG")
            writer = cv2.VideoWriter(str(path), code, rate, (width, height))
        writer.write(cv2.cvtColor(frame, cv2.COLOR_RGB2BGR))
    assert writer is not None
    writer.release()

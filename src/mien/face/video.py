"""A camera or a video file -> frames with their times."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mien.errors import PhotoError
from mien.support.arrays import UInt8Array

if TYPE_CHECKING:
    import cv2


@dataclass(frozen=True)
class Frame:
    """One picture of many.

    Attributes:
        time: seconds since the first.
        image: uint8 [h, w, 3], RGB.
    """

    time: float
    image: UInt8Array


@contextmanager
def frames_of(source: str, rate: float) -> Iterator[Iterator[Frame]]:
    """Open a camera or a video; the camera is let go at the end.

    Args:
        source: a camera's number, such as `0`, or a video file.
        rate: at most so many frames a second; the others are passed over.

    Raises:
        PhotoError: there is no such camera or file, it cannot be read, or (while reading) it gave
            no frame at all.
    """
    import cv2

    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)  # what it says, we say
    camera = source.isdecimal()
    if not camera and not Path(source).is_file():
        raise PhotoError(f"{source} does not exist", "give a video file, or 0 for the camera")
    capture = cv2.VideoCapture(int(source) if camera else str(source))
    try:
        if not capture.isOpened():
            if camera:
                raise PhotoError(
                    f"camera {source} cannot be used",
                    "check that it is connected, allowed and not in use",
                )
            raise PhotoError(
                f"{source} cannot be read as a video", "give an MP4, AVI, MKV or Y4M file"
            )
        yield _live(capture, source, rate) if camera else _filmed(capture, source, rate)
    finally:
        capture.release()


def _live(capture: cv2.VideoCapture, source: str, rate: float) -> Iterator[Frame]:
    import cv2

    begin = time.monotonic()
    due = 0.0
    while True:
        taken, image = capture.read()
        if not taken:
            raise PhotoError(f"camera {source} gives no picture", "see that nothing else uses it")
        now = time.monotonic() - begin
        if now >= due:
            due = max(due + 1 / rate, now)
            yield Frame(now, cv2.cvtColor(image, cv2.COLOR_BGR2RGB))  # type: ignore[arg-type]


def _filmed(capture: cv2.VideoCapture, source: str, rate: float) -> Iterator[Frame]:
    import cv2

    per_second = capture.get(cv2.CAP_PROP_FPS)
    if not 0 < per_second < 1000:  # the file does not say, or says nonsense
        per_second = 25.0
    due, number = 0.0, 0
    while capture.grab():
        now = number / per_second
        number += 1
        if now >= due - 1e-9:
            due += 1 / rate
            taken, image = capture.retrieve()
            if taken:
                yield Frame(now, cv2.cvtColor(image, cv2.COLOR_BGR2RGB))  # type: ignore[arg-type]
    if not number:
        raise PhotoError(f"{source} holds no picture", "give another video")

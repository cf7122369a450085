"""A camera or a video file -> frames with their times."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mien.errors import VideoError
from mien.support.arrays import UInt8Array

if TYPE_CHECKING:
    import cv2

_USUAL_RATE = 25.0  # frames per second of a file that does not give its rate


@dataclass(frozen=True)
class Frame:
    """One frame of a camera or a video.

    Attributes:
        time: in seconds since the first frame.
        image: uint8 [h, w, 3], RGB.
    """

    time: float
    image: UInt8Array


@contextmanager
def open_frames(source: str, rate: float) -> Iterator[Iterator[Frame]]:
    """Open a camera or a video; it is closed when the context ends.

    Args:
        source: a camera's number, such as `0`, or a video file.
        rate: the most frames per second; others are skipped.

    Raises:
        VideoError: there is no such camera or file, it cannot be read, or (while iterating) it
            gives no frame at all.
    """
    import cv2

    # Failures become errors of ours; OpenCV would log them to standard error as well.
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    is_camera = source.isdecimal()
    if not is_camera and not Path(source).is_file():
        raise VideoError(f"{source} does not exist", "give a video file, or 0 for the camera")
    capture = cv2.VideoCapture(int(source) if is_camera else str(source))
    try:
        if not capture.isOpened():
            if is_camera:
                raise VideoError(
                    f"camera {source} cannot be opened",
                    "check that it is connected, that access is allowed and that no other program "
                    "uses it",
                )
            raise VideoError(
                f"{source} cannot be read as a video", "give an MP4, AVI, MKV or Y4M file"
            )
        yield (_camera_frames if is_camera else _file_frames)(capture, source, rate)
    finally:
        capture.release()


def _camera_frames(capture: cv2.VideoCapture, source: str, rate: float) -> Iterator[Frame]:
    import cv2

    begin = time.monotonic()
    due = 0.0
    while True:
        ok, image = capture.read()
        if not ok:
            raise VideoError(
                f"camera {source} gives no frames", "check that no other program uses it"
            )
        now = time.monotonic() - begin
        if now >= due:
            due = max(due + 1 / rate, now)
            yield Frame(now, cv2.cvtColor(image, cv2.COLOR_BGR2RGB))  # type: ignore[arg-type]


def _file_frames(capture: cv2.VideoCapture, source: str, rate: float) -> Iterator[Frame]:
    import cv2

    per_second = capture.get(cv2.CAP_PROP_FPS)
    if not 0 < per_second < 1000:  # missing or impossible
        per_second = _USUAL_RATE
    due, number = 0.0, 0
    while capture.grab():
        now = number / per_second
        number += 1
        if now >= due - 1e-9:
            due += 1 / rate
            ok, image = capture.retrieve()
            if ok:
                yield Frame(now, cv2.cvtColor(image, cv2.COLOR_BGR2RGB))  # type: ignore[arg-type]
    if not number:
        raise VideoError(f"{source} holds no frames", "give another video")

"""Frames come with their times, no more of them than wanted, from files and cameras."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from mien import PhotoError
from mien.errors import VideoError
from mien.face.video import open_frames


@pytest.mark.parametrize(("rate", "expected"), [(10, 60), (60, 60), (5, 30), (3, 18)])
def test_skips_frames_beyond_the_rate(film: Path, rate: float, expected: int) -> None:
    with open_frames(str(film), rate) as frames:
        times = [frame.time for frame in frames]
    assert len(times) == expected
    assert times[0] == 0
    assert all(b > a for a, b in pairwise(times))
    assert times[-1] < 6


def test_frames_are_rgb(film: Path) -> None:
    with open_frames(str(film), 1) as frames:
        first = next(frames)
    assert first.image.shape == (480, 640, 3)
    assert first.image.dtype == np.uint8
    red, _, blue = first.image[180:240, 260:310].reshape(-1, 3).mean(axis=0)  # skin
    assert red > blue + 20


def test_refuses_files_without_frames(tmp_path: Path) -> None:
    text = tmp_path / "text.mp4"
    text.write_text("not a video")
    with pytest.raises(VideoError, match="as a video"), open_frames(str(text), 10):
        pass
    with pytest.raises(VideoError, match="does not exist"), open_frames("none.mp4", 10):
        pass


def test_refuses_cameras_that_are_not_there() -> None:
    with pytest.raises(VideoError, match="camera 99 cannot be opened"), open_frames("99", 10):
        pass


def test_errors_of_videos_are_errors_of_photos() -> None:
    """So that `except PhotoError` catches all input that cannot be read."""
    assert issubclass(VideoError, PhotoError)

"""Photos or seconds of a neutral face -> numbers; what is not a neutral face is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mien import ExpressionModel, NoFaceError, PhotoError, calibrate, read, watch
from mien.errors import (
    ExpressiveFaceError,
    RestlessFaceError,
    SeveralFacesError,
    VideoError,
)
from mien.face.calibrating import RATE, SECONDS, camera_frames
from mien.face.network import NETWORKS
from mien.research.data.london import Person
from mien.support.arrays import UInt8Array

WALL = np.full((300, 300, 3), 120, np.uint8)


@pytest.fixture
def two(hopper: UInt8Array, astronaut: UInt8Array) -> UInt8Array:
    both = np.full((600, 1100, 3), 90, np.uint8)
    both[:512, :512] = astronaut
    both[:600, 560:1072] = hopper
    return both


def test_measures_with_every_network_of_the_package(hopper: UInt8Array) -> None:
    neutral = calibrate(hopper)
    assert set(neutral.readings) == {ExpressionModel(name).fingerprint for name in NETWORKS}
    assert neutral.frames == 1
    live = ExpressionModel("live")
    assert set(calibrate([hopper, hopper], models=[live]).readings) == {live.fingerprint}


def test_frames_are_averaged(hopper: UInt8Array) -> None:
    darker = (hopper * 0.8).astype(np.uint8)
    one, other, both = (
        calibrate(photos).readings[ExpressionModel().fingerprint]
        for photos in (hopper, darker, [hopper, darker])
    )
    assert both == pytest.approx((np.array(one) + np.array(other)) / 2, abs=1e-3)


def test_refuses_photos_without_a_face(hopper: UInt8Array) -> None:
    with pytest.raises(NoFaceError, match="no face was found;"):
        calibrate(WALL)
    with pytest.raises(NoFaceError, match="in 2 of 3 photos"):
        calibrate([WALL, hopper, WALL], anyway=True)
    assert calibrate([WALL, hopper, hopper]).frames == 2
    with pytest.raises(PhotoError):
        calibrate([])


def test_refuses_several_faces(two: UInt8Array, hopper: UInt8Array) -> None:
    with pytest.raises(SeveralFacesError):
        calibrate(two)
    assert calibrate([hopper, hopper, two]).frames == 2
    assert calibrate(two, anyway=True).frames == 1


def test_refuses_a_clear_expression(astronaut: UInt8Array) -> None:
    with pytest.raises(ExpressiveFaceError, match="looks happy, not at rest"):
        calibrate(astronaut)
    assert calibrate(astronaut, anyway=True).frames == 1


def test_refuses_a_face_that_changes(london: list[Person]) -> None:
    person = london[0]
    with pytest.raises(RestlessFaceError):
        calibrate([person.neutral, person.neutral, person.smiling])


def test_several_faces_in_a_photo_are_read_as_they_are(two: UInt8Array, hopper: UInt8Array) -> None:
    neutral = calibrate(hopper)
    assert read(two, neutral=neutral) == read(two)
    (face,) = read(hopper, neutral=neutral).faces
    assert face.is_relative
    assert face.expression.label == "neutral"


class TestCamera:
    def test_begins_with_the_first_face_and_ends_in_time(self, film: Path) -> None:
        frames = list(camera_frames(str(film)))
        assert len(frames) == round(SECONDS * RATE)
        assert calibrate(frames, anyway=True).frames == len(frames)

    def test_gives_up_where_there_is_nobody(self, tmp_path: Path) -> None:
        import cv2

        path = str(tmp_path / "wall.avi")
        film = cv2.VideoWriter(path, cv2.VideoWriter.fourcc(*"MJPG"), 10, (300, 300))
        for _ in range(5):
            film.write(WALL)
        film.release()
        with pytest.raises(NoFaceError, match="came into view"):
            list(camera_frames(path))
        with pytest.raises(VideoError):
            list(camera_frames("nothing.mp4"))

    def test_a_film_is_read_relative_to_it(self, film: Path, hopper: UInt8Array) -> None:
        """A face that smiles at rest is neutral."""
        neutral = calibrate(list(camera_frames(str(film))), anyway=True)
        moment = next(watch(str(film), neutral=neutral))
        assert moment.expression is not None
        assert moment.expression.label == "neutral"

"""The detectors' networks: what goes in, what comes out, and which outputs are one face."""

from __future__ import annotations

import json
from pathlib import Path
from threading import Thread

import cv2
import numpy as np
import pytest

from mien import ModelError
from mien.face import blazeface
from mien.face.blazeface import (
    INPUT_SIDE,
    Predictions,
    cut_window,
    run_full_range,
    run_short_range,
    sigmoid,
)
from mien.support.arrays import UInt8Array

AROUND_FACE = (114, 14, 220)
GOLDEN = Path(__file__).parent.parent / "golden" / "blazeface.json"


def test_predicts_a_face_in_the_middle(astronaut: UInt8Array) -> None:
    (predictions,) = run_short_range([cut_window(astronaut, AROUND_FACE)])
    assert len(predictions) == 896
    assert predictions.landmarks.shape == (896, 6, 2)
    central = predictions.central(2.2)
    assert 0 < len(central) < len(predictions)
    assert (np.diff(central.logits) <= 0).all()
    assert sigmoid(central.logits[:1])[0] > 0.8
    centre, side, landmarks = central.blend()
    assert centre == pytest.approx([0.5, 0.5], abs=0.05)
    assert side == pytest.approx(1 / 2.2, rel=0.1)
    left_eye, right_eye, nose, mouth, left_ear, right_ear = landmarks
    assert left_ear[0] < left_eye[0] < nose[0] < right_eye[0] < right_ear[0]
    assert max(left_eye[1], right_eye[1]) < nose[1] < mouth[1]


def test_predicts_no_face_on_a_wall() -> None:
    wall = np.full((INPUT_SIDE, INPUT_SIDE, 3), 120, np.uint8)
    assert sigmoid(run_short_range([wall])[0].logits).max() < 0.2
    assert not len(run_full_range(wall, -1.4))


def test_blends_by_score() -> None:
    two = Predictions(
        np.array([5, 0], np.float32),
        np.array([[0.2, 0.2], [0.8, 0.8]], np.float32),
        np.array([0.4, 0.4], np.float32),
        np.zeros((2, 6, 2), np.float32),
    )
    centre, side, _ = two.blend()
    assert centre == pytest.approx([0.4, 0.4], abs=0.01)
    assert side == pytest.approx(0.4)
    assert len(two[:1]) == 1


def test_windows_are_black_beyond_the_photo(astronaut: UInt8Array) -> None:
    pixels = cut_window(astronaut, (-256, 0, 512))
    assert pixels.shape == (INPUT_SIDE, INPUT_SIDE, 3)
    assert not pixels[:, : INPUT_SIDE // 2].any()
    assert pixels[:, INPUT_SIDE // 2 :].any()
    assert not cut_window(astronaut, (5000, 5000, 100)).any()


@pytest.mark.parametrize("side", [24, 48, 96])
def test_the_full_range_network_reads_photos_of_any_size(astronaut: UInt8Array, side: int) -> None:
    """The astronaut's face is 102 pixels wide, at (224, 124)."""
    scale = side / 102
    small = cv2.resize(astronaut, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    photo = np.full((250 + side, 707, 3), 90, np.uint8)
    height, width = min(small.shape[0], 250 + side - 20), small.shape[1]
    photo[20 : 20 + height, 30 : 30 + width] = small[:height]
    found = run_full_range(photo, 0.0)
    best = int(found.logits.argmax())
    assert found.centres[best] == pytest.approx(
        [30 + 224 * scale, 20 + 124 * scale], abs=0.2 * side
    )
    assert found.sides[best] == pytest.approx(side, rel=0.2)
    left_eye, right_eye, nose, mouth, *_ = found.landmarks[best]
    assert left_eye[0] < nose[0] < right_eye[0]
    assert nose[1] < mouth[1]


def test_gives_what_tensorflow_lite_gave(astronaut: UInt8Array) -> None:
    """`golden/blazeface.json` holds the original files' outputs at their best anchors, as
    ai-edge-litert 2.3.0 computed them."""
    expected = json.loads(GOLDEN.read_text())
    small = cv2.resize(astronaut, (128, 128), interpolation=cv2.INTER_AREA)
    (short,) = run_short_range([np.asarray(small, np.uint8)])
    middle = cv2.resize(astronaut, (192, 192), interpolation=cv2.INTER_AREA)
    full = run_full_range(np.asarray(middle, np.uint8), -60.0)
    for name, found, pixels in (("short_range", short, 128), ("full_range", full, 1)):
        rows = expected[name]["anchors"]
        assert found.logits[rows] == pytest.approx(expected[name]["logits"], abs=2e-3)
        assert found.sides[rows] * pixels == pytest.approx(expected[name]["sides"], abs=2e-3)
        eyes = found.landmarks[rows][:, 0] * pixels
        assert eyes == pytest.approx(np.array(expected[name]["left_eyes"]), abs=2e-3)


def test_several_windows_at_once_give_what_each_gives_alone(astronaut: UInt8Array) -> None:
    pixels = [cut_window(astronaut, window) for window in (AROUND_FACE, (0, 0, 512))]
    together = run_short_range(pixels)
    for alone, seen in zip(pixels, together, strict=True):
        assert seen.logits == pytest.approx(run_short_range([alone])[0].logits, abs=1e-3)
    assert run_short_range([]) == []


def test_threads_share_a_network(astronaut: UInt8Array) -> None:
    pixels = cut_window(astronaut, AROUND_FACE)
    expected = run_short_range([pixels])[0].logits
    found: list[np.ndarray] = []

    def run() -> None:
        found.append(run_short_range([pixels])[0].logits)

    threads = [Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 3
    assert all(np.array_equal(logits, expected) for logits in found)


def test_missing_weights_are_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blazeface, "FOLDER", tmp_path)
    with pytest.raises(ModelError, match="is missing"):
        run_short_range([np.zeros((INPUT_SIDE, INPUT_SIDE, 3), np.uint8)])

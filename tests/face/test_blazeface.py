"""The detector's network: what goes in, what comes out, and which outputs are one face."""

from __future__ import annotations

from pathlib import Path
from threading import Thread

import numpy as np
import pytest

from mien import ModelError
from mien.face import blazeface
from mien.face.blazeface import INPUT_SIDE, Predictions, cut_window, run_blazeface, sigmoid
from mien.support.arrays import UInt8Array

AROUND_FACE = (114, 14, 220)


def test_predicts_a_face_in_the_middle(astronaut: UInt8Array) -> None:
    predictions = run_blazeface(cut_window(astronaut, AROUND_FACE))
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
    assert sigmoid(run_blazeface(wall).logits).max() < 0.2


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


def test_the_same_in_every_thread(astronaut: UInt8Array) -> None:
    """Each thread has a network of its own, as OpenCV's must not be shared."""
    pixels = cut_window(astronaut, AROUND_FACE)
    expected = run_blazeface(pixels).logits
    found: list[np.ndarray] = []
    threads = [Thread(target=lambda: found.append(run_blazeface(pixels).logits)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 3
    assert all(np.array_equal(logits, expected) for logits in found)


def test_missing_weights_are_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blazeface, "WEIGHTS_PATH", tmp_path / "none.tflite")
    errors: list[ModelError] = []

    def run() -> None:  # in a new thread, which has not loaded the network yet
        with pytest.raises(ModelError, match="is missing") as error:
            run_blazeface(np.zeros((INPUT_SIDE, INPUT_SIDE, 3), np.uint8))
        errors.append(error.value)

    thread = Thread(target=run)
    thread.start()
    thread.join()
    assert errors

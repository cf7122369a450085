"""Faces are found where they are, and nowhere else."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from mien.face.detection import Face, Framing, crop_face, find_faces
from mien.face.network import ExpressionModel
from mien.research.data.fer2013 import Fer2013, Split
from mien.support.arrays import UInt8Array

WITHOUT_PEOPLE = (
    "brick",
    "cat",
    "cell",
    "clock",
    "coffee",
    "coins",
    "colorwheel",
    "grass",
    "gravel",
    "horse",
    "hubble_deep_field",
    "immunohistochemistry",
    "logo",
    "moon",
    "page",
    "retina",
    "rocket",
    "stereo_motorcycle",
    "text",
)


def centre(face: Face) -> tuple[float, float]:
    x, y, w, h = face.box
    return x + w / 2, y + h / 2


def on_canvas(crop: UInt8Array, side: int, width: int, height: int, x: int, y: int) -> UInt8Array:
    """A FER2013 face, enlarged to `side`, at (x, y) on plain grey."""
    canvas = np.full((height, width), 128, np.uint8)
    method = cv2.INTER_CUBIC if side > 48 else cv2.INTER_AREA
    canvas[y : y + side, x : x + side] = cv2.resize(crop, (side, side), interpolation=method)
    return np.repeat(canvas[..., None], 3, axis=2)


@pytest.mark.parametrize("thorough", [True, False])
def test_finds_the_one_face_of_a_portrait(
    hopper: UInt8Array, astronaut: UInt8Array, thorough: bool
) -> None:
    for image, expected, side in ((hopper, (262, 241), 200), (astronaut, (224, 124), 102)):
        (face,) = find_faces(image, thorough=thorough)
        assert np.hypot(*np.subtract(centre(face), expected)) < 0.12 * side
        assert face.box[2] == pytest.approx(side, rel=0.12)
        assert 0.8 < face.score <= 1
        assert face.crop.shape == (48, 48)
        assert face.crop.dtype == np.uint8
        (left_x, left_y), (right_x, right_y) = face.eyes
        assert left_x < right_x
        assert max(left_y, right_y) < centre(face)[1]


@pytest.mark.parametrize("name", WITHOUT_PEOPLE)
def test_finds_no_face_where_there_is_none(name: str) -> None:
    from skimage import data, util

    image = getattr(data, name)()
    image = image[0] if isinstance(image, tuple) else image
    image = util.img_as_ubyte(np.asarray(image))
    rgb = np.repeat(image[..., None], 3, axis=2) if image.ndim == 2 else image[..., :3]
    assert find_faces(np.ascontiguousarray(rgb)) == []


def test_finds_no_face_in_photos_of_scikit_learn() -> None:
    """Photos on which no threshold was chosen."""
    from sklearn.datasets import load_sample_images

    for image in load_sample_images().images:
        assert find_faces(np.asarray(image)) == []


def test_the_largest_face_comes_first(astronaut: UInt8Array, hopper: UInt8Array) -> None:
    canvas = np.full((600, 1100, 3), 90, np.uint8)
    canvas[:512, :512] = astronaut
    canvas[:600, 560:1072] = hopper
    faces = find_faces(canvas)
    assert [centre(f)[0] > 560 for f in faces] == [True, False]


def test_finds_a_face_of_forty_pixels_in_a_large_frame(astronaut: UInt8Array) -> None:
    small = cv2.resize(astronaut, (200, 200), interpolation=cv2.INTER_AREA)  # the face: 40 pixels
    for x, y in ((20, 30), (540, 260), (1060, 500)):
        frame = np.full((720, 1280, 3), 110, np.uint8)
        frame[y : y + 200, x : x + 200] = small
        (face,) = find_faces(frame)
        assert np.hypot(*np.subtract(centre(face), (x + 87.5, y + 48.5))) < 8


@pytest.mark.parametrize("angle", [-40, -20, 20, 40])
def test_a_tilted_face_comes_out_upright(astronaut: UInt8Array, angle: int) -> None:
    rotation = cv2.getRotationMatrix2D((224, 124), angle, 1)
    rotated = cv2.warpAffine(astronaut, rotation, (512, 512), borderMode=cv2.BORDER_REFLECT)
    tilted = np.asarray(rotated, np.uint8)
    upright = Framing(tilt=0)
    straight = find_faces(astronaut, framing=upright)[0].crop.astype(float)
    crop = find_faces(tilted, framing=upright)[0].crop.astype(float)
    left_alone = find_faces(tilted, framing=Framing(tilt=90))[0].crop.astype(float)
    likeness = np.corrcoef(straight.ravel(), crop.ravel())[0, 1]
    assert likeness > 0.4
    assert likeness > np.corrcoef(straight.ravel(), left_alone.ravel())[0, 1] + 0.1
    assert ExpressionModel().read(np.stack([find_faces(tilted)[0].crop]))[0].label == "happy"


@pytest.mark.parametrize(
    "shape", [(1, 1), (1, 400), (400, 1), (7, 9), (48, 48), (2, 2_000_000), (300_000, 39)]
)
def test_odd_shapes_hold_no_face(shape: tuple[int, int]) -> None:
    assert find_faces(np.full((*shape, 3), 120, np.uint8)) == []


def test_a_crop_at_the_edge_repeats_it(hopper: UInt8Array) -> None:
    crop = crop_face(hopper, (-60, -60, 120, 120), ((-20, -10), (20, -10)))
    assert crop.shape == (48, 48)
    assert (crop[0, :8] == crop[0, 0]).all()


def test_the_same_image_gives_the_same_faces(astronaut: UInt8Array) -> None:
    assert find_faces(astronaut) == find_faces(astronaut.copy())


def found_share(split: Split, step: int) -> float:
    random = np.random.default_rng(0)
    hits = total = 0
    for crop in split.crops[::step]:
        x, y = int(random.integers(0, 448)), int(random.integers(0, 288))
        faces = find_faces(on_canvas(crop, 192, 640, 480, x, y), thorough=False)
        hits += any(x < centre(f)[0] < x + 192 and y < centre(f)[1] < y + 192 for f in faces)
        total += 1
    return hits / total


@pytest.mark.data
def test_finds_the_faces_of_fer2013(fer2013: Fer2013) -> None:
    """Every third face of PrivateTest, four times enlarged; benchmarks/faces.py takes all."""
    assert found_share(fer2013.private, step=3) >= 0.98


@pytest.mark.data
def test_detection_costs_little_accuracy(fer2013: Fer2013) -> None:
    """Canvas -> detect -> crop -> network, compared to the network on FER2013's own crops."""
    model = ExpressionModel()
    own, detected, labels = [], [], []
    for crop, label in zip(fer2013.public.crops[::3], fer2013.public.labels[::3], strict=True):
        faces = find_faces(on_canvas(crop, 192, 320, 320, 64, 64), thorough=False)
        if faces:
            own.append(crop)
            detected.append(faces[0].crop)
            labels.append(label)
    right = [
        (model.predict(np.stack(crops), "fer2013").argmax(axis=1) == np.array(labels)).mean()
        for crops in (own, detected)
    ]
    assert right[0] - right[1] < 0.025  # a third of the split: 1.5 points plus chance

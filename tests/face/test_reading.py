"""A photo is read: faces first, then their expressions, the same on every computer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from mien import EMOTIONS, RATED, ExpressionModel, find_faces, read
from mien.face.detection import crop_face
from mien.face.network import HEADS, NETWORKS
from mien.support.arrays import UInt8Array

GOLDEN_FOLDER = Path(__file__).parents[1] / "golden"
GOLDEN = json.loads((GOLDEN_FOLDER / "expressions.json").read_text())
"""Portrait -> its face, and network -> head -> class -> probability (`scripts/golden.py`)."""

TOLERANCE = 1e-4
"""Of probabilities, from the same crop. The networks compute in whole numbers whose sums cannot
saturate, as weights have 7 bits: measured, the number of threads, the size of a batch and the
kernels that ONNX Runtime chooses change nothing at all. Only the first layer is in floating point,
and its rounding is lost when its output becomes whole numbers."""

ONE_PIXEL = 0.03
"""Of probabilities, where the crop is not the golden one. Detection computes in floating point: if
another processor moves a box by 1e-5 pixels, some pixel of the crop may change by one of 255
levels, and that alone moves probabilities by up to 0.02."""


@pytest.fixture(params=["grace_hopper", "astronaut"])
def portrait(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def image(portrait: str, hopper: UInt8Array, astronaut: UInt8Array) -> UInt8Array:
    return {"grace_hopper": hopper, "astronaut": astronaut}[portrait]


@pytest.fixture
def golden(portrait: str) -> dict[str, Any]:
    found: dict[str, Any] = GOLDEN[portrait]
    return found


@pytest.fixture
def golden_crop(portrait: str) -> UInt8Array:
    with Image.open(GOLDEN_FOLDER / f"{portrait}.png") as crop:
        return np.asarray(crop)


def test_golden_face(image: UInt8Array, golden: dict[str, Any]) -> None:
    """From the photo to the box."""
    (face,) = find_faces(image)
    assert face.box == pytest.approx(golden["box"], abs=0.01)
    assert np.array(face.eyes) == pytest.approx(np.array(golden["eyes"]), abs=0.01)
    assert face.score == pytest.approx(golden["score"], abs=1e-3)


def test_golden_crop(image: UInt8Array, golden: dict[str, Any], golden_crop: UInt8Array) -> None:
    """From the box to the crop."""
    left, right = map(tuple, golden["eyes"])
    crop = crop_face(image, tuple(golden["box"]), (left, right))
    difference = np.abs(crop.astype(int) - golden_crop)
    assert difference.max() <= 1
    assert (difference > 0).mean() < 0.01


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("network", NETWORKS)
def test_golden_probabilities(
    network: str, threads: int, golden: dict[str, Any], golden_crop: UInt8Array
) -> None:
    """From the crop to both heads' probabilities, alone and in batches."""
    model = ExpressionModel(network, threads=threads)
    for count in (1, 2, 65):
        found = model.predict_heads(np.repeat(golden_crop[None], count, axis=0))
        for head, classes in HEADS.items():
            expected = [golden["probabilities"][network][head][name] for name in classes]
            assert np.abs(found[head] - expected).max() < TOLERANCE


@pytest.mark.parametrize("network", NETWORKS)
def test_golden_reading(
    network: str, image: UInt8Array, golden: dict[str, Any], golden_crop: UInt8Array
) -> None:
    """From the photo to the expression."""
    (seen,) = read(image, model=ExpressionModel(network)).faces
    tolerance = TOLERANCE if np.array_equal(seen.face.crop, golden_crop) else ONE_PIXEL
    rated = np.array([golden["probabilities"][network]["reading"][name] for name in RATED])
    seven = rated[: len(EMOTIONS)] / rated[: len(EMOTIONS)].sum()
    assert np.abs(np.array(seen.expression.probabilities) - seven).max() < tolerance
    assert seen.expression.contempt == pytest.approx(rated[-1], abs=tolerance)


def test_the_astronaut_smiles(astronaut: UInt8Array) -> None:
    expression = read(astronaut).expression
    assert expression is not None
    assert expression.label == "happy"
    assert expression.confidence > 0.8
    assert list(expression.as_dict()) == list(EMOTIONS)


def test_a_photo_without_a_face_has_no_expression() -> None:
    reading = read(np.full((200, 300, 3), 120, np.uint8))
    assert reading.faces == ()
    assert reading.expression is None


def test_the_largest_face_counts(hopper: UInt8Array, astronaut: UInt8Array) -> None:
    both = np.full((600, 1100, 3), 90, np.uint8)
    both[:512, :512] = astronaut
    both[:600, 560:1072] = hopper
    reading = read(both)
    assert len(reading.faces) == 2
    assert reading.expression is reading.faces[0].expression
    assert reading.faces[0].face.box[0] > 560

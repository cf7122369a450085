"""The networks in the package: what goes in, what comes out, and that one is loaded once."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from mien import ExpressionModel, ModelError, read
from mien.face.expression import fold
from mien.face.network import HEADS, NETWORKS, OUTPUTS, READING, default_model
from mien.support.arrays import UInt8Array


@pytest.fixture(scope="module", params=NETWORKS)
def model(request: pytest.FixtureRequest) -> ExpressionModel:
    return ExpressionModel(request.param)


def test_probabilities_of_seven_emotions(model: ExpressionModel) -> None:
    crops = np.random.default_rng(0).integers(0, 256, (130, 48, 48), dtype=np.uint8)
    together = model.predict(crops, "fer2013")
    assert together.shape == (130, 7)
    assert together.dtype == np.float32
    assert np.allclose(together.sum(axis=1), 1, atol=1e-5)
    one_by_one = np.concatenate(
        [model.predict(crops[i : i + 1], "fer2013") for i in range(0, 130, 13)]
    )
    assert np.allclose(together[::13], one_by_one, atol=1e-5)


def test_two_heads_share_one_body(model: ExpressionModel, astronaut: UInt8Array) -> None:
    """FER2013's labels, and the votes of people; `read` uses both combined, folded."""
    crops = np.stack([read(astronaut).faces[0].face.crop] * 2)
    found = model.predict_heads(crops)
    assert list(model.heads) == list(HEADS)
    assert list(found) == list(OUTPUTS)
    for output, classes in OUTPUTS.items():
        assert found[output].shape == (2, len(classes))
        assert np.array_equal(found[output], model.predict(crops, output))
    assert model.default_head == READING
    assert np.array_equal(model.predict(crops), found[READING])
    expression = model.read(crops)[0]
    assert np.allclose(expression.probabilities, fold(found[READING])[0])
    assert expression.contempt == pytest.approx(found[READING][0, 7])
    with pytest.raises(ModelError, match="use fer2013, raters, reading"):
        model.predict(crops, "people")


def test_no_crops_give_no_rows(model: ExpressionModel) -> None:
    none = np.zeros((0, 48, 48), np.uint8)
    assert {h: p.shape for h, p in model.predict_heads(none).items()} == {
        "fer2013": (0, 7),
        "raters": (0, 8),
        "reading": (0, 8),
    }
    assert model.read(none) == []


def test_flat_crops_give_finite_probabilities(model: ExpressionModel) -> None:
    flat = np.stack([np.full((48, 48), grey, np.uint8) for grey in (0, 128, 255)])
    assert np.isfinite(model.predict(flat)).all()


def test_exposure_does_not_matter(model: ExpressionModel, astronaut: UInt8Array) -> None:
    crop = read(astronaut).faces[0].face.crop
    darker = (crop.astype(float) * 0.5 + 20).astype(np.uint8)
    assert np.allclose(model.predict(crop[None]), model.predict(darker[None]), atol=0.05)


@pytest.mark.parametrize(
    "crops",
    [
        np.zeros((1, 48, 48), np.float32),
        np.zeros((48, 48), np.uint8),
        np.zeros((1, 64, 64), np.uint8),
        np.zeros((1, 1, 48, 48), np.uint8),
    ],
)
def test_refuses_crops_of_another_shape_or_type(model: ExpressionModel, crops: np.ndarray) -> None:
    with pytest.raises(ModelError, match=r"uint8 \[n, 48, 48\]"):
        model.predict(crops)


def test_refuses_files_that_are_not_networks(tmp_path: Path) -> None:
    crops = np.zeros((1, 48, 48), np.uint8)
    with pytest.raises(ModelError, match="no network"):
        ExpressionModel(tmp_path / "none.onnx").predict(crops)
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"not a network")
    with pytest.raises(ModelError, match="not a usable network"):
        ExpressionModel(broken).predict(crops)


def test_refuses_a_network_of_other_emotions(tmp_path: Path) -> None:
    import onnx

    other = onnx.load(ExpressionModel().path)
    onnx.helper.set_model_props(other, {"emotions": "calm,merry"})
    path = tmp_path / "other.onnx"
    onnx.save(other, path)
    with pytest.raises(ModelError, match="was not exported by this version"):
        ExpressionModel(path).predict(np.zeros((1, 48, 48), np.uint8))


def test_the_threshold_of_unsure_is_moderate(model: ExpressionModel) -> None:
    assert 0.3 <= model.unsure_below <= 0.8


COUNTING = """
import sys
from concurrent.futures import ThreadPoolExecutor

import onnxruntime

sessions = []


class Counting(onnxruntime.InferenceSession):
    def __init__(self, path, *args, **kwargs):
        sessions.append(path)
        super().__init__(path, *args, **kwargs)


onnxruntime.InferenceSession = Counting

import mien
from mien.server.app import create_app

photo, film = sys.argv[1:]
app = create_app()


def post(path, **fields):
    with open(photo, "rb") as file:
        return app.test_client().post(path, data={"photo": (file, "photo.jpg"), **fields}).status


uses = [
    lambda: mien.read(photo).expression.label,
    lambda: next(mien.watch(film)).expression.label,
    lambda: post("/api/v1/expression"),
    lambda: post("/api/v1/recommendations"),
    lambda: post("/api/v1/moments", time="0"),
]
with ThreadPoolExecutor(len(uses)) as pool:
    print(*[use.result() for use in [pool.submit(use) for use in uses]], end=" ")
print(len(sessions) == len(set(sessions)))
"""


def test_the_default_network_is_loaded_once(astronaut_jpg: Path, film: Path) -> None:
    """By photos, videos and the server together, even if they start at the same time."""
    done = subprocess.run(
        [sys.executable, "-c", COUNTING, str(astronaut_jpg), str(film)],
        env={**os.environ, "ORT_DISABLE_TELEMETRY": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "happy happy 200 OK 200 OK 200 OK True\n", done.stderr


def test_the_default_network_is_shared() -> None:
    assert default_model() is default_model()
    assert default_model().path == ExpressionModel(NETWORKS[0]).path

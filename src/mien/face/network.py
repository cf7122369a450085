"""Face crops -> expressions, with the network that ships in the package."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mien.emotions import EMOTIONS, RATED
from mien.errors import ModelError
from mien.face.expression import Expression, fold
from mien.support.arrays import Float32Array, UInt8Array

if TYPE_CHECKING:
    import onnxruntime


HEADS = {"fer2013": EMOTIONS, "raters": RATED}
"""Head -> its classes: FER2013's label, and the votes of ten people."""


NETWORKS = ("expression", "live")
"""Those in the package."""


_MODELS = Path(__file__).parent.parent / "models"


_FACTS = {"emotions", "heads", "reads_with", "parameters", "unsure_below"}  # by `mien train`


_BATCH = 64  # larger ones gain nothing on one core and cost memory


class ExpressionModel:
    """An expression network, run by ONNX Runtime.

    Args:
        network: the name of one in the package (`NETWORKS`), or an ONNX file written by
            `mien train`.
        threads: how many threads one prediction may use.

    Raises:
        ModelError: (at first use) the file is missing or is not such a network.
    """

    def __init__(self, network: Path | str = "expression", *, threads: int = 1) -> None:
        self.path = _MODELS / f"{network}.onnx" if network in NETWORKS else Path(network)
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
            raise ModelError(
                f"there is no network at {self.path}",
                f"give {' or '.join(NETWORKS)}, or an .onnx file",
            )
        try:
            session = onnxruntime.InferenceSession(
                self.path, options, providers=["CPUExecutionProvider"]
            )
        except Exception as e:  # onnxruntime's own exceptions share no public base class
            raise ModelError(f"{self.path} is not a usable network ({_first_line(e)})") from e
        facts = session.get_modelmeta().custom_metadata_map
        if facts.get("emotions") != ",".join(EMOTIONS) or not set(facts).issuperset(_FACTS):
            raise ModelError(f"{self.path} is not a network written by this version's `mien train`")
        return session

    @property
    def _metadata(self) -> Mapping[str, str]:
        facts: Mapping[str, str] = self._session.get_modelmeta().custom_metadata_map
        return facts

    @property
    def heads(self) -> tuple[str, ...]:
        """What the network answers, of `HEADS`."""
        return tuple(self._metadata["heads"].split(","))

    @property
    def reads_with(self) -> str:
        """The head that agreed better with the raters on PublicTest; `read` uses it."""
        return self._metadata["reads_with"]

    @property
    def unsure_below(self) -> float:
        """The confidence under which the label is withheld; chosen on PublicTest."""
        return float(self._metadata["unsure_below"])

    @property
    def parameters(self) -> int:
        """How many learned numbers the network has."""
        return int(self._metadata["parameters"])

    def predict(self, crops: UInt8Array, head: str | None = None) -> Float32Array:
        """The probabilities of one head's classes.

        Args:
            crops: uint8 [n, 48, 48], grey faces framed as FER2013's are.
            head: `fer2013` for FER2013's labels, `raters` for the votes of ten people;
                default: the one that `read` uses.

        Returns:
            float32 [n, 7] in the order of `EMOTIONS`, or float32 [n, 8] in the order of `RATED`
            (contempt is last) for `raters`; rows sum to 1.

        Raises:
            ModelError: another dtype or shape, or no such head.
        """
        head = self.reads_with if head is None else head
        if head not in self.heads:
            raise ModelError(
                f"{self.path.name} has no head {head!r}", f"use {', '.join(self.heads)}"
            )
        return self._run(crops, (head,))[0]

    def predict_heads(self, crops: UInt8Array) -> dict[str, Float32Array]:
        """`predict` for every head, at the cost of one.

        Raises:
            ModelError: another dtype or shape.
        """
        return dict(zip(self.heads, self._run(crops, self.heads), strict=True))

    def _run(self, crops: UInt8Array, heads: Sequence[str]) -> list[Float32Array]:
        crops = np.asarray(crops)
        if crops.dtype != np.uint8 or crops.ndim != 3 or crops.shape[1:] != (48, 48):
            raise ModelError(
                f"crops are {crops.dtype} {list(crops.shape)}", "expected uint8 [n, 48, 48]"
            )
        batches = [crops[i : i + _BATCH] for i in range(0, len(crops), _BATCH)]
        answers = [[np.zeros((0, len(HEADS[head])), np.float32) for head in heads]]
        answers += [self._session.run(list(heads), {"crops": batch}) for batch in batches]
        return [np.concatenate(parts) for parts in zip(*answers, strict=True)]

    def read(self, crops: UInt8Array) -> list[Expression]:
        """The expressions, by the head `reads_with`; they say when they are unsure."""
        rows = self.predict(crops)
        unsure_below = self.unsure_below
        return [
            Expression.of(seven, unsure_below, float(row[len(EMOTIONS) :].sum()))
            for row, seven in zip(rows, fold(rows), strict=True)
        ]


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__

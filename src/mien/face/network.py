"""Face crops -> expressions, with the network that ships in the package."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mien.emotions import EMOTIONS, RATED
from mien.errors import ModelError
from mien.face.expression import Expression, fold
from mien.support.arrays import Float32Array, UInt8Array
from mien.support.inference import open_session

if TYPE_CHECKING:
    import onnxruntime

HEADS = {"fer2013": EMOTIONS, "raters": RATED}
"""Network head -> its classes: FER2013's labels, and the votes of FER+'s ten raters."""

READING = "reading"
"""The output of a network that combines its heads."""

OUTPUTS = {**HEADS, READING: RATED}
"""Output of a network -> its classes."""

NETWORKS = ("expression", "live")
"""The networks in the package: the default one, and a small one for cameras."""

_MODELS = Path(__file__).parent.parent / "models"
_METADATA = {"emotions", "heads", "reads_with", "parameters", "unsure_below"}  # from training
_BATCH = 64  # larger batches gain nothing on one core and cost memory


class ExpressionModel:
    """An expression network, run by ONNX Runtime. Threads may share one.

    Args:
        network: the name of one in the package (`NETWORKS`), or an ONNX file that mien's training
            exported.
        threads: the number of threads that one prediction may use.

    Raises:
        ModelError: (at first use) the file is missing or is not such a network.
    """

    def __init__(self, network: Path | str = "expression", *, threads: int = 1) -> None:
        self.path = _MODELS / f"{network}.onnx" if network in NETWORKS else Path(network)
        self.threads = threads
        self._loaded: onnxruntime.InferenceSession | None = None
        self._loading = threading.Lock()

    @property
    def heads(self) -> tuple[str, ...]:
        """The network's heads, of `HEADS`."""
        return tuple(self._metadata["heads"].split(","))

    @property
    def default_head(self) -> str:
        """The output that `read` uses: `reading`, or a head of a network without that output."""
        return self._metadata["reads_with"]

    @property
    def unsure_below(self) -> float:
        """The confidence below which `read` withholds the label, in [0, 1]; set on PublicTest."""
        return float(self._metadata["unsure_below"])

    @cached_property
    def fingerprint(self) -> str:
        """Sixteen hexadecimal digits, the same for the same file: the start of its SHA-256.

        Raises:
            ModelError: the file cannot be read.
        """
        try:
            return hashlib.sha256(self.path.read_bytes()).hexdigest()[:16]
        except OSError as e:
            raise ModelError(
                f"{self.path} cannot be read ({e.strerror})",
                f"use {' or '.join(NETWORKS)}, or an .onnx file",
            ) from e

    @property
    def parameters(self) -> int:
        """The number of the network's parameters."""
        return int(self._metadata["parameters"])

    def predict(self, crops: UInt8Array, head: str | None = None) -> Float32Array:
        """The probabilities of one head's classes.

        Args:
            crops: uint8 [n, 48, 48], grey faces framed as FER2013's are.
            head: `fer2013` for FER2013's labels, `raters` for the votes of ten people, `reading`
                for both combined; the default is `default_head`.

        Returns:
            float32 [n, 7] in the order of `EMOTIONS`, or float32 [n, 8] in the order of `RATED`
            (contempt is last) for the others; rows sum to 1.

        Raises:
            ModelError: another dtype or shape, or no such head.
        """
        head = self.default_head if head is None else head
        names = dict.fromkeys((*self.heads, self.default_head))
        if head not in names:
            raise ModelError(f"{self.path.name} has no head {head!r}", f"use {', '.join(names)}")
        return self._run(crops, (head,))[0]

    def predict_heads(self, crops: UInt8Array) -> dict[str, Float32Array]:
        """`predict` for every head and `default_head`, at the cost of one.

        Raises:
            ModelError: another dtype or shape.
        """
        names = tuple(dict.fromkeys((*self.heads, self.default_head)))
        return dict(zip(names, self._run(crops, names), strict=True))

    def read(self, crops: UInt8Array) -> list[Expression]:
        """The expressions of face crops, by `default_head`, without a label where it is unsure.

        Args:
            crops: uint8 [n, 48, 48], grey faces framed as FER2013's are.

        Raises:
            ModelError: another dtype or shape.
        """
        rows = self.predict(crops)
        unsure_below = self.unsure_below
        return [
            Expression.of(seven, unsure_below, float(row[len(EMOTIONS) :].sum()))
            for row, seven in zip(rows, fold(rows), strict=True)
        ]

    @property
    def _session(self) -> onnxruntime.InferenceSession:
        with self._loading:
            if self._loaded is None:
                self._loaded = _load(self.path, self.threads)
            return self._loaded

    @property
    def _metadata(self) -> Mapping[str, str]:
        metadata: Mapping[str, str] = self._session.get_modelmeta().custom_metadata_map
        return metadata

    def _run(self, crops: UInt8Array, heads: Sequence[str]) -> list[Float32Array]:
        crops = np.asarray(crops)
        if crops.dtype != np.uint8 or crops.ndim != 3 or crops.shape[1:] != (48, 48):
            raise ModelError(
                f"crops are {crops.dtype} {list(crops.shape)}", "expected uint8 [n, 48, 48]"
            )
        batches = [crops[i : i + _BATCH] for i in range(0, len(crops), _BATCH)]
        outputs = [[np.zeros((0, len(OUTPUTS[head])), np.float32) for head in heads]]
        outputs += [self._session.run(list(heads), {"crops": batch}) for batch in batches]
        return [np.concatenate(parts) for parts in zip(*outputs, strict=True)]


_default_model = ExpressionModel()  # loads nothing before its first use


def default_model() -> ExpressionModel:
    """The network that reads faces unless another is given; one for the whole process."""
    return _default_model


def _load(path: Path, threads: int) -> onnxruntime.InferenceSession:
    if not path.is_file():
        raise ModelError(
            f"there is no network at {path}", f"use {' or '.join(NETWORKS)}, or an .onnx file"
        )
    try:
        session = open_session(path, threads)
    except Exception as e:  # onnxruntime's own exceptions share no public base class
        raise ModelError(f"{path} is not a usable network ({_first_line(e)})") from e
    metadata = session.get_modelmeta().custom_metadata_map
    if metadata.get("emotions") != ",".join(EMOTIONS) or not _METADATA.issubset(metadata):
        raise ModelError(
            f"{path} was not exported by this version of mien", "export it again from its training"
        )
    return session


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__

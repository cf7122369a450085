"""ONNX Runtime, opened the same way for every network: one thread, and nothing sent anywhere."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from mien.errors import ModelError

if TYPE_CHECKING:
    import onnxruntime

_shared: dict[Path, onnxruntime.InferenceSession] = {}
_loading = threading.Lock()


def shared_session(path: Path) -> onnxruntime.InferenceSession:
    """The session of a network in the package, loaded at first use, once for the whole process.

    Raises:
        ModelError: the file is missing.
    """
    with _loading:
        if path not in _shared:
            if not path.is_file():
                raise ModelError(f"{path} is missing", "install mien again")
            _shared[path] = open_session(path)
        return _shared[path]


def open_session(path: Path, threads: int = 1) -> onnxruntime.InferenceSession:
    """Load a network; threads may share the session.

    Raises:
        Exception: of several classes of ONNX Runtime's own: the file is not a usable network.
    """
    # Recent versions send usage data to Microsoft unless this is set before they are imported
    # (microsoft/onnxruntime pull request 27379). Nothing leaves this computer.
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime

    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])

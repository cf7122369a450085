"""Networks are opened alike."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mien.face.blazeface import FOLDER
from mien.support.inference import open_session


def test_opens_a_network_and_sends_nothing() -> None:
    session = open_session(FOLDER / "blazeface_short_range.onnx")
    assert [put.name for put in session.get_inputs()] == ["images"]
    assert os.environ["ORT_DISABLE_TELEMETRY"] == "1"


def test_what_is_no_network_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.onnx"
    path.write_bytes(b"nothing")
    with pytest.raises(Exception, match=r"x\.onnx"):
        open_session(path)

"""The workflow, read from the code."""

from __future__ import annotations

import pytest

from mien import MienError
from mien.research.figures import workflow


def test_the_workflow_is_the_codes_own() -> None:
    for lane in workflow.read_stages().values():
        for stage in lane:
            assert stage.purpose
            assert "\n" not in stage.purpose
    returns = [stage.returns for stage in workflow.read_stages()["for each photo"]]
    assert returns == ["UInt8Array", "list[Face]", "list[Expression]", "Mood"]
    with pytest.raises(MienError, match="not part of the code"):
        workflow.read_stage("mien.face.detection:find_noses")
    with pytest.raises(MienError, match="not part of the code"):
        workflow.read_stage("mien.noses:find")

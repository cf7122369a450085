"""The time of a frame."""

from __future__ import annotations

from row_counts import STARTER_SONGS

from mien.research.evaluation.speed import evaluate_speed


def test_times_each_step() -> None:
    found = evaluate_speed(times=3)
    assert found["catalogue"] == STARTER_SONGS
    assert 0 < found["faces"] < found["frame"] <= found["frame_95"]
    assert found["machine"]

"""A timeline as a table and as a chart."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from PIL import Image
from timelines import NOBODY, STEP, showing, track

from mien import EMOTIONS
from mien.errors import OutputError
from mien.output.timeline import CSV_COLUMNS, chart_timeline, format_clock, to_csv


def test_the_table_has_a_line_for_each_frame() -> None:
    moments = track(showing("happy", 20) + [NOBODY] * 5)
    rows = list(csv.DictReader(io.StringIO(to_csv(moments))))
    assert tuple(rows[0]) == CSV_COLUMNS
    assert [float(row["seconds"]) for row in rows] == pytest.approx(
        [i * STEP for i in range(25)], abs=1e-3
    )
    assert [int(row["faces"]) for row in rows] == [1] * 20 + [0] * 5
    assert {row["happy"] for row in rows} == {"1.0000", ""}
    assert [row["label"] for row in rows[-6:]] == ["happy", *[""] * 5]
    assert [row["changed"] for row in rows].count("1") == 1
    assert rows[-1]["steady"] == "happy"
    assert all(row[emotion] == "" for row in rows[20:] for emotion in EMOTIONS)


def test_unsure_expressions_are_named_so() -> None:
    rows = list(csv.DictReader(io.StringIO(to_csv(track(showing("sad", 2), unsure_below=2.0)))))
    assert rows[1]["label"] == "unsure"


def test_the_chart_marks_changes(tmp_path: Path) -> None:
    moments = track(showing("happy", 30) + showing("sad", 40))
    chart_timeline(moments, tmp_path / "timeline.svg")
    drawn = (tmp_path / "timeline.svg").read_text(encoding="utf-8")
    assert drawn.count("<!--  happy -->") == drawn.count("<!--  sad -->") == 1
    chart_timeline(moments[:1], tmp_path / "one.png", dark=True)
    with Image.open(tmp_path / "one.png") as image:
        assert image.width > 1000
    with pytest.raises(OutputError, match="end its name in"):
        chart_timeline(moments, tmp_path / "timeline.txt")


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0:00.0"), (62.5, "1:02.5"), (59.96, "1:00.0"), (3600, "60:00.0")]
)
def test_clock(seconds: float, text: str) -> None:
    assert format_clock(seconds) == text

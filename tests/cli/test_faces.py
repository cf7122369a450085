"""`mien expression` and `mien watch`, as a person or a script uses them."""

from __future__ import annotations

import json
from pathlib import Path

import own_music
import pytest
from PIL import Image
from running import mien

from mien.output.timeline import CSV_COLUMNS
from mien.support.arrays import UInt8Array


def test_reads_folders_line_by_line(tmp_path: Path, astronaut: UInt8Array) -> None:
    (tmp_path / "inner").mkdir()
    Image.fromarray(astronaut).save(tmp_path / "b.png")
    Image.new("RGB", (90, 90), "grey").save(tmp_path / "inner" / "a.jpg")
    (tmp_path / "notes.txt").write_text("no photo")
    result = mien("expression", tmp_path)
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert [Path(line["path"]).name for line in lines] == ["b.png", "a.jpg"]
    assert lines[0]["faces"][0]["label"] == "happy"
    assert lines[1]["faces"] == []


def test_one_bad_photo_does_not_lose_the_others(tmp_path: Path, astronaut_jpg: Path) -> None:
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(b"nothing")
    result = mien("expression", bad, astronaut_jpg)
    first, second = (json.loads(line) for line in result.stdout.splitlines())
    assert first["error"]["code"] == "photo"
    assert second["faces"][0]["label"] == "happy"
    assert result.exit_code == 1
    assert "1 of 2" in result.stderr


class TestWatch:
    def test_writes_a_table_a_chart_and_a_playlist(self, film: Path, tmp_path: Path) -> None:
        own_music.save_songs([tmp_path / f"{i}.mp3" for i in range(8)])
        table, chart, songs = (tmp_path / n for n in ("moods.csv", "moods.png", "songs.m3u8"))
        files = ("--csv", table, "--chart", chart, "--m3u", songs)
        result = mien("watch", film, "--songs", *files)
        assert result.exit_code == 0, result.stderr
        assert "0:00.5  happy, 99 % sure" in result.stdout
        assert "0:00.0 to 0:05.9" in result.stdout
        lines = table.read_text().splitlines()
        assert lines[0] == ",".join(CSV_COLUMNS)
        assert len(lines) == 61
        assert lines[-1].startswith("5.900,0,,,,,,,,,happy")
        assert songs.read_text().count("#EXTINF") == 1
        with Image.open(chart) as image:
            assert image.width > 1000

    def test_stops_after_the_given_time(self, film: Path) -> None:
        result = mien("watch", film, "--seconds", "0.2")
        assert result.exit_code == 0
        assert "No face was visible long enough" in result.stdout

    @pytest.mark.parametrize("source", ["nothing.mp4", "99", __file__])
    def test_a_source_that_cannot_be_watched_is_one_line(self, source: str) -> None:
        result = mien("watch", source)
        assert result.exit_code == 1
        assert result.stderr.count("\n") == 1

    def test_a_missing_network_is_one_line(self, film: Path) -> None:
        result = mien("watch", film, "--model", "none.onnx")
        assert result.exit_code == 1
        assert "there is no network at none.onnx" in result.stderr
        assert result.stderr.count("\n") == 1

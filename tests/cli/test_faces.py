"""`mien expression`, as a person or a script uses them."""

from __future__ import annotations

import json
from pathlib import Path

from PIL import Image
from running import mien

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

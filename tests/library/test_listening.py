"""Files outside of a library are analysed once, too."""

from __future__ import annotations

from pathlib import Path

import sounds

from mien.audio.analysis import Sound
from mien.library.listening import listen
from mien.library.managing import add_sources, scan_library
from mien.library.scanning import ScanReport


def test_files_are_heard_or_say_why_not(tmp_path: Path) -> None:
    good = sounds.write_sound(tmp_path / "a.mp3")
    bad = tmp_path / "b.mp3"
    bad.write_text("no sound")
    gone = tmp_path / "c.mp3"
    found = dict(listen([good, bad, gone], 2))
    assert isinstance(found[good], Sound)
    assert "no sound" in str(found[bad])
    assert "c.mp3" in str(found[gone])


def test_nothing_is_analysed_twice(tmp_path: Path) -> None:
    file = sounds.write_sound(tmp_path / "music" / "a.mp3")
    ((_, first),) = listen([file], 1)
    ((_, again),) = listen([file], 1)
    assert again == first
    add_sources([str(tmp_path / "music")])
    report = ScanReport()
    scan_library(1, report=report)
    assert (report.new, report.analysed) == (1, 0)

"""`mien calibrate`, and readings relative to the neutral face that it keeps."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image
from running import answer, mien

from mien import NeutralFace
from mien.face.neutral import neutral_file
from mien.support.arrays import UInt8Array


@pytest.fixture
def hopper_jpg(hopper: UInt8Array, tmp_path: Path) -> Path:
    path = tmp_path / "hopper.jpg"
    Image.fromarray(hopper).save(path, quality=95)
    return path


def label_of(*arguments: str | Path) -> str:
    (face,) = json.loads(mien("expression", *arguments).stdout)["faces"]
    return str(face["label"])


def test_takes_uses_and_forgets_a_neutral_face(astronaut_jpg: Path) -> None:
    refused = mien("calibrate", astronaut_jpg)
    assert refused.exit_code == 1
    assert "looks happy, not at rest; relax your face" in refused.stderr
    assert "--anyway" in refused.stderr
    assert NeutralFace.load() is None

    taken = mien("calibrate", "--anyway", astronaut_jpg)
    assert taken.exit_code == 0, taken.output
    assert "by itself it reads happy" in taken.stdout
    assert neutral_file().name in taken.stdout.replace("\n", "")
    assert label_of(astronaut_jpg) == "neutral"
    assert label_of(astronaut_jpg, "--no-neutral") == "happy"
    text = mien(astronaut_jpg).stdout
    assert text.startswith("neutral, ")
    assert "relative to your neutral face" in text
    faces = answer(astronaut_jpg)["faces"]
    assert isinstance(faces, list)
    assert faces[0]["relative"] is True

    assert "forgotten" in mien("calibrate", "--forget").stdout
    assert "There was none" in mien("calibrate", "--forget").stdout
    assert label_of(astronaut_jpg) == "happy"


def test_of_a_film_only_where_asked(film: Path) -> None:
    assert mien("calibrate", "--anyway", "--seconds", "1", film).exit_code == 0
    assert "happy" in mien("watch", film, "--seconds", "2").stdout
    relative = mien("watch", film, "--seconds", "2", "--neutral").stdout
    assert "Relative to your neutral face" in relative
    assert "neutral, " in relative


def test_says_what_is_missing(hopper_jpg: Path) -> None:
    result = mien("expression", "--neutral", hopper_jpg)
    assert result.exit_code == 1
    assert "has not been taken; take it with `mien calibrate`" in result.stderr


def test_one_of_an_earlier_network_is_not_used(astronaut_jpg: Path) -> None:
    NeutralFace({"0123456789abcdef": (0.0,) * 8}).save()
    result = mien("expression", astronaut_jpg)
    assert json.loads(result.stdout)["faces"][0]["label"] == "happy"
    assert "take it again with `mien calibrate`" in result.stderr
    assert mien("expression", "--neutral", astronaut_jpg).exit_code == 1


def test_a_damaged_file_is_named(astronaut_jpg: Path, home: Path) -> None:
    home.mkdir()
    neutral_file().write_text("{")
    result = mien("expression", astronaut_jpg)
    assert result.exit_code == 1
    assert "`mien calibrate`" in result.stderr
    assert mien("calibrate", "--forget").exit_code == 0


def test_refuses_what_makes_no_sense(astronaut_jpg: Path) -> None:
    assert mien("calibrate", "--forget", astronaut_jpg).exit_code == 2
    assert mien("calibrate", "nothing.jpg").exit_code == 1
    assert mien("calibrate", "nothing.mp4").exit_code == 1

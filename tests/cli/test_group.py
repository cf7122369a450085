"""Errors, help and exit codes, as a person or a script uses them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from row_counts import STARTER_SONGS
from running import mien

from mien.cli.group import hint_for
from mien.errors import MienError, NoSuchGenreError, NoSuchSongError, SeedError


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["none.jpg"], 1, "does not exist"),
        (["-"], 1, "is empty"),
        (["recommend"], 2, "Give one of"),
        (["recommend", "--emotion", "sad", "--mood", "1,1,100"], 2, "Give one of"),
        (["recommend", "--emotion", "merry"], 2, "angry, disgust"),
        (["recommend", "--mood", "1,2"], 2, "is not a mood"),
        (["recommend", "--mood", "1,2,100"], 2, "energy must be from 0 to 1, got 2"),
        (["recommend", "--emotion", "sad", "-n", "0"], 2, "n must be 1 or more"),
        (["recommend", "--emotion", "sad", "-n", "x"], 2, "'all'"),
        (["recommend", "--emotion", "sad", "--ranking", "x"], 2, "nearness"),
        (["recommend", "--emotion", "sad", "--genre", "x"], 1, "no genre 'x'"),
        (["recommend", "--emotion", "sad", "--without", "x"], 1, "no genre 'x'"),
        (["recommend", "--emotion", "sad", "--policy", "x"], 2, "energise"),
        (["recommend", "--emotion", "sad", "--to", "x"], 2, "angry, disgust"),
        (["recommend", "--emotion", "sad", "--to", "x,y,z"], 2, "is not a mood"),
        (["recommend", "--emotion", "sad", "--minutes", "5"], 2, "such as 2-5"),
        (["recommend", "--emotion", "sad", "--minutes", "5-2"], 2, "lower one first"),
        (["compare", "--emotion", "merry"], 2, "angry, disgust"),
        (["feedback", "rate", "1", "5"], 1, "no song number 1"),
        (["recommend", "--emotion", "sad", "--catalogue", "x"], 1, "no catalogue called 'x'"),
        (["recommend", "--emotion", "sad", "--seed", "-1"], 2, "seed must be 0 or more"),
        (["recommend", "--emotion", "sad", "--json", "--csv"], 2, "not both"),
        (["catalogue", "import", "none.csv"], 1, "not a file"),
        (["catalogue", "remove", "starter", "--yes"], 1, "cannot be removed"),
        (["catalogue", "fetch", "spotify-tracks", "--file", "none.csv"], 1, "cannot be read"),
        (["expression", "none.jpg"], 1, "1 of 1"),
        (["evaluate", "expression", "--split", "public", "--data", "none.csv"], 1, "MIEN_DATA"),
        (["train", "--data", "none.csv"], 1, "MIEN_DATA"),
        (["serve", "--host", "0.0.0.0", "--token", "short"], 1, "too short"),
        (["--nonsense"], 2, "--nonsense"),
        (["recommend", "--emotion", "sad", "--genre", "\udcff"], 1, "no genre"),
        (["two\nlines.jpg"], 1, "does not exist"),
    ],
)
def test_bad_input_is_one_line_and_a_code(
    arguments: list[str],
    code: int,
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    result = mien(*arguments)
    assert result.exit_code == code
    assert message in result.stderr
    assert "Traceback" not in result.output
    assert result.stderr.count("\n") == 1
    assert result.stderr.startswith("mien: ")


def test_a_mistyped_command_is_not_taken_for_a_photo() -> None:
    result = mien("recommned", "--emotion", "sad")
    assert result.exit_code == 2
    assert "did you mean 'recommend'" in result.stderr


def test_a_full_disk_is_one_line() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "mien", "recommend", "--emotion", "sad", "--csv"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "cannot be written" in done.stderr


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "from click.testing import CliRunner\n"
        "from mien.cli import main\n"
        "import mien\n"
        "for words in (['--help'], ['recommend', '--help'], ['--version']):\n"
        "    assert CliRunner().invoke(main, words).exit_code == 0\n"
        "heavy = 'numpy cv2 onnxruntime polars PIL torch flask rich'.split()\n"
        "print([name for name in heavy if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_reader_that_goes_away_is_no_failure() -> None:
    command = f"{sys.executable} -m mien recommend --emotion sad -n all --csv | head -n 1"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        capture_output=True,
        text=True,
        check=False,
        env=dict(os.environ),
    )
    assert done.stdout.startswith("rank,")
    assert done.stderr == ""
    assert done.returncode == 0


def test_a_terminal_without_the_letters_is_no_failure() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mien", "recommend", "--emotion", "happy", "-n", "all", "--csv"],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONIOENCODING": "latin-1"},
    )
    assert done.returncode == 0
    assert done.stdout.count(b"\n") == STARTER_SONGS + 1  # and the heading


@pytest.mark.parametrize("arguments", [[], ["catalogue"], ["feedback"], ["evaluate"]])
def test_no_command_prints_the_help(arguments: list[str]) -> None:
    bare = mien(*arguments)
    assert (bare.exit_code, bare.stderr) == (0, "")
    assert bare.stdout == mien(*arguments, "--help").stdout
    assert bare.stdout.startswith("Usage: ")
    assert bare.stdout.count("\n") > 8


@pytest.mark.parametrize(
    ("error", "hint"),
    [
        (NoSuchGenreError("the catalogue 'a' has no genre 'b'"), "mien catalogue stats"),
        (NoSuchSongError("the catalogue 'a' has no song 'b'"), "mien recommend --json"),
        (SeedError("seed must be 0 or more, got -1", "give a whole number"), "give a whole number"),
        (MienError("the sky is empty"), ""),
    ],
)
def test_hints_of_the_command_line(error: MienError, hint: str) -> None:
    assert hint in hint_for(error)
    assert bool(hint) == bool(hint_for(error))

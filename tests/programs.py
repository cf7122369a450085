"""Scripts that stand for programs and record how they were called."""

from __future__ import annotations

import json
import sys
from pathlib import Path

_SCRIPT = """#!{python}
import json, os, sys, time
folder = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(folder, "runs"), "a") as file:
    file.write(json.dumps(sys.argv[1:]) + "\\n")
if {sleeps}:
    with open(os.path.join(folder, "pid.part"), "w") as file:
        file.write(str(os.getpid()))
    os.rename(os.path.join(folder, "pid.part"), os.path.join(folder, "pid"))
    time.sleep(600)
sys.exit({code} if {fails_on!r} in sys.argv else 0)
"""


def install(
    folder: Path, name: str, *, fails_on: str = "", code: int = 1, sleeps: bool = False
) -> None:
    """Put a program into a folder.

    Args:
        folder: of it, and of what it records.
        name: what it is called.
        fails_on, code: an argument with which it fails, and the exit code.
        sleeps: whether it goes on until it is ended; then `pid` in the folder has its number.
    """
    path = folder / name
    path.write_text(
        _SCRIPT.format(python=sys.executable, fails_on=fails_on, code=code, sleeps=sleeps)
    )
    path.chmod(0o755)


def runs(folder: Path) -> list[list[str]]:
    """The arguments of each run of the programs in a folder."""
    lines = (folder / "runs").read_text().splitlines()
    return [json.loads(line) for line in lines]

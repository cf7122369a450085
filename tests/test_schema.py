"""The real server against its own OpenAPI document, by schemathesis: all of its checks."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from serving import serving


def test_schemathesis_finds_nothing(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "MIEN_HOME": str(tmp_path / "home"),
        "PYTHONPATH": str(Path(__file__).parent),
        "SCHEMATHESIS_HOOKS": "pictures_for_schemathesis",
    }
    run = [str(Path(sys.executable).with_name("schemathesis")), "run", "--checks=all", "--no-color"]
    run += ["--max-examples=25", "--seed=1", "--generation-database=none"]
    with serving(env=environment) as address:
        done = subprocess.run(
            [*run, f"{address}openapi.json"],
            capture_output=True,
            text=True,
            check=False,
            cwd=tmp_path,
            env=environment,
        )
    assert done.returncode == 0, done.stdout

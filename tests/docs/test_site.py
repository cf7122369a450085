"""The documentation builds without a warning, and has all that is public."""

from __future__ import annotations

import html
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from documentation import ROOT

import mien
from mien.cli import main
from mien.server.app import create_app

pytest.importorskip("furo")
pytest.importorskip("myst_parser")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q"]
    built = subprocess.run(
        [*command, str(ROOT / "docs"), str(folder)], capture_output=True, text=True, check=False
    )
    assert built.returncode == 0, built.stderr
    return folder


def text_of(page: Path) -> str:
    """What a page shows."""
    return html.unescape(re.sub(r"<[^>]+>", "", page.read_text(encoding="utf-8")))


def test_every_public_name_is_in_the_reference(site: Path) -> None:
    page = (site / "reference" / "python.html").read_text(encoding="utf-8")
    ids = set(re.findall(r'id="([\w.]+)"', page))
    for name in mien.__all__:
        assert f"mien.{name}" in ids or f"mien.errors.{name}" in ids, name


def command_paths(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        for name, child in command.commands.items():
            yield from command_paths(child, f"{path} {name}")


def test_every_command_and_option_is_in_the_reference(site: Path) -> None:
    text = text_of(site / "reference" / "command-line.html")
    for path, command in command_paths(main, "mien"):
        assert path in text
        for option in command.params:
            if isinstance(option, click.Option):
                assert option.opts[0] in text, (path, option.opts)


def test_every_operation_and_type_is_in_the_reference(site: Path) -> None:
    text = text_of(site / "reference" / "http.html")
    document = create_app().test_client().get("/openapi.json").get_json()
    for path, methods in document["paths"].items():
        for method in methods:
            assert f"{method.upper()} {path}" in text
    for name in document["components"]["schemas"]:
        assert name in text

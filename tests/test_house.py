"""What holds for the whole source: sizes, names of tests, and words of errors."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from mien import errors
from mien.cli import main

TESTS = Path(__file__).parent
SOURCE = TESTS.parent / "src" / "mien"
MODULES = sorted(SOURCE.rglob("*.py"))
SURFACES = ("cli", "research")  # they speak to people on the command line
ERRORS = {name for name, value in vars(errors).items() if isinstance(value, type)}
WORDS_OF_THE_COMMAND_LINE = re.compile(
    rf"(?<!\S)--\w|\bmien ({'|'.join(main.commands)})\b|command line"
)


def name_of(module: Path) -> str:
    return module.relative_to(SOURCE).as_posix()


@pytest.mark.parametrize("module", MODULES, ids=name_of)
def test_a_module_can_be_read_in_one_sitting(module: Path) -> None:
    assert len(module.read_text().splitlines()) <= 400


@pytest.mark.parametrize(
    "test",
    sorted(path for path in TESTS.rglob("test_*.py") if path.parent != TESTS),
    ids=lambda path: path.relative_to(TESTS).as_posix(),
)
def test_tests_mirror_modules(test: Path) -> None:
    if test.parent.name == "docs" or test.name in (
        "test_model_card.py",
        "test_page.py",
        "test_player.py",
    ):
        return  # documents and pages, not modules
    mirrored = SOURCE / test.parent.relative_to(TESTS) / test.name.removeprefix("test_")
    assert mirrored.is_file()


def messages(module: Path) -> Iterator[str]:
    """The texts given to errors: those of literals, and the literal parts of f-strings."""
    for node in ast.walk(ast.parse(module.read_text())):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in ERRORS
        ):
            for argument in node.args:
                for part in ast.walk(argument):
                    if isinstance(part, ast.Constant) and isinstance(part.value, str):
                        yield part.value


@pytest.mark.parametrize(
    "module", [m for m in MODULES if name_of(m).split("/")[0] not in SURFACES], ids=name_of
)
def test_errors_of_the_core_know_no_command_line(module: Path) -> None:
    for text in messages(module):
        assert not WORDS_OF_THE_COMMAND_LINE.search(text), text

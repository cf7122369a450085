"""The examples in docstrings work."""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest

import mien

SOURCES = Path(mien.__file__).parent


def with_examples() -> list[str]:
    """The modules that have examples, by name."""
    found = (p for p in sorted(SOURCES.rglob("*.py")) if ">>> " in p.read_text(encoding="utf-8"))
    parts = (p.relative_to(SOURCES.parent).with_suffix("").parts for p in found)
    return [".".join(p[:-1] if p[-1] == "__init__" else p) for p in parts]


@pytest.mark.parametrize("name", with_examples())
def test_examples_in_docstrings(
    name: str, astronaut_jpg: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    astronaut_jpg.rename(astronaut_jpg.with_name("me.jpg"))
    monkeypatch.chdir(astronaut_jpg.parent)
    tested = doctest.testmod(importlib.import_module(name), optionflags=doctest.ELLIPSIS)
    assert tested.attempted > 0
    assert tested.failed == 0

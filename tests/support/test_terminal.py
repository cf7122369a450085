"""Tables and lines reach the terminal as they are."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from mien.support.terminal import new_console, new_table, print_lines, show_lines


def test_lines_are_not_markup() -> None:
    console = Console(file=io.StringIO(), width=80, force_terminal=True)
    show_lines(console, ["[bold]not bold[/bold] 42", "two"])
    assert console.file.getvalue() == "[bold]not bold[/bold] 42\ntwo\n"  # type: ignore[attr-defined]


def test_long_lines_are_not_wrapped(capsys: pytest.CaptureFixture[str]) -> None:
    print_lines(["x" * 500, "y"])
    assert capsys.readouterr().out == f"{'x' * 500}\ny\n"


def test_tables_align_numbers_to_the_right() -> None:
    table = new_table("name", "count", "share")
    table.add_row("a", "1", "0.5")
    assert [column.justify for column in table.columns] == ["left", "right", "right"]
    assert table.row_count == 1


def test_consoles_write_to_either_stream() -> None:
    assert new_console(stderr=True).stderr
    assert not new_console().stderr

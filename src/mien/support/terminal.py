"""Consoles, tables and plain lines in a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table


def new_console(*, stderr: bool = False) -> Console:
    """A console for tables and progress, on standard output or standard error."""
    from rich.console import Console

    return Console(stderr=stderr, highlight=False)


def new_table(first: str, *columns: str) -> Table:
    """An empty table: a left-aligned column, then right-aligned ones."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(first, justify="left")
    for column in columns:
        table.add_column(column, justify="right")
    return table


def show_lines(console: Console, lines: Sequence[str]) -> None:
    """Print lines without interpreting markup."""
    for line in lines:
        console.print(line, markup=False, highlight=False)


def print_lines(lines: Sequence[str]) -> None:
    """Print lines on standard output without wrapping them."""
    for line in lines:
        click.echo(line)


def printable(text: str) -> str:
    """Text on one line without control characters, which names of files may contain."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)

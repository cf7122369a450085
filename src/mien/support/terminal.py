"""Consoles, tables and plain lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table


def new_console(*, stderr: bool = False) -> Console:
    """Where tables and progress are printed."""
    from rich.console import Console

    return Console(stderr=stderr, highlight=False)


def new_table(first: str, *columns: str) -> Table:
    """A table without a box; the first column is text, the others are numbers."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(first, justify="left")
    for column in columns:
        table.add_column(column, justify="right")
    return table


def show_lines(console: Console, lines: Sequence[str]) -> None:
    """Print plain lines; nothing in them is markup."""
    for line in lines:
        console.print(line, markup=False, highlight=False)


def print_lines(lines: Sequence[str]) -> None:
    """Print lines as they are, however wide the terminal is."""
    for line in lines:
        click.echo(line)

"""The numbers of the report: each has a key, a value, a text and the command that makes it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from mien.errors import DataError
from mien.research.evaluation.ranking import Estimate

PUBLISHED = "as the paper prints it"
"""Stands for a command with the paper's own numbers."""

_FORMATS = (  # of the first pattern that is found in the key
    (r"^songs\.(genre|years)\..*\.tempo$", ".0f"),
    (r"^songs\.(genre|years)\.", ".2f"),
    (r"^songs\.correlation\.", ".3f"),
    (r"^private\.near_copies$", ".1f %"),
    (r"\.(agreement|passing)", ".0f %"),
    (r"\.(accuracy|mirrored|without_(near_)?copies|appearing)\b", ".2f %"),
    (r"loss$", ".4f"),
    (r"^(speed|published\.opinion)", ".1f"),
    (r"^(?!published).*(precision|recall|f1)\b", ".3f"),
    (r"", ".2f"),
)


@dataclass(frozen=True)
class Number:
    """A number as the report shows it.

    Attributes:
        key: its name in `numbers.json`, such as `paper.private.accuracy`.
        value: as measured; shares are in [0, 1].
        text: as people read it.
        command: the command that makes it, or `PUBLISHED`.
        low, high: its 95 % interval; the value itself where none is known.
    """

    key: str
    value: float
    text: str
    command: str
    low: float
    high: float

    def __str__(self) -> str:
        return self.text

    def __html__(self) -> str:
        from markupsafe import Markup

        form = Markup('<data value="{}" data-key="{}" title="{}">{}</data>')
        return form.format(self.value, self.key, self.command, self.text)


Values = Mapping[str, float | Estimate]


class Numbers(dict[str, Number]):
    """Key -> number."""

    def add(self, command: str, values: Values) -> None:
        """Take up what one command makes: key -> value, with its interval or without.

        Raises:
            DataError: a different number has one of the keys.
        """
        for key, found in values.items():
            one = found if isinstance(found, Estimate) else Estimate(found, found, found)
            number = Number(
                key, one.value, format_value(key, one.value), command, one.low, one.high
            )
            if self.setdefault(key, number) != number:
                raise DataError(f"two numbers have the key {key}")


def with_bounds(key: str, found: Estimate) -> dict[str, float | Estimate]:
    """A number whose interval is shown as two more."""
    return {key: found, f"{key}.low": found.low, f"{key}.high": found.high}


def format_value(key: str, value: float) -> str:
    """A value in the format of its key.

    >>> format_value("paper.private.accuracy", 0.66982), format_value("songs.kept", 81050)
    ('66.98 %', '81,050')
    """
    if isinstance(value, int):
        return f"{value:,}"
    style = next(style for pattern, style in _FORMATS if re.search(pattern, key))
    return f"{value * 100:{style[:-2]}} %" if style.endswith("%") else f"{value:{style}}"

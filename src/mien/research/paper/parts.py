"""What a report is made of. Every number knows its name and the command that makes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from mien.errors import DataError

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

PUBLISHED = "as the paper prints it"
"""What stands in place of a command where a number is the paper's own."""


@dataclass(frozen=True)
class Number:
    """A number as it is shown.

    Attributes:
        key: its name in `numbers.json`, such as `paper.private.accuracy`.
        value: as it was measured; shares are in [0, 1].
        text: as people read it.
        command: what makes it, or `PUBLISHED`.
    """

    key: str
    value: float
    text: str
    command: str


def percent(key: str, value: float, command: str, places: int = 2) -> Number:
    """A share in [0, 1] as per cent."""
    return Number(key, value, f"{value * 100:.{places}f} %", command)


def decimal(key: str, value: float, command: str, places: int = 3) -> Number:
    """A number with so many decimals."""
    return Number(key, value, f"{value:.{places}f}", command)


def count(key: str, value: int, command: str) -> Number:
    """A whole number."""
    return Number(key, value, f"{value:,}", command)


Sentence = tuple[str | Number, ...]
"""Text with numbers in it."""


def plain(sentence: Sentence) -> str:
    """A sentence as mere text."""
    return "".join(piece if isinstance(piece, str) else piece.text for piece in sentence)


@dataclass(frozen=True)
class Table:
    """Rows of cells; the first cell of each row names it.

    Attributes:
        name: the anchor on the page, and the name of the table in `numbers.json`.
        head: one text for each column.
        note: what a reader must know to read it.
        narrow: whether it may stand beside another.
        third: whether three may stand beside each other.
    """

    name: str
    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[Sentence, ...], ...]
    note: Sentence = ()
    narrow: bool = False
    third: bool = False


@dataclass(frozen=True)
class Figure:
    """A picture.

    Attributes:
        name: the anchor on the page, and the name of the files.
        alt: what it shows, in words, for those who do not see it.
        caption: what to see in it.
        commands: what makes its numbers.
        draw: makes it, with the colours of `mien.output.charts.LIGHT` only.
        people: whether it shows the faces of people.
        numbers: those that it draws and no table has.
        wide: whether it needs the whole width of a page.
    """

    name: str
    title: str
    alt: str
    caption: Sentence
    commands: tuple[str, ...]
    draw: Callable[[], Drawing] = field(repr=False, compare=False)
    people: bool = False
    wide: bool = True
    numbers: tuple[Number, ...] = ()


@dataclass(frozen=True)
class Prose:
    """A paragraph."""

    text: Sentence


@dataclass(frozen=True)
class Missing:
    """A part that was left out.

    Attributes:
        what: the part.
        why: what is missing.
        command: what would make it.
    """

    what: str
    why: str
    command: str


class Verdict(Enum):
    """What comes of a claim."""

    HOLDS = "holds"
    FAILS = "does not hold"
    OPEN = "cannot be told"


@dataclass(frozen=True)
class Claim:
    """One thing that the paper says, and what we find.

    Attributes:
        name: the anchor on the page, and its name in `numbers.json`.
        says: what the paper says.
        found: what was measured.
        reasons: why the verdict is what it is, and what to bear in mind.
    """

    name: str
    title: str
    says: Sentence
    found: Sentence
    verdict: Verdict
    reasons: tuple[Sentence, ...]


Part = Table | Figure | Prose | Missing


@dataclass(frozen=True)
class Section:
    """Parts under one heading."""

    name: str
    title: str
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Report:
    """All of it: the claims first, then what they rest on."""

    claims: tuple[Claim, ...]
    sections: tuple[Section, ...]

    def figures(self) -> list[Figure]:
        """In the order of the page."""
        return [p for s in self.sections for p in s.parts if isinstance(p, Figure)]

    def tables(self) -> list[Table]:
        """In the order of the page."""
        return [p for s in self.sections for p in s.parts if isinstance(p, Table)]

    def missing(self) -> list[Missing]:
        """In the order of the page."""
        return [p for s in self.sections for p in s.parts if isinstance(p, Missing)]

    def numbers(self) -> Mapping[str, Number]:
        """Key -> number, sorted by key.

        Raises:
            DataError: two numbers have the same key, so that one of them would be lost.
        """
        found: dict[str, Number] = {}
        for number in numbers_in(self._sentences()):
            if found.setdefault(number.key, number) != number:
                raise DataError(f"two numbers are called {number.key}")
        return dict(sorted(found.items()))

    def _sentences(self) -> Iterator[Sentence]:
        for claim in self.claims:
            yield from (claim.says, claim.found, *claim.reasons)
        for part in (part for section in self.sections for part in section.parts):
            if isinstance(part, Table):
                yield from (cell for row in part.rows for cell in row)
                yield part.note
            elif isinstance(part, Figure):
                yield (*part.caption, *part.numbers)
            elif isinstance(part, Prose):
                yield part.text


def numbers_in(sentences: Iterable[Sentence]) -> Iterator[Number]:
    """The numbers of sentences, in order."""
    for sentence in sentences:
        yield from (piece for piece in sentence if isinstance(piece, Number))


def commands_of(sentences: Iterable[Sentence]) -> list[str]:
    """The commands that make the numbers of sentences, each once, in order."""
    return list(dict.fromkeys(number.command for number in numbers_in(sentences)))

"""What a catalogue holds, and what its import did: summaries for people."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class CatalogueSummary:
    """One catalogue of a store.

    Attributes:
        name: as it was imported.
        songs: how many.
        source: the name of the file it comes from.
        imported: ISO 8601 date and time of the import, UTC.
        in_use: whether songs are recommended from it.
    """

    name: str
    songs: int
    source: str
    imported: str
    in_use: bool


@dataclass(frozen=True)
class ImportSummary:
    """What an import did with the rows of a file.

    Attributes:
        rows: rows read.
        songs: songs kept.
        dropped: reason -> rows removed.
        repaired: what was repaired -> rows.
        merged: why rows were the same song -> rows merged into another.
        notes: what was detected in the file.
        known: catalogue -> songs that took values from it.
        heard: songs whose sound was analysed.
        unplaced: songs that were dropped because neither the file nor catalogues nor the sound
            tell how they sound.
        examples: some of them, as title and artists.

    >>> ImportSummary(3, 2, dropped={"no title or artist": 1}).lines()
    ['3 rows read, 2 songs kept', '1 dropped: no title or artist']
    """

    rows: int
    songs: int
    dropped: dict[str, int] = field(default_factory=dict)
    repaired: dict[str, int] = field(default_factory=dict)
    merged: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    known: dict[str, int] = field(default_factory=dict)
    heard: int = 0
    unplaced: int = 0
    examples: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """The summary as text, one fact a line."""
        facts = [f"{self.rows:,} rows read, {self.songs:,} songs kept"]
        for what, counts in (
            ("dropped", self.dropped),
            ("repaired", self.repaired),
            ("merged", self.merged),
        ):
            facts += [f"{count:,} {what}: {why}" for why, count in counts.items() if count]
        facts += [f"{n:,} took values from the catalogue {c!r}" for c, n in self.known.items()]
        if self.heard:
            facts.append(f"{self.heard:,} analysed from their sound")
        if self.unplaced:
            more = self.unplaced - len(self.examples)
            listed = "; ".join([*self.examples, *([f"and {more:,} more"] if more else [])])
            facts.append(f"{self.unplaced:,} not placed, as nothing tells how they sound: {listed}")
        return facts + self.notes

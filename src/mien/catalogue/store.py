"""Where songs are kept: one SQLite file with any number of catalogues."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mien.database import connect, is_made, writing
from mien.errors import CatalogueError
from mien.mood import Scale
from mien.paths import home
from mien.types import Float64Array

if TYPE_CHECKING:
    import polars as pl

    from mien.catalogue.clean import Report

STARTER_PATH = Path(__file__).parent.parent / "data" / "starter.sqlite"
STARTER = "starter"

_TEXT = ("id", "title", "album")
_LISTS = ("artists", "genres")
_NUMBERS = (
    "valence",
    "energy",
    "tempo",
    "popularity",
    "duration",
    "explicit",
    "year",
    "danceability",
    "loudness",
    "speechiness",
    "acousticness",
    "instrumentalness",
    "liveness",
    "key",
    "mode",
    "time_signature",
)
_COLUMNS = (*_TEXT, *_LISTS, *_NUMBERS)

_SCHEMA = f"""
CREATE TABLE IF NOT EXISTS catalogues (
    catalogue INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    source TEXT NOT NULL,
    imported TEXT NOT NULL,
    in_use INTEGER NOT NULL DEFAULT 0,
    report TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS songs (
    catalogue INTEGER NOT NULL REFERENCES catalogues ON DELETE CASCADE,
    row INTEGER NOT NULL,
    {", ".join(f"{c} TEXT" for c in (*_TEXT, *_LISTS))},
    {", ".join(f"{c} REAL" for c in _NUMBERS)},
    PRIMARY KEY (catalogue, row)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS genres (
    catalogue INTEGER NOT NULL REFERENCES catalogues ON DELETE CASCADE,
    genre TEXT NOT NULL,
    row INTEGER NOT NULL,
    PRIMARY KEY (catalogue, genre, row)
) WITHOUT ROWID;
"""


@dataclass(frozen=True)
class Song:
    """One recording.

    Attributes:
        id: Spotify's, where the catalogue has it; else made from title and artists.
        title, artists, genres, album: as the catalogue spells them.
        valence, energy: in [0, 1].
        tempo: beats per minute.
        popularity: in [0, 100], or None.
        duration: seconds, or None.
        explicit: True, False, or None where nobody says.
        year: of release, or None.
    """

    id: str
    title: str
    artists: tuple[str, ...]
    genres: tuple[str, ...]
    valence: float
    energy: float
    tempo: float
    album: str | None = None
    popularity: float | None = None
    duration: float | None = None
    explicit: bool | None = None
    year: int | None = None


@dataclass(frozen=True)
class Summary:
    """One line of `mien catalogue list`."""

    name: str
    songs: int
    source: str
    imported: str
    in_use: bool


@dataclass(frozen=True)
class Place:
    """Where a catalogue lies. One that is imported anew differs in number or moment."""

    path: Path
    number: int
    name: str
    imported: str


@dataclass(frozen=True, eq=False)
class Catalogue:
    """The songs to choose from: what rankings need as arrays, the rest fetched when asked for.

    Attributes:
        place: where it lies; its name is as in `mien catalogue list`.
        valence, energy, tempo: float64 [n], in [0, 1], [0, 1] and beats per minute.
        scale: how the songs spread over the three.
    """

    place: Place
    valence: Float64Array
    energy: Float64Array
    tempo: Float64Array
    scale: Scale
    _db: sqlite3.Connection = field(repr=False)
    _masks: dict[str, np.ndarray] = field(default_factory=dict, repr=False)  # kept once asked for
    _columns: dict[str, Float64Array] = field(default_factory=dict, repr=False)
    _row_of: dict[str, int] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        return len(self.valence)

    def songs(self, rows: Sequence[int] | np.ndarray) -> list[Song]:
        """The songs at these rows (0 <= row < n), in the same order."""
        wanted = [int(row) for row in rows]
        found = {}
        for start in range(0, len(wanted), 500):
            part = wanted[start : start + 500]
            marks = ",".join("?" * len(part))
            for row in self._rows(f"SELECT * FROM songs WHERE row IN ({marks}) AND", *part):
                found[row["row"]] = _song(row)
        if len(found) < len(set(wanted)):
            raise CatalogueError(
                f"the catalogue {self.place.name!r} was removed or replaced; open it again."
            )
        return [found[row] for row in wanted]

    def genres(self) -> dict[str, int]:
        """Genre -> number of songs, the largest first."""
        sql = "SELECT genre, count(*) FROM genres WHERE"
        counts = {str(row[0]): int(row[1]) for row in self._rows(sql, tail=" GROUP BY genre")}
        return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))

    def in_genres(self, genres: Iterable[str]) -> np.ndarray:
        """A mask, bool [n]: the songs of any of these genres.

        Raises:
            CatalogueError: the catalogue does not know the genre.
        """
        masks = [self._in_genre(genre.strip().lower()) for genre in genres]
        return np.logical_or.reduce(masks) if masks else np.zeros(len(self), dtype=bool)

    def features(self, names: Sequence[str]) -> Float64Array:
        """Numbers of all songs, float64 [n, len(names)], NaN where the catalogue has none.

        Args:
            names: of the catalogue's columns, such as `danceability` or `year`.
        """
        assert set(names) <= set(_NUMBERS)
        cursor = self._rows(f"SELECT {', '.join(names)} FROM songs WHERE", tail=" ORDER BY row")
        return np.array([tuple(row) for row in cursor], dtype=np.float64).reshape(-1, len(names))

    def column(self, name: str) -> Float64Array:
        """One of `features`, float64 [n]; kept once asked for."""
        if name not in self._columns:
            self._columns[name] = self.features([name])[:, 0]
        return self._columns[name]

    def rows_of(self, ids: Iterable[str]) -> np.ndarray:
        """The rows of the songs with these ids, int64; ids of other songs are passed over."""
        wanted = list(ids)
        if wanted and not self._row_of:
            pairs = self._rows("SELECT id, row FROM songs WHERE")
            self._row_of.update((song, row) for song, row in pairs)
        found = sorted(self._row_of[song] for song in wanted if song in self._row_of)
        return np.array(found, dtype=np.int64)

    def artists(self) -> np.ndarray:
        """A number for each song's first artist, int64 [n]: the same for the same."""
        sql = "SELECT lower(json_extract(artists, '$[0]')) FROM songs WHERE"
        names = [name for (name,) in self._rows(sql, tail=" ORDER BY row")]
        return np.unique(np.array(names, dtype=str), return_inverse=True)[1]

    def genre_rows(self) -> dict[str, np.ndarray]:
        """Genre -> the rows of its songs, int64, ascending."""
        sql = "SELECT genre, json_group_array(row) FROM genres WHERE"
        found = self._rows(sql, tail=" GROUP BY genre")
        return {genre: np.sort(np.array(json.loads(rows))) for genre, rows in found}

    def _in_genre(self, genre: str) -> np.ndarray:
        if genre not in self._masks:
            sql = "SELECT row FROM genres WHERE genre = ? AND"
            rows = [row for (row,) in self._rows(sql, genre)]
            if not rows:
                raise CatalogueError(
                    f"the catalogue {self.place.name!r} has no genre {genre!r}; "
                    "see `mien catalogue stats` for those that it has."
                )
            mask = np.zeros(len(self), dtype=bool)
            mask[rows] = True
            self._masks[genre] = mask
        return self._masks[genre]

    def _rows(self, sql: str, *values: object, tail: str = "") -> Iterator[sqlite3.Row]:
        """The rows that a query finds in this catalogue."""
        try:
            yield from self._db.execute(f"{sql} catalogue = ?{tail}", (*values, self.place.number))
        except UnicodeEncodeError:
            raise CatalogueError("that is no name; use plain text.") from None
        except sqlite3.Error as e:
            raise CatalogueError(f"{self.place.path} cannot be read ({e}).") from e


class Store:
    """The file in which a person's catalogues are kept.

    Args:
        path: default: `mien.sqlite` in `MIEN_HOME` or the platform's place for user data.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = home() / "mien.sqlite" if path is None else path

    def save(self, name: str, songs: pl.DataFrame, report: Report, source: str) -> None:
        """Put cleaned songs in place of the catalogue of that name, and use it from now on.

        One transaction: a process that is killed leaves what was there.

        Raises:
            CatalogueError: the name is not usable, or the file cannot be written.
        """
        if not name.strip() or not name.isprintable() or name == STARTER or len(name) > 100:
            raise CatalogueError(f"a catalogue cannot be called {name!r}; choose another --name.")
        self._replace(name, songs, report, source)

    def _replace(self, name: str, songs: pl.DataFrame, report: Report, source: str) -> None:
        facts = {key: getattr(report, key) for key in report.__dataclass_fields__}
        now = datetime.now(UTC).isoformat()
        with self._writing() as db:
            db.execute("DELETE FROM catalogues WHERE name = ?", (name,))
            db.execute("UPDATE catalogues SET in_use = 0")
            number = db.execute(
                "INSERT INTO catalogues (name, source, imported, in_use, report) "
                "VALUES (?, ?, ?, 1, ?)",
                (name, source, now, json.dumps(facts)),
            ).lastrowid
            present = [c for c in _COLUMNS if c in songs.columns]
            marks = ",".join("?" * (len(present) + 2))
            db.executemany(
                f"INSERT INTO songs (catalogue, row, {', '.join(present)}) VALUES ({marks})",
                _table_rows(songs, present, number),
            )
            genres = songs["genres"].to_list()
            db.executemany(
                "INSERT OR IGNORE INTO genres (catalogue, genre, row) VALUES (?, ?, ?)",
                ((number, g.lower(), row) for row, names in enumerate(genres) for g in names),
            )

    def list(self) -> list[Summary]:
        """All catalogues, the starter first."""
        found = [*_summaries(STARTER_PATH), *_summaries(self.path)]
        used = any(s.in_use for s in found[1:])
        return [
            Summary(s.name, s.songs, s.source, s.imported, s.in_use if i else not used)
            for i, s in enumerate(found)
        ]

    def use(self, name: str) -> None:
        """Choose the catalogue that songs are recommended from.

        Raises:
            CatalogueError: there is none of that name.
        """
        self._require(name)
        with self._writing() as db:
            db.execute("UPDATE catalogues SET in_use = (name = ?)", (name,))

    def remove(self, name: str) -> None:
        """Delete a catalogue. Where it was in use, the starter is in use again.

        Raises:
            CatalogueError: there is none of that name, or it is the starter.
        """
        if name == STARTER:
            raise CatalogueError("the starter catalogue is part of mien and cannot be removed.")
        self._require(name)
        with self._writing() as db:
            db.execute("DELETE FROM catalogues WHERE name = ?", (name,))

    def find(self, name: str | None = None) -> Place:
        """Where a catalogue lies; without a name, the one in use.

        Raises:
            CatalogueError: there is none of that name.
        """
        if name != STARTER and is_made(self.path):
            condition = "in_use" if name is None else "name = ?"
            with _reading(self.path) as db:
                sql = f"SELECT catalogue, name, imported FROM catalogues WHERE {condition}"
                row = db.execute(sql, () if name is None else (name,)).fetchone()
            if row is not None:
                return Place(self.path, row["catalogue"], row["name"], row["imported"])
        if name is not None:
            self._require(name)
        return Place(STARTER_PATH, 1, STARTER, "")

    def open(self, name: str | None = None) -> Catalogue:
        """A catalogue by name; without one, the one in use.

        Raises:
            CatalogueError: there is none of that name.
        """
        return load(self.find(name))

    def report(self, name: str) -> dict[str, object]:
        """What the import of a catalogue did, as `Report`'s fields."""
        place = self.find(name)
        with _reading(place.path) as db:
            sql = "SELECT report FROM catalogues WHERE catalogue = ?"
            row = db.execute(sql, (place.number,)).fetchone()
        facts: dict[str, object] = json.loads(row["report"])
        return facts

    def _require(self, name: str) -> None:
        names = [s.name for s in self.list()]
        if name not in names:
            raise CatalogueError(
                f"there is no catalogue called {name!r}; there is {', '.join(names)}."
            )

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        try:
            with writing(self.path, _SCHEMA) as db:
                yield db
        except (sqlite3.Error, OSError) as e:
            raise CatalogueError(f"{self.path} cannot be written ({e}).") from e


def load(place: Place) -> Catalogue:
    """Read what rankings need.

    Raises:
        CatalogueError: the catalogue is gone, or the file is damaged.
    """
    db = _open_for_reading(place.path)
    try:
        cursor = db.cursor()
        cursor.row_factory = None
        sql = "SELECT valence, energy, tempo FROM songs WHERE catalogue = ? ORDER BY row"
        values = np.array(cursor.execute(sql, (place.number,)).fetchall(), dtype=np.float64)
    except sqlite3.Error as e:
        raise _unreadable(place.path, e) from e
    if not len(values):
        raise CatalogueError(f"the catalogue {place.name!r} is gone; see `mien catalogue list`.")
    valence, energy, tempo = (np.ascontiguousarray(values[:, i]) for i in range(3))
    return Catalogue(place, valence, energy, tempo, Scale.of(valence, energy, tempo), db)


def _summaries(path: Path) -> list[Summary]:
    if not is_made(path):
        return []
    sql = (
        "SELECT name, source, imported, in_use, "
        "(SELECT count(*) FROM songs WHERE songs.catalogue = catalogues.catalogue) AS songs "
        "FROM catalogues ORDER BY name"
    )
    with _reading(path) as db:
        return [
            Summary(r["name"], r["songs"], r["source"], r["imported"], bool(r["in_use"]))
            for r in db.execute(sql)
        ]


def _open_for_reading(path: Path) -> sqlite3.Connection:
    # The starter lies in the package, which may be on a medium that cannot be written.
    mode = "mode=ro&immutable=1" if path == STARTER_PATH else "mode=ro"
    try:
        return connect(f"{path.absolute().as_uri()}?{mode}", uri=True)
    except sqlite3.Error as e:
        raise _unreadable(path, e) from e


@contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection]:
    try:
        with closing(_open_for_reading(path)) as db:
            yield db
    except sqlite3.Error as e:
        raise _unreadable(path, e) from e


def _unreadable(path: Path, error: sqlite3.Error) -> CatalogueError:
    return CatalogueError(
        f"{path} is not a readable store of songs ({error}); move it away and import again."
    )


def _table_rows(
    songs: pl.DataFrame, present: list[str], number: int | None
) -> Iterator[tuple[object, ...]]:
    """The songs as rows of the table, lists as JSON."""
    columns: list[Iterable[object]] = []
    for name in present:
        values = songs[name].to_list()
        columns.append(
            (json.dumps(v, ensure_ascii=False) for v in values) if name in _LISTS else values
        )
    for row, song in enumerate(zip(*columns, strict=True)):
        yield (number, row, *song)


def _song(row: sqlite3.Row) -> Song:
    return Song(
        id=row["id"],
        title=row["title"],
        artists=tuple(json.loads(row["artists"])),
        genres=tuple(json.loads(row["genres"])),
        valence=row["valence"],
        energy=row["energy"],
        tempo=row["tempo"],
        album=row["album"],
        popularity=row["popularity"],
        duration=row["duration"],
        explicit=None if row["explicit"] is None else bool(row["explicit"]),
        year=None if row["year"] is None else int(row["year"]),
    )


def compact(path: Path) -> None:
    """Make the store one file without journal, as it can be shipped."""
    with closing(connect(path)) as db:
        db.execute("PRAGMA journal_mode = DELETE")
        db.execute("VACUUM")

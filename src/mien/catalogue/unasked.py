"""Songs that nobody asked for: out of season, for children, karaoke, noise, jokes, fragments.

They are recognised from names, genres and features when a catalogue is imported. Where a name
leaves doubt, a song counts as wanted: a carol in July annoys less than a favourite that is missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta
from enum import IntFlag
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from mien.catalogue.unasked_words import GENRES, PATTERNS, Rule

if TYPE_CHECKING:
    import polars as pl


class Unasked(IntFlag):
    """Why nobody asked for a song; a song may have several reasons."""

    CHRISTMAS = 1
    NEW_YEAR = 2
    LUNAR_NEW_YEAR = 4
    RAMADAN = 8
    EASTER = 16
    HALLOWEEN = 32
    CHILDREN = 64
    LIVE = 128  # where the catalogue has a studio version by the same first artist
    KARAOKE = 256  # karaoke, backing tracks, tribute and cover bands
    INSTRUMENTAL = 512  # where the catalogue has the version with a voice by the same first artist
    SPEED = 1024  # sped up, slowed, nightcore
    SPOKEN = 2048  # spoken word and comedy
    NOISE = 4096  # noise and sounds to sleep by
    FRAGMENT = 8192  # skits and short intros, interludes and outros
    LENGTH = 16384  # shorter than `MIN_SECONDS` or longer than `MAX_SECONDS`


SEASONS = Unasked(63)
"""Reasons that hold outside some weeks of the year only (`in_season`)."""

MIN_SECONDS, MAX_SECONDS = 60.0, 900.0

MAX_SPEECHINESS = 0.9
"""Speechiness above which a recording consists of spoken words only. Spotify's documentation says
0.66, but there most songs outside comedy are rap (Spotify Tracks Dataset: 76 of 98 lie below
0.9)."""

_NUMBERS = ("duration", "speechiness", "instrumentalness")
_FRAGMENT_SECONDS = 100.0  # longer intros and interludes are mostly songs of their own
_GUESTS = r" ?[(\[](?:feat|ft|featuring|with|con|com|avec|mit)\b\.?[^)\]]*[)\]]| (?:feat|ft)\. .*$"
_BRACKETS = r"\([^)]*\)?|\[[^\]]*\]?|【[^】]*】?"
_DASH = r"\s[-\x{2013}\x{2014}]\s.*$"


def find_unasked(songs: pl.DataFrame) -> npt.NDArray[np.uint16]:
    """Why nobody asked for each song, `Unasked` as uint16 [n]; 0: no reason.

    Args:
        songs: a table with any of the columns `title`, `album` (text), `artists`, `genres` (lists
            of text), `duration` (seconds), `speechiness` and `instrumentalness` (in [0, 1]).
    """
    import polars as pl

    texts = _texts(songs)
    marks = texts.select("key", *(_any_of(rules).alias(kind) for kind, rules in PATTERNS.items()))
    original = ~pl.any_horizontal("LIVE", "INSTRUMENTAL", "KARAOKE", "SPEED", "VERSION")
    sung = original & ~(pl.col("instrumentalness") > 0.5).fill_null(False)
    seconds = pl.col("duration")
    found = marks.hstack(texts.select(_NUMBERS)).with_columns(
        LIVE=pl.col("LIVE") & original.any().over("key"),
        INSTRUMENTAL=pl.col("INSTRUMENTAL") & sung.any().over("key"),
        SPOKEN=pl.col("SPOKEN") | (pl.col("speechiness") > MAX_SPEECHINESS).fill_null(False),
        FRAGMENT=pl.col("SKIT")
        | (pl.col("FRAGMENT") & (seconds < _FRAGMENT_SECONDS).fill_null(False)),
        LENGTH=~seconds.is_between(MIN_SECONDS, MAX_SECONDS).fill_null(True),
    )
    flags = _genre_kinds(songs)
    for kind in Unasked:
        assert kind.name is not None
        flags |= found[kind.name].to_numpy().astype(np.uint16) * np.uint16(kind)
    return flags


def asked_by(genres: Iterable[str]) -> Unasked:
    """What someone asks for who names these genres.

    >>> asked_by(["pop"]), asked_by(["Kids"])
    (<Unasked: 0>, <Unasked.CHILDREN: 64>)
    """
    found = Unasked(0)
    for genre in genres:
        for kind, pattern in GENRES.items():
            if re.search(pattern, genre.strip().lower()):
                found |= Unasked[kind]
    return found


@lru_cache(maxsize=4)
def in_season(today: date) -> Unasked:
    """The seasons whose songs are welcome on a day.

    Christmas: 1 December to 7 January. New year: 26 December to 7 January. Lunar new year: 20
    January to 7 March, as its date moves. Ramadan: it and the month after it, by the tabular
    Islamic calendar. Easter: the two weeks before it and Easter Monday. Halloween: 15 October to 2
    November.

    >>> in_season(date(2026, 12, 24)), in_season(date(2026, 7, 1))
    (<Unasked.CHRISTMAS: 1>, <Unasked: 0>)
    """
    day = today.month, today.day
    weeks = {
        Unasked.CHRISTMAS: day >= (12, 1) or day <= (1, 7),
        Unasked.NEW_YEAR: day >= (12, 26) or day <= (1, 7),
        Unasked.LUNAR_NEW_YEAR: (1, 20) <= day <= (3, 7),
        Unasked.RAMADAN: _islamic_month(today) in (9, 10),
        Unasked.EASTER: timedelta(-14) <= today - _easter(today.year) <= timedelta(1),
        Unasked.HALLOWEEN: (10, 15) <= day <= (11, 2),
    }
    found = Unasked(0)
    for season, now in weeks.items():
        found |= season if now else Unasked(0)
    return found


def _texts(songs: pl.DataFrame) -> pl.DataFrame:
    """The texts that rules refer to, in lower case, the key of all versions of a song, and the
    numbers."""
    import polars as pl

    def text(name: str) -> pl.Expr:
        plain = pl.col(name) if name in songs.columns else pl.lit(None, pl.String)
        return (
            plain.fill_null("")
            .str.normalize("NFKC")
            .str.to_lowercase()
            .str.replace_all("\u2019", "'")
        )

    def number(name: str) -> pl.Expr:
        known = pl.col(name) if name in songs.columns else pl.lit(None)
        return known.cast(pl.Float64).fill_nan(None).alias(name)

    has_artists = "artists" in songs.columns
    names = pl.col("artists").list.join(";") if has_artists else pl.lit("")
    first = pl.col("artists").list.first() if has_artists else pl.lit("")
    additions = pl.col("title").str.extract_all(f"{_BRACKETS}|{_DASH}").list.join(" ")
    base = pl.col("title").str.replace_all(f"{_BRACKETS}|{_DASH}", "")
    base = base.str.replace_all(r"\s+", " ").str.strip_chars()
    table = songs.select(
        text("title").str.replace_all(_GUESTS, "").alias("title"),
        text("album").alias("album"),
        names.fill_null("").str.to_lowercase().alias("artists"),
        first.fill_null("").str.to_lowercase().alias("first"),
        *map(number, _NUMBERS),
    )
    named = pl.when(base == "").then(pl.col("title")).otherwise(base)
    table = table.with_columns(additions=additions, base=named)
    return table.with_columns(key=pl.col("first") + "\x1f" + pl.col("base"))


def _any_of(rules: tuple[Rule, ...]) -> pl.Expr:
    """Whether any of the rules marks a song."""
    import polars as pl

    def marks(rule: Rule) -> pl.Expr:
        text = pl.col(rule.text)
        found = text.str.contains(rule.pattern)
        return found & ~text.str.contains(rule.unless) if rule.unless else found

    return pl.any_horizontal(marks(rule) for rule in rules)


def _genre_kinds(songs: pl.DataFrame) -> npt.NDArray[np.uint16]:
    """What the genres say of each song, uint16 [n]."""
    flags = np.zeros(songs.height, np.uint16)
    if "genres" not in songs.columns:
        return flags
    each = songs.select("genres").with_row_index("row").explode("genres").drop_nulls()
    names = each["genres"].unique().to_list()
    kinds = {name: asked_by([name]) for name in names}
    for kind in Unasked:
        some = [name for name in names if kinds[name] & kind]
        rows = each.filter(each["genres"].is_in(some))["row"].to_numpy()
        flags[rows] |= np.uint16(kind)
    return flags


def _easter(year: int) -> date:
    """Easter Sunday of the western churches (Meeus's algorithm)."""
    century, rest = divmod(year, 100)
    leap, left = divmod(century, 4)
    moon = (19 * (year % 19) + century - leap - (8 * century + 13) // 25 + 15) % 30
    weekday = (32 + 2 * left + 2 * (rest // 4) - moon - rest % 4) % 7
    late = (year % 19 + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def _islamic_month(day: date) -> int:
    """The month, 1 to 12, by the tabular Islamic calendar; the one that is seen may begin a day
    earlier or later (Reingold and Dershowitz, Calendrical Calculations)."""
    days = day.toordinal() - 227015
    year = (30 * days + 10646) // 10631
    start = 354 * (year - 1) + (3 + 11 * year) // 30
    return min(12, -((29 + start - days) * 2 // 59) + 1)

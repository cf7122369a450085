"""The language that a song is sung in, where its title, genre or artist tell.

English is told only by its name ("English Version"): a title such as "Closer" may be sung in any
language, and who prefers English wants songs that are not known to be in another one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from mien.catalogue.language_words import (
    ENGLISH,
    GENRE_LIKELY,
    GENRE_SUPPORTS,
    GENRE_TELLS,
    LANGUAGES,
    LETTERS,
    SCRIPTS,
    STRONG,
    VERSIONS,
    WEAK,
)

if TYPE_CHECKING:
    import polars as pl

Codes = npt.NDArray[np.int8]
"""A language for each song: an index into `LANGUAGES`, -1 where it is not told."""

MAX_INSTRUMENTALNESS = 0.5
"""Songs with more have no words (Spotify's definition of the feature)."""

_UNTOLD = -1
_CODE = {language: code for code, language in enumerate(LANGUAGES)}
_JA, _KO, _ZH = _CODE["ja"], _CODE["ko"], _CODE["zh"]
_GUESTS = r"[(\[](?:feat|ft|with|con|com)\b[^)\]]*[)\]]|\b(?:feat|ft)\. .*$"
_ADDITIONS = r"\([^)]*\)?|\[[^\]]*\]?|\s[-\x{2013}\x{2014}]\s.*$"
_LA_LA = r"\bla(?:[ ,-]+la)+\b"
_WORD = r"[\p{L}\p{M}]+(?:['-][\p{L}\p{M}]+)*"


def find_languages(songs: pl.DataFrame) -> Codes:
    """The language of each song, int8 [n].

    A title tells by its script, or by words and letters of a language that outweigh its English
    ones; one word is enough where the genre agrees. Some genres tell by themselves (k-pop), others
    where neither the title nor the artist's other titles sound English (reggaeton). Titles that
    tell nothing follow the artist's others.

    Args:
        songs: a table with any of the columns `title` (text), `artists`, `genres` (lists of text)
            and `instrumentalness` (in [0, 1]).
    """
    import polars as pl

    if "title" not in songs.columns or not songs.height:
        return np.full(songs.height, _UNTOLD, np.int8)
    title = pl.col("title").fill_null("").str.normalize("NFKC").str.to_lowercase()
    texts = songs.select(full=title.str.replace_all("\u2019", "'").str.replace_all(_GUESTS, " "))
    texts = texts.with_columns(plain=pl.col("full").str.replace_all(_ADDITIONS, " "))
    texts = texts.with_columns(pl.col("plain").str.replace_all(_LA_LA, " "))
    tells, likely, supports = (
        _genres_of(songs, patterns) for patterns in (GENRE_TELLS, GENRE_LIKELY, GENRE_SUPPORTS)
    )
    agrees = (tells + likely + supports) > 0
    sung = _are_sung(songs)
    english, points = _points(texts["plain"])
    script = _by_script(texts["full"], agrees)
    told = np.where(script == _UNTOLD, _by_words(english, points, agrees), script)
    told[~sung] = _UNTOLD

    all_tell = tells == _count_genres(songs)[:, None]
    artists = _Artists.of(songs, told, (english > 0) & sung, all_tell & (tells > 0))
    agreed = np.take_along_axis(agrees, told.clip(0)[:, None].astype(np.int64), 1)[:, 0]
    stray = (script == _UNTOLD) & ~agreed & artists.mostly_english
    told[stray | artists.nearly_all_english] = _UNTOLD
    told[(told == _ZH) & artists.heard[:, _JA]] = _JA
    silent = ((english == 0) & ~artists.mostly_english)[:, None]
    abroad = (artists.english > 0)[:, None]  # the genre's own artists use English words, too
    for guess in (
        np.where(english == 0, artists.usual, _UNTOLD),
        _only((tells > 0) & (artists.heard | (all_tell & artists.at_home & abroad))),
        _only((likely > 0) & silent & (artists.heard | ~abroad)),
    ):
        told = np.where(told == _UNTOLD, guess, told)
    told = _by_version(texts["full"], told)
    told[~sung] = _UNTOLD
    return told.astype(np.int8)


@dataclass(frozen=True, eq=False)
class _Artists:
    """What the titles of each song's first artist tell.

    Attributes:
        heard: whether any tells each language, bool [n, languages].
        at_home: whether the genres of most songs all tell each language, bool [n, languages].
        usual: the language of nearly all titles that tell one.
        most: how many tell the most frequent language, int32 [n].
        english: how many have English words and tell no other language, int32 [n].
    """

    heard: npt.NDArray[np.bool_]
    at_home: npt.NDArray[np.bool_]
    usual: Codes
    most: npt.NDArray[np.int32]
    english: npt.NDArray[np.int32]

    @classmethod
    def of(
        cls,
        songs: pl.DataFrame,
        told: Codes,
        english: npt.NDArray[np.bool_],
        all_tell: npt.NDArray[np.bool_],
    ) -> _Artists:
        import polars as pl

        if "artists" in songs.columns:
            first = songs["artists"].list.first().fill_null("").str.to_lowercase()
            artist = first.rank("dense").cast(pl.Int64).to_numpy() - 1
        else:
            artist = np.arange(songs.height)
        n = int(artist.max()) + 1
        votes = np.zeros((n, len(LANGUAGES)), np.int32)
        known = told != _UNTOLD
        np.add.at(votes, (artist[known], told[known]), 1)
        count = np.bincount(artist[english & ~known], minlength=n).astype(np.int32)
        home = np.zeros((n, len(LANGUAGES)), np.int32)
        rows, languages = all_tell.nonzero()
        np.add.at(home, (artist[rows], languages), 1)
        most = home >= 0.8 * np.bincount(artist, minlength=n)[:, None]
        top = votes.max(axis=1)
        clear = (top >= 2) & (top > 2 * (votes.sum(axis=1) - top + count))
        usual = np.where(clear, votes.argmax(axis=1), _UNTOLD).astype(np.int8)
        return cls((votes > 0)[artist], most[artist], usual[artist], top[artist], count[artist])

    @property
    def mostly_english(self) -> npt.NDArray[np.bool_]:
        """Whether English words are in most of the titles that tell anything, bool [n]."""
        return (self.english >= 2) & (self.english >= self.most)

    @property
    def nearly_all_english(self) -> npt.NDArray[np.bool_]:
        """Whether a title in another script is the exception, bool [n]."""
        return (self.english >= 4) & (self.english >= 4 * self.most)


def _points(titles: pl.Series) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.int8]]:
    """The points of the words in lower-case titles for English, int8 [n], and for each language,
    int8 [n, languages]."""
    import polars as pl

    table = [
        (word, _CODE[language], worth)
        for worth, words in ((2, STRONG), (1, WEAK))
        for language, text in words.items()
        for word in text.split()
    ]
    table += [(word, _CODE["en"], 1) for word in ENGLISH.split()]
    known = pl.DataFrame(table, schema=["word", "language", "worth"], orient="row").unique()
    words = pl.DataFrame({"word": titles.str.extract_all(_WORD)}).with_row_index("row")
    words = words.explode("word").drop_nulls().unique().join(known, on="word")
    points = np.zeros((len(titles), len(LANGUAGES)), np.int8)
    at = words["row"].to_numpy(), words["language"].to_numpy()
    np.add.at(points, at, words["worth"].to_numpy().astype(np.int8))
    for language, letters, worth in LETTERS:
        has = titles.str.contains(letters).to_numpy()
        points[has, _CODE[language]] += np.int8(worth)
    english = points[:, _CODE["en"]].copy()
    points[:, _CODE["en"]] = 0
    return english, points


def _by_words(
    english: npt.NDArray[np.int8], points: npt.NDArray[np.int8], agrees: npt.NDArray[np.bool_]
) -> Codes:
    """The language whose words a title has."""
    weighed = points + (agrees & (points > 0))
    ranked = np.argsort(weighed, axis=1)
    rows = np.arange(len(points))
    best, second = ranked[:, -1], ranked[:, -2]
    found = points[rows, best]
    enough = np.where(agrees[rows, best], found >= 1, (found >= 3) & (found >= 3 * english))
    clear = (weighed[rows, best] > weighed[rows, second]) & (found > english)
    return np.where(enough & clear, best, _UNTOLD).astype(np.int8)


def _by_script(titles: pl.Series, agrees: npt.NDArray[np.bool_]) -> Codes:
    """The language whose script a title has; Han alone is Chinese unless the genre is Japanese or
    Korean."""
    told = np.full(len(titles), _UNTOLD, np.int8)
    others = titles.str.contains(r"[^\p{Latin}\p{Common}\p{Inherited}]").to_numpy().nonzero()[0]
    some = titles.gather(others)
    for language, script in reversed(SCRIPTS.items()):
        told[others[some.str.contains(script).to_numpy()]] = _CODE[language]
    for code in (_JA, _KO):
        told[(told == _ZH) & agrees[:, code] & ~agrees[:, _ZH]] = code
    return told


def _by_version(titles: pl.Series, told: Codes) -> Codes:
    """The languages, and those that titles name ("Japanese Version") in their place."""
    version = r"(?:ver\b|version|versi[oó]n|versão)"
    told = told.copy()
    for language, names in VERSIONS.items():
        named = titles.str.contains(
            rf"[(\[-].*(?:{names}).*{version}|[(\[-] ?(?:{names})(?:\"?[)\]]|$)"
        )
        told[named.to_numpy()] = _CODE[language]
    return told


def _genres_of(songs: pl.DataFrame, patterns: Mapping[str, str]) -> npt.NDArray[np.int8]:
    """How many of each song's genres match each language's pattern, int8 [n, languages]."""
    counts = np.zeros((songs.height, len(LANGUAGES)), np.int8)
    if "genres" in songs.columns:
        each = songs.select("genres").with_row_index("row").explode("genres").drop_nulls()
        rows = {
            name: part["row"].to_numpy()
            for (name,), part in each.partition_by("genres", as_dict=True).items()
        }
        for name, of_genre in rows.items():
            for language, pattern in patterns.items():
                if re.search(pattern, name.lower()):
                    counts[of_genre, _CODE[language]] += 1
    return counts


def _count_genres(songs: pl.DataFrame) -> npt.NDArray[np.int64]:
    if "genres" not in songs.columns:
        return np.zeros(songs.height, np.int64)
    return songs["genres"].list.len().fill_null(0).to_numpy().astype(np.int64)


def _are_sung(songs: pl.DataFrame) -> npt.NDArray[np.bool_]:
    if "instrumentalness" not in songs.columns:
        return np.ones(songs.height, bool)
    known = songs["instrumentalness"].cast(float).fill_nan(None)
    silent = (known > MAX_INSTRUMENTALNESS).fill_null(False)
    return ~silent.to_numpy()


def _only(languages: npt.NDArray[np.bool_]) -> Codes:
    """The language of rows that have a single one."""
    one = np.count_nonzero(languages, axis=1) == 1
    return np.where(one, languages.argmax(axis=1), _UNTOLD).astype(np.int8)

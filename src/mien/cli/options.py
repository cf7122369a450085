"""Options that commands share, and the query that they make.

Choices and limits are those of `mien.recommendation.query`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from mien.catalogue.filters import Filter
from mien.errors import NoSuchRankError, NoSuchSongError
from mien.mood import parse_mood
from mien.recommendation.query import (
    DEFAULT_COUNT,
    DEFAULT_FAMILIARITY,
    DEFAULT_POLICY,
    DEFAULT_RANKING,
    FAMILIARITY,
    RANKINGS,
    Query,
    Subject,
)
from mien.recommendation.target import POLICIES

Command = TypeVar("Command", bound=Callable[..., Any])

FILE = click.Path(path_type=Path)

IMAGE_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif")

MODEL = click.option(
    "--model",
    default="expression",
    show_default=True,
    help="A network in the package, or a file written by `mien train`.",
)

DATA = click.option("--data", type=FILE, help="FER2013, as for `mien train`.")

YES = click.option("--yes", "-y", is_flag=True, help="Do not ask first.")
JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")

CATALOGUE = click.option("--catalogue", help="Its name.  [default: the one in use]")

RANKING = click.Choice(RANKINGS)


class Count(click.ParamType[int | None]):
    """A number of songs, or `all` (None)."""

    name = "N|all"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> int | None:
        if value is None or value == "all":
            return None
        try:
            return int(value)
        except ValueError:
            self.fail(f"{value!r} is neither a number of songs nor 'all'.", param, ctx)


class Span(click.ParamType[tuple[float, float]]):
    """Two numbers with a dash between them, such as 2-5."""

    name = "FROM-TO"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[float, float]:
        try:
            low, high = (float(part) for part in str(value).split("-"))
        except ValueError:
            self.fail(f"{value!r} is not a range; give two numbers, such as 2-5.", param, ctx)
        return low, high


_QUERY_OPTIONS = (
    click.option(
        "-n", type=Count(), default=str(DEFAULT_COUNT), show_default=True, help="How many."
    ),
    click.option(
        "--ranking",
        type=RANKING,
        default=DEFAULT_RANKING,
        show_default=True,
        help="How songs are ranked.",
    ),
    click.option(
        "--policy",
        type=click.Choice(POLICIES),
        default=DEFAULT_POLICY,
        show_default=True,
        help="Suit the mood (fear gets calm songs), match it, or lead away from it.",
    ),
    click.option(
        "--familiarity",
        type=click.Choice(list(FAMILIARITY)),
        default=DEFAULT_FAMILIARITY,
        show_default=True,
        help="How well known the songs should be.",
    ),
    click.option(
        "--language",
        "languages",
        multiple=True,
        help="Songs in this language first, such as pt; may be repeated. Default: the locale's.",
    ),
    click.option("--genre", "genres", multiple=True, help="Only this genre; may be repeated."),
    click.option("--without", multiple=True, help="Not this genre; may be repeated."),
    click.option("--clean", is_flag=True, help="Nothing marked as explicit."),
    click.option("--popularity", type=Span(), help="How well known, 0 to 100."),
    click.option("--minutes", type=Span(), help="How long."),
    click.option(
        "--like",
        metavar="SONG",
        multiple=True,
        help="Songs near this one: its id, or its number in the last list; may be repeated.",
    ),
    click.option(
        "--never",
        metavar="SONG",
        multiple=True,
        help="Not this song, nor other versions of it; may be repeated.",
    ),
    click.option("--fresh", is_flag=True, help="Nothing shown in the last 30 days."),
    click.option("--impersonal", is_flag=True, help="Ignore your ratings."),
    click.option("--seed", type=int, help="Other songs that fit nearly as well."),
    CATALOGUE,
)


def query_options(command: Command, journey: str = "--to") -> Command:
    """The options of a command that recommends songs.

    Args:
        command: the command.
        journey: the name of the option for where a journey leads.
    """
    help_text = "A journey: songs in even steps to this emotion, mood or V,E,BPM."
    for option in (*reversed(_QUERY_OPTIONS), click.option(journey, "to", help=help_text)):
        command = option(command)
    return command


def make_query(
    subject: Subject,
    *,
    n: int | None,
    ranking: str,
    policy: str,
    familiarity: str,
    languages: Sequence[str],
    to: str | None,
    genres: Sequence[str],
    without: Sequence[str],
    clean: bool,
    popularity: tuple[float, float] | None,
    minutes: tuple[float, float] | None,
    like: Sequence[str],
    never: Sequence[str],
    fresh: bool,
    impersonal: bool,
    seed: int | None,
    catalogue: str | None,
) -> Query:
    """The query that `query_options` describe.

    Raises:
        QueryError: a value is out of range, or options contradict each other.
        NoSuchSongError: a song is neither in the last list nor in the catalogue.
    """
    from mien.listener.feedback import Feedback

    recent = Feedback().recently_shown() if fresh else frozenset()
    return Query(
        subject,
        n,
        ranking=ranking,
        policy=policy,
        familiarity=familiarity,
        languages=tuple(languages) or locale_languages(),
        to=None if to is None else parse_subject(to),
        where=Filter(tuple(genres), tuple(without), clean, popularity, minutes),
        like=tuple(resolve_song(song, catalogue) for song in like),
        never=recent.union(resolve_song(song, catalogue) for song in never),
        personal=not impersonal,
        seed=seed,
        catalogue=catalogue,
    )


def locale_languages() -> tuple[str, ...]:
    """The languages of the environment's locale, as ISO 639-1 codes; none for `C`."""
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        code = os.environ.get(variable, "").partition("_")[0].partition(".")[0].lower()
        if code:
            return (code,) if len(code) == 2 and code.isascii() and code.isalpha() else ()
    return ()


def parse_subject(text: str) -> Subject:
    """`V,E,BPM` or the name of an emotion or mood.

    >>> parse_subject("0.8,0.6,120")
    Mood(valence=0.8, energy=0.6, tempo=120.0)
    """
    return parse_mood(text) if "," in text else text


def rank_in_last_list(text: str) -> int | None:
    """The number of a song in the last list, or None where it has no song of that number."""
    from mien.listener.feedback import Feedback

    if not text.isdecimal() or len(text) > 6 or int(text) < 1:
        return None
    try:
        Feedback().song_at(int(text))
    except NoSuchRankError:
        return None
    return int(text)


def confirm(question: str, yes: bool) -> None:
    """Go on if the answer is yes, or was given before."""
    if not yes and not click.confirm(question, err=True):
        click.echo("Nothing was deleted.", err=True)
        raise click.exceptions.Exit(1)


def song_argument(text: str) -> str | int:
    """SONG: a number in the last list, or the id of a song in the catalogue in use.

    Raises:
        NoSuchSongError: it is neither.
    """
    rank = rank_in_last_list(text)
    return _require_id(text, None) if rank is None else rank


def resolve_song(text: str, catalogue: str | None) -> str:
    """The id of a song, from its number in the last list or from its id.

    Raises:
        NoSuchSongError: it is neither.
    """
    from mien.listener.feedback import Feedback

    rank = rank_in_last_list(text)
    return _require_id(text, catalogue) if rank is None else Feedback().song_at(rank)


def _require_id(text: str, catalogue: str | None) -> str:
    from mien.recommendation.recommender import recommender_of

    opened = recommender_of(catalogue).catalogue
    if len(opened.rows_of([text])):
        return text
    known = repr(opened.ref.name)
    raise NoSuchSongError(
        f"the last list has no song number {text}, and the catalogue {known} none with that id"
        if text.isdecimal()
        else f"the catalogue {known} has no song with the id {text!r}"
    )

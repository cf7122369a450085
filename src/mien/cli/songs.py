"""`mien recommend` and `compare`: songs for a face, an emotion or a mood."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from mien.cli.neutral import NEUTRAL, neutral_face
from mien.cli.options import (
    CATALOGUE,
    FILE,
    JSON,
    RANKING,
    make_query,
    query_options,
)
from mien.cli.playlists import M3U, RELATIVE_TO, write_playlist
from mien.errors import FeedbackError, NoFaceError, PhotoError
from mien.mood import parse_mood
from mien.recommendation.query import DEFAULT_COUNT, DEFAULT_RANKING, SUBJECTS, Query, Subject
from mien.support.terminal import new_console

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mien.face.reading import Reading
    from mien.recommendation.results import Recommendations

Command = TypeVar("Command", bound=Callable[..., object])

_EMOTION = f"{', '.join(SUBJECTS[:-1])} or {SUBJECTS[-1]}."

MAX_REMEMBERED = 100
"""Songs of a list that can be rated by number; a longer list is an export."""


def subject_options(command: Command, journey: str = "--to") -> Command:
    """Add what songs are for, and how they are chosen, as `choose_songs` takes it.

    Args:
        command: the command.
        journey: the name of the option for where a journey leads.
    """
    for option in (
        partial(query_options, journey=journey),
        NEUTRAL,
        click.option("--mood", metavar="V,E,BPM", help="Valence and energy, 0 to 1, and tempo."),
        click.option("--emotion", help=_EMOTION),
        click.argument("photo", required=False, type=click.Path(path_type=Path, allow_dash=True)),
    ):
        command = option(command)
    return command


@click.command()
@subject_options
@JSON
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV.")
@M3U
@RELATIVE_TO
@click.option("--chart", type=FILE, help="Also draw the songs here (.png, .svg, .pdf).")
@click.option("--dark", is_flag=True, help="Draw light on dark.")
def recommend(
    photo: Path | None,
    *,
    emotion: str | None,
    mood: str | None,
    use_neutral: bool | None,
    as_json: bool,
    as_csv: bool,
    m3u: Path | None,
    relative_to: Path | None,
    chart: Path | None,
    dark: bool,
    **options: Any,
) -> None:
    """Recommend songs for the face in PHOTO (`-`: standard input), an emotion or a mood.

    `mien PHOTO` is short for `mien recommend PHOTO`.
    """
    from mien.output.playlists import to_csv
    from mien.recommendation.recommender import recommender_of

    if as_json and as_csv:
        raise click.UsageError("Give --json or --csv, not both.")
    if chart is not None:
        from mien.output.charts import chart_songs, require_chart

        require_chart(chart, options["n"])
    reading, songs = choose_songs(photo, emotion, mood, use_neutral, options)
    if m3u is not None:
        write_playlist(m3u, [r.song for r in songs], relative_to)
    if chart is not None:
        chart_songs(recommender_of(options["catalogue"]), songs, chart, dark=dark)
    if as_json:
        from mien.listener.feedback import Feedback
        from mien.output.json import recommendations_json, to_line

        opinions = Feedback().opinions()
        click.echo(to_line(recommendations_json(songs, reading, opinions=opinions)))
    elif as_csv:
        click.echo(to_csv(songs), nl=False)
    else:
        from mien.cli.printing import show_reading, show_songs

        console = new_console()
        if reading is not None:
            show_reading(console, reading)
        show_songs(console, songs)


@click.command()
@click.option("--emotion", required=True, help=_EMOTION)
@click.option(
    "--ranking", type=RANKING, default=DEFAULT_RANKING, show_default=True, help="One ranking."
)
@click.option("--against", type=RANKING, default="paper", show_default=True, help="The other.")
@click.option(
    "-n", type=click.IntRange(1, MAX_REMEMBERED), default=DEFAULT_COUNT, show_default=True
)
@click.option("--seed", type=int, help="Of the draws.  [default: random]")
@CATALOGUE
def compare(
    emotion: str, *, ranking: str, against: str, n: int, seed: int | None, catalogue: str | None
) -> None:
    """Mix the songs of two rankings, to be rated blind.

    Rate them with `mien feedback rate NUMBER STARS`; `mien feedback opinions --blind` then shows
    which ranking you liked better.
    """
    import secrets

    from mien.cli.printing import show_blind_list
    from mien.listener.feedback import Feedback
    from mien.recommendation.interleaving import interleave
    from mien.recommendation.recommender import run_query

    if against == ranking:
        raise click.UsageError(f"{against} cannot be compared with itself; give another ranking.")
    seed = secrets.randbits(32) if seed is None else seed
    feedback = Feedback()
    # Taste would make both lists alike, but disliked songs stay out.
    disliked = frozenset(song for song, value in feedback.preferences().items() if value == -1)
    one, other = (
        run_query(
            Query(
                emotion,
                n,
                ranking=name,
                never=disliked,
                personal=False,
                seed=seed,
                catalogue=catalogue,
            )
        )
        for name in (ranking, against)
    )
    picks = interleave(one, other, n, seed)
    feedback.save_list([(pick.song.id, pick.ranking) for pick in picks], blind=True)
    show_blind_list(new_console(), [pick.song for pick in picks])


def choose_songs(
    photo: Path | None,
    emotion: str | None,
    mood: str | None,
    use_neutral: bool | None,
    options: Mapping[str, Any],
) -> tuple[Reading | None, Recommendations]:
    """The reading of the photo, if there is one, and songs for it, the emotion or the mood.

    The songs can be rated by number from then on.

    Args:
        photo, emotion, mood: exactly one of them.
        use_neutral: whether to read relative to the neutral face; None: if there is one.
        options: those of `query_options`.
    """
    from mien.recommendation.recommender import run_query

    if sum(source is not None for source in (photo, emotion, mood)) != 1:
        raise click.UsageError("Give one of: a photo, --emotion, --mood.")
    reading = None if photo is None else _read(photo, use_neutral)
    songs = run_query(make_query(_subject(reading, emotion, mood), **options))
    _remember([(r.song.id, songs.ranking) for r in songs.songs[:MAX_REMEMBERED]])
    return reading, songs


def _read(photo: Path, use_neutral: bool | None) -> Reading:
    from mien.face.photo import DEFAULT_LIMITS
    from mien.face.reading import read

    neutral = neutral_face(use_neutral)
    if str(photo) != "-":
        reading, name = read(photo, neutral=neutral), str(photo)
    elif sys.stdin is None:
        raise PhotoError("standard input is closed", "give a file")
    else:
        # One byte over the limit is enough to refuse the photo.
        content = sys.stdin.buffer.read(DEFAULT_LIMITS.bytes + 1)
        reading, name = read(content, neutral=neutral), "the photo"
    if not reading.faces:
        raise NoFaceError(f"no face was found in {name}")
    return reading


def _subject(reading: Reading | None, emotion: str | None, mood: str | None) -> Subject:
    if reading is not None:
        assert reading.expression is not None
        return reading.expression
    return emotion if emotion is not None else parse_mood(str(mood))


def _remember(shown: list[tuple[str, str]]) -> None:
    """Keep the list, so that its songs can be rated by number."""
    from mien.listener.feedback import Feedback

    # Where nothing can be written, the songs are shown all the same.
    with contextlib.suppress(FeedbackError):
        Feedback().save_list(shown)

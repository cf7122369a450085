"""`mien feedback`: what you think of songs."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mien.cli.group import Group
from mien.cli.options import FILE, JSON, YES, confirm, resolve_song, song_argument
from mien.errors import NoFaceError, NoSuchSongError
from mien.support.terminal import print_lines

if TYPE_CHECKING:
    from mien.listener.opinions import OpinionScore


@click.group(cls=Group)
def feedback() -> None:
    """What you think of songs. It stays on this machine.

    SONG is the id of a song, or its number in the last list.
    """


@feedback.command()
@click.argument("song")
@click.argument("stars", type=int)
def rate(song: str, stars: int) -> None:
    """Give SONG 1 to 5 STARS."""
    from mien.listener.feedback import Feedback

    Feedback().rate(song_argument(song), stars)
    _say(f"{stars} of 5 stars", resolve_song(song, None))


def _add_opinion(kind: str, done: str, help_: str) -> None:
    @feedback.command(kind, help=help_)
    @click.argument("song")
    def command(song: str) -> None:
        from mien.listener.feedback import Feedback

        Feedback().react(kind, song_argument(song))
        _say(done, resolve_song(song, None))


_add_opinion("like", "liked", "Like SONG: more like it.")
_add_opinion("dislike", "hidden", "Dislike SONG: never recommend it again.")
_add_opinion("skip", "skipped", "Skip SONG: slightly less like it.")


@feedback.command()
@click.argument("song")
def undo(song: str) -> None:
    """Take back all that you said of SONG."""
    from mien.listener.feedback import Feedback

    song_id = resolve_song(song, None)
    Feedback().withdraw(song_id)
    _say("taken back", song_id)


def _say(what: str, song_id: str) -> None:
    """What was kept, and of which song: numbers are soon mistaken."""
    from mien.recommendation.recommender import recommender_of

    opened = recommender_of(None).catalogue
    try:
        (found,) = opened.songs(opened.require([song_id]))
    except NoSuchSongError:  # of another catalogue
        print_lines([f"{song_id}: {what}"])
    else:
        print_lines([f"{found.title} - {', '.join(found.artists)}: {what}"])


@feedback.command()
@click.argument("photo", type=FILE)
@click.argument("emotion")
def correct(photo: Path, emotion: str) -> None:
    """Record that the face in PHOTO shows EMOTION. The photo itself is not kept."""
    from mien.face.reading import read
    from mien.listener.feedback import Feedback

    expression = read(photo).expression
    if expression is None:
        raise NoFaceError(f"no face was found in {photo}")
    Feedback().correct(expression.as_dict(), emotion.lower())


@feedback.command()
@click.option("--blind", is_flag=True, help="Only songs from `mien compare`.")
@JSON
def opinions(blind: bool, as_json: bool) -> None:
    """Show the mean opinion score of each ranking, with its 95 % interval."""
    from mien.listener.feedback import Feedback

    found = Feedback().opinion_scores(blind=blind)
    if as_json:
        click.echo(json.dumps({name: dataclasses.asdict(o) for name, o in found.items()}))
        return
    print_lines(
        [f"{name}: {o.mean:.2f} of 5 ({_interval(o)}), {_count(o.n)}" for name, o in found.items()]
        or ["No song of a list has been rated yet."]
    )


def _count(ratings: int) -> str:
    return "1 rating" if ratings == 1 else f"{ratings} ratings"


def _interval(opinion: OpinionScore) -> str:
    if opinion.low is None or opinion.high is None:
        return (
            "one rating gives no interval" if opinion.n == 1 else "equal ratings give no interval"
        )
    return f"{opinion.low:.2f} to {opinion.high:.2f}"


@feedback.command()
def export() -> None:
    """Print everything that is kept, as JSON."""
    from mien.listener.feedback import Feedback

    click.echo(json.dumps(Feedback().export(), ensure_ascii=False, indent=1))


@feedback.command()
@YES
def forget(yes: bool) -> None:
    """Delete everything that is kept."""
    from mien.listener.feedback import Feedback

    confirm("Delete all ratings, lists and corrections?", yes)

    Feedback().forget()

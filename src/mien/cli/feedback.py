"""`mien compare` and `feedback`: what people say of songs."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mien.cli.options import JSON, song_id
from mien.errors import NoFaceError
from mien.support.terminal import new_console, print_lines

if TYPE_CHECKING:
    from mien.listener.opinions import Opinion


@click.command()
@click.option(
    "--emotion", required=True, help="angry, disgust, fear, happy, sad, surprise, neutral."
)
@click.option("--ranking", default="listeners", show_default=True, help="One ranking.")
@click.option("--against", default="paper", show_default=True, help="The other.")
@click.option("-n", "count", type=click.IntRange(1, 100), default=6, show_default=True)
@click.option("--catalogue", help="The catalogue's name.  [default: the one in use]")
@click.option("--seed", type=click.IntRange(min=0), help="Of the draws.  [default: by chance]")
def compare(
    emotion: str, *, ranking: str, against: str, count: int, catalogue: str | None, seed: int | None
) -> None:
    """Songs of two rankings mixed, to be rated blind: mien feedback rate PLACE STARS.

    `mien feedback opinions --blind` then says which of the two was liked better.
    """
    import secrets

    from mien.cli.printing import show_arms
    from mien.listener.feedback import Feedback
    from mien.recommendation.interleaving import interleaved
    from mien.recommendation.recommender import recommend as find

    if against == ranking:
        raise click.UsageError(f"{against} cannot be compared with itself; give another ranking.")
    said, seed = Feedback(), secrets.randbits(32) if seed is None else seed
    # Taste would make both alike; what is disliked is no song to ask about.
    never = [song for song, value in said.values().items() if value == -1]
    one, other = (
        find(
            emotion,
            count,
            ranking=name,
            catalogue=catalogue,
            never=never,
            personal=False,
            seed=seed,
        )
        for name in (ranking, against)
    )
    arms = interleaved(one, other, count, seed)
    said.show([(arm.song.id, arm.ranking) for arm in arms], blind=True)
    show_arms(new_console(), arms)


@click.group()
def feedback() -> None:
    """What you think of songs; it is kept on this machine only.

    SONG is a song's id, or its number in the list that was shown last.
    """


@feedback.command()
@click.argument("song")
@click.argument("stars", type=int)
def rate(song: str, stars: int) -> None:
    """Give SONG 1 to 5 STARS."""
    from mien.listener.feedback import Feedback

    Feedback().rate(song_id(song), stars)


def _sayer(kind: str, help_: str) -> None:
    @feedback.command(kind, help=help_)
    @click.argument("song")
    def say(song: str) -> None:
        from mien.listener.feedback import Feedback

        Feedback().say(kind, song_id(song))


_sayer("like", "Like SONG: more of that kind.")


_sayer("dislike", "Dislike SONG: it never comes again.")


_sayer("skip", "Skip SONG: a little less of that kind.")


@feedback.command()
@click.argument("photo", type=click.Path(path_type=Path))
@click.argument("emotion")
def correct(photo: Path, emotion: str) -> None:
    """Say that the face in PHOTO shows EMOTION. The photo itself is not kept."""
    from mien.face.reading import read as read_photo
    from mien.listener.feedback import Feedback

    expression = read_photo(photo).expression
    if expression is None:
        raise NoFaceError(f"no face was found in {photo}")
    Feedback().correct(expression.as_dict(), emotion.lower())


@feedback.command()
@click.option("--blind", is_flag=True, help="Only songs of `mien compare`.")
@JSON
def opinions(blind: bool, as_json: bool) -> None:
    """Mean opinion scores of the rankings, with 95 % intervals."""
    from mien.listener.feedback import Feedback

    found = Feedback().opinions(blind=blind)
    if as_json:
        click.echo(json.dumps({name: dataclasses.asdict(o) for name, o in found.items()}))
        return
    print_lines(
        [f"{name}: {o.mean:.2f} of 5 ({_interval(o)}), ratings: {o.n}" for name, o in found.items()]
        or ["no song of a list was rated yet"]
    )


def _interval(opinion: Opinion) -> str:
    if opinion.low is None or opinion.high is None:
        return (
            "one rating tells no interval" if opinion.n == 1 else "equal ratings tell no interval"
        )
    return f"{opinion.low:.2f} to {opinion.high:.2f}"


@feedback.command()
def export() -> None:
    """All that is kept, as JSON."""
    from mien.listener.feedback import Feedback

    click.echo(json.dumps(Feedback().export(), ensure_ascii=False, indent=1))


@feedback.command()
def forget() -> None:
    """Delete all of it."""
    from mien.listener.feedback import Feedback

    Feedback().forget()

"""`mien taste`: what you listen to."""

from __future__ import annotations

import json
from pathlib import Path

import click

from mien.cli.options import FILE, JSON
from mien.support.terminal import print_lines

MOST_PLAYED = 10
"""Songs that `mien taste` names."""


@click.group(invoke_without_command=True)
@JSON
@click.pass_context
def taste(ctx: click.Context, *, as_json: bool) -> None:
    """What you listen to, so that songs and artists that you know come first.

    Without a command, show what is known. It stays on this machine; `mien feedback forget` deletes
    it.
    """
    if ctx.invoked_subcommand is not None:
        return
    from mien.listener.feedback import Feedback
    from mien.recommendation.recommender import recommender_of

    history = Feedback().history()
    catalogue = recommender_of().catalogue
    present = len(history.present(catalogue))
    most = history.most_played(MOST_PLAYED)
    if as_json:
        found = {
            "songs": len(history),
            "artists": history.artists,
            "in_catalogue": present,
            "catalogue": catalogue.ref.name,
            "most_played": [song._asdict() for song in most],
        }
        click.echo(json.dumps(found, ensure_ascii=False))
    elif not history:
        print_lines(["Nothing is known yet; `mien taste import` reads your listening history."])
    else:
        print_lines(
            [
                f"{_count(len(history), 'song')} by {_count(history.artists, 'artist')}, "
                f"{present} of them in the catalogue {catalogue.ref.name!r}",
                *(f"{_plays(song.plays)}  {song.artist} - {song.title}" for song in most),
            ]
        )


@taste.command("import")
@click.argument("paths", metavar="FILE|FOLDER...", nargs=-1, required=True, type=FILE)
def import_(paths: tuple[Path, ...]) -> None:
    """Add listening histories.

    \b
    Spotify       the ZIP that you asked for under Account privacy, or its
                  StreamingHistory_music_*.json, Streaming_History_Audio_*.json
                  and YourLibrary.json
    Last.fm       CSV or JSON as the usual exporters write them
    ListenBrainz  the ZIP, JSONL or JSON
    own music     a folder with Artist/Album/01 Title.mp3 or Artist - Title.mp3

    Give all files of an export at once. Plays of less than 30 seconds and skipped ones do not
    count. A second import of the same file counts nothing twice.
    """
    from mien.listener.feedback import Feedback

    feedback = Feedback()
    added = feedback.import_history(paths)
    history = feedback.history()
    lines = [f"{_count(added.plays, 'play')} and {_count(added.saved, 'saved song')} added."]
    if added.repeated:
        lines.append(f"{_count(added.repeated, 'play')} were known already.")
    lines.append(f"You know {_count(len(history), 'song')} by {_count(history.artists, 'artist')}.")
    print_lines(lines)


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'s' * (number != 1)}"


def _plays(plays: int) -> str:
    return f"{_count(plays, 'play'):>12}" if plays else f"{'saved':>12}"

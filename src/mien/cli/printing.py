"""What people see in a terminal: bars for the expression, a table of songs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mien.emotions import EMOTIONS
from mien.face.expression import Expression, percent
from mien.face.reading import Reading
from mien.mood import Mood
from mien.recommendation.results import Recommendations
from mien.support.terminal import _table, show_lines

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from mien.recommendation.interleaving import Arm


COLOURS = {
    "angry": "red",
    "disgust": "green",
    "fear": "magenta",
    "happy": "yellow",
    "sad": "blue",
    "surprise": "cyan",
    "neutral": "bright_black",
}


_BAR = 28


def show_reading(console: Console, reading: Reading) -> None:
    """The largest face's seven bars, and a word on the others."""
    expression = reading.expression
    if expression is None:
        return
    console.print(_expression(expression, _headline(reading)))


def show_songs(console: Console, recommendations: Recommendations) -> None:
    """The songs as a table, each with its reason."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    said = _mood(recommendations.mood)
    if recommendations.to is not None:
        said = f"the way from {said} to {_mood(recommendations.to)}"
    title = f"Songs for {said}  ·  ranked by {recommendations.ranking}"
    table = Table(title=Text(title), title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("", justify="right", style="bold")
    table.add_column("Song", ratio=5, overflow="fold")
    table.add_column("Fit", justify="right")
    table.add_column("Why", ratio=4, style="dim", overflow="fold")
    for r in recommendations:
        song = Text(r.song.title, style="bold")
        song.append(f"\n{', '.join(r.song.artists)}", style="default not bold")
        table.add_row(str(r.rank), song, f"{r.score:.3f}", r.why)
    console.print(
        table if recommendations.songs else Text("No song fits; loosen the filters.", style="bold")
    )


def show_arms(console: Console, arms: Sequence[Arm]) -> None:
    """The songs of a blind comparison: no word on which ranking chose them, nor why."""
    from rich.text import Text

    table = _table("", "Song")
    table.columns[1].justify = "left"
    for place, arm in enumerate(arms, 1):
        song = Text(arm.song.title, style="bold")
        song.append(f"\n{', '.join(arm.song.artists)}", style="default not bold")
        table.add_row(str(place), song)
    console.print(table)
    show_lines(console, ["Rate them: mien feedback rate NUMBER STARS"])


def _mood(mood: Mood) -> str:
    return f"valence {mood.valence:.2f}, energy {mood.energy:.2f}, {mood.tempo:.0f} BPM"


def _headline(reading: Reading) -> str:
    expression = reading.faces[0].expression
    said = (
        f"{expression.label}, {percent(expression.confidence)} sure"
        if expression.label
        else "no clear expression: the songs are for the mixture"
    )
    others = len(reading.faces) - 1
    more = f"  (the largest of {others + 1} faces)" if others else ""
    return said + more


def _expression(expression: Expression, headline: str) -> RenderableType:
    from rich.console import Group
    from rich.text import Text

    lines = [Text(headline, style="bold"), Text()]
    top = expression.confidence
    for emotion, p in zip(EMOTIONS, expression.probabilities, strict=True):
        filled = round(p * _BAR)
        line = Text(f"  {emotion:<9}", style="bold" if p == top else "")
        line.append("█" * filled, style=COLOURS[emotion])
        line.append("·" * (_BAR - filled), style="dim")
        line.append(f" {percent(p):>5s}")
        lines.append(line)
    return Group(*lines, Text())

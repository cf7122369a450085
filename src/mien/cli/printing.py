"""What people see in a terminal: bars for the expression, a table of songs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mien.catalogue.song import Song
from mien.emotions import EMOTIONS
from mien.face.expression import Expression, percent
from mien.face.reading import Reading
from mien.mood import Mood
from mien.recommendation.results import Recommendations
from mien.support.terminal import new_table, show_lines

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text

COLOURS = {
    "angry": "red",
    "disgust": "green",
    "fear": "magenta",
    "happy": "yellow",
    "sad": "blue",
    "surprise": "cyan",
    "neutral": "bright_black",
    "contempt": "bright_green",
}
_BAR = 28  # characters


def show_reading(console: Console, reading: Reading) -> None:
    """The largest face's seven bars, and how many other faces there are."""
    if reading.expression is not None:
        console.print(_bars(reading.expression, _headline(reading)))


def show_songs(console: Console, recommendations: Recommendations) -> None:
    """The songs as a table, each with its reason."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    if not recommendations.songs:
        console.print(Text("No song fits. Loosen the filters.", style="bold"))
        return
    mood = _describe(recommendations.mood)
    if recommendations.to is not None:
        mood = f"a journey from {mood} to {_describe(recommendations.to)}"
    title = f"Songs for {mood}  ·  ranked by {recommendations.ranking}"
    table = Table(title=Text(title), title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("", justify="right", style="bold")
    table.add_column("Song", ratio=5, overflow="fold")
    table.add_column("Score", justify="right")
    table.add_column("Why", ratio=4, style="dim", overflow="fold")
    for r in recommendations:
        table.add_row(str(r.rank), _title(r.song), f"{r.score:.3f}", r.why)
    console.print(table)


def show_blind_list(console: Console, songs: Sequence[Song]) -> None:
    """Songs to be rated without knowing which ranking chose them, or why."""
    table = new_table("", "Song")
    table.columns[1].justify = "left"
    for rank, song in enumerate(songs, 1):
        table.add_row(str(rank), _title(song))
    console.print(table)
    show_lines(console, ["Rate them with: mien feedback rate NUMBER STARS"])


def _title(song: Song) -> Text:
    from rich.text import Text

    title = Text(song.title, style="bold")
    return title.append(f"\n{', '.join(song.artists)}", style="default not bold")


def _describe(mood: Mood) -> str:
    return f"valence {mood.valence:.2f}, energy {mood.energy:.2f}, {mood.tempo:.0f} BPM"


def _headline(reading: Reading) -> str:
    expression = reading.faces[0].expression
    headline = describe_expression(expression)
    if expression.label is None:
        headline += ", so these suit a blend of what I see"
    notes = []
    if len(reading.faces) > 1:
        notes.append(f"the largest of {len(reading.faces)} faces")
    if reading.faces[0].is_relative:
        notes.append("relative to your neutral face")
    return f"{headline}  ({', '.join(notes)})" if notes else headline


def describe_expression(expression: Expression) -> str:
    """The label, how sure it is, and the second guess where it is close.

    >>> import numpy as np
    >>> describe_expression(Expression.of(np.array([0.3, 0, 0, 0, 0, 0, 0.7])))
    'neutral, 70 % sure, perhaps angry'
    """
    if expression.label is None:
        return "hard to tell"
    second = expression.second
    perhaps = "" if second is None else f", perhaps {second}"
    return f"{expression.label}, {percent(expression.confidence)} sure{perhaps}"


def _bars(expression: Expression, headline: str) -> RenderableType:
    from rich.console import Group
    from rich.text import Text

    lines = [Text(headline, style="bold"), Text()]
    rows = list(zip(EMOTIONS, expression.probabilities, strict=True))
    if "contempt" in (expression.label, expression.second):
        rows = [(emotion, p * (1 - expression.contempt)) for emotion, p in rows]
        rows.append(("contempt", expression.contempt))
    most = max(p for _, p in rows)
    for emotion, p in rows:
        filled = round(p * _BAR)
        line = Text(f"  {emotion:<9}", style="bold" if p == most else "")
        line.append("█" * filled, style=COLOURS[emotion])
        line.append("·" * (_BAR - filled), style="dim")
        line.append(f" {percent(p):>5s}")
        lines.append(line)
    return Group(*lines, Text())

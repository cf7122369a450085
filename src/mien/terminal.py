"""What people see in a terminal: bars for the expression, a table of songs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mien.expression import EMOTIONS, Expression
from mien.reading import Reading
from mien.recommender import Recommendations

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from mien.evaluation.expression import ExpressionScores

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

    mood = recommendations.mood
    title = (
        f"Songs for valence {mood.valence:.2f}, energy {mood.energy:.2f}, "
        f"{mood.tempo:.0f} BPM  ·  ranked by {recommendations.ranking}"
    )
    table = Table(title=Text(title), title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("", justify="right", style="bold")
    table.add_column("Song", ratio=5, overflow="fold")
    table.add_column("Fit", justify="right")
    table.add_column("Why", ratio=4, style="dim", overflow="fold")
    for r in recommendations:
        song = Text(r.song.title, style="bold")
        song.append(f"\n{', '.join(r.song.artists)}", style="default not bold")
        table.add_row(str(r.rank), song, f"{r.score:.3f}", r.why)
    console.print(table if recommendations.songs else Text("No song fits.", style="bold"))


def show_lines(console: Console, lines: Sequence[str]) -> None:
    """Plain lines, nothing in them taken for markup."""
    for line in lines:
        console.print(line, markup=False, highlight=False)


def _headline(reading: Reading) -> str:
    expression = reading.faces[0].expression
    said = (
        f"{expression.label}, {expression.confidence:.0%} sure"
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
        line.append(f" {p:4.0%}")
        lines.append(line)
    return Group(*lines, Text())


def show_scores(console: Console, scores: ExpressionScores) -> None:
    """Accuracy and the scores of each emotion."""
    from rich import box
    from rich.table import Table

    show_lines(
        console,
        [
            f"{scores.split} split: {scores.accuracy:.2%} of {scores.n:,} faces right "
            f"(loss {scores.loss:.4f}), without test-time augmentation",
            f"{scores.accuracy_without_copies:.2%} of the {scores.n_without_copies:,} "
            "that have no exact copy in Training",
            f"unsure on {scores.unsure:.1%}; {scores.accuracy_when_sure:.2%} of the others right",
            f"{scores.parameters:,} parameters, {scores.bytes:,} bytes",
        ],
    )
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in ("", "precision", "recall", "F1"):
        table.add_column(column, justify="right" if column else "left")
    for emotion, s in scores.per_class.items():
        table.add_row(emotion, f"{s.precision:.3f}", f"{s.recall:.3f}", f"{s.f1:.3f}")
    console.print(table)

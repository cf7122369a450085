"""What people see in a terminal: bars for the expression, a table of songs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from mien.expression import EMOTIONS, Expression, percent
from mien.mood import Mood
from mien.reading import Reading
from mien.recommender import Recommendations

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.table import Table

    from mien.comparison import Arm
    from mien.evaluation.classical import ClassicalScores
    from mien.evaluation.expression import ExpressionScores, HeadScores, Part
    from mien.evaluation.ranking import Estimate, RankingScores

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


def show_lines(console: Console, lines: Sequence[str]) -> None:
    """Plain lines, nothing in them taken for markup."""
    for line in lines:
        console.print(line, markup=False, highlight=False)


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


def show_scores(console: Console, scores: ExpressionScores) -> None:
    """Both heads, their calibration, and each class; the paper's figures beside."""
    from mien.evaluation import paper

    fer2013, raters = scores.fer2013, scores.raters
    heads = [("FER2013's labels", fer2013)]
    heads += [("raters' majority", raters)] if raters is not None else []
    summary = _table(scores.split, *(name for name, _ in heads), "paper")
    reported = {"accuracy": f"{paper.ACCURACY:.2%}", "cross-entropy, nats": f"{paper.LOSS:.4f}"}
    rows: tuple[tuple[str, Callable[[HeadScores], str]], ...] = (
        ("faces", lambda s: f"{s.n:,}"),
        ("accuracy", lambda s: f"{s.accuracy:.2%}"),
        ("with the mirror image", lambda s: f"{s.mirrored:.2%}"),
        ("with ten views", lambda s: f"{s.ten_views:.2%}"),
        ("no exact copy in Training", lambda s: _part(s.without_copies)),
        ("no near copy in Training", lambda s: _part(s.without_near_copies)),
        ("cross-entropy, nats", lambda s: f"{s.loss:.4f}"),
        ("calibration error", lambda s: f"{s.calibration_error:.2%}"),
        ("by chance, were it honest", lambda s: str(s.honest_error)),
        ("right of the 70 % most confident", lambda s: f"{s.confident.accuracy:.2%}"),
    )
    for name, tell in rows:
        summary.add_row(name, *(tell(s) for _, s in heads), reported.get(name, ""))
    console.print(summary)
    for name, head in heads:
        beside = ("paper: recall", "F1") if head is fer2013 else ()
        table = _table(name, "precision", "recall", "F1", *beside)
        for emotion, s in head.per_class.items():
            row = [f"{v:.3f}" for v in (s.precision, s.recall, s.f1)]
            if head is fer2013:
                published = paper.PER_CLASS.get(emotion, paper.Published())
                row += [_or_nothing(published.recall), _or_nothing(published.f1)]
            table.add_row(emotion, *row)
        console.print(table)
    lines = [f"reads faces with the head {scores.reads_with!r}"]
    if (reading := scores.reading) is not None:
        lines[0] += (
            f": {reading.accuracy:.2%} of {reading.n:,} agree with most raters on the seven "
            f"emotions (calibration error {reading.calibration_error:.2%}, by chance "
            f"{reading.honest_error}; right of the 70 % most confident "
            f"{reading.confident.accuracy:.2%})"
        )
        lines.append(
            f"unsure below {reading.unsure_below:.2f}: {reading.unsure:.1%}; "
            f"{reading.sure.accuracy:.2%} of the others right"
        )
    lines.append(
        f"{scores.parameters:,} parameters, {scores.bytes:,} bytes; without test-time "
        "augmentation where nothing else is said"
    )
    show_lines(console, lines)


def show_robustness(console: Console, scores: Mapping[str, Mapping[str, float]]) -> None:
    """What is done to the faces, and each network's accuracy against FER2013's labels."""
    table = _table("", *scores)
    for name in next(iter(scores.values())):
        table.add_row(name, *(f"{of_one[name]:.1%}" for of_one in scores.values()))
    console.print(table)


def show_classical(console: Console, scores: Sequence[ClassicalScores]) -> None:
    """One row for each learner and kind of features."""
    table = _table("learner", "features", "setting", "PublicTest", "PrivateTest", "mean F1")
    for s in scores:
        setting = ", ".join(f"{name} {value:g}" for name, value in s.setting.items())
        row = (s.features.upper(), setting, f"{s.public:.2%}", f"{s.private:.2%}")
        table.add_row(s.learner, *row, f"{s.macro_f1:.3f}")
    console.print(table)


def show_rankings(console: Console, scores: Mapping[str, RankingScores]) -> None:
    """For each data set how well the rankings tell moods apart, then what they serve."""
    for data_set, moods in next(iter(scores.values())).listeners.items():
        of_each = {name: s.listeners[data_set] for name, s in scores.items()}
        counts = ", ".join(f"{m} {s.songs}" for m, s in moods.items())
        table = _table("area under the curve", *moods, "mean")
        for name, found in of_each.items():
            areas = (f"{s.area.value:.2f} ±{_half(s.area):.2f}" for s in found.values())
            table.add_row(name, *areas, f"{scores[name].mean_area(data_set):.3f}")
        show_lines(console, [f"{data_set}: songs {counts}"])
        console.print(table)
        for n in next(iter(moods.values())).precision:
            table = _table(f"right of the best {n}", *moods)
            for name, found in of_each.items():
                shares = (s.precision[n] for s in found.values())
                said = (f"{s.value:.0%} ({s.low * 100:.0f}-{s.high * 100:.0f})" for s in shares)
                table.add_row(name, *said)
            console.print(table)
        if next(iter(moods.values())).distance is not None:
            table = _table("distance of the best 60 from the mood", *moods)
            for name, found in of_each.items():
                table.add_row(name, *(f"{s.distance:.2f}" for s in found.values()))
            console.print(table)
    served = next(iter(scores.values())).served
    show_lines(console, ["similarity of the six songs, as the paper computes it"])
    table = _table("", *served, "mean")
    for name, s in scores.items():
        values = [emotion.similarity for emotion in s.served.values()]
        table.add_row(name, *(f"{v:.2f}" for v in values), f"{sum(values) / len(values):.2f}")
    console.print(table)
    table = _table("the six songs: on average", "artists", "genres", "catalogue ever shown")
    for name, s in scores.items():
        n = len(s.served)
        artists, genres = (
            f"{sum(v) / n:.1f}"
            for v in zip(*((e.artists, e.genres) for e in s.served.values()), strict=True)
        )
        table.add_row(name, artists, genres, f"{s.appearing:.2%}")
    console.print(table)


def _half(estimate: Estimate) -> float:
    return (estimate.high - estimate.low) / 2


def _table(first: str, *columns: str) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(first, justify="left")
    for column in columns:
        table.add_column(column, justify="right")
    return table


def _part(part: Part) -> str:
    return f"{part.accuracy:.2%} of {part.n:,}"


def _or_nothing(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"

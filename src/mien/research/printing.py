"""Scores of networks and rankings as tables for the terminal."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from mien.support.terminal import new_table, show_lines

if TYPE_CHECKING:
    from rich.console import Console

    from mien.research.evaluation.classical import ClassicalScores
    from mien.research.evaluation.expression import ExpressionScores, HeadScores, Part
    from mien.research.evaluation.ranking import Estimate, RankingScores


def show_scores(console: Console, scores: ExpressionScores) -> None:
    """Both heads, their calibration, and each class; the paper's figures beside."""
    from mien.research.paper import published as paper

    fer2013, raters = scores.fer2013, scores.raters
    heads = [("FER2013's labels", fer2013)]
    heads += [("raters' majority", raters)] if raters is not None else []
    summary = new_table(scores.split, *(name for name, _ in heads), "paper")
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
        table = new_table(name, "precision", "recall", "F1", *beside)
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
    table = new_table("", *scores)
    for name in next(iter(scores.values())):
        table.add_row(name, *(f"{of_one[name]:.1%}" for of_one in scores.values()))
    console.print(table)


def show_classical(console: Console, scores: Sequence[ClassicalScores]) -> None:
    """One row for each learner and kind of features."""
    table = new_table("learner", "features", "setting", "PublicTest", "PrivateTest", "mean F1")
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
        table = new_table("area under the curve", *moods, "mean")
        for name, found in of_each.items():
            areas = (f"{s.area.value:.2f} ±{_half(s.area):.2f}" for s in found.values())
            table.add_row(name, *areas, f"{scores[name].mean_area(data_set):.3f}")
        show_lines(console, [f"{data_set}: songs {counts}"])
        console.print(table)
        for n in next(iter(moods.values())).precision:
            table = new_table(f"right of the best {n}", *moods)
            for name, found in of_each.items():
                shares = (s.precision[n] for s in found.values())
                said = (f"{s.value:.0%} ({s.low * 100:.0f}-{s.high * 100:.0f})" for s in shares)
                table.add_row(name, *said)
            console.print(table)
        if next(iter(moods.values())).distance is not None:
            table = new_table("distance of the best 60 from the mood", *moods)
            for name, found in of_each.items():
                table.add_row(name, *(f"{s.distance:.2f}" for s in found.values()))
            console.print(table)
    served = next(iter(scores.values())).served
    show_lines(console, ["similarity of the six songs, as the paper computes it"])
    table = new_table("", *served, "mean")
    for name, s in scores.items():
        values = [emotion.similarity for emotion in s.served.values()]
        table.add_row(name, *(f"{v:.2f}" for v in values), f"{sum(values) / len(values):.2f}")
    console.print(table)
    table = new_table("the six songs: on average", "artists", "genres", "catalogue ever shown")
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


def _part(part: Part) -> str:
    return f"{part.accuracy:.2%} of {part.n:,}"


def _or_nothing(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"

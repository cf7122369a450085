"""Scores of networks and rankings as tables in the terminal."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from mien.emotions import EMOTIONS
from mien.support.terminal import new_table, show_lines

if TYPE_CHECKING:
    from rich.console import Console

    from mien.research.evaluation.classical import ClassicalScores
    from mien.research.evaluation.expression import (
        ExpressionScores,
        HeadScores,
        Part,
        ReadingScores,
    )
    from mien.research.evaluation.fairness import FairnessScores
    from mien.research.evaluation.ranking import Estimate, RankingScores
    from mien.research.evaluation.robustness import RobustnessScores
    from mien.research.evaluation.sound import SoundEvaluation


def show_scores(console: Console, scores: ExpressionScores) -> None:
    """Print the scores of both heads, their calibration, and each class, beside the paper's."""
    heads = {"FER2013's labels": scores.fer2013}
    if scores.raters is not None:
        heads["raters' majority"] = scores.raters
    _show_summary(console, scores.split, heads)
    for name, head in heads.items():
        _show_classes(console, name, head, beside_paper=head is scores.fer2013)
    lines = [f"the head for readings: {scores.reads_with}"]
    if scores.reading is not None:
        _show_classes(console, "readings", scores.reading, beside_paper=False)
        lines += _reading_lines(scores.reading)
    lines.append(
        f"{scores.parameters:,} parameters, {scores.bytes:,} bytes; without test-time "
        "augmentation unless stated"
    )
    show_lines(console, lines)


def show_robustness(console: Console, scores: Mapping[str, Mapping[str, RobustnessScores]]) -> None:
    """Print each network's accuracies for each corruption, and the recalls of its readings."""
    for title in ("labels", "readings"):
        table = new_table(f"{title}: accuracy / balanced", *scores)
        for name in next(iter(scores.values())):
            found = (getattr(network[name], title) for network in scores.values())
            table.add_row(name, *("" if s is None else str(s) for s in found))
        console.print(table)
    for network, of in scores.items():
        table = new_table(f"{network}, readings: recall", *EMOTIONS)
        for name, s in of.items():
            if s.readings is not None:
                table.add_row(name, *(f"{s.readings.recalls[e]:.1%}" for e in EMOTIONS))
        if table.row_count:
            console.print(table)


def show_fairness(console: Console, scores: FairnessScores) -> None:
    """Print the rates of each group, and what the smiles explain, as the model card does."""
    from mien.research.evaluation.fairness_words import (
        fairness_tables,
        fairness_text,
        low_light_text,
    )
    from mien.research.evaluation.measure import to_json

    for rows in fairness_tables(to_json(scores)).values():
        table = new_table(*rows[0])
        for row in rows[1:]:
            table.add_row(*row)
        console.print(table)
    show_lines(console, [words(to_json(scores)) for words in (fairness_text, low_light_text)])


def show_classical(console: Console, scores: Sequence[ClassicalScores]) -> None:
    """Print a row for each learner and kind of features."""
    table = new_table("learner", "features", "setting", "PublicTest", "PrivateTest", "mean F1")
    for s in scores:
        setting = ", ".join(f"{name} {value:g}" for name, value in s.setting.items())
        row = (s.features.upper(), setting, f"{s.public:.2%}", f"{s.private:.2%}")
        table.add_row(s.learner, *row, f"{s.macro_f1:.3f}")
    console.print(table)


def show_sound(console: Console, scores: SoundEvaluation) -> None:
    """Print how well moods are heard, mood by mood, and what other encodings change."""
    original = scores.original
    show_lines(
        console,
        [
            f"{original.n} clips; {scores.folds} folds without common artists, "
            f"{scores.seeds} times; mean",
            f"accuracy {original.accuracy:.2%}, area of arousal {original.arousal:.3f}, "
            f"of valence {original.valence:.3f}",
        ],
    )
    moods = list(original.recall)
    table = new_table("mood", "heard", *(f"as {mood}" for mood in moods))
    for mood, row in zip(moods, original.confusion, strict=True):
        table.add_row(mood, f"{original.recall[mood]:.2%}", *map(str, row))
    console.print(table)
    for name, copy in scores.copies.items():
        values = f"{copy.accuracy:.2%}, {copy.arousal:.3f}, {copy.valence:.3f}"
        show_lines(console, [f"copies as {name}: {values}"])
    table = new_table("encoding", f"answers changed, of {scores.n_changed}")
    for name, share in scores.changed.items():
        table.add_row(name, f"{share:.2%}")
    table.add_row("any two", f"at most {scores.changed_between:.2%}")
    console.print(table)


def show_rankings(console: Console, scores: Mapping[str, RankingScores]) -> None:
    """Print how well rankings separate moods, data set by data set, and what they recommend."""
    for data_set in next(iter(scores.values())).listeners:
        _show_moods(console, scores, data_set)
    show_lines(console, ["the first songs of the catalogue, judged by other people's playlists"])
    table = new_table("", "E@6", "E@60", "cond60", *next(iter(scores.values())).judged.moods)
    for name, s in scores.items():
        means = (s.judged.first, s.judged.screens, s.judged.fit)
        each = (" ".join(f"{v:.2f}" for v in values) for values in s.judged.moods.values())
        table.add_row(name, *(f"{v:.3f}" for v in means), *each)
    console.print(table)
    served = next(iter(scores.values())).served
    show_lines(console, ["similarity of the six songs, as the paper computes it"])
    table = new_table("", *served, "mean")
    for name, s in scores.items():
        values = [emotion.similarity for emotion in s.served.values()]
        table.add_row(name, *(f"{v:.2f}" for v in values), f"{sum(values) / len(values):.2f}")
    console.print(table)
    table = new_table("the six songs, on average", "artists", "genres", "coverage of the catalogue")
    for name, s in scores.items():
        n = len(s.served)
        artists, genres = (
            f"{sum(v) / n:.1f}"
            for v in zip(*((e.artists, e.genres) for e in s.served.values()), strict=True)
        )
        table.add_row(name, artists, genres, f"{s.appearing:.2%}")
    console.print(table)


def _show_summary(console: Console, split: str, heads: Mapping[str, HeadScores]) -> None:
    from mien.research.paper import published

    reported = {
        "accuracy": f"{published.ACCURACY:.2%}",
        "cross-entropy, nats": f"{published.LOSS:.4f}",
    }
    rows: tuple[tuple[str, Callable[[HeadScores], str]], ...] = (
        ("faces", lambda s: f"{s.n:,}"),
        ("accuracy", lambda s: f"{s.accuracy:.2%}"),
        ("balanced accuracy", lambda s: f"{s.balanced_accuracy:.2%}"),
        ("with the mirror image", lambda s: f"{s.mirrored:.2%}"),
        ("with ten views", lambda s: f"{s.ten_views:.2%}"),
        ("no exact copy in Training", lambda s: _part(s.without_copies)),
        ("no near copy in Training", lambda s: _part(s.without_near_copies)),
        ("cross-entropy, nats", lambda s: f"{s.loss:.4f}"),
        ("calibration error", lambda s: f"{s.calibration_error:.2%}"),
        ("the same by chance", lambda s: str(s.honest_error)),
        ("accuracy on the 70 % most confident", lambda s: f"{s.confident.accuracy:.2%}"),
    )
    table = new_table(split, *heads, "paper")
    for name, cell in rows:
        table.add_row(name, *map(cell, heads.values()), reported.get(name, ""))
    console.print(table)


def _show_classes(
    console: Console, name: str, head: HeadScores | ReadingScores, *, beside_paper: bool
) -> None:
    from mien.research.paper import published

    beside = ("paper: recall", "F1") if beside_paper else ()
    table = new_table(name, "precision", "recall", "F1", *beside)
    for emotion, s in head.per_class.items():
        row = [f"{v:.3f}" for v in (s.precision, s.recall, s.f1)]
        if beside_paper:
            reported = published.PER_CLASS.get(emotion, published.Published())
            row += [_or_nothing(reported.recall), _or_nothing(reported.f1)]
        table.add_row(emotion, *row)
    console.print(table)


def _reading_lines(reading: ReadingScores) -> list[str]:
    return [
        f"readings agree with the raters' majority among the seven emotions on "
        f"{reading.accuracy:.2%} of {reading.n:,} faces; balanced accuracy "
        f"{reading.balanced_accuracy:.2%} (calibration error "
        f"{reading.calibration_error:.2%}, by chance {reading.honest_error}; accuracy on the 70 % "
        f"most confident {reading.confident.accuracy:.2%})",
        f"unsure below {reading.unsure_below:.2f}: {reading.unsure:.1%} of the faces; accuracy on "
        f"the others {reading.sure.accuracy:.2%}",
    ]


def _show_moods(console: Console, scores: Mapping[str, RankingScores], data_set: str) -> None:
    rankings = {name: s.listeners[data_set] for name, s in scores.items()}
    moods = next(iter(rankings.values()))
    counts = ", ".join(f"{mood} {s.songs}" for mood, s in moods.items())
    show_lines(console, [f"{data_set}: songs {counts}"])
    table = new_table("area under the curve", *moods, "mean")
    for name, found in rankings.items():
        areas = (f"{s.area.value:.2f} ±{_half_width(s.area):.2f}" for s in found.values())
        table.add_row(name, *areas, f"{scores[name].mean_area(data_set):.3f}")
    console.print(table)
    for n in next(iter(moods.values())).precision:
        table = new_table(f"precision of the best {n}", *moods)
        for name, found in rankings.items():
            shares = (s.precision[n] for s in found.values())
            cells = (f"{s.value:.0%} ({s.low * 100:.0f}-{s.high * 100:.0f})" for s in shares)
            table.add_row(name, *cells)
        console.print(table)
    if next(iter(moods.values())).distance is not None:
        table = new_table("distance of the best 60 from the mood", *moods)
        for name, found in rankings.items():
            table.add_row(name, *(f"{s.distance:.2f}" for s in found.values()))
        console.print(table)


def _half_width(estimate: Estimate) -> float:
    return (estimate.high - estimate.low) / 2


def _part(part: Part) -> str:
    return f"{part.accuracy:.2%} of {part.n:,}"


def _or_nothing(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"

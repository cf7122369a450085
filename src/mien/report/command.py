"""`mien paper`: gather, judge, draw, write, with a progress bar."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mien.charts import require_matplotlib
from mien.errors import MienError
from mien.evaluation.plots import prepare
from mien.report import evidence
from mien.report.content import compose
from mien.report.page import FIGURES, PAGE, write_report
from mien.report.parts import Report
from mien.report.results import PACKAGED, Results

if TYPE_CHECKING:
    from rich.console import Console

    from mien.expression import ExpressionModel


def make_report(
    data: Path,
    out: Path,
    console: Console,
    *,
    people: bool = True,
    results: Results | None = None,
    model: ExpressionModel | None = None,
) -> tuple[Path, Report]:
    """Write the report to the folder `out`.

    Args:
        data: the folder of the data sets.
        out: made if it is not there.
        console: where progress is shown.
        people: whether pictures of people may be shown.
        results: where the measurements are; default: those of the package.
        model: the network whose answers are shown; default: the one in the package.

    Returns:
        The page, and what is on it.

    Raises:
        MienError: `data` is no folder, something in it cannot be read, or `out` cannot be written.
    """
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    require_matplotlib()
    evidence.require(data)
    prepare(out / FIGURES)
    columns = (TextColumn("{task.description:34.34}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("", total=evidence.STEPS)

        def step(what: str) -> None:
            progress.update(task, advance=1 if progress.tasks[0].description else 0)
            progress.update(task, description=what)

        found = evidence.gather(data, results or Results(), people=people, model=model, step=step)
        report = compose(found, people=people)
        progress.update(task, total=evidence.STEPS + len(report.figures()))
        write_report(report, out, step)
        progress.update(task, completed=progress.tasks[0].total, description="done")
    return out / PAGE, report


def results_in(folder: Path) -> Results:
    """The results of `--full` in a folder, those of the package where it has none.

    Raises:
        MienError: there is no such folder.
    """
    if not folder.is_dir():
        raise MienError(f"{folder} is no folder of results; make one with `mien paper --full`.")
    return Results((folder, PACKAGED))

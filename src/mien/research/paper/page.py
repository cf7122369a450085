"""The report as one HTML file that loads nothing, and its numbers as JSON."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mien import __version__
from mien.output.charts import DARK, LIGHT
from mien.research.figures.report import WIDTH
from mien.research.paper.markdown import markdown
from mien.research.paper.parts import (
    PUBLISHED,
    Claim,
    Figure,
    Missing,
    Number,
    Prose,
    Report,
    Table,
    Verdict,
    commands_of,
    plain,
)
from mien.support.files import write_atomically

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

PAGE, TEXT, NUMBERS, FIGURES = "report.html", "report.md", "numbers.json", "figures"

_TEMPLATES = Path(__file__).parent / "templates"
_MARKS = {Verdict.HOLDS: "✓", Verdict.FAILS: "✗", Verdict.OPEN: "?"}
_DPI = 130
_SETTINGS: Any = {"svg.hashsalt": "mien", "svg.fonttype": "none", "hatch.linewidth": 0.7}


def write_report(
    report: Report, folder: Path, step: Callable[[str], None] = lambda line: None
) -> None:
    """Write `report.html`, `report.md`, `numbers.json`, and each figure as SVG and PNG.

    Args:
        report: what is shown.
        folder: it is there.
        step: told of each figure before it is drawn.

    Raises:
        MienError: a file cannot be written.
    """
    figures = folder / FIGURES
    drawn: dict[str, str] = {}
    for figure in report.figures():
        step(figure.title)
        svg, png = render(figure)
        write_atomically(figures / f"{figure.name}.svg", svg)
        write_atomically(figures / f"{figure.name}.png", png)
        drawn[figure.name] = inlined(svg, figure)
    write_atomically(folder / PAGE, html(report, drawn))
    write_atomically(folder / TEXT, markdown(report, FIGURES))
    write_atomically(folder / NUMBERS, numbers_json(report))


def render(figure: Figure) -> tuple[str, bytes]:
    """The figure as SVG and as PNG, on white; the same bytes each time."""
    import matplotlib as mpl

    with mpl.rc_context(_SETTINGS):
        drawing = figure.draw()
        svg, png = io.BytesIO(), io.BytesIO()
        _save(drawing, svg, format="svg", metadata={"Date": None, "Creator": None})
        _save(drawing, png, format="png", metadata={"Software": None})
    return svg.getvalue().decode(), png.getvalue()


def _save(drawing: Drawing, target: io.BytesIO, **options: Any) -> None:
    drawing.savefig(
        target, dpi=_DPI, bbox_inches="tight", pad_inches=0.05,
        facecolor=drawing.get_facecolor(), **options,
    )  # fmt: skip


def inlined(svg: str, figure: Figure) -> str:
    """An SVG file as part of the page: in the page's colours and letters, its ids its own."""
    body = svg[svg.index("<svg") :]
    head, body = body.split(">", 1)
    box = re.search(r'viewBox="[^"]*"', head)
    assert box is not None
    body = re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    body = re.sub(r'\bid="', f'id="{figure.name}-', body)
    body = re.sub(r'xlink:href="#', f'href="#{figure.name}-', body)
    body = body.replace("xlink:href=", "href=").replace("url(#", f"url(#{figure.name}-")
    body = re.sub(r"(font(?:-family)?: [^;\"]*?)'DejaVu Sans'[^;\"]*", r"\1inherit", body)
    body = re.sub(r"font: ((?:[\w.]+ )*)([\d.]+px) inherit", _font, body)
    for name, colour in asdict(LIGHT).items():
        body = body.replace(colour, f"var(--{name})")
    label = _attribute(figure.alt)
    share = min(float(box[0].rstrip('"').split()[2]) / (WIDTH * 72), 1)
    style = f'style="max-width: {share:.0%}"' if figure.wide and share < 0.9 else ""
    return f'<svg {box[0]} {style} role="img" aria-label="{label}">{body}'


def _font(found: re.Match[str]) -> str:
    """`font: bold 9px ...` without its family, which is the page's."""
    weight = "; font-weight: 700" if re.search("bold|700", found[1]) else ""
    return f"font-size: {found[2]}{weight}"


def _attribute(text: str) -> str:
    from markupsafe import escape

    return str(escape(text))


def html(report: Report, drawn: Mapping[str, str]) -> str:
    """The page. `drawn` is the inlined SVG of each figure, by its name."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    templates = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    kinds = {"table": Table, "figure": Figure, "prose": Prose, "missing": Missing}
    templates.tests.update({
        **{kind: _tester(of) for kind, of in kinds.items()}, "number": _tester(Number)
    })  # fmt: skip
    places = {command: i for i, command in enumerate(all_commands(report), 1)}
    templates.filters.update(
        placed=lambda found: sorted(found, key=places.__getitem__),
        commands=_commands,
        sources=sources,
        coded=_coded,
    )
    verdicts = {v: sum(c.verdict is v for c in report.claims) for v in Verdict}
    return templates.get_template("report.html").render(
        report=report, drawn=drawn, verdicts=verdicts, marks=_MARKS, light=asdict(LIGHT),
        dark=asdict(DARK), published=PUBLISHED, version=__version__,
        commands=all_commands(report), places=places,
    )  # fmt: skip


def _coded(text: str) -> str:
    """What stands between backticks, as code."""
    from markupsafe import Markup

    pieces = text.replace(" %", "\N{NO-BREAK SPACE}%").split("`")
    forms = [Markup("<code>{}</code>") if i % 2 else Markup("{}") for i in range(len(pieces))]
    return Markup("").join(form.format(one) for form, one in zip(forms, pieces, strict=True))


def _tester(of: type) -> Callable[[object], bool]:
    return lambda value: isinstance(value, of)


def _commands(part: Claim | Table | Figure) -> list[str]:
    """The commands behind a part."""
    if isinstance(part, Figure):
        return [*part.commands]
    if isinstance(part, Claim):
        return commands_of((part.says, part.found, *part.reasons))
    return commands_of((*(cell for row in part.rows for cell in row), part.note))


def sources(table: Table) -> Mapping[str, list[list[str]]]:
    """The commands behind each column, or behind each row, whichever says it with fewer.

    Returns:
        `columns` and `rows`; all lists are empty where one command is behind all numbers.
    """
    columns = [commands_of(row[i] for row in table.rows) for i in range(len(table.head))]
    rows = [commands_of(row) for row in table.rows]
    several = len(_commands(table)) > 1
    by_row = max(map(len, rows), default=0) < max(map(len, columns), default=0)
    return {
        "columns": columns if several and not by_row else [[] for _ in columns],
        "rows": rows if several and by_row else [[] for _ in rows],
    }


def all_commands(report: Report) -> list[str]:
    """What is behind the numbers and figures, each once: the paper itself, then the commands."""
    numbers = {number.command for number in report.numbers().values()}
    drawn = {command for figure in report.figures() for command in figure.commands}
    return [PUBLISHED, *sorted((numbers | drawn) - {PUBLISHED})]


def numbers_json(report: Report) -> str:
    """`{"numbers": {key: {value, text, command}}, "claims": [...], "missing": [...]}`."""
    facts = {
        "mien": __version__,
        "claims": [
            {
                "name": claim.name,
                "says": plain(claim.says),
                "found": plain(claim.found),
                "verdict": claim.verdict.value,
                "reasons": [plain(reason) for reason in claim.reasons],
            }
            for claim in report.claims
        ],
        "numbers": {
            key: {"value": n.value, "text": n.text, "command": n.command}
            for key, n in report.numbers().items()
        },
        "missing": [asdict(missing) for missing in report.missing()],
    }
    return json.dumps(facts, indent=1, ensure_ascii=False) + "\n"

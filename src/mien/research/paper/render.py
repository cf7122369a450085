"""The report as Markdown, as one HTML file that loads nothing, and its numbers as JSON."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mien import __version__
from mien.emotions import EMOTIONS
from mien.output.charts import DARK, LIGHT
from mien.research.figures.songs import add_sign
from mien.research.figures.style import WIDTH
from mien.research.paper.claims import CLAIMS, compare, find_below_chance, find_best_svm
from mien.research.paper.facts import SPLITS
from mien.research.paper.figures import Figure
from mien.research.paper.measured import MEASURES, MOOD_SETS, RANKINGS, make_key
from mien.research.paper.numbers import PUBLISHED
from mien.research.paper.outline import Report
from mien.support.files import write_atomically

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

PAGE, TEXT, NUMBERS, FIGURES = "report.html", "report.md", "numbers.json", "figures"

_TEMPLATES = Path(__file__).parent / "templates"
_SETTINGS: Any = {"svg.hashsalt": "mien", "svg.fonttype": "none", "hatch.linewidth": 0.7}


@dataclass
class Record:
    """What the templates note while they are rendered."""

    intro: list[str] = field(default_factory=list)
    claims: list[dict[str, Any]] = field(default_factory=list)
    sections: list[tuple[str, str]] = field(default_factory=list)
    missing: list[dict[str, str]] = field(default_factory=list)


def write_report(
    report: Report, folder: Path, step: Callable[[str], None] = lambda line: None
) -> dict[str, Any]:
    """Write `report.html`, `report.md`, `numbers.json`, and each figure as SVG and PNG.

    Args:
        report: what is shown.
        folder: has a folder `figures`.
        step: called with the name of each figure before it is drawn.

    Returns:
        The content of `numbers.json`.

    Raises:
        MienError: a file cannot be written.
    """
    drawn: dict[str, str] = {}
    for name, figure in report.figures.items():
        step(name)
        drawn[name], png = render_figure(figure)
        write_atomically(folder / FIGURES / f"{name}.svg", drawn[name])
        write_atomically(folder / FIGURES / f"{name}.png", png)
    text, facts = render_markdown(report)
    write_atomically(folder / PAGE, render_html(report, drawn))
    write_atomically(folder / TEXT, text)
    write_atomically(folder / NUMBERS, json.dumps(facts, indent=1, ensure_ascii=False) + "\n")
    return facts


def render_markdown(report: Report) -> tuple[str, dict[str, Any]]:
    """The report as Markdown, and the content of `numbers.json`.

    The latter is `{"mien": VERSION, "claims": [{name, says, found, verdict, reasons}],
    "numbers": {KEY: {value, text, command}}, "missing": [{what, why, command}]}`.
    """
    record = Record()
    text = _fill("report.md.jinja", report, record)
    claims = [
        {
            "name": claim["name"],
            "says": claim["lines"][0],
            "found": claim["lines"][1],
            "verdict": claim["verdict"].value,
            "reasons": claim["lines"][2:],
        }
        for claim in record.claims
    ]
    numbers = {
        key: {"value": number.value, "text": number.text, "command": number.command}
        for key, number in sorted(report.evidence.numbers.items())
    }
    facts = {"mien": __version__, "claims": claims, "numbers": numbers, "missing": record.missing}
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n", facts


def render_html(report: Report, drawn: Mapping[str, str]) -> str:
    """The report as a page; `drawn` is the SVG of each figure, by its name."""
    return _fill("report.html.jinja", report, Record(), drawn=drawn)


def _fill(template: str, report: Report, record: Record, **more: Any) -> str:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    page, numbers = template.endswith("html.jinja"), report.evidence.numbers
    commands = {number.command for number in numbers.values()}
    commands |= {command for figure in report.figures.values() for command in figure.commands}
    positions = {c: i for i, c in enumerate([PUBLISHED, *sorted(commands - {PUBLISHED})], 1)}

    def lines(text: str) -> list[str]:
        text = re.sub(r"\n[ \t]+(?=\S)", " ", text)
        found = [line.strip() for line in text.splitlines() if line.strip()]
        return [_typeset(line) for line in found] if page else found

    def ordered(found: Iterable[str]) -> list[str]:
        return sorted(set(found), key=positions.__getitem__)

    def sources(found: Iterable[str]) -> list[str]:
        keys = re.findall(r'data-key="([^"]+)"', "\n".join(found))
        return ordered(numbers[key].command for key in keys)

    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=page,  # noqa: S701 (Markdown is not HTML)
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"lines": lines, "ordered": ordered, "sources": sources,
                            "table": _parse_table, "inline_svg": inline_svg,
                            "add_sign": add_sign}  # fmt: skip
    words = {**_context(report), "record": record, "positions": positions, **more}
    return environment.get_template(template).render(words)


def _context(report: Report) -> dict[str, Any]:
    """What the templates refer to."""
    e, n = report.evidence, report.evidence.numbers
    return {
        "n": n,
        "evidence": e,
        "figures": report.figures,
        "missing": report.missing,
        "command": e.command,
        "claims": CLAIMS,
        "best_svm": find_best_svm(n),
        "below_chance": find_below_chance(n),
        "compare": compare,
        "emotions": EMOTIONS,
        "splits": SPLITS,
        "measures": MEASURES,
        "measured": [network for network in e.networks.values() if "private" in network.splits],
        "mood_sets": {make_key(name): title for name, title in MOOD_SETS.items()},
        "rankings": {make_key(name): RANKINGS[name] for name in e.rankings},
        "light": asdict(LIGHT),
        "dark": asdict(DARK),
        "version": __version__,
    }


def _typeset(line: str) -> str:
    """A line of the page: `code`, *emphasis*, and no line break before a per cent sign."""
    from markupsafe import Markup

    line = re.sub(r" %(?!</data>)", "\N{NO-BREAK SPACE}%", line)
    line = re.sub(r"`([^`]+)`", r"<code>\1</code>", line)
    return Markup(re.sub(r"\*(\w[\w ]*)\*", r"<em>\1</em>", line))  # noqa: S704


def _parse_table(lines: list[str]) -> dict[str, list[Any]]:
    """Lines of a table as rows of cells, and the notes that follow."""
    return {
        "rows": [[cell.strip() for cell in line.split("|")] for line in lines if "|" in line],
        "notes": [line for line in lines if "|" not in line],
    }


def render_figure(figure: Figure) -> tuple[str, bytes]:
    """The figure as SVG and as PNG, on white; the same bytes each time."""
    import matplotlib as mpl

    with mpl.rc_context(_SETTINGS):
        drawing = figure.draw()
        svg = _save(drawing, format="svg", metadata={"Date": None, "Creator": None})
        png = _save(drawing, format="png", metadata={"Software": None})
    return svg.decode(), png


def _save(drawing: Drawing, **options: Any) -> bytes:
    target = io.BytesIO()
    face = drawing.get_facecolor()
    drawing.savefig(
        target, dpi=130, bbox_inches="tight", pad_inches=0.05, facecolor=face, **options
    )
    return target.getvalue()


def inline_svg(svg: str, name: str, alt: str) -> str:
    """An SVG file as part of the page: in the page's colours and fonts, its ids its own.

    Args:
        svg: the file.
        name: goes before its ids.
        alt: its alternative text.
    """
    from markupsafe import Markup

    head, body = svg[svg.index("<svg") :].split(">", 1)
    box = re.search(r'viewBox="[^"]*"', head)
    assert box is not None
    body = re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    body = re.sub(r'\bid="', f'id="{name}-', body)
    body = re.sub(r'xlink:href="#', f'href="#{name}-', body)
    body = body.replace("xlink:href=", "href=").replace("url(#", f"url(#{name}-")
    body = re.sub(r"(font(?:-family)?: [^;\"]*?)'DejaVu Sans'[^;\"]*", r"\1inherit", body)
    body = re.sub(r"font: ((?:[\w.]+ )*)([\d.]+px) inherit", _font, body)
    for variable, colour in asdict(LIGHT).items():
        body = body.replace(colour, f"var(--{variable})")
    share = float(box[0].rstrip('"').split()[2]) / (WIDTH * 72)
    style = f'style="max-width: {share:.0%}"' if 0.65 < share < 0.9 else ""
    label = Markup.escape(Markup(alt).striptags())  # noqa: S704
    return Markup(f'<svg {box[0]} {style} role="img" aria-label="{label}">{body}')  # noqa: S704


def _font(found: re.Match[str]) -> str:
    """`font: bold 9px ...` without its family, which is the page's."""
    weight = "; font-weight: 700" if re.search("bold|700", found[1]) else ""
    return f"font-size: {found[2]}{weight}"

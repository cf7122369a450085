"""The report as Markdown, for places that show no HTML; the figures are the PNG files beside it."""

from __future__ import annotations

from collections.abc import Iterator

from mien.research.paper.parts import PUBLISHED, Claim, Figure, Missing, Report, Table, plain


def markdown(report: Report, figures: str) -> str:
    """All of the report.

    Args:
        report: what is shown.
        figures: the folder of the PNG files, as seen from the file.
    """
    lines = [
        "# The paper, reproduced and put to the test",
        "",
        "Made by `mien paper`. `report.html` beside it is the same to look at; `numbers.json` has "
        "the command behind each number.",
        "",
        "## The claims",
        "",
        *_table(("claim", "the paper", "we find", "verdict"), map(_claim, report.claims)),
    ]
    for claim in report.claims:
        lines += ["", f"**{claim.title}: {claim.verdict.value}.**", ""]
        lines += [f"- {plain(reason)}" for reason in claim.reasons]
    for section in report.sections:
        lines += ["", f"## {section.title}"]
        for part in section.parts:
            lines.append("")
            if isinstance(part, Figure):
                lines += _figure(part, figures)
            elif isinstance(part, Table):
                lines += [f"**{part.title}**", ""]
                lines += _table(part.head, (tuple(map(plain, row)) for row in part.rows))
                lines += ["", plain(part.note)] if part.note else []
            elif isinstance(part, Missing):
                lines.append(f"*{part.what}: {part.why}. To make it: `{part.command}`*")
            else:
                lines.append(plain(part.text))
    lines += ["", "## The commands", ""]
    commands = {n.command for n in report.numbers().values()} - {PUBLISHED}
    lines += [f"- `{command}`" for command in sorted(commands)]
    return "\n".join(lines) + "\n"


def _claim(claim: Claim) -> tuple[str, ...]:
    return claim.title, plain(claim.says), plain(claim.found), f"**{claim.verdict.value}**"


def _figure(figure: Figure, folder: str) -> list[str]:
    path = f"{folder}/{figure.name}.png"
    return [f"**{figure.title}**", "", f"![{_safe(figure.alt)}]({path})", "", plain(figure.caption)]


def _table(head: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> list[str]:
    lines = [f"| {' | '.join(_safe(cell) for cell in row)} |" for row in (head, *rows)]
    return [lines[0], "|" + "---|" * len(head), *lines[1:]]


def _safe(text: str) -> str:
    """Without what ends a cell or the words of a picture."""
    return text.replace("|", "\\|").replace("[", "(").replace("]", ")")

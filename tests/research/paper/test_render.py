"""The page, the Markdown and the JSON."""

from __future__ import annotations

import dataclasses
import json
import re
import shutil
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from rich.console import Console

from mien.listener.feedback import Feedback
from mien.output.charts import LIGHT
from mien.research.data.datasets import DATA_MOODS, FER2013, FER_PLUS, SPOTIFY_TRACKS
from mien.research.paper.claims import CLAIMS
from mien.research.paper.command import make_report
from mien.research.paper.evidence import Evidence, gather
from mien.research.paper.measured import add_opinions
from mien.research.paper.numbers import Numbers
from mien.research.paper.outline import Report, compose
from mien.research.paper.render import render_html, render_markdown
from mien.research.paper.results import Results

if TYPE_CHECKING:
    from playwright.sync_api import Page

DOCUMENTS = Path(__file__).parents[3] / "docs" / "report"
REMEDY = "make it again: mien paper --without-faces --out docs/report"
DRAWN = ("songs.correlation.", "songs.genre.", "songs.years.", "songs.passing.")


class Reader(HTMLParser):
    """The numbers, the links, and whatever would be loaded."""

    def __init__(self) -> None:
        super().__init__()
        self.numbers: list[tuple[str, str, str]] = []
        self.loaded: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.tags: set[str] = set()
        self._open: dict[str, str] | None = None
        self._text = ""

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.tags.add(tag)
        if "id" in found:
            self.ids.append(found["id"])
        if tag == "data":
            self._open, self._text = found, ""
        for name, value in found.items():
            if name in ("src", "srcset", "href", "xlink:href", "action", "data"):
                (self.links if tag == "a" else self.loaded).append(value)

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "data":
            assert self._open is not None
            self.numbers.append((self._open["data-key"], self._open["value"], self._text))


def read(page: Path) -> Reader:
    reader = Reader()
    reader.feed(page.read_text(encoding="utf-8"))
    return reader


def by_name(evidence: Evidence) -> dict[str, dict[str, Any]]:
    _, facts = render_markdown(compose(evidence))
    return {claim["name"]: claim for claim in facts["claims"]}


@pytest.mark.data
def test_numbers_are_those_of_the_documents(data: Path) -> None:
    """The packaged results, the data sets and no opinions give docs/report/numbers.json: the same
    words, and the same numbers but for the last digits, which differ between processors."""
    for file in (FER2013, FER_PLUS, SPOTIFY_TRACKS, DATA_MOODS):
        if not file.path(data).is_file():
            pytest.skip(f"{file.name} is missing")
    _, facts = render_markdown(compose(gather(data, Results(), people=False), people=False))
    kept = json.loads(
        (DOCUMENTS / "numbers.json").read_text(encoding="utf-8"),
        parse_float=lambda number: pytest.approx(float(number), rel=1e-9, abs=1e-12),
    )
    assert json.loads(json.dumps(facts)) == kept, REMEDY


def test_the_copy_in_the_documents_is_that_of_the_results(bare: Evidence) -> None:
    kept = json.loads((DOCUMENTS / "numbers.json").read_text(encoding="utf-8"))
    for key, number in bare.numbers.items():
        assert kept["numbers"].get(key, {}).get("text") == number.text, f"{key}: {REMEDY}"
    files = [path for path in DOCUMENTS.rglob("*") if path.is_file()]
    assert not [path for path in files if path.stem in ("samples", "predictions")]
    assert sum(path.stat().st_size for path in files) < 3_000_000


def test_without_anything_nothing_is_claimed(nothing: Evidence) -> None:
    report = compose(nothing)
    text, facts = render_markdown(report)
    assert [claim["name"] for claim in facts["claims"]] == list(CLAIMS)
    assert {claim["verdict"] for claim in facts["claims"]} == {"undecided"}
    missing = " ".join(part["what"] for part in facts["missing"])
    for what in ("Samples", "Correlation", "year", "Classical", "Rankings", "rows", "predictions"):
        assert what in missing
    assert "mien evaluate classical" in text
    assert render_html(report, {"workflow": '<svg viewBox="0 0 9 9">'})


def test_missing_data_are_named(bare: Evidence) -> None:
    _, facts = render_markdown(compose(bare))
    reasons = [missing["why"] for missing in facts["missing"]]
    assert any(FER2013.name in why for why in reasons)
    assert any(SPOTIFY_TRACKS.name in why for why in reasons)


def test_opinions_are_peoples_or_none(tmp_path: Path, bare: Evidence) -> None:
    none = by_name(bare)["opinion"]
    assert none["found"] == "No blind ratings yet."
    assert none["verdict"] == "undecided"
    _, facts = render_markdown(compose(bare))
    reasons = [m["why"] for m in facts["missing"] if "opinion" in m["what"]]
    assert len(reasons) == 2
    assert all(why.startswith("no ratings yet") for why in reasons)

    feedback = Feedback(tmp_path / "feedback.sqlite")
    feedback.save_list([("a", "paper"), ("b", "collaborative")], blind=True)
    feedback.rate(1, 5)
    feedback.rate(2, 2)
    numbers = Numbers(bare.numbers)
    for which in ("blind", "all"):
        add_opinions(numbers, which, feedback.opinion_scores(blind=which == "blind"), "test")
    rated = dataclasses.replace(bare, numbers=numbers)
    claim = by_name(rated)["opinion"]
    assert claim["verdict"] == "undecided"  # one rating each gives no interval
    assert "5.00 of 1 ratings; collaborative filtering, 2.00 of 1 ratings" in claim["found"]
    text, facts = render_markdown(compose(rated))
    assert "| the paper's method | 5.00 of 1 ratings |" in text
    assert not [m for m in facts["missing"] if "opinion" in m["what"]]


def test_the_page_and_the_json_say_the_same(made: tuple[Path, dict[str, Any]]) -> None:
    page, facts = made
    assert facts == json.loads((page.parent / "numbers.json").read_text(encoding="utf-8"))
    shown = read(page).numbers
    assert len(shown) > 150
    for key, value, text in shown:
        known = facts["numbers"][key]
        assert float(value) == known["value"]
        assert text == known["text"]
        assert known["command"]
    drawn = {key for key in facts["numbers"] if key.startswith(DRAWN)}
    assert {key for key, *_ in shown} | drawn == set(facts["numbers"])
    text = page.read_text(encoding="utf-8")
    for claim in facts["claims"]:
        assert f'id="claim-{claim["name"]}"' in text


def test_the_markdown_has_all_parts(made: tuple[Path, dict[str, Any]], tiny_report: Report) -> None:
    page, facts = made
    text = (page.parent / "report.md").read_text(encoding="utf-8")
    for claim in facts["claims"]:
        assert f": {claim['verdict']}.**" in text
        assert claim["says"] in text
        assert claim["found"] in text
        for reason in claim["reasons"]:
            assert f"- {reason}\n" in text
    for path in re.findall(r"\]\(([^)]+)\)", text):
        assert (page.parent / path).is_file()
    assert len(re.findall(r"!\[", text)) == len(tiny_report.figures)
    titles = re.findall("<h3[^>]*>(.*?)</h3>", page.read_text(encoding="utf-8"))
    assert titles
    for title in titles[:-1]:  # the last one heads what is missing, beneath the page
        assert f"**{title.replace('&#39;', chr(39))}" in text


def test_tables_are_rectangular(made: tuple[Path, dict[str, Any]]) -> None:
    page, _ = made
    text = (page.parent / "report.md").read_text(encoding="utf-8")
    tables = re.findall(r"(?:^\|.*\|\n)+", text, re.MULTILINE)
    assert len(tables) > 10
    for table in tables:
        assert len({line.count("|") for line in table.splitlines()}) == 1, table


def test_the_page_loads_nothing(made: tuple[Path, dict[str, Any]]) -> None:
    page, _ = made
    reader = read(page)
    assert not reader.tags & {"script", "link rel=stylesheet", "iframe", "object", "embed"}
    assert all(url.startswith(("data:", "#")) for url in reader.loaded)
    assert all(url.startswith("#") for url in reader.links)
    assert {url[1:] for url in reader.links} <= set(reader.ids)
    assert len(set(reader.ids)) == len(reader.ids)
    styled = re.findall(r"(?:@import|url\()[^;)]*", page.read_text(encoding="utf-8"))
    assert all(found.startswith("url(#") for found in styled)


def test_the_same_bytes_twice(
    made: tuple[Path, dict[str, Any]], tiny: Path, tiny_report: Report, tmp_path: Path
) -> None:
    page, _ = made
    again, _ = make_report(tiny, tmp_path / "again", Console(quiet=True))
    files = {p.relative_to(page.parent) for p in page.parent.rglob("*") if p.is_file()}
    assert len(files) == 3 + 2 * len(tiny_report.figures)
    for name in files:
        assert (again.parent / name).read_bytes() == (page.parent / name).read_bytes(), name


def test_figures_take_the_colours_of_the_page(
    made: tuple[Path, dict[str, Any]], tiny_report: Report
) -> None:
    page, _ = made
    body = page.read_text(encoding="utf-8").split("<body>")[1]
    colours = set(re.findall(r"#[0-9a-f]{6}\b", body))
    assert not colours, "every colour of a figure is one of the theme"
    known = set(dataclasses.asdict(LIGHT).values())
    for name in tiny_report.figures:
        svg = (page.parent / "figures" / f"{name}.svg").read_text(encoding="utf-8")
        assert set(re.findall(r"#[0-9a-f]{6}\b", svg)) <= known, name
    labels = re.findall(r'role="img" aria-label="([^"]*)"', body)
    assert len(labels) == len(tiny_report.figures)
    assert all(labels)


@pytest.mark.browser
@pytest.mark.skipif(shutil.which("chromium") is None, reason="Debian's chromium is not installed")
@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_in_a_browser(
    made: tuple[Path, dict[str, Any]], tiny_report: Report, scheme: str, width: int
) -> None:
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import sync_playwright

    page, _ = made
    faults: list[str] = []
    asked: list[str] = []
    with sync_playwright() as started:
        browser = started.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        options: dict[str, Any] = {
            "color_scheme": scheme,
            "viewport": {"width": width, "height": 900},
        }
        window: Page = browser.new_page(**options)
        window.on("console", lambda message: faults.append(message.text))
        window.on("pageerror", lambda error: faults.append(str(error)))
        window.on("request", lambda request: asked.append(request.url))
        window.goto(page.as_uri())
        assert window.locator("h1").inner_text() == "The paper, reproduced and put to the test"
        assert window.locator("svg[role=img]").count() == len(tiny_report.figures)
        wide = window.evaluate("document.documentElement.scrollWidth > innerWidth")
        assert not wide
        ground = window.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        assert ground == ("rgb(255, 255, 255)" if scheme == "light" else "rgb(20, 23, 30)")
        # The page allows no scripts, not even those of the examiner.
        examined = browser.new_page(**options, bypass_csp=True)
        examined.goto(page.as_uri())
        found = Axe().run(examined)
        assert found.violations_count == 0, found.generate_report()
        browser.close()
    assert faults == []
    assert all(url.startswith(("file:", "data:")) for url in asked)

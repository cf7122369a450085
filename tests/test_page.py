"""The page in a real browser: Debian's Chromium, headless."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from serving import serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = shutil.which("chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Debian's chromium is not installed")


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    environment = {**os.environ, "MIEN_HOME": str(tmp_path_factory.mktemp("home"))}
    with serving(env=environment) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(params=[("light", 1200), ("dark", 360)], ids=["wide", "narrow"])
def page(request: pytest.FixtureRequest, browser: Browser, url: str) -> Iterator[Page]:
    scheme, width = request.param
    context = browser.new_context(
        color_scheme=scheme, viewport={"width": width, "height": 800}, java_script_enabled=False
    )
    page = context.new_page()
    page.goto(url)
    yield page
    context.close()


def check_layout(page: Page) -> None:
    """Nothing reaches beyond the window's right edge."""
    box = page.locator("body").bounding_box()
    size = page.viewport_size
    assert box is not None
    assert size is not None
    assert box["width"] <= size["width"]
    for card in page.locator(".songs li, .ask, .bars, .bars dd span, .message").all():
        edge = card.bounding_box()
        assert edge is not None
        assert edge["x"] + edge["width"] <= size["width"]


def test_a_photo_gives_bars_and_six_songs(page: Page, astronaut_jpg: Path) -> None:
    page.get_by_label("A photo with a face").set_input_files(astronaut_jpg)
    page.get_by_role("button", name="Find songs").click()
    assert page.locator(".songs li").count() == 6
    assert "Happy" in page.locator("#reading").inner_text()
    assert page.locator(".bars dt").count() == 7
    assert page.get_by_role("link", name="Spotify").count() == 6
    check_layout(page)


def test_without_a_photo_press_an_emotion(page: Page) -> None:
    page.get_by_role("button", name="sad").click()
    assert page.locator(".songs li").count() == 6
    check_layout(page)


def test_what_is_wrong_is_said_on_the_page(page: Page, tmp_path: Path) -> None:
    for name, content, said in (
        ("empty.jpg", b"", "is empty"),
        ("words.jpg", b"these are words", "not an image"),
    ):
        path = tmp_path / name
        path.write_bytes(content)
        page.get_by_label("A photo with a face").set_input_files(path)
        page.get_by_role("button", name="Find songs").click()
        message = page.get_by_role("alert").inner_text()
        assert said in message
        check_layout(page)
        assert page.get_by_role("button", name="happy").is_visible()

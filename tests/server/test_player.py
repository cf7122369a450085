"""Own files are heard in a real browser: a face before the camera, one press, and they play."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import own_music
import pytest
import sounds
from browser import OPTIONS, find_browser
from PIL import Image
from serving import serving

from mien.library.state import LibraryState
from mien.support.arrays import UInt8Array

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Playwright

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(find_browser() is None, reason="no Chromium is installed"),
]

SECONDS = 4.0
PATIENCE = 30_000  # milliseconds; the machine may be busy
ENDINGS = (".mp3", ".flac", ".ogg", ".m4a", ".opus", ".wav", ".aiff", ".wma") * 2

# Listens to what the page's elements play, and keeps when each began and ended.
LISTEN = """
    const Element = window.Audio;
    window.elements = [];
    window.heard = [];
    window.Audio = function () {
        const element = new Element();
        window.elements.push(element);
        for (const name of ["playing", "ended", "pause"]) {
            element.addEventListener(name, () => window.heard.push([name, element.dataset.id,
                performance.now(), element.currentTime, element.duration]));
        }
        return element;
    };
    window.level = async () => {
        const playing = window.elements.find((element) => !element.paused);
        if (!playing) return 0;
        const context = new AudioContext();
        const analyser = context.createAnalyser();
        context.createMediaStreamSource(playing.captureStream()).connect(analyser);
        const samples = new Float32Array(analyser.fftSize);
        let loudest = 0;
        for (let i = 0; i < 20; i += 1) {
            await new Promise((resume) => setTimeout(resume, 50));
            analyser.getFloatTimeDomainData(samples);
            loudest = Math.max(loudest, ...samples.map(Math.abs));
        }
        await context.close();
        return loudest;
    };
"""


@pytest.fixture(scope="module")
def camera(astronaut: UInt8Array, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A portrait that smiles, as a picture in motion for Chromium's camera."""
    face = Image.fromarray(astronaut[:300, 75:375]).resize((440, 440))
    wall = np.full((480, 640, 3), 90, np.uint8)
    wall[20:460, 100:540] = np.asarray(face)
    path = tmp_path_factory.mktemp("camera") / "smile.mjpeg"
    Image.fromarray(wall).save(path, "JPEG", quality=92)
    return path


@pytest.fixture(scope="module")
def music(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of sixteen songs in eight formats, with a cover."""
    folder = tmp_path_factory.mktemp("music")
    for i, ending in enumerate(ENDINGS):
        sounds.write_sound(folder / f"{i:02d}{ending}", sounds.tone(SECONDS, 200 + 40 * i))
    Image.linear_gradient("L").save(folder / "cover.png")
    return folder


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def url(home: Path, music: Path) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MIEN_HOME", str(home))
        LibraryState().set_sources([music], [])
        own_music.save_songs(sorted(p for p in music.iterdir() if p.suffix != ".png"))
        with serving(env={**os.environ}) as address:
            yield address


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def chromium(playwright: Playwright, camera: Path) -> Iterator[Browser]:
    browser = playwright.chromium.launch(
        executable_path=find_browser(),
        args=[
            *OPTIONS,
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={camera}",
        ],
    )
    yield browser
    browser.close()


@pytest.fixture
def page(chromium: Browser, url: str) -> Iterator[Page]:
    context = chromium.new_context(permissions=["camera"])
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.add_init_script(LISTEN)
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(url)
    yield page
    context.close()
    assert not problems


def choose(page: Page, emotion: str = "happy") -> list[str]:
    """Songs for an emotion, by their titles."""
    page.get_by_role("button", name=emotion, exact=True).click()
    page.wait_for_selector("#songs .title")
    return titles(page)


def titles(page: Page) -> list[str]:
    return page.locator("#songs .title").all_inner_texts()


def playing(page: Page) -> str:
    return page.locator("#own-player .song-title").inner_text()


def wait_for_song(page: Page, title: str) -> None:
    page.wait_for_function(
        "title => document.querySelector('#own-player .song-title').textContent === title"
        " && window.elements.some((e) => !e.paused && e.currentTime > 0)",
        arg=title,
    )


def test_a_face_one_press_and_the_songs_are_heard(page: Page) -> None:
    page.click("#camera")
    page.wait_for_selector("#songs .title")
    page.check("#pin")
    first, second, third = titles(page)[:3]
    page.click("#play-all")
    wait_for_song(page, first)
    assert page.evaluate("level()") > 0.01
    at = page.evaluate("elements.find((e) => !e.paused).currentTime")
    page.wait_for_function("at => elements.find((e) => !e.paused)?.currentTime > at", arg=at)
    wait_for_song(page, second)
    assert page.evaluate("level()") > 0.01
    wait_for_song(page, third)


def test_no_silence_between_two_songs(page: Page) -> None:
    choose(page)
    page.click("#play-all")
    page.wait_for_function("() => heard.filter(([name]) => name === 'playing').length >= 4")
    starts: dict[str, float] = {}
    ends: dict[str, float] = {}
    for name, song, now, at, length in page.evaluate("heard"):
        if name == "playing":
            starts.setdefault(song, now - 1000 * at)
            ends[song] = now + 1000 * (length - at)
    order = sorted(starts, key=lambda song: starts[song])
    gaps = [starts[b] - ends[a] for a, b in pairwise(order)]
    assert len(gaps) >= 3
    assert max(gaps) < 300  # milliseconds


def test_next_previous_pause_and_seek(page: Page) -> None:
    first, second = choose(page)[:2]
    page.click("#play-all")
    wait_for_song(page, first)
    page.click("#own-player .next")
    wait_for_song(page, second)
    page.click("#own-player .previous")
    wait_for_song(page, first)
    page.click("#own-player .toggle")
    assert page.evaluate("elements.every((e) => e.paused)")
    page.locator("#own-player .seek").fill("2.5")
    page.wait_for_function("() => elements.some((e) => Math.abs(e.currentTime - 2.5) < 0.2)")
    page.click("#own-player .toggle")
    wait_for_song(page, second)


def test_keys(page: Page) -> None:
    first, second = choose(page)[:2]
    page.click("#play-all")
    wait_for_song(page, first)
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("n")
    wait_for_song(page, second)
    page.keyboard.press("p")
    wait_for_song(page, first)
    page.keyboard.press(" ")
    assert page.evaluate("elements.every((e) => e.paused)")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => elements.some((e) => e.currentTime > 3)")
    page.focus("#valence")
    page.keyboard.press("ArrowRight")  # a control keeps its keys
    assert page.evaluate("elements.every((e) => e.paused)")


def test_media_keys_know_the_song(page: Page) -> None:
    choose(page)
    page.click("#play-all")
    wait_for_song(page, titles(page)[0])
    metadata = "navigator.mediaSession.metadata"
    assert page.evaluate(f"{metadata}.title") == playing(page)
    assert page.evaluate(f"{metadata}.artist").startswith("Artist")
    assert "/cover?" in page.evaluate(f"{metadata}.artwork[0].src")
    assert page.evaluate("navigator.mediaSession.playbackState") == "playing"


def test_a_card_starts_its_song_and_those_after_it(page: Page) -> None:
    shown = choose(page)
    page.locator("#songs .play").nth(3).click()
    wait_for_song(page, shown[3])
    assert page.locator("#songs li.playing .title").inner_text() == shown[3]
    wait_for_song(page, shown[4])


def test_after_six_come_six_more(page: Page) -> None:
    shown = choose(page)
    page.locator("#songs .play").nth(5).click()
    wait_for_song(page, shown[5])
    page.wait_for_function(
        "title => document.querySelector('#own-player .song-title').textContent !== title",
        arg=shown[5],
    )
    more = titles(page)
    assert len(more) == 6
    assert not set(more) & set(shown)
    assert playing(page) == more[0]


def test_or_silence(page: Page) -> None:
    shown = choose(page)
    page.locator("#songs .play").nth(4).click()
    wait_for_song(page, shown[4])
    page.uncheck("#own-player .more")
    wait_for_song(page, shown[5])
    page.wait_for_function("() => elements.every((e) => e.paused)")
    assert titles(page) == shown
    page.reload()
    assert not page.is_checked("#own-player .more")
    page.evaluate("localStorage.clear()")


def test_a_song_whose_file_is_gone_is_skipped(page: Page, music: Path) -> None:
    shown = choose(page)
    number = int(shown[1].split()[1])
    file = music / f"{number:02d}{ENDINGS[number]}"
    away = music.parent / file.name
    file.rename(away)
    try:
        page.click("#play-all")
        wait_for_song(page, shown[0])
        wait_for_song(page, shown[2])
    finally:
        away.rename(file)


def test_the_player_is_usable_by_everyone(page: Page) -> None:
    from axe_playwright_python.sync_playwright import Axe

    choose(page)
    page.click("#play-all")
    page.click("#own-player .queue-button")
    assert page.locator("#own-player .queue li").count() == 6
    for scheme in ("light", "dark"):
        for width in (360, 1440):
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            page.set_viewport_size({"width": width, "height": 800})
            found = Axe().run(page)
            assert not found.response["violations"], found.generate_report()
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width

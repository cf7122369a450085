"""The page in a real browser without a window, with portraits for a camera."""

from __future__ import annotations

import base64
import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import cv2
import numpy as np
import pytest
from browser import OPTIONS, find_browser
from PIL import Image
from serving import serving

from mien.emotions import EMOTIONS
from mien.listener.feedback import Feedback
from mien.support.arrays import UInt8Array

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page, Playwright, Request, Route

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(find_browser() is None, reason="no Chromium is installed"),
]

PATIENCE = 30_000  # milliseconds; the machine may be busy
WIDTH, HEIGHT, RATE = 640, 480, 5  # of the camera
SECONDS = 4  # of each scene
MIRRORED = 160  # the x at which the page shows the centre of the face of the camera `left`

# Cumulative layout shift as web.dev defines it: without shifts that follow an input, the largest
# sum of a session of at most five seconds, which ends with a second of rest.
WATCH_LAYOUT = """
    window.shifted = 0;
    let [sum, first, last] = [0, 0, 0];
    new PerformanceObserver((list) => {
        for (const { hadRecentInput, startTime, value } of list.getEntries()) {
            if (hadRecentInput) continue;
            if (startTime - last > 1000 || startTime - first > 5000) [sum, first] = [0, startTime];
            last = startTime;
            sum += value;
            window.shifted = Math.max(window.shifted, sum);
        }
    }).observe({ type: "layout-shift", buffered: true });
"""
MOST_SHIFT = 0.02
PLAYER = "https://open.spotify.com/embed/track/"


# A camera


def scene(*faces: tuple[UInt8Array, int, int]) -> UInt8Array:
    """What a camera sees: square pictures on a grey wall, each with the x of its centre and its
    side."""
    wall = np.full((HEIGHT, WIDTH, 3), 90, dtype=np.uint8)
    for picture, middle, side in faces:
        top, left = (HEIGHT - side) // 2, middle - side // 2
        small = Image.fromarray(picture).resize((side, side))
        wall[top : top + side, left : left + side] = np.asarray(small)
    return wall


def write_video(path: Path, *scenes: UInt8Array) -> Path:
    """A Y4M file, which Chromium plays in a loop in place of a camera."""
    with path.open("wb") as file:
        file.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{RATE}:1 Ip A1:1 C420jpeg\n".encode())
        for seen in scenes:
            planes = cv2.cvtColor(seen, cv2.COLOR_RGB2YUV_I420).tobytes()
            file.write((b"FRAME\n" + planes) * RATE * SECONDS)
    return path


@pytest.fixture(scope="module")
def cameras(
    astronaut: UInt8Array, hopper: UInt8Array, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    """Videos by name, of one portrait that smiles and one that does not."""
    glad, calm = astronaut[:300, 75:375], hopper[:450, 30:480]
    wall = scene()
    glad_alone, calm_alone = scene((glad, 320, 440)), scene((calm, 320, 440))
    folder = tmp_path_factory.mktemp("cameras")
    scenes = {
        "glad": (glad_alone,),
        "changing": (glad_alone, calm_alone),
        "two": (scene((glad, 190, 360), (calm, 510, 240)),),
        "left": (scene((glad, WIDTH - MIRRORED, 300)),),
        "nobody": (wall,),
        "calm": (calm_alone,),
    }
    return {name: write_video(folder / f"{name}.y4m", *seen) for name, seen in scenes.items()}


# A browser


@pytest.fixture(scope="module")
def server_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def url(server_home: Path) -> Iterator[str]:
    with serving(env={**os.environ, "MIEN_HOME": str(server_home)}) as address:
        yield address


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def browsers(
    playwright: Playwright, cameras: dict[str, Path]
) -> Iterator[Callable[[str], Browser]]:
    """Browsers by the name of their camera; pages with the same camera share one."""
    running: dict[str, Browser] = {}

    def browser(camera: str) -> Browser:
        if camera not in running:
            video = f"--use-file-for-fake-video-capture={cameras[camera]}"
            running[camera] = playwright.chromium.launch(
                executable_path=find_browser(),
                args=[*OPTIONS, "--use-fake-device-for-media-stream", video],
            )
        return running[camera]

    yield browser
    for started in running.values():
        started.close()


@dataclass
class Visit:
    """A page, its requests and its failures."""

    page: Page
    url: str
    requests: list[Request] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def note_request(self, request: Request) -> None:
        self.requests.append(request)

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    @property
    def status(self) -> Locator:
        return self.page.locator("#status")

    @property
    def note(self) -> Locator:
        return self.page.locator("#note")

    @property
    def songs(self) -> Locator:
        return self.page.locator("#songs > li")

    def titles(self) -> list[str]:
        return self.page.locator("#songs .title").all_inner_texts()

    def camera_on(self) -> None:
        self.button("Turn the camera on").click()

    def choose_emotion(self, emotion: str) -> list[str]:
        """Press an emotion; the titles of its songs."""
        with self.new_songs():
            self.button(emotion).click()
        expect(self.note).to_have_text(f"For {emotion}.")
        return self.titles()

    def new_songs(self) -> Any:
        """A context in which the page requests songs; on leaving it they are shown."""
        return NewSongs(self)

    def unfold(self, name: str) -> None:
        self.page.locator("summary", has_text=name).click()

    def choose_photo(self, photo: Path) -> None:
        self.page.locator("#file").set_input_files(photo)

    def watch(self, seconds: float) -> None:
        """Wait while the camera runs."""
        begin: float | None = None
        now = 0.0
        while begin is None or now - begin < seconds:
            with self.page.expect_response("**/api/v1/moments", timeout=PATIENCE) as answer:
                pass
            now = answer.value.json()["time"]
            begin = now if begin is None else begin

    def foreign(self) -> list[str]:
        """The addresses of requests to other servers than mien."""
        origin = self.url.rstrip("/")
        here = (origin, "blob:", "data:")
        return [r.url for r in self.requests if not r.url.startswith(here)]


class NewSongs:
    def __init__(self, visit: Visit) -> None:
        self.visit = visit
        self.waiting = visit.page.expect_response("**/api/v1/recommendations", timeout=PATIENCE)

    def __enter__(self) -> Any:
        self.answer = self.waiting.__enter__()
        return self.answer

    def __exit__(self, *raised: Any) -> None:
        self.waiting.__exit__(*raised)
        if raised[0] is None:
            expect(self.visit.page.locator("#songs[aria-busy]")).to_have_count(0)


def expect(locator: Locator) -> Any:
    from playwright.sync_api import expect

    return expect(locator)


@pytest.fixture
def visit(browsers: Callable[[str], Browser], url: str) -> Iterator[Callable[..., Visit]]:
    """Opens the page. Whatever a test does with it, no script may fail, the content policy must
    hold, the layout must not shift, and only mien may get requests unless the test answers."""
    visits: list[tuple[Visit, bool]] = []

    def opened(
        camera: str = "glad",
        *,
        allowed: bool = True,
        before: str = "",
        spotify: bool = False,
        **options: Any,
    ) -> Visit:
        """Open the page.

        Args:
            camera: the name of a video.
            allowed: whether the page may use the camera.
            before: a script that runs before the page's own.
            spotify: whether the test presses Play; a stub answers.
            options: for the browser's context.
        """
        options = {"viewport": {"width": 1280, "height": 900}, **options}
        context = browsers(camera).new_context(
            permissions=["camera"] if allowed else [], accept_downloads=True, **options
        )
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        seen = Visit(page, url)
        visits.append((seen, spotify))
        page.on("request", seen.note_request)
        page.on("pageerror", lambda error: seen.faults.append(str(error)))
        page.on(
            "console",
            lambda line: (
                seen.faults.append(line.text) if "Content Security Policy" in line.text else None
            ),
        )
        page.route(
            re.compile(f"^(?!{re.escape(url)}|blob:|data:)"),
            lambda route: (
                route.fulfill(body="<p>A player</p>", content_type="text/html")
                if spotify
                else route.abort()
            ),
        )
        for script in (WATCH_LAYOUT, before):
            page.add_init_script(script)
        page.goto(url)
        expect(page.locator("#about")).to_contain_text(re.compile(r"from \d,\d\d\d in"))
        return seen

    yield opened
    for seen, spotify in visits:
        shifted = seen.page.evaluate("() => window.shifted")
        seen.page.context.close()
        assert seen.faults == []
        assert shifted < MOST_SHIFT
        assert spotify or seen.foreign() == []


def shares(visit: Visit) -> dict[str, int]:
    """The bars: emotion to percentage."""
    lines = visit.page.locator("#bars li").all_inner_texts()
    found = [re.match(r"(\w+)\s+(\d+) %", text) for text in lines]
    return {match[1]: int(match[2]) for match in found if match}


def drawn_extent(visit: Visit) -> tuple[float, float]:
    """The leftmost and rightmost pixel that is drawn over the picture."""
    left, right = visit.page.evaluate(
        """() => {
            const canvas = document.getElementById("boxes");
            const { width, height } = canvas;
            const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
            let [left, right] = [width, 0];
            for (let i = 3; i < data.length; i += 4) {
                if (!data[i]) continue;
                const x = ((i - 3) / 4) % width;
                [left, right] = [Math.min(left, x), Math.max(right, x)];
            }
            return [left, right];
        }"""
    )
    return left, right


# With a camera


def test_from_the_camera_to_a_saved_playlist(visit: Callable[..., Visit]) -> None:
    v = visit()
    v.camera_on()
    expect(v.status).to_have_text("You look happy.")
    expect(v.note).to_have_text("For happy.")
    expect(v.page.locator("#music")).to_have_text("Bright and driving")
    expect(v.songs).to_have_count(6)
    assert shares(v)["happy"] > 80
    left, right = drawn_extent(v)
    assert left < WIDTH / 2 < right

    before = rated(v)
    v.button(f"4 of 5 stars for {v.titles()[0]}").click()
    expect(v.songs.first.locator(".noted")).to_have_text("Rated 4 stars.")
    expect(v.songs.first.locator(".stars .given")).to_have_count(4)
    assert rated(v) == before + 1

    for form in ("xspf", "csv"):  # players open files alone
        with v.page.expect_download() as download:
            v.button(f"Save as {form.upper()}").click()
        assert download.value.suggested_filename == f"mien.{form}"
        saved = Path(download.value.path()).read_text(encoding="utf-8")
        assert all(title.replace("&", "&amp;") in saved or title in saved for title in v.titles())


def rated(visit: Visit) -> int:
    """The number of ratings that the server has."""
    summary = visit.page.request.get(f"{visit.url}api/v1/ratings/summary").json()
    return sum(opinion["n"] for opinion in summary["opinions"].values())


def test_the_box_is_where_the_mirror_shows_the_face(visit: Callable[..., Visit]) -> None:
    v = visit("left")
    v.camera_on()
    expect(v.status).to_have_text("You look happy.")
    left, right = drawn_extent(v)
    assert left < MIRRORED < right < WIDTH / 2


def test_songs_stay_while_the_face_does(visit: Callable[..., Visit]) -> None:
    v = visit()
    v.camera_on()
    expect(v.songs).to_have_count(6)
    v.page.evaluate(
        """() => {
            window.changes = 0;
            new MutationObserver(() => { window.changes += 1; }).observe(
                document.getElementById("songs"), { childList: true, subtree: true });
        }"""
    )
    v.watch(3)
    assert v.page.evaluate("() => window.changes") == 0


def test_another_face_changes_the_songs_unless_they_are_kept(
    visit: Callable[..., Visit],
) -> None:
    v = visit("changing")
    v.camera_on()
    expect(v.note).to_contain_text("For happy")
    expect(v.songs).to_have_count(6)
    first = v.titles()
    expect(v.note).to_contain_text("For neutral")
    second = v.titles()
    assert second != first

    keep = v.page.get_by_label("Keep these songs")
    keep.check()
    expect(v.note).to_contain_text("These songs stay")
    expect(v.status).to_have_text("You look happy.")
    v.watch(3)
    assert v.titles() == second
    with v.new_songs():
        keep.uncheck()
    assert v.titles() != second


def test_one_of_two_faces_counts_or_both(visit: Callable[..., Visit]) -> None:
    v = visit("two")
    v.camera_on()
    expect(v.status).to_have_text("You look happy.")  # the larger face
    expect(v.songs).to_have_count(6)
    numbered = {}
    for name in ("Face 1", "Face 2"):
        v.button(name).click()
        expect(v.button(name)).to_have_attribute("aria-pressed", "true")
        v.watch(0.5)
        expect(v.status).to_have_text(re.compile("You look (happy|neutral)"))
        numbered[name] = v.status.inner_text()
    assert set(numbered.values()) == {"You look happy.", "You look neutral."}
    v.button("Everyone").click()
    expect(v.status).to_have_text("These songs suit all of you together.")
    v.watch(0.5)
    assert 20 < shares(v)["happy"] < 80
    expect(v.note).to_contain_text("For your mood")  # neither's, so other songs


def test_a_camera_without_a_face_gives_no_songs(visit: Callable[..., Visit]) -> None:
    v = visit("nobody")
    v.camera_on()
    expect(v.status).to_contain_text("No face in view")
    expect(v.songs).to_have_count(0)
    expect(v.page.get_by_text("Six songs appear with your first look")).to_be_visible()


def test_frames_go_only_to_mien_and_only_while_the_camera_is_on(
    visit: Callable[..., Visit],
) -> None:
    v = visit()
    v.camera_on()
    expect(v.songs).to_have_count(6)
    v.watch(1)
    v.button("Turn the camera off").click()
    assert v.page.evaluate("() => document.getElementById('video').srcObject") is None
    expect(v.button("Turn the camera on")).to_be_visible()
    v.choose_emotion("sad")  # after which no frame can be on its way any more
    looked = paths_of_pictures(v)
    assert set(looked) == {"/api/v1/moments"}
    v.choose_emotion("angry")
    assert paths_of_pictures(v) == looked


def paths_of_pictures(visit: Visit) -> list[str]:
    """The paths to which the page has sent JPEG data."""
    sent = (r for r in visit.requests if b"\xff\xd8\xff" in (r.post_data_buffer or b""))
    return [urlsplit(request.url).path for request in sent]


def test_a_correction_is_kept_and_the_face_waits(
    visit: Callable[..., Visit], server_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    v = visit()
    v.camera_on()
    expect(v.status).to_have_text("You look happy.")
    v.choose_emotion("sad")
    expect(v.status).to_have_text("You feel sad. Correction saved.")
    expect(v.button("sad")).to_have_attribute("aria-pressed", "true")
    monkeypatch.setenv("MIEN_HOME", str(server_home))
    corrections = Feedback().export()["corrections"]
    assert corrections[-1]["said"] == "sad"
    v.watch(2)
    expect(v.note).to_contain_text("For sad")
    v.button("Follow my face again").click()
    expect(v.note).to_contain_text("For happy")
    expect(v.button("sad")).to_have_attribute("aria-pressed", "false")


# Cameras that fail, servers that do not respond


def test_a_refused_camera_leaves_a_page_to_use(visit: Callable[..., Visit]) -> None:
    v = visit(allowed=False)
    v.camera_on()
    expect(v.status).to_contain_text("The browser blocked the camera")
    expect(v.button("Turn the camera on")).to_be_enabled()
    assert len(v.choose_emotion("happy")) == 6


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("NotReadableError", "another program may be using it"),
        ("AbortError", "another program may be using it"),
        ("NotFoundError", "No camera was found"),
    ],
)
def test_camera_errors_are_explained(visit: Callable[..., Visit], name: str, text: str) -> None:
    fails = f'() => Promise.reject(new DOMException("", "{name}"))'
    v = visit(before=f"navigator.mediaDevices.getUserMedia = {fails};")
    v.camera_on()
    expect(v.status).to_contain_text(text)
    expect(v.button("Turn the camera on")).to_be_enabled()


def test_without_https_only_photos_work(visit: Callable[..., Visit]) -> None:
    hidden = "Object.defineProperty(navigator, 'mediaDevices', { value: undefined });"
    v = visit(before=hidden)
    v.camera_on()
    expect(v.status).to_contain_text("only over HTTPS")


def test_unplugging_the_camera_is_noticed(visit: Callable[..., Visit]) -> None:
    v = visit()
    v.camera_on()
    expect(v.songs).to_have_count(6)
    v.page.evaluate(
        """() => document.getElementById("video").srcObject.getVideoTracks()[0]
            .dispatchEvent(new Event("ended"))"""
    )
    expect(v.status).to_contain_text("The camera was disconnected")
    expect(v.button("Turn the camera on")).to_be_visible()
    expect(v.songs).to_have_count(6)


def gone(route: Route) -> None:
    route.abort()


def busy(route: Route) -> None:
    route.fulfill(status=503, json={"error": {"code": "busy", "message": "busy", "hint": ""}})


def locked(route: Route) -> None:
    route.fulfill(status=401, json={"error": {"code": "no_token", "message": "a", "hint": "b"}})


@pytest.mark.parametrize(
    ("happens", "text"),
    [(gone, "is not responding"), (busy, "mien is busy"), (locked, "needs its token")],
    ids=["gone", "busy", "locked"],
)
def test_the_page_recovers_with_the_server(
    visit: Callable[..., Visit], happens: Callable[[Route], None], text: str
) -> None:
    v = visit()
    v.camera_on()
    expect(v.note).to_contain_text("For happy")
    v.page.route("**/api/**", happens)
    expect(v.status).to_contain_text(text)
    v.button("sad").click()
    expect(v.note).to_contain_text(text)
    v.page.unroute("**/api/**", happens)
    expect(v.note).to_contain_text("For sad")
    expect(v.status).to_have_text(re.compile("You feel sad|mien"))
    v.button("Follow my face again").click()
    expect(v.status).to_have_text("You look happy.")


# Without a camera


def test_each_emotion_can_be_chosen(visit: Callable[..., Visit]) -> None:
    v = visit()
    lists = {emotion: v.choose_emotion(emotion) for emotion in EMOTIONS}
    assert all(len(titles) == 6 for titles in lists.values())
    assert lists["happy"] != lists["sad"] != lists["angry"] != lists["happy"]
    assert not any("corrections" in r.url for r in v.requests)  # nothing was seen


def test_the_point_can_be_dragged(visit: Callable[..., Visit]) -> None:
    v = visit()
    margin, span = 7, 114  # of the map's view box

    def at(valence: float, energy: float) -> tuple[float, float]:
        box = v.page.locator("#map").bounding_box()
        assert box is not None
        return (
            box["x"] + box["width"] * (margin + 100 * valence) / span,
            box["y"] + box["height"] * (margin + 100 * (1 - energy)) / span,
        )

    def chosen(name: str) -> float:
        return float(v.page.get_by_label(name, exact=True).input_value())

    with v.new_songs():
        v.page.mouse.move(*at(0.5, 0.5))
        v.page.mouse.down()
        v.page.mouse.move(*at(0.2, 0.9), steps=5)
        v.page.mouse.up()
    expect(v.note).to_have_text("For your mood.")
    expect(v.page.locator("#music")).to_have_text("Storm and thunder")
    assert (chosen("Valence"), chosen("Energy")) == pytest.approx((0.2, 0.9), abs=0.02)
    v.page.locator("#map").scroll_into_view_if_needed()
    with v.new_songs():
        v.page.mouse.click(*at(1.05, 1.05))  # outside of all moods
    assert (chosen("Valence"), chosen("Energy")) == (1, 1)


def test_sliders_say_the_mood_too(visit: Callable[..., Visit]) -> None:
    v = visit()
    v.choose_emotion("happy")
    for name, value in (("Valence", "0.3"), ("Energy", "0.25"), ("Tempo", "70")):
        with v.new_songs():
            v.page.get_by_label(name, exact=True).fill(value)
    expect(v.note).to_have_text("For your mood.")
    expect(v.page.locator("#music")).to_have_text("Late-night blue")
    expect(v.songs).to_have_count(6)
    point = v.page.locator("circle.mood")
    expect(point).to_have_attribute("cx", "30")
    expect(point).to_have_attribute("cy", "75")


def test_songs_on_the_map_neither_overflow_nor_overlap(
    visit: Callable[..., Visit],
) -> None:
    v = visit()
    v.choose_emotion("happy")
    for name in ("Valence", "Energy"):
        with v.new_songs():
            v.page.get_by_label(name, exact=True).fill("1")
    plane = v.page.locator("#map").bounding_box()
    marks = [mark.bounding_box() for mark in v.page.locator(".places circle").all()]
    assert plane is not None
    assert len(marks) == 6
    middles = []
    for mark in marks:
        assert mark is not None
        assert plane["x"] <= mark["x"]
        assert mark["x"] + mark["width"] <= plane["x"] + plane["width"]
        assert plane["y"] <= mark["y"]
        middles.append((mark["x"], mark["y"]))
    radius = marks[0]["width"] / 2 if marks[0] else 0
    for i, (x, y) in enumerate(middles):
        assert all(np.hypot(x - a, y - b) > radius for a, b in middles[:i])


# Photos


def test_a_photo_is_read(visit: Callable[..., Visit], astronaut_jpg: Path) -> None:
    v = visit()
    with v.new_songs():
        v.choose_photo(astronaut_jpg)
    expect(v.status).to_have_text("You look happy.")
    expect(v.songs).to_have_count(6)
    assert shares(v)["happy"] > 80
    assert v.page.get_by_alt_text("Your photo").is_visible()
    assert drawn_extent(v)[1] > 0


@pytest.mark.parametrize("way", ["drop", "paste"])
def test_a_photo_can_be_dropped_or_pasted(
    visit: Callable[..., Visit], astronaut_jpg: Path, way: str
) -> None:
    v = visit()
    v.camera_on()
    expect(v.songs).to_have_count(6)
    v.page.evaluate(
        """([way, data]) => {
            const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
            const transfer = new DataTransfer();
            transfer.items.add(new File([bytes], "me.jpg", { type: "image/jpeg" }));
            document.querySelector("main").dispatchEvent(way === "drop"
                ? new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true })
                : new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true }));
        }""",
        [way, base64.b64encode(astronaut_jpg.read_bytes()).decode()],
    )
    expect(v.page.get_by_alt_text("Your photo")).to_be_visible()
    expect(v.status).to_have_text("You look happy.")
    expect(v.button("Turn the camera on")).to_be_visible()  # the photo counts, not the camera


def test_each_face_in_a_photo_can_count(
    visit: Callable[..., Visit], astronaut: UInt8Array, hopper: UInt8Array, tmp_path: Path
) -> None:
    both = tmp_path / "both.png"
    Image.fromarray(
        scene((astronaut[:300, 75:375], 190, 360), (hopper[:450, 30:480], 510, 240))
    ).save(both)
    v = visit()
    v.choose_photo(both)
    expect(v.note).to_contain_text("For happy")
    v.button("Face 2").click()
    expect(v.status).to_have_text("You look neutral.")
    expect(v.note).to_contain_text("For neutral")
    v.button("Everyone").click()
    expect(v.note).to_contain_text("For your mood")
    assert 20 < shares(v)["happy"] < 80


def test_a_photo_without_a_face_gives_no_songs(visit: Callable[..., Visit], tmp_path: Path) -> None:
    Image.fromarray(scene()).save(tmp_path / "wall.png")
    v = visit()
    v.choose_photo(tmp_path / "wall.png")
    expect(v.status).to_contain_text("No face was found in this photo")
    expect(v.songs).to_have_count(0)
    v.choose_emotion("happy")


@pytest.mark.parametrize(
    ("content", "text"),
    [(b"", "The photo is empty. Give a JPEG"), (b"these are words", "not an image")],
)
def test_errors_in_files_are_explained(
    visit: Callable[..., Visit], tmp_path: Path, content: bytes, text: str
) -> None:
    (tmp_path / "me.jpg").write_bytes(content)
    v = visit()
    v.choose_photo(tmp_path / "me.jpg")
    expect(v.status).to_contain_text(text)
    expect(v.page.get_by_text("Your camera or a photo appears here")).to_be_visible()
    v.choose_emotion("happy")


# Songs


def test_policies_and_journeys_change_the_songs(visit: Callable[..., Visit]) -> None:
    v = visit()
    lists = [v.choose_emotion("sad")]
    for policy in ("lift", "calm", "energise"):
        with v.new_songs():
            v.page.get_by_label("Songs that").select_option(policy)
        lists.append(v.titles())
    assert len({tuple(titles) for titles in lists}) == 4
    with v.new_songs():
        v.page.get_by_label("Journey").select_option("happy")
    expect(v.note).to_have_text("A journey from sad to happy.")
    expect(v.page.get_by_label("Songs that")).to_be_disabled()
    expect(v.songs).to_have_count(6)
    assert v.titles() not in lists


def test_each_filter_is_sent_and_can_be_removed(visit: Callable[..., Visit]) -> None:
    v = visit()
    free = v.choose_emotion("happy")
    v.unfold("Filters")

    def request_after(act: Callable[[], object]) -> dict[str, Any]:
        with v.new_songs() as answer:
            act()
        body: dict[str, Any] = json.loads(answer.value.request.post_data)
        return body

    genres = v.page.get_by_label("Only these genres").first
    assert request_after(lambda: enter(genres, "rock"))["genres"] == ["rock"]
    shown = v.page.locator("#songs .genres").all_inner_texts()
    assert len(shown) == 6
    assert all("rock" in of for of in shown)
    assert request_after(lambda: enter(genres, "Metal"))["genres"] == ["rock", "metal"]
    without = v.page.get_by_label("Exclude these genres").first
    assert request_after(lambda: enter(without, "country"))["without"] == ["country"]
    shown = v.page.locator("#songs .genres").all_inner_texts()
    assert not any("country" in of for of in shown)
    assert request_after(v.button("Remove metal").click)["genres"] == ["rock"]
    popular, long = (v.page.get_by_role("group", name=name) for name in ("Popularity", "Minutes"))
    body = request_after(lambda: enter(popular.get_by_label("from"), "20"))
    assert body["popularity"] == [20, 100]
    body = request_after(lambda: enter(popular.get_by_label("to"), "90"))
    assert body["popularity"] == [20, 90]
    assert request_after(lambda: enter(long.get_by_label("to"), "4.5"))["minutes"] == [0, 4.5]
    assert request_after(v.page.get_by_label("No explicit songs").check)["clean"] is True
    expect(v.page.get_by_text("(5 active)")).to_be_visible()
    expect(v.songs).to_have_count(6)

    body = request_after(v.button("Clear filters").click)
    assert set(body) == {"emotion", "policy", "languages"}
    assert v.titles() == free


def enter(field: Locator, text: str) -> None:
    field.fill(text)
    field.press("Enter")


def test_an_unknown_genre_is_not_sent(visit: Callable[..., Visit]) -> None:
    v = visit()
    v.choose_emotion("happy")
    v.unfold("Filters")
    enter(v.page.get_by_label("Only these genres").first, "polka of the moon")
    expect(v.note).to_contain_text("There is no genre “polka of the moon”")


def test_filters_that_no_song_passes_are_explained(visit: Callable[..., Visit]) -> None:
    v = visit()
    v.choose_emotion("happy")
    v.unfold("Filters")
    with v.new_songs():
        enter(v.page.get_by_role("group", name="Minutes").get_by_label("from"), "500")
    expect(v.note).to_contain_text("No songs match all of these filters")
    expect(v.songs).to_have_count(0)
    expect(v.button("Save as CSV")).to_be_disabled()
    with v.new_songs():
        v.button("Clear filters").click()
    expect(v.songs).to_have_count(6)


def test_six_more_are_other_songs(visit: Callable[..., Visit]) -> None:
    v = visit()
    lists = [v.choose_emotion("happy")]
    for _ in range(2):
        with v.new_songs():
            v.button("Show six more").click()
        assert v.titles() not in lists
        lists.append(v.titles())


def test_earlier_lists_come_back(visit: Callable[..., Visit]) -> None:
    v = visit()
    glad, low = v.choose_emotion("happy"), v.choose_emotion("sad")
    v.unfold("Earlier lists")
    v.page.get_by_role("button", name=re.compile("for happy")).click()
    assert v.titles() == glad
    expect(v.note).to_contain_text("These songs stay")
    expect(v.page.get_by_label("Keep these songs")).to_be_checked()
    v.page.get_by_role("button", name=re.compile("for sad")).click()
    assert v.titles() == low
    with v.new_songs() as answer:
        v.button("Show six more").click()
    assert json.loads(answer.value.request.post_data)["emotion"] == "sad"


def test_likes_are_kept_and_hidden_songs_stay_away(visit: Callable[..., Visit]) -> None:
    v = visit()
    first, second = v.choose_emotion("surprise")[:2]
    v.button(f"Like {first}").click()
    expect(v.button(f"Like {first}")).to_have_attribute("aria-pressed", "true")
    v.button(f"Hide {second}").click()
    expect(v.songs.nth(1).locator(".noted")).to_have_text("Hidden.")
    with v.page.expect_download() as download:
        v.button("Save as CSV").click()
    assert second not in Path(download.value.path()).read_text(encoding="utf-8")
    v.choose_emotion("happy")
    again = v.choose_emotion("surprise")
    assert second not in again
    if first in again:
        expect(v.button(f"Like {first}")).to_have_attribute("aria-pressed", "true")


def test_opinions_outlive_the_page_and_can_be_taken_back(visit: Callable[..., Visit]) -> None:
    v = visit()
    title = v.choose_emotion("angry")[0]
    before = rated(v)
    v.button(f"3 of 5 stars for {title}").click()
    v.button(f"Like {title}").click()
    expect(v.button(f"Like {title}")).to_have_attribute("aria-pressed", "true")
    for _ in range(20):  # songs that were shown lately step back
        v.page.reload()
        if title in v.choose_emotion("angry"):
            break
    card = v.songs.filter(has=v.button(f"Like {title}"))
    expect(card.locator(".like")).to_have_attribute("aria-pressed", "true")
    expect(card.locator(".stars .given")).to_have_count(3)
    card.get_by_role("button", name="Undo").click()
    expect(card.locator(".noted")).to_have_text("Taken back.")
    expect(card.locator(".like")).to_have_attribute("aria-pressed", "false")
    expect(card.locator(".stars .given")).to_have_count(0)
    expect(card.get_by_role("button", name="Undo")).to_be_hidden()
    assert rated(v) == before

    card.locator(".dislike").click()
    expect(card).to_have_class(re.compile("unwanted"))
    card.locator(".dislike").click()
    expect(card).not_to_have_class(re.compile("unwanted"))


def test_spotify_is_contacted_only_when_play_is_pressed(visit: Callable[..., Visit]) -> None:
    v = visit(spotify=True)
    v.choose_emotion("happy")
    assert v.foreign() == []
    assert v.page.locator("iframe").count() == 0
    song = v.songs.first
    title, track = v.titles()[0], song.get_attribute("data-id")
    song.locator(".play").click()
    player = v.page.locator("iframe")
    expect(player).to_have_count(1)
    expect(player).to_have_attribute("src", f"{PLAYER}{track}")
    expect(player.content_frame.get_by_text("A player")).to_be_visible()
    assert v.foreign() == [f"{PLAYER}{track}"]
    v.choose_emotion("sad")
    expect(player).to_have_attribute("title", f"Spotify's player: {title}")  # music goes on
    v.button("Close").click()
    expect(player).to_have_count(0)
    assert v.foreign() == [f"{PLAYER}{track}"]


# Accessibility


def test_the_keyboard_is_enough(visit: Callable[..., Visit]) -> None:
    v = visit()
    press(v, v.button("Turn the camera on"), "Enter")
    expect(v.songs).to_have_count(6)
    press(v, v.button("sad"), "Space")
    expect(v.note).to_contain_text("For sad")
    with v.new_songs():
        press(v, v.page.get_by_label("Energy", exact=True), "End")
    expect(v.page.get_by_label("Energy", exact=True)).to_have_value("1")
    with v.new_songs():
        press(v, v.button("Show six more"), "Enter")
    press(v, v.page.get_by_label("Keep these songs"), "Space")
    expect(v.page.get_by_label("Keep these songs")).to_be_checked()
    title = v.titles()[2]
    press(v, v.button(f"5 of 5 stars for {title}"), "Space")
    expect(v.songs.nth(2).locator(".noted")).to_have_text("Rated 5 stars.")
    with v.page.expect_download():
        press(v, v.button("Save as XSPF"), "Enter")


def press(visit: Visit, wanted: Locator, key: str) -> None:
    """Reach an element with the Tab key from the top of the page, check that its focus is visible,
    and press a key."""
    visit.page.evaluate("() => document.activeElement.blur()")
    for _ in range(150):
        visit.page.keyboard.press("Tab")
        if wanted.evaluate("(element) => element === document.activeElement"):
            break
    ring = (
        "(e) => getComputedStyle(e).outlineStyle + getComputedStyle(e.parentElement).outlineStyle"
    )
    assert "solid" in wanted.evaluate(ring)
    visit.page.keyboard.press(key)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation(visit: Callable[..., Visit], scheme: str, tmp_path: Path) -> None:
    from axe_playwright_python.sync_playwright import Axe

    v = visit("two", color_scheme=scheme, spotify=True)
    axe = Axe()

    def check(state: str) -> None:
        found = axe.run(v.page)
        assert found.violations_count == 0, f"{state}: {found.generate_report()}"

    check("empty")
    v.camera_on()
    expect(v.songs).to_have_count(6)
    check("camera")
    v.unfold("Filters")
    with v.new_songs():
        enter(v.page.get_by_label("Only these genres").first, "rock")
    v.button("Everyone").click()
    expect(v.note).to_contain_text("For your mood")
    v.button(f"4 of 5 stars for {v.titles()[0]}").click()
    v.button(f"Like {v.titles()[0]}").click()
    v.button(f"Hide {v.titles()[1]}").click()
    v.songs.first.locator(".play").click()
    v.unfold("Earlier lists")
    expect(v.songs.nth(1).locator(".noted")).not_to_be_empty()
    check("all open")
    (tmp_path / "me.jpg").write_bytes(b"words")
    v.choose_photo(tmp_path / "me.jpg")
    expect(v.status).to_contain_text("not an image")
    check("error")


@pytest.mark.parametrize(("scheme", "width"), [("dark", 360), ("light", 768), ("light", 1280)])
def test_nothing_overflows_the_window(visit: Callable[..., Visit], scheme: str, width: int) -> None:
    size = {"width": width, "height": 800}
    v = visit("two", color_scheme=scheme, viewport=size, spotify=True)
    assert overflowing(v) == []
    v.camera_on()
    expect(v.songs).to_have_count(6)
    v.choose_emotion("happy")
    v.unfold("Filters")
    with v.new_songs():
        enter(v.page.get_by_label("Exclude these genres").first, "country")
    v.unfold("Earlier lists")
    v.button(f"Like {v.titles()[0]}").click()
    v.songs.first.locator(".play").click()
    expect(v.page.locator("iframe")).to_be_visible()
    assert overflowing(v) == []


def overflowing(visit: Visit) -> list[str]:
    """The visible elements that reach beyond the window's right edge."""
    found: list[str] = visit.page.evaluate(
        """() => [...document.querySelectorAll("body *")]
            .filter((e) => e.checkVisibility() && e.getBoundingClientRect().right >
                document.documentElement.clientWidth + 0.5)
            .map((e) => e.outerHTML.slice(0, 80))"""
    )
    assert visit.page.evaluate(
        "() => document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )
    return found


def test_on_a_small_screen_the_first_song_and_play_come_first(visit: Callable[..., Visit]) -> None:
    v = visit(viewport={"width": 360, "height": 640})
    v.camera_on()
    play = v.songs.first.locator(".play")
    expect(play).to_be_in_viewport(ratio=1)
    assert v.page.evaluate("() => window.scrollY") == 0
    link = v.page.get_by_role("link", name="See the songs")
    expect(link).to_be_hidden()
    v.page.locator("#map").scroll_into_view_if_needed()
    link.click()
    expect(play).to_be_in_viewport()
    expect(link).to_be_hidden()


def test_reduced_motion_is_respected(visit: Callable[..., Visit]) -> None:
    v = visit(reduced_motion="reduce")
    duration = "(e) => getComputedStyle(e).transitionDuration"
    assert v.page.locator(".bar span").first.evaluate(duration) == "0s"


def test_without_scripts_the_page_explains_what_to_do(visit: Callable[..., Visit]) -> None:
    v = visit()
    # Chromium parses `noscript` as text for a debugger that turns scripts off.
    text = v.page.locator("noscript").text_content()
    assert "This page needs JavaScript" in (text or "")


# A neutral face


def test_readings_are_relative_to_the_neutral_face_until_it_is_forgotten(
    visit: Callable[..., Visit],
) -> None:
    v = visit("calm")
    state = v.page.locator("#neutral-state")
    expect(v.button("Take my neutral face")).to_be_hidden()
    v.camera_on()
    expect(v.status).to_have_text("You look neutral.")
    v.button("Take my neutral face").click()
    expect(v.status).to_have_text(re.compile("Look at the camera and relax your face… [123]"))
    expect(state).to_have_text(re.compile("^Relative to your neutral face"))
    expect(v.status).to_have_text("You look neutral.")

    v.page.reload()  # the browser keeps it
    expect(state).to_have_text(re.compile("^Relative to your neutral face"))
    with v.page.expect_request("**/api/v1/moments") as sent:
        v.camera_on()
    assert b'name="neutral"' in (sent.value.post_data_buffer or b"")
    v.button("Forget my neutral face").click()
    expect(state).to_have_text(re.compile("^Do you look"))
    expect(v.button("Forget my neutral face")).to_be_hidden()
    assert v.page.evaluate("localStorage.length") == 0


def test_a_smile_is_no_neutral_face_unless_it_must_be(
    visit: Callable[..., Visit], astronaut_jpg: Path
) -> None:
    v = visit()
    v.choose_photo(astronaut_jpg)
    expect(v.status).to_have_text("You look happy.")
    v.button("Use this as my neutral face").click()
    expect(v.status).to_have_text(re.compile("The face looks happy, not at rest. Relax your face"))
    v.button("Use it anyway").click()
    expect(v.status).to_have_text("You look neutral.")
    expect(v.button("Use it anyway")).to_be_hidden()


def test_the_neutral_face_of_another_network_is_dropped(
    visit: Callable[..., Visit], astronaut_jpg: Path
) -> None:
    old = {"frames": 1, "readings": {"0123456789abcdef": [0] * 8}}
    v = visit(before=f"localStorage.setItem('mien.neutral', '{json.dumps(old)}')")
    v.choose_photo(astronaut_jpg)
    expect(v.status).to_have_text("You look happy.")
    assert v.page.evaluate("localStorage.length") == 0

"""Make the documentation's pictures: the terminal and the page, with scikit-image's astronaut.

python scripts/pictures.py          # needs the `lint` extra and Chromium
python scripts/pictures.py page     # only the page
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Playwright

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
from browser import OPTIONS, find_browser

IMAGES = Path(__file__).parent.parent / "docs" / "images"


def terminal(portrait: Path) -> str:
    """What `mien astronaut.jpg` prints, as SVG."""
    from rich.console import Console

    import mien
    from mien.cli.printing import show_reading, show_songs

    with Path(os.devnull).open("w") as nowhere:
        console = Console(record=True, width=96, highlight=False, force_terminal=True, file=nowhere)
        console.print("[bold]$ mien astronaut.jpg[/bold]\n")
        reading = mien.read(portrait)
        show_reading(console, reading)
        show_songs(console, mien.recommend(reading))
    return console.export_svg(title="mien")


def charts() -> None:
    """A journey among the starter's songs, and the recorded comparison of the rankings."""
    from mien import recommend
    from mien.output.charts import chart_songs, save_figure
    from mien.recommendation.recommender import recommender_of
    from mien.research.evaluation.measure import load_result
    from mien.research.figures.songs import draw_rankings

    songs = recommend("sad", to="happy", catalogue="starter", personal=False)
    chart_songs(recommender_of("starter"), songs, IMAGES / "songs.png")
    save_figure(draw_rankings(load_result("ranking")), IMAGES / "rankings.png")


def camera(video: Path) -> None:
    """A Y4M file of the portrait, which Chromium shows in place of a camera."""
    import cv2
    import numpy as np
    from PIL import Image
    from skimage.data import astronaut

    portrait = Image.fromarray(astronaut()).crop((0, 0, 512, 384)).resize((640, 480))
    planes = cv2.cvtColor(np.asarray(portrait), cv2.COLOR_RGB2YUV_I420).tobytes()
    header = b"YUV4MPEG2 W640 H480 F10:1 Ip A1:1 C420jpeg\n"
    video.write_bytes(header + (b"FRAME\n" + planes) * 10)


@contextmanager
def serving() -> Iterator[str]:
    """The address of a server of its own."""
    command = [sys.executable, "-m", "mien", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        found = re.search(r"http://\S+", process.stdout.readline())
        assert found is not None
        yield found[0]
        process.terminate()


def page(playwright: Playwright, folder: Path) -> None:
    """The page, as it looks while the camera sees the portrait."""
    video = folder / "camera.y4m"
    camera(video)
    flags = ["--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={video}"]
    chromium = playwright.chromium.launch(executable_path=find_browser(), args=[*OPTIONS, *flags])
    with serving() as url:
        window = chromium.new_page(
            viewport={"width": 1280, "height": 900}, permissions=["camera"], color_scheme="light"
        )
        window.goto(url)
        window.get_by_role("button", name="Turn the camera on").click()
        window.locator("#songs > li").nth(5).wait_for()
        window.get_by_text("You look happy").wait_for()
        window.mouse.move(0, 0)
        window.evaluate(
            """() => Promise.all(document.getAnimations()
                .filter((each) => each instanceof CSSTransition).map((each) => each.finished))"""
        )
        window.screenshot(path=IMAGES / "page.png")
    chromium.close()


def terminal_picture(playwright: Playwright, folder: Path) -> None:
    from PIL import Image
    from skimage.data import astronaut

    portrait, drawn = folder / "astronaut.jpg", folder / "terminal.svg"
    Image.fromarray(astronaut()).save(portrait, quality=95)
    drawn.write_text(terminal(portrait), encoding="utf-8")
    chromium = playwright.chromium.launch(executable_path=find_browser(), args=[*OPTIONS])
    window = chromium.new_page(viewport={"width": 1000, "height": 700})
    window.goto(drawn.as_uri())
    window.locator("svg").first.screenshot(path=IMAGES / "terminal.png")
    chromium.close()


def main() -> None:
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        os.environ["MIEN_HOME"] = str(folder / "home")
        page(playwright, folder)
        if "page" not in sys.argv[1:]:
            terminal_picture(playwright, folder)
            charts()


if __name__ == "__main__":
    main()

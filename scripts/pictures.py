"""Make the README's pictures: the terminal and the page, with scikit-image's astronaut.

python scripts/pictures.py        # needs the `lint` extra and Debian's chromium
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from pathlib import Path

DOCS = Path(__file__).parent.parent / "docs"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]


def terminal(portrait: Path) -> str:
    """What `mien astronaut.jpg` prints, as SVG."""
    from rich.console import Console

    import mien
    from mien.terminal import show_reading, show_songs

    with Path(os.devnull).open("w") as nowhere:
        console = Console(record=True, width=96, highlight=False, force_terminal=True, file=nowhere)
        console.print("[bold]$ mien astronaut.jpg[/bold]\n")
        reading = mien.read(portrait)
        show_reading(console, reading)
        show_songs(console, mien.recommend(reading))
    return console.export_svg(title="mien")


def charts() -> None:
    """A journey among the starter's songs, and the recorded comparison of the rankings."""
    from mien.charts import chart_songs, write
    from mien.evaluation.plots import rankings_figure
    from mien.recommender import recommender_of

    recommender = recommender_of("starter")
    chart_songs(recommender, recommender.recommend("sad", to="happy"), DOCS / "songs.png")
    results = Path(__file__).parent.parent / "src/mien/evaluation/results/ranking.json"
    write(rankings_figure(json.loads(results.read_text())), DOCS / "rankings.png")


def main() -> None:
    from playwright.sync_api import sync_playwright
    from skimage.data import astronaut

    from mien.server.app import create_app

    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        os.environ["MIEN_HOME"] = str(folder / "home")
        from PIL import Image

        portrait = folder / "astronaut.jpg"
        Image.fromarray(astronaut()).save(portrait, quality=95)
        drawn = folder / "terminal.svg"
        drawn.write_text(terminal(portrait), encoding="utf-8")
        page_html = folder / "page.html"
        client = create_app().test_client()
        with portrait.open("rb") as photo:
            html = client.post("/", data={"photo": (photo, "me.jpg")}).get_data(as_text=True)
        style = (Path(__file__).parent.parent / "src/mien/server/static/page.css").read_text()
        html = html.replace(
            '<link rel="stylesheet" href="/static/page.css">', f"<style>{style}</style>"
        )
        page_html.write_text(html, encoding="utf-8")

        charts()
        chromium = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=ARGUMENTS
        )
        page = chromium.new_page(viewport={"width": 1000, "height": 700})
        page.goto(drawn.as_uri())
        page.locator("svg").first.screenshot(path=DOCS / "terminal.png")
        page.goto(page_html.as_uri())
        page.screenshot(path=DOCS / "page.png", full_page=True)
        chromium.close()


if __name__ == "__main__":
    main()

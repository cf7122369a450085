"""Chromium for the tests of the page and for pictures of it, under any of its usual names."""

from __future__ import annotations

import os
import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")

OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


def find_browser() -> str | None:
    """The path of the browser that `MIEN_CHROMIUM` names, or else of the first one installed."""
    wanted = os.environ.get("MIEN_CHROMIUM")
    names = (wanted,) if wanted else NAMES
    return next((path for name in names if (path := shutil.which(name))), None)

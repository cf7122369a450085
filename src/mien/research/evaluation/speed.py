"""How long a frame takes from the picture to the songs; scikit-image's portrait, one thread."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from mien.catalogue.importing import import_catalogue
from mien.catalogue.store import Store
from mien.face.detection import find_faces
from mien.face.network import ExpressionModel
from mien.recommendation.query import Query
from mien.recommendation.recommender import Recommender
from mien.support.arrays import UInt8Array

TIMES = 100


def evaluate_speed(songs: Path | None = None, times: int = TIMES) -> dict[str, Any]:
    """Medians in milliseconds over so many frames of 640x480 pixels with one face.

    Args:
        songs: a file of songs to choose from; None: the starter catalogue.
        times: how often each step is taken.

    Returns:
        `{"faces": ms, "expression": ms, "songs": ms, "frame": ms of all three, "frame_95": its 95th
        percentile, "catalogue": songs to choose from, "machine": ...}`
    """
    from skimage import data

    load: Callable[[], UInt8Array] = data.astronaut
    portrait = np.asarray(load(), np.uint8)
    frame = np.ascontiguousarray(np.pad(portrait[:480], ((0, 0), (64, 64), (0, 0)), "edge"))
    model = ExpressionModel(threads=1)
    with TemporaryDirectory(prefix="mien-") as home:
        store = Store(Path(home) / "songs.sqlite")
        if songs is not None:
            import_catalogue(songs, "songs", store)
        recommender = Recommender(store.open(None if songs is None else "songs"))
        (face,) = find_faces(frame, thorough=False)
        (expression,) = model.read(face.crop[None])
        steps: dict[str, Callable[[], object]] = {
            "faces": lambda: find_faces(frame, thorough=False),
            "expression": lambda: model.read(face.crop[None]),
            "songs": lambda: recommender.recommend(Query(expression)),
        }
        taken = np.array([[_took(step) for step in steps.values()] for _ in range(times + 3)])[3:]
        return {
            **{name: float(np.median(of)) for name, of in zip(steps, taken.T, strict=True)},
            "frame": float(np.median(taken.sum(axis=1))),
            "frame_95": float(np.quantile(taken.sum(axis=1), 0.95)),
            "catalogue": len(recommender.catalogue),
            "machine": _machine(),
        }


def _took(step: Callable[[], object]) -> float:
    begin = time.perf_counter()
    step()
    return (time.perf_counter() - begin) * 1e3


def _machine() -> str:
    """The processor's name, as Linux tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())

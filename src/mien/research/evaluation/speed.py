"""The time from a frame to its songs, on one thread, with scikit-image's portrait."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable
from contextlib import ExitStack
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
    """Time each step of a frame of 640x480 pixels with one face.

    Args:
        songs: a file of songs for the catalogue; None: the starter catalogue.
        times: repetitions of each step.

    Returns:
        Medians in milliseconds: `{"faces": ms, "expression": ms, "songs": ms, "frame": ms of all
        three, "frame_95": its 95th percentile, "catalogue": number of songs, "machine": name of the
        processor}`.

    Raises:
        ModuleNotFoundError: the `evaluate` extra is not installed.
    """
    from skimage import data

    load: Callable[[], UInt8Array] = data.astronaut
    portrait = np.asarray(load(), np.uint8)
    frame = np.ascontiguousarray(np.pad(portrait[:480], ((0, 0), (64, 64), (0, 0)), "edge"))
    model = ExpressionModel(threads=1)
    with TemporaryDirectory(prefix="mien-") as home, ExitStack() as stack:
        store = Store(Path(home) / "songs.sqlite")
        if songs is not None:
            import_catalogue(songs, "songs", store)
        catalogue = stack.enter_context(store.open(None if songs is None else "songs"))
        recommender = Recommender(catalogue)
        (face,) = find_faces(frame, thorough=False)
        (expression,) = model.read(face.crop[None])
        steps: dict[str, Callable[[], object]] = {
            "faces": lambda: find_faces(frame, thorough=False),
            "expression": lambda: model.read(face.crop[None]),
            "songs": lambda: recommender.recommend(Query(expression)),
        }
        warm_up = 3
        rows = [[_time(step) for step in steps.values()] for _ in range(warm_up + times)]
        durations = np.array(rows[warm_up:])
        return {
            **{name: float(np.median(each)) for name, each in zip(steps, durations.T, strict=True)},
            "frame": float(np.median(durations.sum(axis=1))),
            "frame_95": float(np.quantile(durations.sum(axis=1), 0.95)),
            "catalogue": len(recommender.catalogue),
            "machine": _machine(),
        }


def _time(step: Callable[[], object]) -> float:
    """Milliseconds."""
    begin = time.perf_counter()
    step()
    return (time.perf_counter() - begin) * 1e3


def _machine() -> str:
    """The processor's name, from Linux; elsewhere its architecture."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())

"""Face detection: false alarms, small, dark and turned faces, recall on FER2013, speed on one core.

python benchmarks/faces.py [--split public|private] [--step 1] [--pictures 2000]

The pictures without people are made with a seed on which nothing was chosen. The portraits are the
half of the London set's people that the verifier was not trained with.
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = "1"

import argparse
import time
from collections import Counter
from pathlib import Path

import cv2
import numpy as np
from skimage.data import astronaut
from sklearn.datasets import load_sample_images

from mien import ExpressionModel, find_faces
from mien.research.data.datasets import require_folder
from mien.research.data.fer2013 import Split, load
from mien.research.fit.examples import london_people
from mien.research.fit.faceless import pictures


def on_canvas(crop: np.ndarray, x: int, y: int) -> np.ndarray:
    """A FER2013 face, four times enlarged, at (x, y) of a plain grey 640x480 frame."""
    canvas = np.full((480, 640), 128, np.uint8)
    large = cv2.resize(crop, (192, 192), interpolation=cv2.INTER_CUBIC)
    canvas[y : y + 192, x : x + 192] = large
    return np.repeat(canvas[..., None], 3, axis=2)


def measure_fer2013(split: Split, step: int) -> None:
    """Print how many faces are found, and the accuracy on them."""
    random = np.random.default_rng(0)
    model = ExpressionModel()
    rows, crops, times = [], [], []
    for row in range(0, len(split), step):
        x, y = int(random.integers(0, 448)), int(random.integers(0, 288))
        frame = on_canvas(split.crops[row], x, y)
        begin = time.perf_counter()
        faces = find_faces(frame, thorough=False)
        times.append(time.perf_counter() - begin)
        middle = [(f, f.box[0] + f.box[2] / 2, f.box[1] + f.box[3] / 2) for f in faces]
        here = [f for f, u, v in middle if x < u < x + 192 and y < v < y + 192]
        if here:
            rows.append(row)
            crops.append(here[0].crop)
    n = len(range(0, len(split), step))
    labels = split.labels[rows]
    own = (model.predict(split.crops[rows], "fer2013").argmax(1) == labels).mean()
    detected = (model.predict(np.stack(crops), "fer2013").argmax(1) == labels).mean()
    print(f"found {len(rows)} of {n} faces ({len(rows) / n:.2%}), 4x on a plain 640x480 canvas")
    print(f"accuracy on those: FER2013's crops {own:.2%}, mien's crops {detected:.2%}")
    print(
        f"time: median {np.median(times) * 1e3:.1f} ms, p95 {np.quantile(times, 0.95) * 1e3:.1f} ms"
    )


def measure_speed() -> None:
    """Print the time of each kind of search."""
    portrait = astronaut()
    small = cv2.resize(portrait, (200, 200), interpolation=cv2.INTER_AREA)
    wide = np.full((720, 1280, 3), 110, np.uint8)
    wide[260:460, 540:740] = small
    frame = cv2.resize(np.ascontiguousarray(portrait[:384]), (640, 480))
    empty = cv2.resize(np.ascontiguousarray(portrait[300:]), (640, 480))
    cases = (
        ("640x480, a face, quick", frame, False),
        ("640x480, no face, quick", empty, False),
        ("640x480, a face, thorough", frame, True),
        ("1280x720, a face of 40 pixels, thorough", wide, True),
    )
    for name, picture, thorough in cases:
        image = np.asarray(picture, np.uint8)
        seconds = []
        for _ in range(30):
            begin = time.perf_counter()
            faces = find_faces(image, thorough=thorough)
            seconds.append(time.perf_counter() - begin)
        print(f"{name:42s} {len(faces)} found, median {np.median(seconds) * 1e3:6.1f} ms")
    crop = find_faces(portrait)[0].crop[None]
    model = ExpressionModel()
    seconds = []
    for _ in range(200):
        begin = time.perf_counter()
        model.predict(crop)
        seconds.append(time.perf_counter() - begin)
    print(f"{'expression of one face':42s}          median {np.median(seconds) * 1e3:6.1f} ms")


def measure_false_alarms(count: int) -> None:
    """Print how many made-up pictures without people have a face, by kind."""
    for thorough in (True, False):
        alarms = Counter(
            kind for kind, image in pictures(20_261, count) if find_faces(image, thorough=thorough)
        )
        search = "thorough" if thorough else "quick"
        print(f"{search} search: faces in {alarms.total()} of {count} pictures without people")
        print("  " + ", ".join(f"{kind} {n}" for kind, n in alarms.most_common()))


def measure_portraits(folder: Path) -> None:
    """Print the share of portraits found when they are small, dark or turned."""
    photos = london_people(folder, 1)
    random = np.random.default_rng(5)
    backgrounds = [np.asarray(i) for i in load_sample_images().images]
    for side in (40, 32, 24, 20):
        hits = 0
        for i, (_, photo, share) in enumerate(photos):
            across = round(side / share)
            small = cv2.resize(photo, (across, across), interpolation=cv2.INTER_AREA)
            wide = cv2.resize(backgrounds[i % 2], (1280, 720))
            x, y = int(random.integers(1280 - across)), int(random.integers(720 - across))
            wide[y : y + across, x : x + across] = small
            middle = np.array([x, y]) + across / 2
            faces = find_faces(np.asarray(wide, np.uint8), smallest=min(24, side))
            hits += any(
                np.hypot(*(middle - np.array(f.box[:2]) - f.box[2] / 2)) < side / 2 for f in faces
            )
        print(f"faces of {side} pixels in photos of 1280x720: {hits / len(photos):.2f} found")
    for gain in (0.2, 0.1, 0.05, 0.03):
        grain = (random.normal(size=photo.shape) * 1.5 for _, photo, _ in photos)
        dark = [
            (p * gain + g).clip(0, 255).astype(np.uint8)
            for (_, p, _), g in zip(photos, grain, strict=True)
        ]
        for thorough in (True, False):
            found = np.mean([bool(find_faces(p, thorough=thorough)) for p in dark])
            search = "thorough" if thorough else "quick"
            print(f"portraits darkened to {gain:.0%}, {search} search: {found:.2f} found")
    for turns in range(4):
        turned = (np.ascontiguousarray(np.rot90(photo, turns)) for _, photo, _ in photos)
        found = np.mean([len(find_faces(photo)) == 1 for photo in turned])
        print(f"portraits turned by {90 * turns} degrees: {found:.2f} found")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", choices=["public", "private"], default="public")
    parser.add_argument("--step", type=int, default=1, help="take every nth face")
    parser.add_argument("--pictures", type=int, default=2000, help="without people")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    measure_speed()
    measure_false_alarms(options.pictures)
    measure_portraits(require_folder() / "london-faces")
    measure_fer2013(load().split(options.split), options.step)


if __name__ == "__main__":
    main()

"""Face detection on FER2013: recall, accuracy on detected faces, and speed on one core.

python benchmarks/faces.py [--split public|private] [--step 1]
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = "1"

import argparse
import time

import cv2
import numpy as np
from skimage.data import astronaut

from mien import ExpressionModel, find_faces
from mien.research.data.fer2013 import Split, load


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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", choices=["public", "private"], default="public")
    parser.add_argument("--step", type=int, default=1, help="take every nth face")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    measure_speed()
    measure_fer2013(load().split(options.split), options.step)


if __name__ == "__main__":
    main()

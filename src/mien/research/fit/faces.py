"""Show what the constants of `mien.face.detection` are based on.

    python -m mien.research.fit.faces scores [--faces 500] [--pictures 1000]
    python -m mien.research.fit.faces framing [--step 1]

`scores` prints how many faces of Training, portraits, and pictures without people have at least a
score: MIN_SCORE and SURE_SCORE are above what is not a face.
`framing` prints the accuracy of the shipped network against the raters' majority, and its loss, on
detected faces of PublicTest for a grid of framings, upright and rotated by up to 40 degrees.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np

from mien.face.cropping import Framing, crop_face
from mien.face.detection import find_faces
from mien.face.expression import fold
from mien.face.light import brighten
from mien.face.network import ExpressionModel
from mien.face.proposals import propose
from mien.face.verification import certainties, is_plausible, look_closely
from mien.research.data.datasets import require_folder
from mien.research.data.fer2013 import Split, load
from mien.research.data.truth import majority_emotions
from mien.research.fit.examples import london_people
from mien.research.fit.faceless import pictures
from mien.research.fit.photos import photos_without_people
from mien.support.arrays import UInt8Array

THRESHOLDS = (0.3, 0.5, 0.7, 0.8, 0.9, 0.95)


def canvas(crop: UInt8Array, angle: float = 0.0) -> UInt8Array:
    """A FER2013 face, enlarged four times and rotated, in the middle of a plain 480x480 photo."""
    grey = np.full((480, 480), 128, np.uint8)
    grey[144:336, 144:336] = cv2.resize(crop, (192, 192), interpolation=cv2.INTER_CUBIC)
    if angle:
        rotation = cv2.getRotationMatrix2D((240, 240), angle, 1)
        rotated = cv2.warpAffine(grey, rotation, (480, 480), borderValue=(128,))
        grey = np.asarray(rotated, np.uint8)
    return np.repeat(grey[..., None], 3, axis=2)


def best_score(image: UInt8Array) -> float:
    """The highest certainty in a picture, 0 if nothing resembles a face."""
    light = brighten(image)
    looked = look_closely(light, propose(light, smallest=24, thorough=True))
    candidates = [candidate for candidate in looked if is_plausible(candidate)]
    crops = [crop_face(light, c.box, c.eyes) for c in candidates]
    return max(certainties(crops, candidates)) if candidates else 0.0


def show_scores(training: Split, london: Path, faces: int, count: int) -> None:
    """Print how many faces, and how many pictures without people, have at least each score.

    The faces are of Training, and of the half of the London set that trained the verifier; the
    pictures are made with a seed that no other measurement uses.
    """
    rows = np.random.default_rng(7).choice(len(training), faces, replace=False)
    people = [best_score(canvas(training.crops[row])) for row in rows]
    portraits = [best_score(photo) for _, photo, _ in london_people(london, 0)]
    dark = [best_score(np.asarray(p // 16, np.uint8)) for _, p, _ in london_people(london, 0)]
    made_up = [best_score(image) for _, image in pictures(4, count)]
    photos = [best_score(image) for image in photos_without_people()]
    for name, scores in (
        ("faces of Training", people),
        ("London portraits", portraits),
        ("the same, a sixteenth as bright", dark),
        ("made-up pictures", made_up),
        ("photos without people", photos),
    ):
        shares = (f">= {t}: {np.mean(np.array(scores) >= t):7.2%}" for t in THRESHOLDS)
        print(f"{len(scores):5d} {name:32s} {'  '.join(shares)}")


def show_framings(public: Split, step: int) -> None:
    """Print accuracy and loss for each framing, on every nth face."""
    model = ExpressionModel()
    random = np.random.default_rng(0)
    for most in (0.0, 40.0):
        rows, photos, found = [], [], []
        for row in range(0, len(public), step):
            image = canvas(public.crops[row], float(random.uniform(-most, most)))
            seen = find_faces(image, thorough=False)
            if seen:
                rows.append(row)
                photos.append(image)
                found.append(seen[0])
        truth = majority_emotions(public.take(np.array(rows)))
        clear = truth >= 0
        print(f"rotated by up to {most:g} degrees, {len(rows)} faces found")
        for side in (1.04, 1.10, 1.18):
            for up in (0.05, 0.09):
                for tilt in (0.0, 12.0, 90.0):
                    crops = [
                        crop_face(i, f.box, f.eyes, Framing(side, up, tilt))
                        for i, f in zip(photos, found, strict=True)
                    ]
                    p = fold(model.predict(np.stack(crops)))[clear]
                    right = (p.argmax(axis=1) == truth[clear]).mean()
                    loss = -np.log(p[np.arange(len(p)), truth[clear]]).mean()
                    print(
                        f"  side {side:.2f} up {up:.2f} tilt {tilt:2.0f}: {right:.2%}, {loss:.4f}"
                    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("constants", choices=["scores", "framing"])
    parser.add_argument("--faces", type=int, default=500)
    parser.add_argument("--pictures", type=int, default=1000)
    parser.add_argument("--step", type=int, default=1, help="take every nth face")
    options = parser.parse_args()
    data = load()
    if options.constants == "scores":
        london = require_folder() / "london-faces"
        show_scores(data.training, london, options.faces, options.pictures)
    else:
        show_framings(data.public, options.step)


if __name__ == "__main__":
    main()

"""Show what the constants of `mien.face.detection` are based on.

    python -m mien.research.fit.faces evidence [--faces 1500]
    python -m mien.research.fit.faces framing [--step 1]

`evidence` prints how the logit at verification and the evidence are distributed, for faces of
Training and for photos without people: CLEAR_LOGIT and MIN_EVIDENCE are above what is not a face.
`framing` prints the accuracy of the shipped network against the raters' majority, and its loss, on
detected faces of PublicTest for a grid of framings, upright and rotated by up to 40 degrees.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator

import cv2
import numpy as np

from mien.face import boxes, detection
from mien.face.expression import fold
from mien.face.network import ExpressionModel
from mien.research.data.fer2013 import Split, load
from mien.research.data.truth import majority_emotions
from mien.support.arrays import UInt8Array

WITHOUT_PEOPLE = (
    "coffee",
    "cat",
    "rocket",
    "brick",
    "grass",
    "gravel",
    "coins",
    "page",
    "text",
    "moon",
    "hubble_deep_field",
    "horse",
    "clock",
    "immunohistochemistry",
    "retina",
    "stereo_motorcycle",
    "colorwheel",
    "logo",
    "cell",
)


def canvas(crop: UInt8Array, angle: float = 0.0) -> UInt8Array:
    """A FER2013 face, enlarged four times and rotated, in the middle of a plain 480x480 photo."""
    grey = np.full((480, 480), 128, np.uint8)
    grey[144:336, 144:336] = cv2.resize(crop, (192, 192), interpolation=cv2.INTER_CUBIC)
    if angle:
        rotation = cv2.getRotationMatrix2D((240, 240), angle, 1)
        rotated = cv2.warpAffine(grey, rotation, (480, 480), borderValue=(128,))
        grey = np.asarray(rotated, np.uint8)
    return np.repeat(grey[..., None], 3, axis=2)


def photos_without_people() -> Iterator[UInt8Array]:
    """scikit-image's photos without people, each also mirrored and cropped."""
    from skimage import data, util

    for name in WITHOUT_PEOPLE:
        image = getattr(data, name)()
        image = util.img_as_ubyte(np.asarray(image[0] if isinstance(image, tuple) else image))
        rgb = np.repeat(image[..., None], 3, axis=2) if image.ndim == 2 else image[..., :3]
        height, width = rgb.shape[:2]
        for variant in (rgb, rgb[:, ::-1], rgb[: int(0.85 * height), width // 10 :]):
            yield np.ascontiguousarray(variant)


def verify(image: UInt8Array, windows: list[boxes.Window]) -> list[tuple[float, float]]:
    """(logit at verification, evidence) of every proposal in the windows."""
    found = []
    for proposal in detection.propose(image, windows):
        view = detection.view_proposal(image, proposal.box)
        if len(view.predictions):
            evidence = detection.measure_evidence(image, proposal.box, view)
            found.append((float(view.predictions.logits[0]), evidence))
    return found


def show_evidence(training: Split, count: int) -> None:
    """Print the distributions for this number of faces, and for photos without people."""
    rows = np.random.default_rng(7).choice(len(training), count, replace=False)
    people = [verify(canvas(training.crops[row]), [(0, 0, 480)]) for row in rows]
    best = np.array([max(found, default=(-20.0, -20.0)) for found in people])
    coarse, fine = [], []
    for image in photos_without_people():
        height, width = image.shape[:2]
        smallest = max(40, max(height, width) // 32)
        whole = boxes.whole_window(width, height)
        coarse += verify(image, [whole, *boxes.square_windows(width, height, smallest)])
        fine += verify(image, boxes.tile_windows(width, height, smallest))
    for name, values in (("faces", best), ("whole, squares", coarse), ("small tiles", fine)):
        logits, evidences = np.array(values).T
        if name == "faces":
            kept = (logits >= detection.CLEAR_LOGIT) | (
                (logits >= detection.MIN_LOGIT) & (evidences >= detection.MIN_EVIDENCE)
            )
            print(f"{len(values)} faces, {kept.mean():.2%} kept; lowest percentiles 1, 2, 5:")
            print("  logit   ", np.percentile(logits, [1, 2, 5]).round(2))
            print("  evidence", np.percentile(evidences, [1, 2, 5]).round(2))
        else:
            print(f"{len(values)} proposals without a face ({name}); the highest:")
            print("  logit   ", np.sort(logits)[-5:].round(2))
            print("  evidence", np.sort(evidences)[-5:].round(2))


def show_framings(public: Split, step: int) -> None:
    """Print accuracy and loss for each framing, on every nth face."""
    model = ExpressionModel()
    random = np.random.default_rng(0)
    for most in (0.0, 40.0):
        rows, photos, found = [], [], []
        for row in range(0, len(public), step):
            image = canvas(public.crops[row], float(random.uniform(-most, most)))
            seen = detection.find_faces(image, thorough=False)
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
                        detection.crop_face(i, f.box, f.eyes, detection.Framing(side, up, tilt))
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
    parser.add_argument("constants", choices=["evidence", "framing"])
    parser.add_argument("--faces", type=int, default=1500)
    parser.add_argument("--step", type=int, default=1, help="take every nth face")
    options = parser.parse_args()
    data = load()
    if options.constants == "evidence":
        show_evidence(data.training, options.faces)
    else:
        show_framings(data.public, options.step)


if __name__ == "__main__":
    main()

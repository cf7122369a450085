"""Examples for the verifier: what the detectors propose, in pictures with and without people.

Faces are FER2013's of Training and the first half of the London set's people, large and small,
bright and dark, upright and turned, before made-up backgrounds. The rest is what the detectors
propose in made-up pictures (`mien.research.fit.faceless`), in scikit-image's photos without people,
and beside the faces.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

import cv2
import numpy as np

from mien.face.boxes import is_same_face
from mien.face.cropping import FRAMING, crop_face
from mien.face.light import brighten
from mien.face.photo import load_photo
from mien.face.proposals import propose
from mien.face.verification import Candidate, look_closely
from mien.research.fit.faceless import Random, pictures
from mien.research.fit.photos import photos_without_people, variants
from mien.support.arrays import Float32Array, UInt8Array

LEAST = -1.8  # logit of proposals: below the product's, for more examples
VARIANTS = 300  # of scikit-image's photos


@dataclass(frozen=True)
class Examples:
    """Candidates and whether they are faces.

    Attributes:
        crops: uint8 [n, 48, 48], as `crop_face` makes them.
        features: float32 [n, 3]: logit of the proposal, logit at verification, quarter turns.
        labels: float32 [n], 1 for a face.
        sources: str [n], where each comes from.
    """

    crops: UInt8Array
    features: Float32Array
    labels: Float32Array
    sources: np.ndarray

    @classmethod
    def of(cls, rows: Iterable[tuple[UInt8Array, Candidate, bool, str]]) -> Examples:
        crops, candidates, labels, sources = zip(*rows, strict=True)
        features = [(c.proposed, c.seen, c.turns) for c in candidates]
        return cls(
            np.stack(crops),
            np.array(features, np.float32),
            np.array(labels, np.float32),
            np.array(sources),
        )


Row = tuple[UInt8Array, Candidate, bool, str]


def without_people(images: Iterable[tuple[str, UInt8Array]]) -> Iterator[Row]:
    """Everything that is proposed in pictures without people."""
    for kind, image in images:
        light = brighten(image)
        proposals = propose(light, smallest=20, thorough=True, least=LEAST)
        for candidate in look_closely(light, proposals):
            yield crop_face(light, candidate.box, candidate.eyes), candidate, False, kind


def with_people(photos: Iterable[tuple[str, UInt8Array, float]], random: Random) -> Iterator[Row]:
    """The face in each photo, pasted into a picture, and what else is proposed there.

    Args:
        photos: kind, uint8 [h, w, 3] with the face in the middle, its share of the width.
        random: decides on sizes, light, turns and places.
    """
    seeds = pictures(int(random.integers(1 << 31)), 1 << 31)
    backgrounds = cycle(list(islice(seeds, 60)))
    for kind, photo, share in photos:
        _, background = next(backgrounds)
        pasted, box = paste(photo, share, background, random)
        image = brighten(pasted)
        proposals = propose(image, smallest=14, thorough=True, least=LEAST)
        for candidate in look_closely(image, proposals):
            x, y, w, h = candidate.box
            (fx, fy, side) = box
            apart = max(abs(x + w / 2 - fx), abs(y + h / 2 - fy)) / side
            ratio = w / side
            crop = crop_face(image, candidate.box, candidate.eyes)
            if apart < 0.3 and 0.6 < ratio < 1.6:
                yield crop, candidate, True, kind
            elif not is_same_face(candidate.box, (fx - side / 2, fy - side / 2, side, side)):
                yield crop, candidate, False, f"beside {kind}"


def paste(
    photo: UInt8Array, share: float, background: UInt8Array, random: Random
) -> tuple[UInt8Array, tuple[float, float, float]]:
    """A photo of a face, resized, turned, darkened and put into a picture.

    Returns:
        The picture, and the x and y of the face's centre and its side there, in pixels.
    """
    height, width = background.shape[:2]
    most = 0.9 * min(height, width)
    side = min(most * share, float(np.exp(random.uniform(np.log(16), np.log(260)))))
    across = max(8, round(side / share))
    tall = max(8, round(across * photo.shape[0] / photo.shape[1]))
    method = cv2.INTER_AREA if across < photo.shape[1] else cv2.INTER_CUBIC
    small = cv2.resize(photo, (across, tall), interpolation=method)
    turns = int(random.choice([0, 1, 2, 3], p=[0.7, 0.06, 0.18, 0.06]))
    small = np.rot90(small, turns)
    tall, across = small.shape[:2]
    image = background.copy()
    x = int(random.integers(0, max(1, width - across + 1)))
    y = int(random.integers(0, max(1, height - tall + 1)))
    small = small[: height - y, : width - x]
    image[y : y + tall, x : x + across] = small
    light = image.astype(np.float32)
    if random.random() < 0.5:
        light *= np.exp(random.uniform(np.log(0.04), np.log(1.3)))
    if random.random() < 0.3:
        light = np.asarray(cv2.GaussianBlur(light, (0, 0), random.uniform(0.3, 2)))
    if random.random() < 0.5:
        light += random.normal(size=light.shape) * random.uniform(0, 8)
    return light.clip(0, 255).astype(np.uint8), (x + across / 2, y + tall / 2, side)


def london_people(folder: Path, half: int) -> list[tuple[str, UInt8Array, float]]:
    """The photos of every second person of the London set, cut so that the face is in the middle.

    Args:
        folder: with `NUMBER-neutral.jpg` and `NUMBER-smiling.jpg`.
        half: 0 or 1: which people.
    """
    names = sorted({path.name.split("-")[0] for path in folder.glob("*.jpg")})[half::2]
    photos = []
    for path in (p for name in names for p in sorted(folder.glob(f"{name}-*.jpg"))):
        image = load_photo(path)
        proposals = propose(image, smallest=40, thorough=False)
        face = max(look_closely(image, proposals, (0,)), key=lambda c: c.seen)
        x, y, w, h = face.box
        half_side = round(min(0.9 * w, x + w / 2, y + h / 2, 600 - x - w / 2, 600 - y - h / 2))
        cx, cy = round(x + w / 2), round(y + h / 2)
        cut = image[cy - half_side : cy + half_side, cx - half_side : cx + half_side]
        photos.append((path.stem, np.ascontiguousarray(cut), w / (2 * half_side)))
    return photos


def collect(faces: UInt8Array, london: Path, pictures_count: int, photos_count: int) -> Examples:
    """Examples from scratch; a second for five to ten pictures.

    Args:
        faces: uint8 [n, 48, 48], of FER2013's Training.
        london: the folder of the London set.
        pictures_count: made-up pictures without people.
        photos_count: faces pasted into made-up pictures, a third of them of the London set.
    """
    random = np.random.default_rng(1)
    known = london_people(london, 0)

    def people() -> Iterator[tuple[str, UInt8Array, float]]:
        for i in range(photos_count):
            if i % 3:
                crop = faces[random.integers(len(faces))]
                yield "fer2013", np.repeat(crop[..., None], 3, axis=2), 1 / FRAMING.side
            else:
                yield known[random.integers(len(known))]

    photos = (*photos_without_people(), *variants(6, VARIANTS))
    rows = [
        *without_people(("photo", image) for image in photos),
        *without_people(pictures(2, pictures_count)),
    ]
    return Examples.of([*rows, *with_people(people(), random)])

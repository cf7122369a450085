"""Photos without people that come with scikit-image."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

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


def photos_without_people() -> Iterator[UInt8Array]:
    """scikit-image's photos without people, each also mirrored and cropped: uint8 [h, w, 3]."""
    for rgb in _originals():
        height, width = rgb.shape[:2]
        for variant in (rgb, rgb[:, ::-1], rgb[: int(0.85 * height), width // 10 :]):
            yield np.ascontiguousarray(variant)


def variants(seed: int, count: int) -> Iterator[UInt8Array]:
    """Parts of these photos, resized, turned, and in other light: uint8 [h, w, 3]."""
    random = np.random.default_rng(seed)
    originals = list(_originals())
    for i in range(count):
        photo = originals[i % len(originals)]
        height, width = photo.shape[:2]
        tall, wide = (max(32, int(n * random.uniform(0.35, 1))) for n in (height, width))
        y, x = (
            int(random.integers(0, max(1, n - m + 1))) for n, m in ((height, tall), (width, wide))
        )
        part = np.rot90(photo[y : y + tall, x : x + wide], int(random.choice([0, 0, 0, 1, 2, 3])))
        scale = random.uniform(300, 900) / max(part.shape)
        method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        resized = cv2.resize(
            np.ascontiguousarray(part), None, fx=scale, fy=scale, interpolation=method
        )
        light = (resized / 255.0) ** random.uniform(0.6, 1.8) * random.uniform(0.2, 1.2)
        tint = random.uniform(0.8, 1.2, 3) if random.random() < 0.5 else 1.0
        noise = random.normal(size=resized.shape) * random.uniform(0, 6)
        changed = (light * tint * 255 + noise).clip(0, 255).astype(np.uint8)
        yield changed[:, ::-1].copy() if random.random() < 0.5 else changed


def _originals() -> Iterator[UInt8Array]:
    from skimage import data, util

    for name in WITHOUT_PEOPLE:
        image = getattr(data, name)()
        image = np.asarray(
            util.img_as_ubyte(image[0] if isinstance(image, tuple) else image)  # type: ignore[no-untyped-call]
        )
        yield np.repeat(image[..., None], 3, axis=2) if image.ndim == 2 else image[..., :3]

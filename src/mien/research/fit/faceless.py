"""Made-up pictures without people, of the kinds in which detectors see faces.

Soft darkness, gradients, bokeh, fabrics, dark screens, walls, logos, lamps, clutter and drawn
faces: endless examples of what is not a person. The same seed gives the same pictures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import cv2
import numpy as np

from mien.support.arrays import Float32Array, UInt8Array

Random = np.random.Generator


def pictures(
    seed: int, count: int, kinds: tuple[str, ...] = ()
) -> Iterator[tuple[str, UInt8Array]]:
    """Kind and picture, uint8 [h, w, 3], RGB, 240 to 800 pixels a side.

    Args:
        seed: of the random numbers.
        count: how many; each kind in turn.
        kinds: of `KINDS`; by default all.

    >>> [kind for kind, _ in pictures(0, 2)]
    ['darkness', 'gradient']
    """
    random = np.random.default_rng(seed)
    kinds = kinds or tuple(KINDS)
    for i in range(count):
        kind = kinds[i % len(kinds)]
        yield kind, _finish(random, KINDS[kind](random, _canvas(random)))


def _canvas(random: Random) -> Float32Array:
    """A plain picture in a random colour, float32 [h, w, 3], in [0, 255] at first."""
    height, width = random.integers(240, 800, 2)
    colour = random.uniform(0, 255, 3) if random.random() < 0.7 else random.uniform(0, 255)
    return np.asarray(np.ones((height, width, 3)) * colour * random.choice([1, 0.4]), np.float32)


def _clouds(random: Random, shape: tuple[int, ...], scale: float) -> Float32Array:
    """Smooth noise of unit deviation, float32 [h, w, 1], with blobs of about `scale` pixels."""
    height, width = shape[:2]
    cells = (max(3, round(width / scale) + 2), max(3, round(height / scale) + 2))
    noise = random.normal(size=cells[::-1]).astype(np.float32)
    noise = np.asarray(cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC))
    return np.asarray((noise / max(1e-6, float(noise.std())))[..., None], np.float32)


def _float(image: np.ndarray) -> Float32Array:
    return np.asarray(image, np.float32)


def _blur(image: Float32Array, sigma: float) -> Float32Array:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma), np.float32) if sigma > 0.3 else image


def _colour(random: Random) -> tuple[float, float, float]:
    r, g, b = random.uniform(0, 255, 3).tolist()
    return r, g, b


def _darkness(random: Random, image: Float32Array) -> Float32Array:
    image = _float(np.full_like(image, random.uniform(8, 120)) * random.uniform(0.85, 1.1, 3))
    for scale, most in ((300, 35), (100, 18), (25, 8)):
        image += random.uniform(0, most) * _clouds(
            random, image.shape, scale * random.uniform(0.5, 2)
        )
    for _ in range(random.integers(0, 4)):
        x, y, w, h = _rectangle(random, image)
        image[y : y + h, x : x + w] += random.uniform(-45, 25)
    return _blur(image, random.uniform(0, 6))


def _gradient(random: Random, image: Float32Array) -> Float32Array:
    height, width = image.shape[:2]
    y, x = np.mgrid[:height, :width].astype(np.float32)
    for _ in range(random.integers(1, 4)):
        if random.random() < 0.5:
            angle = random.uniform(0, 6.3)
            along = (np.cos(angle) * x / width + np.sin(angle) * y / height)[..., None]
        else:
            u, v = random.uniform(0, 1, 2)
            a, b = random.uniform(0.2, 1.0, 2)
            along = np.sqrt(((x / width - u) / a) ** 2 + ((y / height - v) / b) ** 2)[..., None]
            along = np.exp(-(along ** random.uniform(1, 4)))
        image = image + along * random.uniform(-160, 160, 3)
    return np.asarray(image, np.float32)


def _bokeh(random: Random, image: Float32Array) -> Float32Array:
    image = image * random.uniform(0.05, 0.7)
    for _ in range(random.integers(5, 90)):
        light = np.zeros_like(image)
        centre = _point(random, image)
        radius = int(random.uniform(4, 90))
        cv2.circle(light, centre, radius, _colour(random), -1, cv2.LINE_AA)
        if random.random() < 0.3:
            cv2.circle(light, centre, radius, _colour(random), 2, cv2.LINE_AA)
        image += light * random.uniform(0.1, 0.8)
    return _blur(image, random.uniform(0, 12))


def _fabric(random: Random, image: Float32Array) -> Float32Array:
    height, width = image.shape[:2]
    y, x = np.mgrid[:height, :width].astype(np.float32)
    warp = _clouds(random, image.shape, 150)[..., 0] * random.uniform(0, 12)
    for _ in range(random.integers(1, 4)):
        angle, period = random.uniform(0, 3.2), random.uniform(3, 90)
        wave = np.sin((np.cos(angle) * x + np.sin(angle) * y + warp) * 6.28 / period)
        if random.random() < 0.5:
            wave = np.sign(wave)
        image = image + wave[..., None] * random.uniform(-45, 45, 3)
    folds = _clouds(random, image.shape, random.uniform(30, 250))
    if random.random() < 0.4:  # spots, in rows
        step = int(random.uniform(14, 90))
        for top in range(0, height, step):
            for left in range(0, width, step):
                cv2.circle(image, (left, top), step // 4, _colour(random), -1, cv2.LINE_AA)
    return _blur(
        np.asarray(image + folds * random.uniform(0, 45), np.float32), random.uniform(0, 4)
    )


def _screen(random: Random, image: Float32Array) -> Float32Array:
    image = image * random.uniform(0.05, 0.8) + random.uniform(0, 30) * _clouds(
        random, image.shape, 200
    )
    for _ in range(random.integers(1, 5)):
        x, y, w, h = _rectangle(random, image)
        edge = int(random.uniform(1, 14))
        cv2.rectangle(image, (x, y), (x + w, y + h), _colour(random), edge)
        panel = image[y : y + h, x : x + w]
        panel *= random.uniform(0.05, 0.6)
        panel += random.uniform(0, 25) * _clouds(random, panel.shape, random.uniform(20, 200))
        if random.random() < 0.5:  # a reflection
            light = np.zeros(panel.shape, np.float32)
            cv2.ellipse(
                light,
                _point(random, panel),
                (max(1, w // 6), max(1, h // 5)),
                30,
                0,
                360,
                _colour(random),
                -1,
            )
            panel += _blur(light, random.uniform(3, 30)) * random.uniform(0.1, 0.5)
        for _ in range(random.integers(0, 14)):
            _write(random, panel)
    return _blur(np.asarray(image, np.float32), random.uniform(0, 4))


def _wall(random: Random, image: Float32Array) -> Float32Array:
    height, width = image.shape[:2]
    for scale in (4, 20, 200):
        image = image + random.uniform(0, 14) * _clouds(random, image.shape, scale)
    if random.random() < 0.6:
        tall = int(random.uniform(14, 120))
        wide, line = int(tall * random.uniform(0.7, 3)), int(random.uniform(1, 6))
        colour = _colour(random)
        for row, top in enumerate(range(0, height, tall)):
            cv2.line(image, (0, top), (width, top), colour, line)
            for left in range(-(row % 2) * wide // 2, width, wide):
                cv2.line(image, (left, top), (left, top + tall), colour, line)
                image[top : top + tall, max(0, left) : max(0, left + wide)] += random.normal() * 12
    for _ in range(random.integers(0, 7)):  # sockets, switches, vents, holes: eyes and mouths
        x, y, w, h = _rectangle(random, image, 0.3)
        cv2.rectangle(image, (x, y), (x + w, y + h), _colour(random), -1)
        dark = tuple(v * 0.3 for v in _colour(random))
        for u in (0.3, 0.7):
            centre = (int(x + u * w), int(y + random.uniform(0.3, 0.5) * h))
            cv2.circle(image, centre, max(1, min(w, h) // 9), dark, -1, cv2.LINE_AA)
        if random.random() < 0.6:
            low = int(y + 0.72 * h)
            cv2.rectangle(
                image, (int(x + 0.3 * w), low), (int(x + 0.7 * w), low + h // 14), dark, -1
            )
    shade = _clouds(random, image.shape, 350)
    return _blur(
        np.asarray(image + shade * random.uniform(0, 40), np.float32), random.uniform(0, 4)
    )


def _logo(random: Random, image: Float32Array) -> Float32Array:
    image = np.ascontiguousarray(image)
    for _ in range(random.integers(2, 24)):
        shape = random.integers(4)
        (x, y), size = _point(random, image), int(random.uniform(5, 150))
        filled = -1 if random.random() < 0.7 else int(random.uniform(2, 16))
        colour = _colour(random) if random.random() < 0.6 else (random.choice([0.0, 255.0]),) * 3
        if shape == 0:
            axes = (size, int(size * random.uniform(0.4, 1.4)))
            start = int(random.integers(0, 360))
            end = start + int(random.choice([360, 180, 120]))
            turn = random.uniform(0, 180)
            cv2.ellipse(image, (x, y), axes, turn, start, end, colour, filled, cv2.LINE_AA)
        elif shape == 1:
            points = (
                np.array([x, y]) + random.normal(size=(random.integers(3, 8), 2)) * size
            ).astype(int)
            cv2.fillPoly(image, [points], colour, cv2.LINE_AA)
        elif shape == 2:
            cv2.rectangle(image, (x, y), (x + size, y + size // 2), colour, filled)
        else:
            _write(random, image)
    return _blur(image, random.uniform(0, 3))


def _lamp(random: Random, image: Float32Array) -> Float32Array:
    height, width = image.shape[:2]
    image = _gradient(random, image * random.uniform(0.1, 0.6))
    for _ in range(random.integers(1, 5)):
        (x, y), size = _point(random, image), random.uniform(10, 130)
        glow = np.zeros_like(image)
        warm = (255.0, random.uniform(170, 255), random.uniform(80, 230))
        axes = (int(size), int(size * random.uniform(0.6, 1.6)))
        cv2.ellipse(glow, (x, y), axes, 0, 0, 360, warm, -1, cv2.LINE_AA)
        image += _blur(glow, size * random.uniform(0.05, 0.8)) * random.uniform(0.5, 1.4)
        if random.random() < 0.6:  # shade, foot, and what hangs before the light
            dark = tuple(v * random.uniform(0, 0.5) for v in warm)
            cv2.line(image, (x, y + axes[1]), (x, height), dark, int(random.uniform(2, 14)))
            for _ in range(random.integers(0, 4)):
                spot = (int(x + random.normal() * size / 2), int(y + random.normal() * size / 2))
                cv2.ellipse(
                    image,
                    spot,
                    (int(size / 5) + 1, int(size / 9) + 1),
                    0,
                    0,
                    360,
                    dark,
                    -1,
                    cv2.LINE_AA,
                )
    image[:, : int(random.uniform(1, width))] *= random.uniform(0.7, 1.1)
    return _blur(np.asarray(image, np.float32), random.uniform(0, 7))


def _clutter(random: Random, image: Float32Array) -> Float32Array:
    """Fractal noise, sometimes cut into patches: leaves, stones, clouds, water, fur."""
    steep = random.uniform(0.3, 1.3)
    flat = random.uniform(0.2, 1)
    for scale in (2, 4, 8, 16, 32, 64, 128, 256):
        noise = _clouds(random, image.shape, scale)
        if random.random() < 0.25:
            noise = _float(np.abs(noise) - 0.8)
        tint = 1 + random.normal(size=3) * 0.25
        image = image + 22 * flat * (scale / 32) ** (steep - 0.5) * noise * tint
    if random.random() < 0.3:
        image = np.where(image > np.median(image), image, image * random.uniform(0.2, 0.8))
    return _blur(np.asarray(image, np.float32), random.uniform(0, 5))


def _drawn(random: Random, image: Float32Array) -> Float32Array:
    """Emoji, comic faces and line drawings."""
    image = np.ascontiguousarray(_gradient(random, image) if random.random() < 0.5 else image)
    for _ in range(random.integers(1, 6)):
        draw_face(random, image, _point(random, image), random.uniform(14, 160))
    return _blur(image, random.uniform(0, 2.5))


def draw_face(random: Random, image: Float32Array, at: tuple[int, int], size: float) -> None:
    """Draw an emoji or a comic face with this centre and radius in pixels."""
    (x, y), s = at, size
    skins = ((255, 205, 60), (255, 225, 120), (240, 190, 150), (150, 100, 70), (255, 255, 255))
    skin = [float(v) for v in skins[random.integers(len(skins))]]
    ink = (20.0, 15.0, 10.0) if random.random() < 0.8 else _colour(random)
    line = max(1, int(s * random.uniform(0.02, 0.12)))
    axes = (int(s), int(s * random.uniform(0.9, 1.35)))
    if random.random() < 0.75:
        cv2.ellipse(image, at, axes, 0, 0, 360, skin, -1, cv2.LINE_AA)
    if random.random() < 0.6:
        cv2.ellipse(image, at, axes, 0, 0, 360, ink, line, cv2.LINE_AA)
    if random.random() < 0.4:  # hair
        hair = _colour(random)
        cv2.ellipse(
            image, at, axes, 0, 190, 350, hair, int(s * random.uniform(0.1, 0.4)) + 1, cv2.LINE_AA
        )
    apart, high = random.uniform(0.3, 0.5) * s, random.uniform(0.1, 0.4) * s
    eye = (int(s * random.uniform(0.06, 0.2)) + 1, int(s * random.uniform(0.08, 0.28)) + 1)
    style = random.integers(3)
    for side in (-1, 1):
        spot = (int(x + side * apart), int(y - high))
        if style == 0:
            cv2.ellipse(image, spot, eye, 0, 0, 360, ink, -1, cv2.LINE_AA)
        elif style == 1:
            cv2.ellipse(
                image, spot, (eye[0] * 2, eye[1] * 2), 0, 0, 360, (255, 255, 255), -1, cv2.LINE_AA
            )
            cv2.ellipse(image, spot, eye, 0, 0, 360, ink, -1, cv2.LINE_AA)
        else:
            cv2.ellipse(image, spot, eye, 0, 180, 360, ink, line, cv2.LINE_AA)
        if random.random() < 0.5:  # a brow
            ends = [
                (
                    int(spot[0] + d * eye[0] * 2),
                    int(spot[1] - eye[1] * 2 - d * side * random.uniform(-4, 4)),
                )
                for d in (-1, 1)
            ]
            cv2.line(image, ends[0], ends[1], ink, line, cv2.LINE_AA)
    mouth = (x, int(y + random.uniform(0.15, 0.5) * s))
    wide = (int(s * random.uniform(0.15, 0.55)) + 1, int(s * random.uniform(0.03, 0.35)) + 1)
    start = random.choice([0, 180, 0])
    filled = -1 if random.random() < 0.4 else line
    red = (200.0, 40.0, 50.0) if filled < 0 else ink
    cv2.ellipse(
        image,
        mouth,
        wide,
        0,
        start,
        start + random.choice([180, 180, 360]),
        red,
        filled,
        cv2.LINE_AA,
    )
    if random.random() < 0.4:
        nose = (x, int(y + 0.08 * s))
        cv2.ellipse(
            image, nose, (int(s * 0.06) + 1, int(s * 0.09) + 1), 0, 0, 270, ink, line, cv2.LINE_AA
        )


def _point(random: Random, image: Float32Array) -> tuple[int, int]:
    return int(random.integers(image.shape[1])), int(random.integers(image.shape[0]))


def _rectangle(random: Random, image: Float32Array, most: float = 0.7) -> tuple[int, int, int, int]:
    """x, y, width and height, inside the picture."""
    height, width = image.shape[:2]
    w, h = (max(8, int(n * random.uniform(0.05, most))) for n in (width, height))
    return (
        int(random.integers(0, max(1, width - w))),
        int(random.integers(0, max(1, height - h))),
        w,
        h,
    )


def _write(random: Random, image: Float32Array) -> None:
    letters = "".join(
        random.choice(list("abeogmwOQBRS83:;()=-+oo")) for _ in range(random.integers(1, 12))
    )
    scale, thick = random.uniform(0.3, 4), int(random.uniform(1, 9))
    font = int(random.choice([0, 1, 2, 3, 4, 5, 6, 7]))
    ink = np.zeros(image.shape[:2], np.uint8)
    cv2.putText(ink, letters, _point(random, image), font, scale, (255,), thick, cv2.LINE_AA)
    image += (ink[..., None] / np.float32(255)) * (np.array(_colour(random)) - image)


def _finish(random: Random, image: Float32Array) -> UInt8Array:
    """As a camera gives it: exposure, noise, grey at times, and JPEG's blocks."""
    image = _float(image * random.choice([1, 1, random.uniform(0.15, 1.2)]))
    if random.random() < 0.25:
        image = _float(np.repeat(image.mean(axis=2, keepdims=True), 3, axis=2))
    if random.random() < 0.5:
        image = _float(image + random.normal(size=image.shape) * random.uniform(0, 9))
    out = image.clip(0, 255).astype(np.uint8)
    if random.random() < 0.4:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(random.uniform(25, 95))]
        out = np.asarray(
            cv2.imdecode(cv2.imencode(".jpg", out, quality)[1], cv2.IMREAD_COLOR), np.uint8
        )
    return np.ascontiguousarray(out)


KINDS: dict[str, Callable[[Random, Float32Array], Float32Array]] = {
    "darkness": _darkness,
    "gradient": _gradient,
    "bokeh": _bokeh,
    "fabric": _fabric,
    "screen": _screen,
    "wall": _wall,
    "logo": _logo,
    "lamp": _lamp,
    "clutter": _clutter,
    "drawn": _drawn,
}
